/**
 * Versions that components of a node state of themselves. The last statement counts: a log may span an upgrade. Samples:
 *
 *   I0501 12:00:00.123456  1 server.go:652] "Version info" version="v1.29.0-eks-5e0fdde"             kube-proxy
 *   I0501 12:00:00.123456  1 server.go:447] Version: v1.22.5                                         kube-proxy, older
 *   I0501 12:00:00.123456  812 server.go:487] "Kubelet version" kubeletVersion="v1.29.0-eks-5e0fdde" kubelet
 *   ... msg="starting containerd" revision=d0d56c1 version=1.7.11                                    containerd
 *   Linux ip-10-0-1-2.ec2.internal 5.10.210-201.852.amzn2.x86_64 #1 SMP ...                          uname -a
 *   [    0.000000] Linux version 6.1.84-99.169.amzn2023.x86_64 (mockbuild@host) ...                   kernel log
 *
 * Sources: component-base/version and cmd/kubelet of Kubernetes, cmd/containerd/command/main.go. Only these lines are
 * looked for, in blocks that may hold them, since the logs may be large.
 */
import type { BundleReader, TextBlock } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import type { LineRef } from '../core/vocabulary.ts';
import { filesOf } from './files.ts';
import { onDemand } from './on-demand.ts';

export interface StatedVersion {
  /** As printed: `v1.29.0-eks-5e0fdde`, `1.7.11`. */
  readonly version: string;
  readonly major: number;
  readonly minor: number;
  readonly ref: LineRef;
}

/** Null: no log of it was captured, or none that reaches back to its start. */
export interface StatedVersions {
  readonly kubeProxy: StatedVersion | null;
  readonly kubelet: StatedVersion | null;
  readonly kernel: StatedVersion | null;
  readonly containerd: StatedVersion | null;
}

interface VersionSource {
  /** Of its files the newest decides; of equally new ones those of the first role. */
  readonly roles: readonly string[];
  /** The pattern needs one of these. As long as they can be: each byte rules out blocks that need not be read. */
  readonly literals: readonly string[];
  /** Its group is the version. */
  readonly pattern: RegExp;
}

/** Of each component the first source that yields something is used. */
const SOURCES: Readonly<Record<keyof StatedVersions, readonly VersionSource[]>> = {
  kubeProxy: [
    {
      roles: ['kube-proxy-log'],
      literals: ['"Version info" version="v', '] Version: v'],
      pattern: /(?:"Version info" version="|server\S{0,20}\] Version: )(v\d{1,3}\.\d{1,3}[^\s"]{0,60})/,
    },
  ],
  kubelet: [
    {
      roles: ['kubelet-log', 'system-log'],
      literals: ['"Kubelet version" kubeletVersion="v'],
      pattern: /"Kubelet version" kubeletVersion="(v\d{1,3}\.\d{1,3}[^\s"]{0,60})"/,
    },
  ],
  kernel: [
    { roles: ['uname'], literals: ['Linux '], pattern: /^Linux \S{1,100} (\d{1,3}\.\d{1,3}\S{0,80}) #/ },
    {
      roles: ['kernel-log'],
      literals: ['Linux version '],
      pattern: /\bLinux version (\d{1,3}\.\d{1,3}\S{0,80}) /,
    },
  ],
  containerd: [
    {
      roles: ['container-runtime-log', 'system-log'],
      // Both fields are of the line since containerd 1.0, sorted by name as logrus prints them. Its words without the
      // second stand in so many blocks that a tenth of a large log would be read for it.
      literals: ['msg="starting containerd" revision='],
      pattern: /msg="starting containerd" revision=.{0,120} version="?v?(\d{1,3}\.\d{1,3}[^\s"]{0,60})/,
    },
  ],
};

/** Version lines are short; a longer line is something else. */
const LINE_BYTES_MAX = 4096;
const LINE_FEED = 10;

/** @param reader one sealed bundle; it must be open while a version is asked for. @returns each is looked for when it is first asked for. */
export function statedVersions(reader: BundleReader): StatedVersions {
  return onDemand({
    kubeProxy: () => stated(reader, SOURCES.kubeProxy),
    kubelet: () => stated(reader, SOURCES.kubelet),
    kernel: () => stated(reader, SOURCES.kernel),
    containerd: () => stated(reader, SOURCES.containerd),
  });
}

function stated(reader: BundleReader, sources: readonly VersionSource[]): StatedVersion | null {
  for (const source of sources) {
    const found = lastStated(reader, source);
    if (found !== null) return found;
  }
  return null;
}

function lastStated(reader: BundleReader, source: VersionSource): StatedVersion | null {
  const [newest] = source.roles
    .flatMap((role) => lastOfRole(reader, role, source) ?? [])
    .sort((one, two) => (one.lastTime === two.lastTime ? 0 : one.lastTime < two.lastTime ? 1 : -1));
  if (newest === undefined) return null;
  const { value: version, line, fileId } = newest;
  const [major = 0, minor = 0] = version
    .replace(/^v/, '')
    .split('.', 2)
    .map((part) => Number.parseInt(part, 10));
  return { version, major, minor, ref: { fileId, line, endLine: line } };
}

interface Statement extends MatchInBlock {
  readonly fileId: FileId;
  /** Of its file; empty for one without. */
  readonly lastTime: string;
}

function lastOfRole(reader: BundleReader, role: string, { literals, pattern }: VersionSource): Statement | null {
  const wanted = literals.map((text) => Buffer.from(text));
  const files = new Map(filesOf(reader, role).map((file) => [file.id, file.lastTime ?? '']));
  let found: Statement | null = null;
  let newest = '';
  if (files.size === 0) return null;
  for (const block of reader.blocksWith([{ any: wanted }], new Set(files.keys()))) {
    const lastTime = files.get(block.fileId) ?? '';
    // Of several logs (rotated ones) the newest decides.
    const match = lastTime < newest ? null : lastMatchInBlock(block, wanted, pattern);
    giveBack(block.bytes);
    if (match === null) continue;
    found = { ...match, fileId: block.fileId, lastTime };
    newest = lastTime;
  }
  return found;
}

interface MatchInBlock {
  readonly value: string;
  readonly line: number;
}

function lastMatchInBlock(block: TextBlock, literals: readonly Buffer[], pattern: RegExp): MatchInBlock | null {
  const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
  const found = literals.flatMap((literal) => lastMatchOf(literal, bytes, pattern) ?? []);
  const last = found.reduce((one, two) => (two.start > one.start ? two : one), { start: -1, value: '' });
  return last.start < 0 ? null : { value: last.value, line: block.firstLine + countLineFeeds(bytes, last.start) };
}

/** @returns the last line that holds the literal and fits the pattern. */
function lastMatchOf(
  literal: Buffer,
  bytes: Buffer,
  pattern: RegExp,
): { readonly value: string; readonly start: number } | null {
  for (let at = bytes.lastIndexOf(literal); at >= 0; ) {
    const start = at === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, at - 1) + 1;
    const next = bytes.indexOf(LINE_FEED, at);
    const end = Math.min(next < 0 ? bytes.length : next, start + LINE_BYTES_MAX);
    const value = pattern.exec(bytes.toString('utf8', start, end))?.[1];
    if (value !== undefined) return { value, start };
    at = start === 0 ? -1 : bytes.lastIndexOf(literal, start - 1);
  }
  return null;
}

function countLineFeeds(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < end; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
