/** The network of the invented case: one node whose shop/web lost an endpoint, one that is well. */
import type {
  AddressAnswer,
  GraphEdge,
  GraphNode,
  LineLink,
  RawChain,
  RawChainAnswer,
  ServiceGraph,
  ServiceRow,
  ServicesAnswer,
  Trace,
  TraceNames,
  TraceOutcome,
} from '../../model/types.ts';
import { AFFECTED, HEALTHY, makeEvidence } from './fake-case.ts';

const NODE = 'ip-10-0-113-27';
const OTHER = 'ip-10-0-126-200';

export const link = (line: number, endLine: number = line): LineLink => ({
  fileId: 1 as LineLink['fileId'],
  file: 'networking/iptables-save.txt',
  line,
  endLine,
});

/** A line of a listing that counts what the save does not. */
const LISTED: LineLink = { ...link(12), file: 'networking/iptables-nat.txt' };

export function makeService(part: Partial<ServiceRow> = {}): ServiceRow {
  return {
    bundle: AFFECTED,
    node: NODE,
    mode: 'iptables',
    family: 'IPv4',
    id: 'shop/web:http',
    namespace: 'shop',
    name: 'web',
    port: 'http',
    namedBy: 'comment',
    protocol: 'tcp',
    clusterIP: '172.20.87.14',
    servicePort: 80,
    nodePort: 30080,
    externalIPs: [],
    loadBalancerIPs: [],
    sourceRanges: [],
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Local',
    affinity: null,
    endpoints: [
      {
        address: '10.0.113.58:8080',
        share: 1 / 3,
        packets: 6204,
        countedAt: LISTED,
        place: 'here',
        evidence: [link(171)],
      },
      {
        address: '10.0.99.250:8080',
        share: 2 / 3,
        packets: null,
        countedAt: null,
        place: 'no route',
        evidence: [link(172)],
      },
    ],
    packets: 18_342,
    countedAt: LISTED,
    health: { level: 'impaired', because: 'KUBE-SERVICES holds no rule for it.', severity: 'critical', findings: [] },
    evidence: [link(117), link(171, 173)],
    ...part,
  };
}

export const SERVICES: ServicesAnswer = {
  services: [
    makeService({
      id: 'default/kubernetes:https',
      namespace: 'default',
      name: 'kubernetes',
      port: 'https',
      clusterIP: '172.20.0.1',
      servicePort: 443,
      nodePort: null,
      packets: 41_207,
      health: { level: 'ok', because: 'Every rule is there.', severity: null, findings: [] },
    }),
    makeService({
      health: {
        level: 'impaired',
        because: 'KUBE-SERVICES holds no rule for it.',
        severity: 'critical',
        findings: ['f-empty' as ServiceRow['health']['findings'][number]],
      },
    }),
    makeService({
      bundle: HEALTHY,
      node: OTHER,
      packets: 20_771,
      health: { level: 'ok', because: 'Every rule is there.', severity: null, findings: [] },
    }),
  ],
  nodes: [
    {
      bundle: AFFECTED,
      node: NODE,
      mode: 'iptables',
      modeBecause: 'KUBE-SERVICES exists in the nat table',
      readFrom: ['networking/iptables-save.txt'],
      notKnown: ['IPv6: ip6tables-save was not collected.'],
    },
    {
      bundle: HEALTHY,
      node: OTHER,
      mode: 'iptables',
      modeBecause: 'KUBE-SERVICES exists in the nat table',
      readFrom: ['networking/iptables-save.txt'],
      notKnown: [],
    },
  ],
};

export function makeGraphNode(id: string, column: number, part: Partial<GraphNode> = {}): GraphNode {
  return {
    id,
    kind: 'service',
    label: id,
    detail: null,
    packets: null,
    countedAt: null,
    column,
    severity: null,
    findings: [],
    link: null,
    ...part,
  };
}

export function makeGraphEdge(from: string, to: string, part: Partial<GraphEdge> = {}): GraphEdge {
  return {
    from,
    to,
    label: null,
    probability: null,
    packets: null,
    countedAt: null,
    severity: null,
    link: null,
    ...part,
  };
}

export const GRAPH: ServiceGraph = {
  bundle: AFFECTED,
  node: NODE,
  service: 'shop/web:http',
  nodes: [
    makeGraphNode('pre', 0, { kind: 'hook', label: 'PREROUTING', packets: 2_675_114, link: link(101) }),
    makeGraphNode('services', 1, {
      kind: 'entry',
      label: 'KUBE-SERVICES',
      detail: '0 rules',
      severity: 'critical',
      findings: ['f-empty' as GraphNode['findings'][number]],
      link: link(88),
    }),
    makeGraphNode('svc', 2, { label: 'KUBE-SVC-67NZLRHBNDSAWJRO', detail: 'shop/web:http', link: link(171, 173) }),
    makeGraphNode('ep1', 3, { kind: 'endpoint', label: '10.0.113.58:8080', packets: 6204, link: link(144) }),
    makeGraphNode('ep2', 3, { kind: 'endpoint', label: '10.0.99.250:8080', detail: 'stale', severity: 'high' }),
  ],
  edges: [
    makeGraphEdge('pre', 'services', { packets: 2_675_114, link: link(101) }),
    makeGraphEdge('services', 'svc', { label: 'no jump', severity: 'critical' }),
    makeGraphEdge('svc', 'ep1', { label: '1/2', probability: 0.5, packets: 6204, countedAt: LISTED, link: link(171) }),
    makeGraphEdge('svc', 'ep2', { label: 'rest', link: link(172) }),
  ],
  omitted: 0,
};

