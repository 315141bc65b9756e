/**
 * Answers about a node's network: services as the captured rules make them, the graph of one, traces of packets,
 * who an address is, and the raw chains. Schemas only: this file is imported by the renderer.
 */
import * as z from 'zod';
import { BundleId, FileId, FindingId } from '../core/ids.ts';
import { Evidence, ProxyMode, Severity } from '../core/vocabulary.ts';

/** A line of a source file that a screen can link to; cheaper than Evidence, which carries text and hash. */
export const LineLink = z
  .object({ fileId: FileId, file: z.string(), line: z.number().int().positive(), endLine: z.number().int().positive() })
  .readonly();
export type LineLink = z.infer<typeof LineLink>;

/** The line of another dump of the same table that has the counter; null when the rule's own line has it, or none. */
const CountedAt = LineLink.nullable();

export const Protocol = z.enum(['tcp', 'udp', 'sctp']);
export type Protocol = z.infer<typeof Protocol>;

/** How a service stands on one node: `ok`, `impaired` (findings concern it, or connections are lost), `no-endpoints` (by kube-proxy's own rule), `unknown`. */
export const ServiceHealth = z
  .object({
    level: z.enum(['ok', 'impaired', 'no-endpoints', 'unknown']),
    /** Plain sentence: why. */
    because: z.string(),
    severity: Severity.nullable(),
    findings: z.array(FindingId).readonly(),
  })
  .readonly();
export type ServiceHealth = z.infer<typeof ServiceHealth>;

export const ServiceEndpoint = z
  .object({
    /** `a.b.c.d:port` or `[v6]:port`. */
    address: z.string(),
    /** Share of new connections to the cluster IP, 0 to 1; null when the rules do not decide it. */
    share: z.number().nullable(),
    /** Packets counted by the kernel for this endpoint; null without counters. */
    packets: z.number().nullable(),
    countedAt: CountedAt,
    /** Where the node's routes lead: `no route` when they refuse it, `not known` when they were not captured. */
    place: z.enum(['here', 'elsewhere', 'no route', 'not known']),
    evidence: z.array(LineLink).readonly(),
  })
  .readonly();
export type ServiceEndpoint = z.infer<typeof ServiceEndpoint>;

/** One service port as one node's rules hold it. */
export const ServiceRow = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    mode: ProxyMode,
    family: z.enum(['IPv4', 'IPv6']),
    /** `namespace/name:port` or `namespace/name`; the cluster IP and port when no comment and no hash names it. */
    id: z.string(),
    namespace: z.string().nullable(),
    name: z.string().nullable(),
    /** Port name; null when the port has none. */
    port: z.string().nullable(),
    namedBy: z.enum(['comment', 'hash', 'chain name', 'cluster resources', 'address only']),
    protocol: Protocol,
    clusterIP: z.string().nullable(),
    servicePort: z.number().int().nullable(),
    nodePort: z.number().int().nullable(),
    externalIPs: z.array(z.string()).readonly(),
    loadBalancerIPs: z.array(z.string()).readonly(),
    sourceRanges: z.array(z.string()).readonly(),
    internalTrafficPolicy: z.enum(['Cluster', 'Local']).nullable(),
    externalTrafficPolicy: z.enum(['Cluster', 'Local']).nullable(),
    /** Session affinity in seconds. */
    affinity: z.number().int().nullable(),
    endpoints: z.array(ServiceEndpoint).readonly(),
    /** Packets counted at the service's cluster IP rule; null without counters. */
    packets: z.number().nullable(),
    countedAt: CountedAt,
    health: ServiceHealth,
    /** Rules that make the service up, its entry first. */
    evidence: z.array(LineLink).readonly(),
  })
  .readonly();
export type ServiceRow = z.infer<typeof ServiceRow>;

