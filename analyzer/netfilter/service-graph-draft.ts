/** The graph of a service while it is drawn: nodes and edges once each, endpoints up to a limit. */

import { endpointText } from './address.ts';
import type { EntryKind, LinePlace, NodeService, NodeServiceEndpoint, ServiceEntry } from './node-service.ts';
import type { RuleCount } from './rule-counters.ts';

export type GraphNodeKind =
  | 'hook'
  | 'entry'
  | 'service'
  | 'policy'
  | 'endpoint'
  | 'address'
  | 'masquerade'
  | 'refuse'
  | 'missing';

export interface ServiceGraphNode {
  /** Unique in the graph. */
  readonly id: string;
  readonly kind: GraphNodeKind;
  /** Chain, virtual server or address as printed. */
  readonly label: string;
  /** Second line: `10.96.10.20:80`, `no rules`. */
  readonly detail: string | null;
  readonly packets: number | null;
  /** The line of another dump that has the counter; absent when its own line has it, or none. */
  readonly countedAt?: LinePlace | null;
  /** Column from the left, from 0. */
  readonly column: number;
  readonly link: LinePlace | null;
}

export interface ServiceGraphEdge {
  readonly from: string;
  readonly to: string;
  /** `1/3`, `source 10.244.0.0/16`, `session affinity`. */
  readonly label: string | null;
  /** Probability of this step alone, 0 to 1; null when it is not by chance. */
  readonly probability: number | null;
  readonly packets: number | null;
  /** The line of another dump that has the counter; absent when its own line has it, or none. */
  readonly countedAt?: LinePlace | null;
  readonly link: LinePlace | null;
}

export interface ServiceGraph {
  /** Id of the service. */
  readonly service: string;
  readonly nodes: readonly ServiceGraphNode[];
  readonly edges: readonly ServiceGraphEdge[];
  /** Endpoints beyond the ones drawn. */
  readonly omitted: number;
}

/** Columns from the left. */
export const COLUMN = { hook: 0, entry: 1, policy: 2, service: 3, endpoint: 4, address: 5 } as const;

/** More than a screen can show at once; the list of services has them all. */
export const ENDPOINTS_DRAWN_MAX = 60;

export interface GraphDraft {
  /** Adds a node; a second one of the same id is left out. */
  node(node: ServiceGraphNode): void;
  has(id: string): boolean;
  /** Adds an edge; rules between the same two nodes become one edge. */
  edge(edge: ServiceGraphEdge): void;
  /** Whether this endpoint (address or chain) is among the drawn ones. */
  draws(endpoint: string): boolean;
  done(): ServiceGraph;
}

/** @returns an empty draft for a service; which endpoints are drawn is decided here. */
export function graphDraft(service: NodeService): GraphDraft {
  const nodes = new Map<string, ServiceGraphNode>();
  const edges = new Map<string, ServiceGraphEdge>();
  const drawn = drawnEndpoints(service.endpoints);
  const names = new Set(drawn.flatMap(({ address, chain }) => (chain === null ? [address] : [address, chain])));
  const all = new Set(
    service.endpoints.flatMap(({ address, chain }) => (chain === null ? [address] : [address, chain])),
  );
  return {
    node(node) {
      if (!nodes.has(node.id)) nodes.set(node.id, node);
    },
    has: (id) => nodes.has(id),
    edge(edge) {
      const key = `${edge.from}\n${edge.to}`;
      const known = edges.get(key);
      edges.set(key, known === undefined ? edge : joined(known, edge));
    },
    draws: (endpoint) => names.has(endpoint) || !all.has(endpoint),
    done: () => ({
      service: service.id,
      nodes: [...nodes.values()],
      // An edge to what was left out would end nowhere.
      edges: [...edges.values()].filter((edge) => nodes.has(edge.from) && nodes.has(edge.to)),
      omitted: service.endpoints.length - drawn.length,
    }),
  };
}

