/**
 * What a node's operating system says of itself in captured outputs: memory, disks, processes, interfaces, clocks.
 * Parsers fill these shapes, facts and analyzers read them. Null always means: not said.
 */
import type { AtLine } from './node-state.ts';

/** One line of df. */
export interface FileSystemUse {
  readonly line: number;
  readonly what: 'space' | 'inodes';
  readonly source: string;
  readonly mountPoint: string;
  /** As printed: `80G`, `17813504`. */
  readonly size: string;
  readonly available: string;
  readonly usedPercent: number;
}

/** One line of mount, /proc/mounts or /proc/PID/mountinfo. */
export interface Mount {
  readonly line: number;
  readonly source: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** Amounts in KiB; of `free` without a unit only their relation is known. */
export interface MemoryUse {
  readonly source: 'meminfo' | 'free' | 'top';
  readonly unit: 'KiB' | null;
  readonly total: AtLine<number>;
  readonly available: AtLine<number> | null;
  /** Memory that programs were promised, and how much the kernel would promise with overcommit_memory 2. */
  readonly committed: AtLine<number> | null;
  readonly commitLimit: AtLine<number> | null;
  readonly swapTotal: AtLine<number> | null;
}

/** One line of a pressure file: share of the last 60 seconds in which some or all tasks waited, in percent. */
export interface PressureLine {
  readonly line: number;
  readonly kind: 'some' | 'full';
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
}

export interface ProcessSeen {
  readonly line: number;
  readonly pid: number;
  readonly parent: number | null;
  readonly command: string;
  /** 1 when the listing does not say. */
  readonly threads: number;
}

/** What one listing of processes says. */
export interface ProcessList {
  readonly processes: number;
  /** All threads; null when the listing has no threads. */
  readonly threads: number | null;
  readonly zombies: number;
  /** At most a stated number. */
  readonly zombiesSeen: readonly ProcessSeen[];
  /** Most threads first, at most a stated number; empty when the listing has no threads. */
  readonly busiest: readonly ProcessSeen[];
  /** Line of the title or of the first process. */
  readonly line: number;
}

export interface Resolver {
  readonly nameservers: readonly AtLine<string>[];
  /** The last `search` or `domain` line counts. */
  readonly search: AtLine<readonly string[]> | null;
  readonly options: readonly AtLine<string>[];
}

/** Counters of one interface since boot (or since its driver was loaded), by printed name. */
export interface InterfaceCounters {
  /** Null in the output of one `ethtool -S`, which does not name it. */
  readonly name: string | null;
  readonly line: number;
  readonly counters: ReadonlyMap<string, AtLine<number>>;
}

/** Errors and drops of one interface as ifconfig and `ip -s link` print them. */
export interface LinkErrors {
  readonly name: string;
  readonly line: number;
  readonly packets: number;
  readonly counts: readonly { readonly name: string; readonly count: number; readonly line: number }[];
}

/**
 * Settings of kubelet from one source. Keys are those of KubeletConfiguration, levels joined by `/`
 * (`evictionHard/memory.available`); values as text, lists joined by `,`.
 */
export interface KubeletConfig {
  readonly source: 'configuration file' | 'command line';
  /** `--config` of a command line. */
  readonly configFile: string | null;
  readonly values: ReadonlyMap<string, AtLine<string>>;
  /** Lines it stands on. */
  readonly line: number;
  readonly endLine: number;
}

/** One setting of containerd's configuration. */
export interface ContainerdSetting {
  /** Table it stands in, without quotation marks: `plugins.io.containerd.grpc.v1.cri.containerd.runtimes.runc.options`. */
  readonly table: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** One CNI configuration. */
export interface CniConfig {
  readonly line: number;
  readonly name: string | null;
  readonly plugins: readonly { readonly type: string; readonly mtu: number | null }[];
}

/** What ipamd of the VPC CNI says of its addresses. */
export interface IpamdStore {
  readonly line: number;
  readonly totalIps: number;
  readonly assignedIps: number;
  readonly enis: number;
  /** Network interfaces with prefixes (16 addresses each) instead of single addresses. */
  readonly prefixes: number;
}

/** One certificate found in a file of settings. */
export interface CertificateSeen {
  readonly line: number;
  /** Key it is the value of (`client-certificate-data`); null for PEM text. */
  readonly key: string | null;
  readonly subject: string;
  /** ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly fingerprint: string;
}

/** One unit of `systemctl list-units`. */
export interface UnitSeen {
  readonly line: number;
  readonly name: string;
  readonly active: string;
  readonly sub: string;
}

/** One boot of `last reboot`. */
export interface BootSeen {
  readonly line: number;
  /** ms since 1970, the printed time taken for UTC; the year is counted back from `before`. */
  readonly time: number;
  /** The run before it ended without a shutdown being noted. */
  readonly crashed: boolean;
}

/** What timedatectl or chronyc says of the node's clock. */
export interface ClockState {
  readonly synchronized: AtLine<boolean> | null;
  /** Seconds between the node's clock and that of its time source, without sign. */
  readonly offsetSeconds: AtLine<number> | null;
  /** The time service does not answer or is not running. */
  readonly silent: AtLine<string> | null;
}

/** A moment told by the node and, right after it, by the API server; ms since 1970. */
export interface ClockPair {
  readonly line: number;
  readonly node: number;
  readonly server: number;
  readonly serverLine: number;
}

/** A control group whose processor time was limited. */
export interface ThrottledGroup {
  readonly line: number;
  /** Path of its cpu.stat; null when only its processes were listed. */
  readonly path: string | null;
  readonly periods: number | null;
  readonly throttled: number | null;
  readonly processes: readonly string[];
}

/** A process with many environment variables. */
export interface LargeEnvironment {
  readonly line: number;
  readonly pid: number;
  readonly variables: number;
}

/** What a .link file of systemd says of hardware addresses. */
export interface LinkFile {
  /** It applies to interfaces of any name. */
  readonly matches: 'all' | 'some';
  readonly macAddressPolicy: AtLine<string>;
}
