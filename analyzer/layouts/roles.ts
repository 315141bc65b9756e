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
  'pod-ip',
  'api-server-check',
  'cluster-resources',
  'processes',
  'config',
  'other',
] as const;
export type Role = (typeof ROLES)[number];
