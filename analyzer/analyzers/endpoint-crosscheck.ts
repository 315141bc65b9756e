/**
 * The services and endpoints in a node's rules held against captured Services, Endpoints and EndpointSlices. The two
 * were captured at different moments, so a difference is likely, never certain, and the finding says so.
 */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { CapturedCluster, CapturedEndpoint, CapturedPort } from '../facts/captured-cluster.ts';
import {
  type LinePlace,
  type NodeService,
  type NodeServiceEndpoint,
  normalEndpoint,
} from '../netfilter/node-service.ts';
import { splitEndpoint } from '../netfilter/rule-match.ts';
import { chainEntity, chainFinding, likely, listed, RESTART_KUBE_PROXY } from './outcome.ts';

/** A difference: the finding with lines of the node's rules, and the lines of the objects it was held against. */
export interface Difference {
  readonly draft: FindingDraft;
  readonly objects: readonly LineRef[];
}

const COMPARE = 'Compare with the cluster as it is now: `kubectl get endpointslices -A -o wide`';
const WATCH =
  'Look in the log of kube-proxy for `Failed to watch` or `Failed to list *v1.EndpointSlice`: its rules stay old while it cannot reach the API server';
const MOMENTS = 'the rules and the objects were captured at different moments, and endpoints change when pods restart';

/** @returns the captured ports of services that the node's rules have as well. */
function pairs(
  services: readonly NodeService[],
  cluster: CapturedCluster,
): readonly { readonly service: NodeService; readonly port: CapturedPort }[] {
  const { byName, byAddress } = index(cluster);
  return services.flatMap((service) => {
    const port =
      byName.get(`${service.id}/${service.protocol}`) ??
      byAddress.get(`${service.clusterIP} ${service.servicePort}/${service.protocol}`);
    return port === undefined ? [] : [{ service, port }];
  });
}

function index(cluster: CapturedCluster): {
  readonly byName: ReadonlyMap<string, CapturedPort>;
  readonly byAddress: ReadonlyMap<string, CapturedPort>;
} {
  const byName = new Map(cluster.ports.map((port) => [`${port.service}/${port.protocol}`, port]));
  const byAddress = new Map(
    cluster.ports.flatMap((port) =>
      port.clusterIps.map((address): [string, CapturedPort] => [`${address} ${port.port}/${port.protocol}`, port]),
    ),
  );
  return { byName, byAddress };
}

/** @returns true when endpoints of at least one service were captured. */
export function endpointsCaptured(cluster: CapturedCluster): boolean {
  return cluster.ports.some((port) => port.endpoints !== null);
}

/** @returns endpoints in the rules that are in no captured Endpoints or EndpointSlice of their service. */
export function staleEndpoints(services: readonly NodeService[], cluster: CapturedCluster): readonly Difference[] {
  return pairs(services, cluster).flatMap(({ service, port }) => {
    if (port.endpoints === null || !port.whole) return [];
    const captured = new Set(port.endpoints.map((each) => each.endpoint));
    return service.endpoints
      .filter((each) => !captured.has(normalEndpoint(each.address)) && !draining(service, each))
      .map((each) => stale(cluster, service, port, each));
  });
}

/** IPVS keeps a removed endpoint with weight 0 until its connections have ended. */
function draining(service: NodeService, endpoint: NodeServiceEndpoint): boolean {
  return service.mode === 'ipvs' && endpoint.share === 0;
}

function refOf(place: LinePlace, note?: string): LineRef {
  return { fileId: place.fileId, line: place.line, endLine: place.line, ...(note === undefined ? {} : { note }) };
}

