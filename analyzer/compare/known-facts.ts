/** Facts that are known to matter when nodes differ in them: why, and how much among themselves. */
import type { Severity } from '../core/vocabulary.ts';

export interface KnownFact {
  /** Id of the group of facts. */
  readonly group: RegExp;
  readonly subject: RegExp;
  /** 1 to 99, the largest matters most. */
  readonly weight: number;
  /** What the difference is known to lead to; null: it depends. */
  readonly severity: Severity | null;
  /** Why it matters, as a part of a sentence. */
  readonly because: string;
  /** A subject it is about, for the test and the reader. */
  readonly example: string;
}

export const KNOWN_FACTS: readonly KnownFact[] = [
  {
    group: /^kube-proxy$/,
    subject: /^mode$/,
    weight: 95,
    severity: 'medium',
    because: 'each mode of kube-proxy makes Services in another way, and a cluster runs one',
    example: 'mode',
  },
  {
    group: /^chain IPv[46] nat$/,
    subject: /^(?:KUBE-SERVICES|PREROUTING|OUTPUT)$/,
    weight: 92,
    severity: 'high',
    because: 'packets to Services meet their rules here',
    example: 'KUBE-SERVICES',
  },
  {
    group: /^chain IPv[46] nat$/,
    subject: /^(?:KUBE-MARK-MASQ|KUBE-POSTROUTING|POSTROUTING|KUBE-NODEPORTS)$/,
    weight: 88,
    severity: 'medium',
    because: 'answers find their way back by what these chains do',
    example: 'KUBE-MARK-MASQ',
  },
  {
    group: /^chain IPv[46] filter$/,
    subject: /^(?:FORWARD|INPUT|OUTPUT|KUBE-FORWARD|KUBE-FIREWALL|KUBE-SERVICES)$/,
    weight: 84,
    severity: 'medium',
    because: 'packets are let through or dropped here',
    example: 'FORWARD',
  },
  {
    group: /^nft /,
    subject: /^(?:services|nat-\w+|filter-\w+|map service-ips|map service-nodeports|mark-for-masquerade|masquerading)$/,
    weight: 90,
    severity: 'medium',
    because: 'packets to Services meet their rules here',
    example: 'map service-ips',
  },
  {
    group: /^sysctl$/,
    subject: /^net\.(?:ipv4\.ip_forward|ipv[46]\.conf\.(?:all|default)\.forwarding)$/,
    weight: 91,
    severity: 'high',
    because: 'without it the node passes no packet on to its pods',
    example: 'net.ipv4.ip_forward',
  },
  {
    group: /^sysctl$/,
    subject: /^net\.bridge\.bridge-nf-call-ip6?tables$/,
    weight: 86,
    severity: 'medium',
    because: 'it decides whether Service rules see what pods of one bridge send each other',
    example: 'net.bridge.bridge-nf-call-iptables',
  },
  {
    group: /^sysctl$/,
    subject: /\.rp_filter$/,
    weight: 72,
    severity: 'medium',
    because: 'a strict check drops packets that come in by another interface than they would go out',
    example: 'net.ipv4.conf.all.rp_filter',
  },
  {
    group: /^sysctl$/,
    subject: /^net\.(?:netfilter\.nf_conntrack_(?:max|buckets|tcp_be_liberal|\w*timeout\w*)|ipv4\.netfilter\.\w+)$/,
    weight: 70,
    severity: null,
    because: 'it limits how many connections the node keeps, and for how long',
    example: 'net.netfilter.nf_conntrack_max',
  },
  {
    group: /^sysctl$/,
    subject:
      /^(?:net\.ipv4\.conf\.\S+\.route_localnet|net\.ipv4\.vs\.\w+|net\.ipv4\.ip_local_port_range|net\.ipv4\.ip_local_reserved_ports|net\.core\.somaxconn|net\.ipv4\.tcp_tw_reuse|net\.ipv4\.tcp_keepalive_\w+|net\.ipv6\.conf\.(?:all|default)\.disable_ipv6|kernel\.pid_max|fs\.inotify\.\w+|fs\.nr_open|vm\.(?:overcommit_memory|max_map_count|swappiness|panic_on_oom))$/,
    weight: 55,
    severity: null,
    because: 'workloads or kube-proxy are known to depend on it',
    example: 'net.ipv4.ip_local_port_range',
  },
  {
    group: /^module$/,
    subject:
      /^(?:ip_vs(?:_\w+)?|nf_conntrack|br_netfilter|overlay|nf_tables|ip_tables|iptable_nat|xt_(?:comment|conntrack|MASQUERADE|nat|statistic))$/,
    weight: 80,
    severity: 'medium',
    because: 'kube-proxy or the container runtime needs this module',
    example: 'ip_vs_rr',
  },
  {
    group: /^version$/,
    subject: /^(?:kube-proxy|kubelet)$/,
    weight: 68,
    severity: null,
    because: 'behaviour changes between versions',
    example: 'kubelet',
  },
  {
    group: /^version$/,
    subject: /^(?:kernel|container runtime|operating system|machine image)$/,
    weight: 60,
    severity: null,
    because: 'behaviour changes between versions',
    example: 'kernel',
  },
  {
    group: /^kubelet$/,
    subject: /^(?:clusterDNS|clusterDomain|cgroupDriver|resolvConf)$/,
    weight: 85,
    severity: 'medium',
    because: 'pods of the node start or resolve names by it',
    example: 'clusterDNS',
  },
  {
    group: /^kubelet$/,
    subject:
      /^(?:maxPods|podsPerCore|podPidsLimit|failSwapOn|eviction\w*(?:\/.*)?|kubeReserved(?:\/.*)?|systemReserved(?:\/.*)?|featureGates\/.*)$/,
    weight: 50,
    severity: null,
    because: 'it decides how much runs on the node and when pods are evicted',
    example: 'evictionHard/memory.available',
  },
  {
    group: /^containerd$/,
    subject: /(?:SystemdCgroup|sandbox_image|default_runtime_name|config_path|conf_dir|bin_dir)$/,
    weight: 75,
    severity: null,
    because: 'pods of the node start by it',
    example: 'plugins.io.containerd.grpc.v1.cri.containerd.runtimes.runc.options SystemdCgroup',
  },
  {
    group: /^cni-(?:setting|config)$/,
    subject: /./,
    weight: 74,
    severity: null,
    because: 'it decides which addresses pods get and how they leave the node',
    example: 'AWS_VPC_K8S_CNI_EXTERNALSNAT',
  },
  {
    group: /^kube-proxy$/,
    subject: /./,
    weight: 66,
    severity: null,
    because: 'kube-proxy makes its rules by it',
    example: 'clusterCidr',
  },
  {
    group: /^interface$/,
    subject:
      /^(?:of the default route|eth0|ens?\d\w*|enp\S+|bond0|flannel\.\d+|vxlan\.calico|tunl0|cni0|cilium_\w+|wg\d|kube-ipvs0|nodelocaldns|kube-dummy-if)$/,
    weight: 73,
    severity: null,
    because: 'packets of pods leave the node by it, and must fit its mtu',
    example: 'eth0',
  },
  {
    group: /^route IPv4$/,
    subject: /^default$/,
    weight: 82,
    severity: 'high',
    because: 'without it the node reaches nothing outside of its own network',
    example: 'default',
  },
  {
    group: /^resolver$/,
    subject: /^nameserver$/,
    weight: 78,
    severity: 'medium',
    because: 'the node and pods with its DNS policy ask these servers',
    example: 'nameserver',
  },
  {
    group: /^unit$/,
    subject: /^(?:kubelet|containerd|docker|crio)\.service$/,
    weight: 87,
    severity: 'high',
    because: 'no pod runs without it',
    example: 'kubelet.service',
  },
  {
    group: /^unit$/,
    subject:
      /^(?:firewalld|ufw|nftables|iptables|ip6tables|ebtables|shorewall|csf|kube-router|falcon-sensor)\.service$/,
    weight: 83,
    severity: 'medium',
    because: 'it writes rules of its own into the packet filter',
    example: 'firewalld.service',
  },
  {
    group: /^unit$/,
    subject:
      /^(?:chronyd|chrony|ntpd|ntp|systemd-timesyncd|systemd-resolved|NetworkManager|systemd-networkd|irqbalance|nodeadm-\w+)\.service$/,
    weight: 45,
    severity: null,
    because: 'it keeps clock, names or network of the node',
    example: 'chronyd.service',
  },
  {
    group: /^clock$/,
    subject: /./,
    weight: 58,
    severity: 'medium',
    because: 'certificates and leases depend on the time',
    example: 'clock synchronized',
  },
];

/** @returns why a difference in this fact matters, or null when nothing is known of it. */
export function knownFact(group: string, subject: string): KnownFact | null {
  return KNOWN_FACTS.find((one) => one.group.test(group) && one.subject.test(subject)) ?? null;
}
