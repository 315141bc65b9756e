/** What is a node's own by nature: two healthy nodes have it differently, so that it is no difference between them. */

export interface OwnByNature {
  /** Id of the group of facts it is in. */
  readonly group: string;
  /** Tested against the subject. */
  readonly subject: RegExp;
  readonly because: string;
  /** A subject it is about, for the test and the reader. */
  readonly example: string;
}

/** Interfaces that belong to a pod: made with it, named after it. */
const POD_INTERFACE =
  '(?:veth\\w*|eni[0-9a-f]{8,12}|vlan[0-9a-f]{8,12}|cali\\w*|lxc\\w*|gke[0-9a-f]{8,12}|azv\\w*|tap\\w*|nic[0-9a-f]{6,}|dummy\\d*|ifb\\d*)';

const PODS = 'it belongs to a pod of this node';
const COUNTERS = 'it counts what happens at the moment';
const SIZE = 'the kernel sets it by the exact size of memory, which differs by pages between like machines';

export const OWN_BY_NATURE: readonly OwnByNature[] = [
  {
    group: 'sysctl',
    subject: /^kernel\.(?:hostname|nodename|domainname)$/,
    because: 'it is the name of the node',
    example: 'kernel.hostname',
  },
  {
    group: 'sysctl',
    subject: /^(?:kernel\.random\.|net\.core\.netdev_rss_key$|net\.ipv4\.tcp_fastopen_key$|.*stable_secret$)/,
    because: 'it is drawn at random',
    example: 'kernel.random.boot_id',
  },
  {
    group: 'sysctl',
    subject:
      /^(?:fs\.(?:file-nr|inode-nr|inode-state|dentry-state|aio-nr|dquot|quota\.)|kernel\.(?:ns_last_pid|pty\.nr|hung_task_detect_count|bpf_stats|sched_domain|usermodehelper|seccomp\.actions_avail|cap_last_cap)|net\.netfilter\.nf_conntrack_count$|dev\.(?:cdrom|raid|scsi)\b|fs\.binfmt_misc)/,
    because: COUNTERS,
    example: 'net.netfilter.nf_conntrack_count',
  },
  {
    group: 'sysctl',
    subject:
      /^(?:fs\.file-max|fs\.epoll\.max_user_watches|kernel\.threads-max|kernel\.shmall|kernel\.shmmax|user\.max_\w+|vm\.(?:min_free_kbytes|user_reserve_kbytes|admin_reserve_kbytes|lowmem_reserve_ratio)|net\.ipv4\.(?:tcp_mem|udp_mem|tcp_max_orphans|tcp_max_tw_buckets|inet_peer_threshold)|net\.sctp\.sctp_mem|net\.ipv[46]\.\w*(?:low|high)_thresh|net\.netfilter\.nf_conntrack_expect_max)$/,
    because: SIZE,
    example: 'fs.file-max',
  },
  {
    group: 'sysctl',
    subject: new RegExp(`^net\\.(?:ipv4|ipv6|mpls)\\.(?:conf|neigh)\\.${POD_INTERFACE}\\.`),
    because: PODS,
    example: 'net.ipv4.conf.eni89e6e7ce2c9.rp_filter',
  },
  { group: 'interface', subject: new RegExp(`^${POD_INTERFACE}(?:@|$)`), because: PODS, example: 'eni89e6e7ce2c9' },
  {
    group: 'interface',
    subject: /^(?:eth[1-9]\d*|ens(?:[6-9]|\d\d+)|pod-id-link\d+|branch\S*)$/,
    because: 'a node gets more network interfaces as it gets more pods',
    example: 'eth1',
  },
  {
    group: 'unit',
    subject:
      /^(?:session-|user@|user-runtime-dir@|run-|cri-|crio-|docker-[0-9a-f]|libpod|kubepods|systemd-fsck@|systemd-coredump@|getty@|serial-getty@|sshd@|dracut|lvm2-pvscan@)|\.(?:scope|slice|device|mount|automount|target|path)$/,
    because: 'it comes and goes with sessions, pods and disks, or only groups other units',
    example: 'session-3.scope',
  },
  {
    group: 'mount',
    subject:
      /^(?:\/var\/lib\/(?:kubelet\/(?:pods|plugins)|containerd|docker|containers)\/|\/run\/(?:netns|containerd|docker|user|k3s|crio|containers|credentials)\b|\/var\/run\/|\/proc\/|\/dev\/(?:hugepages|mqueue)|\/sys\/fs\/cgroup\/|\/sys\/fs\/bpf\/|\/boot\/efi|\/snap\/|\/misc\/)/,
    because: 'it belongs to pods, containers or sessions, or every kernel has it in another way',
    example: '/var/lib/kubelet/pods/2975857d-fa3b-43f5-aa44-cf3be837b8f6/volumes/x',
  },
  {
    group: 'kubelet',
    subject: /^(?:node-?ip|hostname-?override|provider-?id|node-?labels\/.*)$/i,
    because: 'it names this one node',
    example: 'hostname-override',
  },
  {
    group: 'ipset',
    subject: /^KUBE-(?:6-)?LOOP-BACK$/,
    because: 'it holds the endpoints that run on this node',
    example: 'KUBE-LOOP-BACK',
  },
];

/** What no group of facts asks for at all, for people to read. */
export const LEFT_OUT: readonly { readonly what: string; readonly because: string }[] = [
  { what: 'addresses, names and ids', because: 'every node has its own' },
  { what: 'counters and times', because: 'they change by the second' },
  {
    what: 'routes and rules of single pods and interfaces',
    because: 'they follow from which pods a node runs',
  },
  {
    what: 'chains of single Services, endpoints and pods',
    because: 'Services are compared by their endpoints, whatever chains make them',
  },
];

/** @returns why this subject is no difference, or null when it may be one. */
export function ownByNature(group: string, subject: string): string | null {
  return OWN_BY_NATURE.find((one) => one.group === group && one.subject.test(subject))?.because ?? null;
}

const POD_DEVICE = new RegExp(`^${POD_INTERFACE}$`);

/** @returns whether an interface belongs to a pod, by its name. */
export function isPodDevice(name: string): boolean {
  return POD_DEVICE.test(name.split('@', 1)[0] ?? name);
}
