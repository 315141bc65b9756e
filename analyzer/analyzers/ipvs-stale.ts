/** Real servers of IPVS mode that no route of this node leads to. */

import type { FileId } from '../core/ids.ts';
import type { IpvsRealServer, IpvsService } from '../core/node-network.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { addressText } from '../netfilter/node-service.ts';
import type { AnalyzerResult } from './analyzer.ts';
import { COMPARE_ENDPOINTS, type DeadRoute, routeConfidence, usableRoutes } from './dead-route.ts';
import { placeOf, placeText, serviceNamer, usableIpvs } from './ipvs-view.ts';
import { chainFinding, gathered, listed, outcomeOf, RESTART_KUBE_PROXY } from './outcome.ts';

/** @returns real servers that fall into a blackhole of this node. */
export function staleRealServers(facts: NodeFacts): AnalyzerResult {
  const ipvs = usableIpvs(facts);
  if (ipvs.usable === 'no') return ipvs.skipped;
  const routes = usableRoutes(facts);
  if (routes.usable === 'no') return routes.skipped;
  const dump = ipvs.dumps.find(({ value }) => value.services.length > 0);
  const namer = serviceNamer(facts);
  const stale = (dump?.value.services ?? []).flatMap((service): readonly Stale[] => {
    // A weight of 0 takes no new connections: kube-proxy lets such a real server run out.
    const drawn = service.realServers.filter(({ weight }) => weight === null || weight > 0);
    return drawn.flatMap((server) => {
      const dead = routes.deadRoute(addressText(server.address));
      if (dead === null || dump === undefined) return [];
      const place = placeOf(service);
      const text = place === null ? `firewall mark ${service.mark}` : placeText(place);
      const name = place === null ? null : namer(place);
      return [{ service, server, dead, drawn: drawn.length, text, name, fileId: dump.fileId }];
    });
  });
  // A service has a virtual server for each of its addresses, all with the same endpoints.
  const findings = [...Map.groupBy(stale, targetOf)].map(([target, same]) => finding(facts, target, same));
  return outcomeOf(
    gathered(findings, `${findings.length} endpoints of virtual servers cannot be reached from this node`),
    'no real server falls into a blackhole route of this node; endpoints on other nodes cannot be judged without Endpoints or EndpointSlices',
  );
}

interface Stale {
  readonly service: IpvsService;
  readonly server: IpvsRealServer;
  readonly dead: DeadRoute;
  readonly drawn: number;
  readonly text: string;
  readonly name: string | null;
  readonly fileId: FileId;
}

function targetOf({ server: { address, port } }: Stale): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function finding(facts: NodeFacts, target: string, same: readonly Stale[]): FindingDraft {
  const [first, ...others] = same as readonly [Stale, ...Stale[]];
  const { fileId, server, service, dead } = first;
  const subjects = same.map(({ name, text }) => (name === null ? text : `${name} (${text})`));
  const many = others.length > 0;
  return chainFinding(
    { fileId, line: server.line, endLine: server.line },
    {
      rule: 'stale-endpoint',
      title: `${listed(subjects, 1)} still ${many ? 'have' : 'has'} the endpoint ${target}, which this node cannot reach`,
      claim: `${many ? `${same.length} virtual servers (${listed(subjects)}) send` : `The virtual server ${first.text} sends`} connections to ${target}, but the only route for it is "${dead.entry.raw.trim()}": no pod with this address runs on this node, and its packets are dropped.`,
      severity: 'high',
      confidence: routeConfidence(facts),
      owner: 'kube-proxy',
      count: same.length,
      entities: [
        { kind: 'endpoint', name: target },
        ...[...new Set(same.map(({ name, text }) => name ?? text))]
          .slice(0, 50)
          .map((name) => ({ kind: 'service', name }) as const),
      ],
      userNotices: `One in ${first.drawn} connections to ${subjects[0]} from this node fails.`,
      now: [RESTART_KUBE_PROXY, COMPARE_ENDPOINTS],
      longTerm: [
        'Look in the log of kube-proxy for `Failed to sync endpoint for service`, `Failed to watch` or `Failed to list *v1.EndpointSlice`',
      ],
      check: [`\`ipvsadm -Ln\` no longer lists ${target}`],
      evidence: [
        dead.ref,
        { fileId, line: service.line, endLine: service.line },
        ...others.slice(0, 6).map((each) => ({ fileId, line: each.server.line, endLine: each.server.line })),
      ],
    },
  );
}
