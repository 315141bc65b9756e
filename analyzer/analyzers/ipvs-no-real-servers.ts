/**
 * A virtual server that has nowhere to send new connections. That is how a service without endpoints looks, so by
 * itself it is only worth knowing; it is a defect when captured objects name endpoints, or when no virtual server has any.
 */
import type { IpvsDump, IpvsService } from '../core/node-network.ts';
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import { type CapturedPort, capturedCluster } from '../facts/captured-cluster.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import type { FromFile } from '../facts/node-network.ts';
import type { Analyzer } from './analyzer.ts';
import { placeOf, placeText, serviceNamer, usableIpvs } from './ipvs-view.ts';
import { certain, chainFinding, gathered, likely, listed, outcomeOf, RESTART_KUBE_PROXY } from './outcome.ts';

interface Idle {
  readonly service: IpvsService;
  readonly text: string;
  readonly name: string | null;
  readonly ref: LineRef;
  /** Objects that say that the service has endpoints. */
  readonly wanted: CapturedPort | null;
}

export const ipvsNoRealServers: Analyzer = {
  id: 'ipvs-no-real-servers',
  title: 'Virtual servers have real servers',
  area: 'chains',
  onlyIn: 'ipvs',
  run(facts) {
    const ipvs = usableIpvs(facts);
    if (ipvs.usable === 'no') return ipvs.skipped;
    const dump = ipvs.dumps.find(({ value }) => value.cut !== true && value.services.length > 0);
    if (dump === undefined) return { outcome: 'skipped', missing: 'virtual servers: the captured output lists none' };
    const idle = idleServices(facts, dump);
    const total = dump.value.services.length;
    if (idle.length === total && total > 1) return outcomeOf([allIdle(dump, idle)], '');
    const wrong = idle.filter((each) => each.wanted !== null);
    const rest = idle.filter((each) => each.wanted === null);
    return outcomeOf(
      [
        ...gathered(
          wrong.map(hasEndpoints),
          `${wrong.length} virtual servers have no real server, although their services have endpoints`,
        ),
        ...(rest.length > 0 ? [byDesign(dump, rest)] : []),
      ],
      `each of the ${total} virtual servers has a real server that takes new connections`,
    );
  },
};

function takesConnections(service: IpvsService): boolean {
  // A weight that no output printed is no weight of zero.
  return (service.unreadServers ?? 0) > 0 || service.realServers.some(({ weight }) => weight === null || weight > 0);
}

function idleServices(facts: NodeFacts, { fileId, value }: FromFile<IpvsDump>): readonly Idle[] {
  const namer = serviceNamer(facts);
  const ports = new Map(capturedCluster(facts.state).ports.map((port) => [`${port.service} ${port.protocol}`, port]));
  return value.services
    .filter((service) => !takesConnections(service))
    .map((service) => {
      const place = placeOf(service);
      const name = place === null ? null : namer(place);
      const port = ports.get(`${name} ${service.protocol}`);
      // An external policy of Local hides endpoints of other nodes: only the cluster IP has them all.
      const clusterIp = place?.address != null && port?.clusterIps.includes(place.address) === true;
      const ready = port?.endpoints?.some((endpoint) => endpoint.ready && !endpoint.terminating && !endpoint.hinted);
      const local = port?.object?.internalTrafficPolicy === 'Local';
      return {
        service,
        text: place === null ? `firewall mark ${service.mark}` : placeText(place),
        name,
        ref: { fileId, line: service.line, endLine: service.line },
        wanted: clusterIp && ready === true && !local ? (port ?? null) : null,
      };
    });
}

function subject({ name, text }: Idle): string {
  return name === null ? text : `${name} (${text})`;
}

function why({ service }: Idle): string {
  return service.realServers.length === 0
    ? 'has no real server'
    : `has ${service.realServers.length === 1 ? 'one real server, and its weight is 0' : `${service.realServers.length} real servers, all with weight 0`}`;
}

