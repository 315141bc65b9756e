/**
 * What a source file is, whatever it is called. A layout maps paths to roles; the content decides first
 * (see recognise.ts). Rules, facts and analyzers name roles, never paths.
 */
export const ROLES = [
  'iptables-save',
  'ip6tables-save',
  'iptables-list',
  'ip6tables-list',
  'ipvsadm',
  'ipset',
  'nft-ruleset',
  'conntrack',
  'ip-rule',
  'ip-route',
  'ip-addr',
  'resolv-conf',
  'interface-counters',
  'sockets',
  'kube-proxy-log',
  'kube-proxy-config',
  'kubelet-log',
  'kubelet-config',
  'container-log',
  'container-runtime-log',
  'ipamd-log',
  'cni-log',
  'system-log',
  'kernel-log',
  'sysctl',
  'modules',
  'uname',
  'identity',
  /** What tells the node's clock, zone or boots: date, timedatectl, last reboot. */
  'node-time',
  'pod-ip',
  'api-server-check',
  'cluster-resources',
  'cluster-events',
  /** Kubernetes objects of kinds that are not held against a node's rules. */
  'cluster-objects',
  'processes',
  /** /proc/meminfo, free. */
  'memory',
  /** Units of systemd and their states. */
  'services',
  /** Control groups whose processor time was limited. */
  'throttling',
  /** cpu, io and memory pressure (PSI). */
  'pressure',
  /** Mounts, file systems, block devices. */
  'storage',
  /** Network interfaces and other things of the cloud a node runs in. */
  'cloud',
  'config',
  /** Of another network namespace or node, or lines that another file holds as well: read by search, not by checks. */
  'search-only',
  'other',
] as const;
export type Role = (typeof ROLES)[number];

/** Logs of the node's own components. Those of pods are left out: they depend on which pods it runs, and may look like anything. */
export const NODE_LOG_ROLES: ReadonlySet<string> = new Set<Role>([
  'kube-proxy-log',
  'kubelet-log',
  'container-runtime-log',
  'ipamd-log',
  'cni-log',
  'system-log',
  'kernel-log',
]);

/** Objects and settings: a time in them is a value, not when a line was written. */
export const VALUE_ROLES: ReadonlySet<string> = new Set<Role>([
  'cluster-resources',
  'cluster-events',
  'cluster-objects',
  'cloud',
  'config',
  'kubelet-config',
  'kube-proxy-config',
]);