/** Endpoints that something is wrong with are drawn before the others. */
function drawnEndpoints(endpoints: readonly NodeServiceEndpoint[]): readonly NodeServiceEndpoint[] {
  if (endpoints.length <= ENDPOINTS_DRAWN_MAX) return endpoints;
  const rank = (one: NodeServiceEndpoint): number =>
    one.share === null || one.share === 0 ? 0 : one.verified === 'different' ? 1 : 2;
  const ranked = [...endpoints].sort((left, right) => rank(left) - rank(right));
  const picked = new Set(ranked.slice(0, ENDPOINTS_DRAWN_MAX));
  return endpoints.filter((one) => picked.has(one));
}

function joined(left: ServiceGraphEdge, right: ServiceGraphEdge): ServiceGraphEdge {
  const labels = [...new Set([left.label, right.label].filter((label) => label !== null))];
  // A rule of session affinity comes first and is not by chance; the draw is what the edge is about.
  const main = left.probability === null && right.probability !== null ? right : left;
  return {
    ...main,
    label: labels.length === 0 ? null : labels.join(' or ').slice(0, 200),
    packets: left.packets === null ? right.packets : left.packets + (right.packets ?? 0),
    countedAt: main.countedAt ?? left.countedAt ?? right.countedAt ?? null,
  };
}

/** @returns `1/3` when the probability is one of kube-proxy's, else a decimal: `0.2`. */
export function chanceText(probability: number): string {
  if (probability >= 1) return '1';
  const parts = Math.round(1 / probability);
  if (probability > 0 && parts <= 10_000 && Math.abs(probability - 1 / parts) < 1e-8) return `1/${parts}`;
  return String(Number(probability.toFixed(6)));
}

/** @returns `10.96.10.20:80`, `:30080` for a port on any address of the node. */
export function entryText(address: string | null, port: number | null): string {
  if (address === null) return port === null ? 'any address of the node' : `any address of the node, port ${port}`;
  return endpointText(address, port);
}

/** @returns the second line of an entry's node. */
export function entryDetail(kind: EntryKind): string {
  return kind === 'external or load balancer IP'
    ? 'external or load-balancer IP'
    : kind.replace('load balancer', 'load-balancer');
}

/** @returns id of an entry's node. */
export function entryId(kind: EntryKind, address: string | null, port: number | null): string {
  return `entry ${kind} ${entryText(address, port)}`;
}

/** @returns the counter of an entry or a refusal, and where it was counted. */
export function countOf({ packets, countedAt = null }: Pick<ServiceEntry, 'packets' | 'countedAt'>): RuleCount {
  return { packets, countedAt };
}

/** Draws kube-proxy's own refusals: the address and what happens to its packets. */
export function drawRefusals(draft: GraphDraft, service: NodeService): void {
  for (const refusal of service.refusals) {
    const entry = service.entries.find((each) => each.address === refusal.address && each.port === refusal.port);
    const from = entryId(entry?.kind ?? refusal.kind, refusal.address, refusal.port);
    draft.node({
      id: from,
      kind: 'entry',
      label: entryText(refusal.address, refusal.port),
      detail: entryDetail(refusal.kind),
      ...countOf(refusal),
      column: COLUMN.entry,
      link: refusal.place,
    });
    const id = `refuse ${refusal.place.fileId} ${refusal.place.line} ${refusal.action} ${entryText(refusal.address, refusal.port)}`;
    draft.node({
      id,
      kind: 'refuse',
      label: refusal.action === 'reject' ? 'REJECT' : 'DROP',
      detail: refusal.met ? refusal.because : `${refusal.because}, not met: packets get an endpoint first`,
      ...countOf(refusal),
      column: COLUMN.policy,
      link: refusal.place,
    });
    draft.edge({ from, to: id, label: null, probability: null, ...countOf(refusal), link: refusal.place });
  }
}