function hasEndpoints(each: Idle): FindingDraft {
  const endpoints = each.wanted?.endpoints ?? [];
  return chainFinding(each.ref, {
    rule: 'ipvs-no-real-servers',
    title: `${subject(each)} has endpoints, but its virtual server sends to none`,
    claim: `The virtual server ${each.text} ${why(each)}, while captured objects name ${endpoints.length} ${endpoints.length === 1 ? 'endpoint' : 'endpoints'} of ${each.name}: new connections are refused.`,
    severity: 'high',
    confidence: likely('objects and virtual servers may have been captured at different times'),
    owner: 'kube-proxy',
    entities: [{ kind: 'service', name: each.name ?? each.text }],
    userNotices: `Connections to ${subject(each)} from this node and its pods are refused.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: [
      'Look in the log of kube-proxy for `Failed to sync endpoint for service` and `Failed to list *v1.EndpointSlice`',
    ],
    check: [`\`ipvsadm -Ln\` lists real servers under ${each.text}`],
    evidence: [
      ...(each.wanted?.endpointObjects ?? []).map(({ ref }) => ref),
      ...endpoints.slice(0, 4).map(({ ref }) => ref),
    ],
  });
}

function allIdle({ file }: FromFile<IpvsDump>, idle: readonly Idle[]): FindingDraft {
  const [first] = idle as readonly [Idle, ...Idle[]];
  return chainFinding(first.ref, {
    rule: 'ipvs-no-real-servers',
    title: 'No virtual server of this node has a real server',
    claim: `None of the ${idle.length} virtual servers in ${file} has a real server that takes new connections, not even the one of default/kubernetes, which every cluster has.`,
    severity: 'critical',
    confidence: certain('every cluster has at least the endpoints of default/kubernetes'),
    owner: 'kube-proxy',
    count: idle.length,
    entities: idle.slice(0, 50).map((each) => ({ kind: 'service', name: each.name ?? each.text })),
    userNotices: 'Every connection to a service address is refused on this node; pod addresses still work.',
    now: [RESTART_KUBE_PROXY],
    longTerm: [
      'Look in the log of kube-proxy for `Failed to list *v1.EndpointSlice`: it does not learn of endpoints while it cannot reach the API server',
    ],
    check: ['`ipvsadm -Ln` lists real servers'],
    evidence: idle.slice(1, 8).map((each) => each.ref),
  });
}

function byDesign(dump: FromFile<IpvsDump>, idle: readonly Idle[]): FindingDraft {
  const [first] = idle as readonly [Idle, ...Idle[]];
  const one = idle.length === 1;
  const drained = idle.filter((each) => each.service.realServers.length > 0);
  return chainFinding(first.ref, {
    rule: 'ipvs-no-real-servers',
    title: `${one ? `${subject(first)} has` : `${idle.length} virtual servers have`} no real server that takes new connections`,
    claim: `${listed(idle.map(subject), 5)}: ${one ? `the virtual server ${why(first)}` : 'these virtual servers have no real server with a weight above 0'}. That is how a service without ready endpoints looks, or one with policy Local and no endpoint on this node.`,
    severity: drained.length > 0 ? 'low' : 'info',
    confidence: certain(`read from ${dump.file}; whether the services should have endpoints was not captured`),
    owner: 'workload',
    count: idle.length,
    entities: idle.slice(0, 50).map((each) => ({ kind: 'service', name: each.name ?? each.text })),
    userNotices: 'New connections to these addresses are refused.',
    now: ['See whether the services should have endpoints: `kubectl get endpointslices -A -o wide`'],
    check: ['`ipvsadm -Ln` lists real servers under these addresses'],
    evidence: [
      ...idle.slice(1, 8).map((each) => each.ref),
      ...drained
        .flatMap((each) => each.service.realServers)
        .slice(0, 3)
        .map(({ line }) => ({ fileId: dump.fileId, line, endLine: line, note: 'weight 0' })),
    ],
  });
}