function stale(
  cluster: CapturedCluster,
  service: NodeService,
  port: CapturedPort,
  endpoint: NodeServiceEndpoint,
): Difference {
  const objects = port.endpointObjects;
  const address = splitEndpoint(endpoint.address)?.address ?? endpoint.address;
  const pod = cluster.pods.get(address);
  const podsKnown = cluster.podNamespaces.has(service.namespace ?? '');
  const noPod = podsKnown && pod === undefined ? `, and no captured pod has the address ${address}` : '';
  const otherPod = pod === undefined ? '' : ` Pod ${pod.name} has this address.`;
  const share = endpoint.share === null ? 'Some connections' : `About ${percent(endpoint.share)} of the connections`;
  const [first, ...rest] = [...endpoint.refs].reverse();
  return {
    draft: chainFinding(refOf(first ?? (service.refs[0] as LinePlace), 'sends packets to the endpoint'), {
      rule: 'stale-endpoint',
      title: `${service.id} still has the endpoint ${endpoint.address}, which the cluster no longer has`,
      claim: `The rules of this node send packets of ${service.id} to ${endpoint.address}, which is not among the ${counted(port.endpoints?.length ?? 0, 'endpoint')} of ${objectWords(port)} in ${listed(files(objects), 2)}${noPod}.${otherPod}`,
      severity: 'high',
      confidence: likely(MOMENTS),
      owner: 'kube-proxy',
      entities: [
        { kind: 'endpoint', name: endpoint.address },
        { kind: 'service', name: service.id },
        ...(endpoint.chain === null ? [] : [chainEntity(endpoint.chain)]),
      ],
      userNotices: `${share} to ${service.id} through this node fail, or meet another pod that has the address by now.`,
      now: [RESTART_KUBE_PROXY, COMPARE],
      longTerm: [WATCH],
      check: [`The rules of the node no longer name ${endpoint.address}`],
      evidence: rest.map((place) => refOf(place)),
    }),
    objects: [
      ...objects.slice(0, 2).map((each) => ({ ...each.ref, note: 'does not hold the endpoint' })),
      ...(pod === undefined ? [] : [pod.ref]),
    ],
  };
}

function files(objects: readonly { readonly file: string }[]): readonly string[] {
  return [...new Set(objects.map((each) => each.file))];
}