export const ServicesAnswer = z
  .object({
    services: z.array(ServiceRow).readonly(),
    /** One entry a bundle: where its services were read from, and what is not known. */
    nodes: z
      .array(
        z
          .object({
            bundle: BundleId,
            node: z.string().nullable(),
            mode: ProxyMode,
            modeBecause: z.string(),
            readFrom: z.array(z.string()).readonly(),
            notKnown: z.array(z.string()).readonly(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type ServicesAnswer = z.infer<typeof ServicesAnswer>;

export const GraphNode = z
  .object({
    id: z.string(),
    kind: z.enum(['hook', 'entry', 'service', 'policy', 'endpoint', 'address', 'masquerade', 'refuse', 'missing']),
    /** Chain, virtual server or address as printed. */
    label: z.string(),
    /** Second line: `10.96.10.20:80`, `10.244.1.11:8080`, `no rules`. */
    detail: z.string().nullable(),
    packets: z.number().nullable(),
    countedAt: CountedAt,
    /** Column from the left, from 0: entries, services, endpoints. */
    column: z.number().int().nonnegative(),
    severity: Severity.nullable(),
    findings: z.array(FindingId).readonly(),
    link: LineLink.nullable(),
  })
  .readonly();
export type GraphNode = z.infer<typeof GraphNode>;

export const GraphEdge = z
  .object({
    from: z.string(),
    to: z.string(),
    /** `1/3`, `tcp dport 80`, `source 10.244.0.0/16`, `session affinity`. */
    label: z.string().nullable(),
    /** Probability of this step alone, 0 to 1; null when it is not by chance. */
    probability: z.number().nullable(),
    packets: z.number().nullable(),
    countedAt: CountedAt,
    severity: Severity.nullable(),
    link: LineLink.nullable(),
  })
  .readonly();
export type GraphEdge = z.infer<typeof GraphEdge>;

/** How packets to one service travel: entry rules, service chains, endpoints. */
export const ServiceGraph = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    service: z.string(),
    nodes: z.array(GraphNode).readonly(),
    edges: z.array(GraphEdge).readonly(),
    /** Endpoints beyond the ones drawn. */
    omitted: z.number().int().nonnegative(),
  })
  .readonly();
export type ServiceGraph = z.infer<typeof ServiceGraph>;

export const TraceVerdict = z.enum(['deliver', 'reject', 'drop', 'passthrough', 'local-closed', 'unknown']);
export type TraceVerdict = z.infer<typeof TraceVerdict>;

export const TraceStep = z
  .object({
    hook: z.string(),
    /** `raw`, `mangle`, `nat`, `filter`, `kube-proxy` (nft), `route`, `ipvs`, `conntrack`. */
    table: z.string(),
    /** Empty for a routing or IPVS step. */
    chain: z.string(),
    /** The rule, route or virtual server as printed, counters left out. */
    rule: z.string(),
    fileId: FileId.nullable(),
    file: z.string().nullable(),
    line: z.number().int().nullable(),
    packets: z.number().nullable(),
    countedAt: CountedAt,
    /** True when it could not be decided whether the packet matches. */
    maybe: z.boolean(),
  })
  .readonly();
export type TraceStep = z.infer<typeof TraceStep>;

export const TraceOutcome = z
  .object({
    verdict: TraceVerdict,
    /** Of all new connections like this one; the shares of a trace sum to 1. */
    share: z.number(),
    endpoint: z.string().nullable(),
    /** True when the endpoint sees another source address than the sender used; null when nothing is delivered. */
    snat: z.boolean().nullable(),
    snatTo: z.string().nullable(),
    sourceNatRule: z.string().nullable(),
    returnPath: z.enum(['ok', 'broken', 'unknown']),
    returnBecause: z.string(),
    /** Plain sentence: what happens and why. */
    because: z.string(),
    /** Empty when the caller did not ask for steps. */
    steps: z.array(TraceStep).readonly(),
  })
  .readonly();
export type TraceOutcome = z.infer<typeof TraceOutcome>;

export const Trace = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    source: z.string().nullable(),
    destination: z.string(),
    port: z.number().int().nullable(),
    protocol: z.string(),
    inInterface: z.string().nullable(),
    state: z.enum(['new', 'established']),
    /** Most likely first. */
    outcomes: z.array(TraceOutcome).readonly(),
    /** Session affinity: later connections of one client meet the endpoint of its first. */
    sticky: z.boolean(),
    assumptions: z.array(z.string()).readonly(),
    /** Why a share could not be decided. */
    unknown: z.array(z.string()).readonly(),
  })
  .readonly();
export type Trace = z.infer<typeof Trace>;

/** One flow of a flows file, as the command line takes it. */
export const Flow = z.object({
  /** Null: the kernel chooses the source of a packet made on the node. */
  src: z.string().max(200).nullable(),
  dst: z.string().max(200),
  dport: z.number().int().min(0).max(65535).nullable(),
  proto: z.string().max(20).default('tcp'),
  /** Null: made on the node. */
  in_iface: z.string().max(50).nullable().default(null),
});
export type Flow = z.infer<typeof Flow>;

/** What the tracer form may offer. */
export const TraceNames = z
  .object({
    /** Names to send to: services with their addresses. */
    services: z
      .array(z.object({ id: z.string(), detail: z.string(), bundle: BundleId, node: z.string().nullable() }).readonly())
      .readonly(),
    /** Addresses to send from: pods of the node and the node itself. */
    sources: z
      .array(
        z
          .object({
            value: z.string(),
            detail: z.string(),
            interface: z.string().nullable(),
            bundle: BundleId,
            node: z.string().nullable(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type TraceNames = z.infer<typeof TraceNames>;

/** One thing that is known of an address. */
export const AddressFact = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    /** Heading it belongs to. */
    kind: z.enum([
      'node address',
      'pod',
      'service',
      'endpoint',
      'ENI',
      'route',
      'policy rule',
      'packet rule',
      'ipset',
      'conntrack',
      'log lines',
      'cluster resource',
    ]),
    sentence: z.string(),
    /** How many lines say so; `evidence` holds the first ones. */
    count: z.number().int(),
    evidence: z.array(Evidence).readonly(),
  })
  .readonly();
export type AddressFact = z.infer<typeof AddressFact>;

export const AddressAnswer = z
  .object({
    address: z.string(),
    facts: z.array(AddressFact).readonly(),
    /** What was not captured and might have told more. */
    notKnown: z.array(z.string()).readonly(),
  })
  .readonly();
export type AddressAnswer = z.infer<typeof AddressAnswer>;

/** One chain in the raw browser. */
export const RawChain = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    family: z.string(),
    table: z.string(),
    name: z.string(),
    file: z.string(),
    fileId: FileId,
    line: z.number().int(),
    policy: z.string().nullable(),
    rules: z.number().int(),
    packets: z.number().nullable(),
    /** Rules that jump here. */
    references: z.number().int(),
  })
  .readonly();
export type RawChain = z.infer<typeof RawChain>;

export const RawRule = z
  .object({
    position: z.number().int(),
    line: z.number().int(),
    text: z.string(),
    packets: z.number().nullable(),
    bytes: z.number().nullable(),
    /** Chain it jumps to, when that chain is in the dump. */
    target: z.string().nullable(),
  })
  .readonly();
export type RawRule = z.infer<typeof RawRule>;

export const RawChainAnswer = z
  .object({
    chain: RawChain,
    rules: z.array(RawRule).readonly(),
    /** Rules from which packets come here. */
    jumpsHere: z.array(z.object({ chain: z.string(), line: z.number().int() }).readonly()).readonly(),
  })
  .readonly();
export type RawChainAnswer = z.infer<typeof RawChainAnswer>;