export function makeOutcome(part: Partial<TraceOutcome> = {}): TraceOutcome {
  return {
    verdict: 'deliver',
    share: 1,
    endpoint: '10.0.113.58:8080',
    snat: false,
    snatTo: null,
    sourceNatRule: null,
    returnPath: 'ok',
    returnBecause: 'conntrack turns the answer back',
    because: 'The endpoint is on this node.',
    steps: [
      {
        hook: 'PREROUTING',
        table: 'nat',
        chain: 'PREROUTING',
        rule: '-A PREROUTING -j KUBE-SERVICES',
        fileId: 1 as LineLink['fileId'],
        file: 'networking/iptables-save.txt',
        line: 101,
        packets: 2_675_114,
        countedAt: LISTED,
        maybe: false,
      },
      {
        hook: 'PREROUTING',
        table: 'nat',
        chain: 'KUBE-SERVICES',
        rule: '-A KUBE-SERVICES -m owner --uid-owner 0 -j KUBE-SVC-67NZLRHBNDSAWJRO',
        fileId: 1 as LineLink['fileId'],
        file: 'networking/iptables-save.txt',
        line: 117,
        packets: null,
        countedAt: null,
        maybe: true,
      },
    ],
    ...part,
  };
}

export const TRACE: Trace = {
  bundle: AFFECTED,
  node: NODE,
  source: '10.0.113.72',
  destination: '172.20.87.14',
  port: 80,
  protocol: 'tcp',
  inInterface: 'eni7d1f0c2ab94',
  state: 'new',
  outcomes: [
    makeOutcome({ share: 2 / 3 }),
    makeOutcome({
      verdict: 'drop',
      share: 1 / 3,
      endpoint: '10.0.99.250:8080',
      snat: null,
      because: 'no route to 10.0.99.250',
    }),
  ],
  sticky: true,
  assumptions: ['There is no conntrack entry of this connection.'],
  unknown: ['Whether the VPC routes 10.0.99.0/24.'],
};

export const NAMES: TraceNames = {
  services: [
    { id: 'shop/web:http', detail: '172.20.87.14:80 tcp', bundle: AFFECTED, node: NODE },
    { id: 'default/kubernetes:https', detail: '172.20.0.1:443 tcp', bundle: AFFECTED, node: NODE },
    { id: 'shop/web:http', detail: '172.20.87.14:80 tcp', bundle: HEALTHY, node: OTHER },
  ],
  sources: [
    { value: 'node', detail: 'made on the node', interface: null, bundle: AFFECTED, node: NODE },
    { value: '10.0.113.72', detail: 'pod shop/checkout', interface: 'eni7d1f0c2ab94', bundle: AFFECTED, node: NODE },
    { value: '10.0.126.9', detail: 'pod', interface: 'eni2', bundle: HEALTHY, node: OTHER },
  ],
};

export const LOOKUP: AddressAnswer = {
  address: '10.0.113.58',
  facts: [
    {
      bundle: AFFECTED,
      node: NODE,
      kind: 'endpoint',
      sentence: 'Endpoint of shop/web:http.',
      count: 3,
      evidence: [makeEvidence({ line: 171, endLine: 171 })],
    },
    { bundle: AFFECTED, node: NODE, kind: 'pod', sentence: 'Pod web-6b4f on this node.', count: 1, evidence: [] },
    { bundle: AFFECTED, node: NODE, kind: 'endpoint', sentence: 'Named by a policy.', count: 1, evidence: [] },
  ],
  notKnown: ['conntrack was not collected.'],
};

export function makeChain(name: string, part: Partial<RawChain> = {}): RawChain {
  return {
    bundle: AFFECTED,
    node: NODE,
    family: 'IPv4',
    table: 'nat',
    name,
    file: 'networking/iptables-save.txt',
    fileId: 1 as RawChain['fileId'],
    line: 88,
    policy: null,
    rules: 2,
    packets: 10,
    references: 1,
    ...part,
  };
}

export const CHAINS: readonly RawChain[] = [
  makeChain('PREROUTING', { policy: 'ACCEPT', references: 0, line: 80 }),
  makeChain('KUBE-SERVICES', { rules: 0 }),
  makeChain('FORWARD', { table: 'filter', policy: 'DROP', line: 20 }),
];

export const CHAIN: RawChainAnswer = {
  chain: CHAINS[0] ?? makeChain('PREROUTING'),
  rules: [
    {
      position: 1,
      line: 101,
      text: '-A PREROUTING -j KUBE-SERVICES',
      packets: 12,
      bytes: 720,
      target: 'KUBE-SERVICES',
    },
    { position: 2, line: 102, text: '-A PREROUTING -i eni+ -j ACCEPT', packets: null, bytes: null, target: null },
  ],
  jumpsHere: [{ chain: 'OUTPUT', line: 103 }],
};
