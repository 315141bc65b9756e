/**
 * What a node's kernel, its kube-proxy and the cluster say besides rules and routes, as captured. Parsers fill these
 * shapes, facts and analyzers read them. Null always means: not said.
 */

/** One direction of a tracked connection. */
export interface ConntrackTuple {
  readonly source: string;
  readonly destination: string;
  /** Null for protocols without ports. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
}

/** One line of `conntrack -L`. */
export interface ConntrackEntry {
  readonly line: number;
  /** tcp, udp, sctp, icmp, icmpv6 ... or the number as printed. */
  readonly protocol: string;
  /** Seconds left. */
  readonly timeout: number | null;
  /** ESTABLISHED, TIME_WAIT ...; only protocols that have states print one. */
  readonly state: string | null;
  readonly original: ConntrackTuple;
  readonly reply: ConntrackTuple;
  readonly unreplied: boolean;
  readonly assured: boolean;
  readonly mark: number | null;
}

/** One line of `conntrack -S`. */
export interface ConntrackCpu {
  readonly line: number;
  readonly cpu: number;
  /** Counters since boot, by printed name. */
  readonly counters: ReadonlyMap<string, number>;
}

/** What one file of conntrack output says. Counts are of every entry; lists hold those within a limit. */
export interface ConntrackDump {
  readonly entries: number;
  /**
   * UDP entries whose destination was translated (the reply comes from another address or port than was addressed), in
   * order, at most a stated number.
   */
  readonly translatedUdp: readonly ConntrackEntry[];
  readonly translatedUdpCount: number;
  readonly cpus: readonly ConntrackCpu[];
  /** Entries as conntrack itself counted them: `N flow entries have been shown`. */
  readonly declared: number | null;
  readonly junkLines: number;
}

/** A value with its line. */
export interface AtLine<T> {
  readonly value: T;
  readonly line: number;
}

/** One module of lsmod. */
export interface KernelModule {
  readonly name: string;
  readonly line: number;
  readonly size: number;
  readonly usedBy: readonly string[];
}

/** Settings of kube-proxy, each with the line it was read from; null when it is not set there. */
export interface ProxyConfig {
  readonly source: 'configuration file' | 'ConfigMap' | 'command line';
  /** iptables, ipvs, nftables, kernelspace; an empty string (the platform's default) is null. */
  readonly mode: AtLine<string> | null;
  readonly clusterCidr: AtLine<string> | null;
  readonly masqueradeAll: AtLine<boolean> | null;
  /** ClusterCIDR, NodeCIDR, BridgeInterface, InterfaceNamePrefix. */
  readonly detectLocalMode: AtLine<string> | null;
  readonly nodePortAddresses: AtLine<readonly string[]> | null;
  /** `ipvs.scheduler`: rr, lc, sh ... */
  readonly ipvsScheduler: AtLine<string> | null;
  readonly conntrackMaxPerCore: AtLine<number> | null;
  readonly conntrackMin: AtLine<number> | null;
  readonly hostnameOverride: AtLine<string> | null;
  /** `--config`: where the rest is, when only a command line was captured. */
  readonly configFile: AtLine<string> | null;
}

interface KubeObject {
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  readonly name: string;
  /** Line of the object's name. */
  readonly line: number;
}

export interface KubeServicePort {
  /** Empty for a single unnamed port. */
  readonly name: string;
  /** tcp, udp, sctp. */
  readonly protocol: string;
  readonly port: number;
  readonly targetPort: string | null;
  readonly nodePort: number | null;
}

export interface KubeService extends KubeObject {
  readonly kind: 'Service';
  readonly type: string;
  /** Without `None`; empty for headless and ExternalName services. */
  readonly clusterIps: readonly string[];
  readonly headless: boolean;
  readonly externalIps: readonly string[];
  readonly loadBalancerIps: readonly string[];
  readonly ports: readonly KubeServicePort[];
  readonly internalTrafficPolicy: string | null;
  readonly externalTrafficPolicy: string | null;
  readonly sessionAffinity: string | null;
  readonly publishNotReady: boolean;
  /** Label `service.kubernetes.io/service-proxy-name`: another proxy handles it, not kube-proxy. */
  readonly otherProxy: string | null;
}

export interface KubeEndpointAddress {
  readonly address: string;
  readonly line: number;
  /** May receive new connections; an absent condition counts as ready, as the API says. */
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Topology hints limit which nodes use it. */
  readonly hinted: boolean;
  readonly node: string | null;
  readonly pod: string | null;
}

/** One subset of an Endpoints object, or one EndpointSlice. */
export interface KubeEndpoints extends KubeObject {
  readonly kind: 'Endpoints' | 'EndpointSlice';
  /** Name of the service; null for a slice without the label that says so. */
  readonly service: string | null;
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number | null }[];
  readonly addresses: readonly KubeEndpointAddress[];
}

export interface KubePod extends KubeObject {
  readonly kind: 'Pod';
  readonly phase: string | null;
  readonly node: string | null;
  readonly ips: readonly string[];
  readonly hostNetwork: boolean;
  /** A deletion time is set. */
  readonly deleting: boolean;
}

export interface KubeNode extends KubeObject {
  readonly kind: 'Node';
  readonly addresses: readonly string[];
  readonly podCidrs: readonly string[];
  readonly kubeletVersion: string | null;
  readonly kubeProxyVersion: string | null;
}

/** A ConfigMap of kube-proxy, kept for its settings. */
export interface KubeConfigMap extends KubeObject {
  readonly kind: 'ConfigMap';
  readonly data: ReadonlyMap<string, string>;
}

export type KubeResource = KubeService | KubeEndpoints | KubePod | KubeNode | KubeConfigMap;

/** What one file of Kubernetes objects holds. */
export interface ResourceDump {
  readonly resources: readonly KubeResource[];
  /** Lists that were captured, also empty ones: `ServiceList`, `EndpointSliceList` ... */
  readonly lists: ReadonlySet<string>;
  /** Objects of other kinds, counted. */
  readonly otherKinds: ReadonlyMap<string, number>;
  /** Objects that could not be read, at most a few of them. */
  readonly unreadable: readonly { readonly line: number; readonly why: string }[];
  readonly unreadableCount: number;
  /** Objects beyond the limit of what is kept. */
  readonly leftOut: number;
}