/** `its EndpointSlice`, `its 3 EndpointSlices`. */
function objectWords(port: CapturedPort): string {
  // Subsets of one Endpoints object are one object.
  const count = new Set(port.endpointObjects.map((each) => `${each.ref.fileId}:${each.ref.line}`)).size;
  if (port.endpointKind === 'Endpoints') return 'its Endpoints object';
  return count === 1 ? 'its EndpointSlice' : `its ${count} EndpointSlices`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** @returns `33 %`; below one percent `less than 1 %`. */
function percent(share: number): string {
  return share > 0 && share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

/** @returns ready endpoints of captured services that the rules of the node do not have. */
export function missingEndpoints(services: readonly NodeService[], cluster: CapturedCluster): readonly Difference[] {
  return pairs(services, cluster).flatMap(({ service, port }) => {
    if (port.endpoints === null || !everyEndpointExpected(service, port)) return [];
    const ruled = new Set(service.endpoints.map((each) => normalEndpoint(each.address)));
    const missing = port.endpoints.filter(
      (each) => each.ready && !each.terminating && familyOf(each) === service.family && !ruled.has(each.endpoint),
    );
    return missing.length === 0 ? [] : [missingFrom(service, port, missing)];
  });
}

function familyOf(endpoint: CapturedEndpoint): NodeService['family'] {
  return endpoint.address.includes(':') ? 'IPv6' : 'IPv4';
}

/** Policy Local and topology hints leave endpoints out on purpose, and a service of another proxy is not kube-proxy's. */
function everyEndpointExpected(service: NodeService, port: CapturedPort): boolean {
  const policy = port.object?.internalTrafficPolicy ?? service.internalTrafficPolicy;
  if (policy === 'Local' || service.internalTrafficPolicy === 'Local') return false;
  // Without the Service and without a word in the rules the policy is not known.
  if (policy === null && port.object === null) return false;
  return port.object?.otherProxy == null && !(port.endpoints ?? []).some((each) => each.hinted);
}

function missingFrom(service: NodeService, port: CapturedPort, missing: readonly CapturedEndpoint[]): Difference {
  const names = missing.map((each) => each.endpoint);
  const none = service.endpoints.length === 0;
  const [first, ...rest] = service.refs;
  return {
    draft: chainFinding(refOf(first as LinePlace, 'the service in the rules'), {
      rule: 'missing-endpoint',
      area: 'network',
      title: none
        ? `${service.id} has no endpoint in the rules, but ${counted(missing.length, 'ready endpoint')} in the cluster`
        : `${service.id} lacks ${listed(names, 2)} in the rules of this node`,
      claim: `${listed(names)} ${names.length === 1 ? 'is a ready endpoint' : 'are ready endpoints'} of ${service.id} in ${listed(files(missing), 2)}, but the rules of this node send nothing to ${names.length === 1 ? 'it' : 'them'}.`,
      severity: none ? 'high' : 'medium',
      confidence: likely(MOMENTS),
      owner: 'kube-proxy',
      count: missing.length,
      entities: [
        { kind: 'service', name: service.id },
        ...names.slice(0, 20).map((name) => ({ kind: 'endpoint' as const, name })),
      ],
      userNotices: none
        ? `Connections to ${service.id} through this node fail although pods of the service are ready.`
        : `Connections to ${service.id} through this node never reach ${listed(names, 2)}; the other endpoints get more of them.`,
      now: [RESTART_KUBE_PROXY, COMPARE],
      longTerm: [WATCH],
      check: [`The rules of the node name ${listed(names, 2)}`],
      evidence: rest.slice(0, 4).map((place) => refOf(place)),
    }),
    objects: [
      ...missing.slice(0, 4).map((each) => each.ref),
      ...port.endpointObjects.slice(0, 1).map((each) => each.ref),
    ],
  };
}

/**
 * @param shown line that stands for the rules of a family: what is missing has no line of its own.
 * @returns captured services with ready endpoints that no rule of the node knows.
 */
export function missingServices(
  services: readonly NodeService[],
  cluster: CapturedCluster,
  shown: (family: NodeService['family']) => LineRef | null,
): readonly Difference[] {
  const families = new Set(services.map((each) => each.family));
  const present = new Set(
    services.flatMap((each) => [
      ...each.entries.map((entry) => `${entry.address} ${entry.port}/${each.protocol}`),
      `${each.clusterIP} ${each.servicePort}/${each.protocol}`,
    ]),
  );
  return cluster.ports.flatMap((port) => {
    if (port.object === null || port.object.otherProxy !== null || port.object.type === 'ExternalName') return [];
    return port.clusterIps.flatMap((address) => {
      const family = address.includes(':') ? 'IPv6' : 'IPv4';
      const ready = (port.endpoints ?? []).filter(
        (each) => each.ready && !each.terminating && familyOf(each) === family,
      );
      const line = families.has(family) ? shown(family) : null;
      if (ready.length === 0 || line === null || present.has(`${address} ${port.port}/${port.protocol}`)) return [];
      return [missingService(port, address, ready, line)];
    });
  });
}

function missingService(
  port: CapturedPort,
  address: string,
  ready: readonly CapturedEndpoint[],
  line: LineRef,
): Difference {
  const at = `${address.includes(':') ? `[${address}]` : address}:${port.port}`;
  return {
    draft: chainFinding(line, {
      rule: 'missing-service',
      area: 'network',
      title: `${port.service} is not in the rules of this node`,
      claim: `${port.service} has the cluster address ${at} and ${counted(ready.length, 'ready endpoint')} in ${port.object?.file}, but no rule of this node takes packets to ${at}.`,
      severity: 'high',
      confidence: likely(
        'the rules and the objects were captured at different moments; a service made in between is not in the rules',
      ),
      owner: 'kube-proxy',
      entities: [
        { kind: 'service', name: port.service },
        { kind: 'ip', name: address },
      ],
      userNotices: `Connections to ${port.service} (${at}) through this node time out or are refused.`,
      now: [
        RESTART_KUBE_PROXY,
        'See whether the service is older than the dump: `kubectl get svc -A --sort-by=.metadata.creationTimestamp`',
      ],
      longTerm: [WATCH],
      check: [`The rules of the node name ${at}`],
      evidence: [],
    }),
    objects: [...(port.object === null ? [] : [port.object.ref]), ...ready.slice(0, 2).map((each) => each.ref)],
  };
}

/** @returns the draft with the lines of the objects as evidence: both are in one bundle. */
export function withObjects({ draft, objects }: Difference): FindingDraft {
  const cited = new Set(draft.evidence.map((ref) => `${ref.fileId}:${ref.line}`));
  const more = objects.filter((ref) => !cited.has(`${ref.fileId}:${ref.line}`));
  const [first, ...rest] = draft.evidence;
  return { ...draft, evidence: [first, ...more, ...rest] };
}
