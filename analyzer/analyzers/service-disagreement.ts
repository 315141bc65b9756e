/**
 * Two nodes of one cluster whose rules disagree on the endpoints of a service. kube-proxy writes the same endpoints on
 * every node, unless policy or topology hints say otherwise; a node that lacks some has old rules, or the other one has.
 */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import {
  type LinePlace,
  type NodeService,
  type NodeServiceEndpoint,
  normalEndpoint,
} from '../netfilter/node-service.ts';
import { chainFinding, listed, RESTART_KUBE_PROXY } from './outcome.ts';
import { countText } from './state-finding.ts';

/** What is compared of one bundle. */
export interface NodeView {
  /** How the node is called in sentences. */
  readonly name: string;
  readonly services: readonly NodeService[];
  /** ISO instant; null when it is not known. */
  readonly collectedAt: string | null;
}

/** A finding about `view`, with the lines of the other node that show it. */
export interface Disagreement {
  readonly draft: FindingDraft;
  readonly other: readonly LineRef[];
}

/** Nodes captured further apart than this may differ because the cluster changed. */
const APART_MS = 10 * 60 * 1000;
/** Services that every cluster has under the same addresses prove nothing. */
const EVERYWHERE = /^(?:default\/kubernetes|kube-system\/kube-dns)(?::|$)/;
/** Below this two nodes are not known to be of one cluster. */
const SHARED_MIN = 3;

/** @returns true when the nodes have services of one cluster: the same API server, or several services alike. */
export function sameCluster(one: NodeView, two: NodeView): boolean {
  const theirs = byKey(two);
  let shared = 0;
  for (const [key, service] of byKey(one)) {
    const twin = theirs.get(key);
    if (twin === undefined) continue;
    if (service.id.startsWith('default/kubernetes')) {
      const known = new Set(twin.endpoints.map((each) => normalEndpoint(each.address)));
      if (service.endpoints.some((each) => known.has(normalEndpoint(each.address)))) return true;
    } else if (!EVERYWHERE.test(service.id)) shared += 1;
  }
  return shared >= SHARED_MIN;
}

function byKey(view: NodeView): ReadonlyMap<string, NodeService> {
  return new Map(
    view.services
      .filter((each) => each.name !== null && each.clusterIP !== null)
      .map((each) => [`${each.id}/${each.protocol}/${each.clusterIP}`, each]),
  );
}

/** @returns one finding a service of which `view` lacks endpoints that `other` has. */
export function disagreements(view: NodeView, other: NodeView): readonly Disagreement[] {
  const theirs = byKey(other);
  return [...byKey(view)].flatMap(([key, service]) => {
    const twin = theirs.get(key);
    if (twin === undefined || localOnly(service) || localOnly(twin)) return [];
    const mine = new Set(service.endpoints.map((each) => normalEndpoint(each.address)));
    const lacking = twin.endpoints.filter((each) => !mine.has(normalEndpoint(each.address)) && !draining(twin, each));
    return lacking.length === 0 ? [] : [disagreement(view, other, service, lacking)];
  });
}

function localOnly(service: NodeService): boolean {
  return service.internalTrafficPolicy === 'Local';
}

/** IPVS keeps a removed endpoint with weight 0 until its connections have ended. */
function draining(service: NodeService, endpoint: NodeServiceEndpoint): boolean {
  return service.mode === 'ipvs' && endpoint.share === 0;
}

function disagreement(
  view: NodeView,
  other: NodeView,
  service: NodeService,
  lacking: readonly NodeServiceEndpoint[],
): Disagreement {
  const names = lacking.map((each) => each.address);
  const apart = timeApart(view, other);
  const first = service.refs[0] as LinePlace;
  return {
    draft: chainFinding(refOf(first, `the service on ${view.name}`), {
      rule: 'service-disagreement',
      area: 'network',
      title: `${service.id} has other endpoints than on ${other.name}`,
      claim: `The rules of ${view.name} lack ${listed(names)} of ${service.id}, which the rules of ${other.name} have. Either these rules are old, or those of ${other.name} still name endpoints that are gone.`,
      severity: service.endpoints.length === 0 ? 'high' : 'medium',
      confidence: {
        level: apart.close ? 'likely' : 'possible',
        because: `${apart.sentence}; endpoints change when pods restart, and topology hints give nodes of other zones other endpoints`,
      },
      owner: 'kube-proxy',
      count: lacking.length,
      entities: [
        { kind: 'service', name: service.id },
        ...names.slice(0, 20).map((name) => ({ kind: 'endpoint' as const, name })),
        { kind: 'node', name: other.name },
      ],
      userNotices: `Connections to ${service.id} work on one node and fail, or go to fewer pods, on the other.`,
      now: ['See which node is right: `kubectl get endpointslices -A -o wide`', RESTART_KUBE_PROXY],
      longTerm: [
        'Look in the logs of kube-proxy of both nodes for `Failed to watch` and `Sync failed`: rules stay old while it cannot reach the API server or cannot write them',
      ],
      check: [`The rules of both nodes name the same endpoints of ${service.id}`],
      evidence: service.refs.slice(1, 4).map((place) => refOf(place)),
    }),
    other: lacking
      .slice(0, 3)
      .flatMap((each) => each.refs.slice(0, 2).map((place) => refOf(place, `on ${other.name}`))),
  };
}

function refOf(place: LinePlace, note?: string): LineRef {
  return { fileId: place.fileId, line: place.line, endLine: place.line, ...(note === undefined ? {} : { note }) };
}

function timeApart(one: NodeView, two: NodeView): { readonly close: boolean; readonly sentence: string } {
  if (one.collectedAt === null || two.collectedAt === null)
    return { close: false, sentence: 'when the two nodes were captured is not known' };
  const apart = Math.abs(Date.parse(one.collectedAt) - Date.parse(two.collectedAt));
  return apart <= APART_MS
    ? { close: true, sentence: 'the two nodes were captured within ten minutes' }
    : { close: false, sentence: `the two nodes were captured ${spanText(apart)} apart` };
}

/** Beyond an hour or two nobody counts minutes. */
function spanText(span: number): string {
  const minutes = Math.round(span / 60_000);
  if (minutes < 120) return countText(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? countText(hours, 'hour') : countText(Math.round(hours / 24), 'day');
}
