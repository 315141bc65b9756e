/** Defects of endpoints in kube-proxy's nft table, under the ids of their iptables siblings. */
import type { NftChainDump, NftExpression, NftRule, NftTable } from '../core/nft-ruleset.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { nftRef, type ProxyTable } from '../facts/nft-facts.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { canonicalAddress } from '../netfilter/address.ts';
import { nftNamed, nftNat } from '../netfilter/nft-chain.ts';
import type { NodeService, NodeServiceEndpoint } from '../netfilter/node-service.ts';
import { splitEndpoint } from '../netfilter/rule-match.ts';
import type { AnalyzerResult } from './analyzer.ts';
import { COMPARE_ENDPOINTS, type DeadRoute, routeConfidence, usableRoutes } from './dead-route.ts';
import { judgeNft, nftEntities, nftName, OTHER_NFT_WRITER } from './nft-tables.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  gathered,
  listed,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
} from './outcome.ts';

/** @returns unreachable-endpoints of nftables mode: elements of a draw whose number is never drawn. */
export function nftUnreachable(facts: NodeFacts): AnalyzerResult {
  return judgeNft(
    facts,
    (place) =>
      [...place.table.chains.values()].flatMap((chain) =>
        chain.rules.flatMap((rule) => neverDrawn(place, chain, rule)),
      ),
    'every endpoint of a service has a number that is drawn',
  );
}

function neverDrawn(place: ProxyTable, chain: NftChainDump, rule: NftRule): readonly FindingDraft[] {
  return rule.statements.flatMap((statement) => {
    if (statement.kind !== 'vmap' || statement.key.kind !== 'numgen' || statement.data.kind !== 'elements') return [];
    const { mod, offset } = statement.key;
    const drawn = statement.data.elements.flatMap(({ key, verdict }) =>
      key.kind === 'value' && verdict !== null && 'chain' in verdict
        ? [{ number: Number(key.value) - offset, chain: verdict.chain }]
        : [],
    );
    const behind = drawn.filter(({ number }) => number < 0 || number >= mod);
    if (behind.length === 0) return [];
    const service = nftNamed(chain.name)?.service ?? null;
    const names = behind.map((each) => nftNamed(each.chain)?.endpoint ?? each.chain);
    return [
      chainFinding(nftRef(place, rule, `draws one of ${mod} numbers`), {
        rule: 'unreachable-endpoints',
        title: `${behind.length} of ${drawn.length} endpoints of ${service ?? chain.name} get no traffic`,
        claim: `Chain ${chain.name} of table ${nftName(place)} draws a number below ${mod + offset}, so ${listed(names)} with ${behind.length === 1 ? 'a higher number is' : 'other numbers are'} never drawn.`,
        severity: 'medium',
        confidence: certain('the numbers of the map are captured with their rule'),
        owner: 'kube-proxy',
        count: behind.length,
        entities: [
          chainEntity(chain.name),
          ...serviceEntities([service]),
          ...names.slice(0, 20).map((name) => ({ kind: 'endpoint' as const, name })),
        ],
        userNotices: `Connections to ${service ?? chain.name} from this node never reach ${listed(names, 2)}; the other endpoints get all of them.`,
        now: [RESTART_KUBE_PROXY],
        longTerm: [OTHER_NFT_WRITER],
        check: ['The map of the chain holds the numbers from 0 to N-1 of its `numgen random mod N`'],
        evidence: [nftRef(place, chain)],
      }),
    ];
  });
}

/** @returns sep-mismatch of nftables mode: an endpoint chain that leads elsewhere than its name says. */
export function nftMismatch(facts: NodeFacts): AnalyzerResult {
  return judgeNft(
    facts,
    (place) => {
      const found = [...place.table.chains.values()].flatMap((chain) => mismatch(place, chain));
      return gathered(
        found,
        `${found.length} endpoint chains of table ${nftName(place)} lead elsewhere than their names say`,
      );
    },
    'every endpoint chain leads to the endpoint in its name',
  );
}

function mismatch(place: ProxyTable, chain: NftChainDump): readonly FindingDraft[] {
  const named = nftNamed(chain.name);
  if (named?.kind !== 'endpoint' || named.endpoint === null) return [];
  const promised = splitEndpoint(named.endpoint);
  const dnat = nftNat(chain, 'dnat');
  if (promised === null || dnat === null) return [];
  const address = literal(dnat.statement.address);
  const port = literal(dnat.statement.port);
  const hairpin = chain.rules.flatMap((rule) => sourceOf(rule) ?? []);
  const other = hairpin.find((each) => !sameAddress(each, promised.address));
  const elsewhere =
    (address !== null && !sameAddress(address, promised.address)) || (port !== null && Number(port) !== promised.port);
  if (!elsewhere && other === undefined) return [];
  const target = `${address?.includes(':') ? `[${address}]` : address}:${port}`;
  const what = elsewhere
    ? `rewrites the destination to ${target}`
    : `masquerades packets from ${other} instead of ${promised.address}`;
  return [
    chainFinding(nftRef(place, elsewhere ? dnat.rule : chain, what), {
      rule: 'sep-mismatch',
      title: elsewhere
        ? `An endpoint chain of ${named.service} leads to ${target}`
        : `An endpoint chain of ${named.service} masquerades another address than its own`,
      claim: `${chain.name} of table ${nftName(place)} is named after ${named.endpoint}, but ${what}.`,
      severity: elsewhere ? 'high' : 'medium',
      confidence: certain('the name and the rules of the chain contradict each other'),
      owner: 'kube-proxy',
      entities: nftEntities(chain.name),
      userNotices: elsewhere
        ? `A share of the connections to ${named.service} reaches ${target}, which may be another workload or nothing.`
        : `A pod of ${named.service} that reaches itself through the service gets no answer.`,
      now: [RESTART_KUBE_PROXY],
      longTerm: [OTHER_NFT_WRITER],
      check: [`\`nft list chain ${nftName(place)} ${chain.name}\` names ${named.endpoint} only`],
      evidence: [nftRef(place, chain), ...chain.rules.map((rule) => nftRef(place, rule))],
    }),
  ];
}

function literal(expression: NftExpression | null): string | null {
  return expression?.kind === 'value' ? expression.value : null;
}

/** The address of `ip saddr X jump mark-for-masquerade`. */
function sourceOf(rule: NftRule): readonly string[] | null {
  const marks = rule.statements.some(
    (each) => each.kind === 'verdict' && 'chain' in each.verdict && each.verdict.chain === 'mark-for-masquerade',
  );
  if (!marks) return null;
  return rule.statements.flatMap((each) =>
    each.kind === 'match' &&
    each.operator === '==' &&
    each.left.kind === 'payload' &&
    each.left.field === 'saddr' &&
    each.right.kind === 'value'
      ? [each.right.value]
      : [],
  );
}

function sameAddress(one: string, two: string): boolean {
  return one === two || canonicalAddress(one) === canonicalAddress(two);
}

/** @returns stale-endpoint of nftables mode: endpoints that fall into a blackhole of this node. */
export function nftStale(facts: NodeFacts): AnalyzerResult {
  const services = nodeServices(facts).filter((service) => service.mode === 'nftables');
  if (services.length === 0) return { outcome: 'skipped', missing: 'service rules of the node' };
  const routes = usableRoutes(facts);
  if (routes.usable === 'no') return routes.skipped;
  const findings = services.flatMap((service) =>
    service.endpoints.flatMap((endpoint) => {
      const parts = splitEndpoint(endpoint.address);
      const dead = parts === null ? null : routes.deadRoute(parts.address);
      return dead === null ? [] : [stale(facts, service, endpoint, dead)];
    }),
  );
  return outcomeOf(
    gathered(findings, `${findings.length} endpoints in the nft rules cannot be reached from this node`),
    'no endpoint falls into a blackhole route of this node; endpoints on other nodes cannot be judged without Endpoints or EndpointSlices',
  );
}

function stale(
  facts: NodeFacts,
  service: NodeService,
  { address, chain, refs }: NodeServiceEndpoint,
  dead: DeadRoute,
): FindingDraft {
  const [first = service.refs[0], ...rest] = [...refs].reverse();
  const at = ({ fileId, line }: { fileId: typeof dead.ref.fileId; line: number }) => ({ fileId, line, endLine: line });
  return chainFinding(first === undefined ? dead.ref : at(first), {
    rule: 'stale-endpoint',
    title: `${service.id} still has the endpoint ${address}, which this node cannot reach`,
    claim: `${chain ?? 'A rule of kube-proxy'} sends packets to ${address}, but the only route for it is "${dead.entry.raw.trim()}": no pod with this address runs on this node, and its packets are dropped.`,
    severity: 'high',
    confidence: routeConfidence(facts),
    owner: 'kube-proxy',
    entities: [
      { kind: 'endpoint', name: address },
      ...serviceEntities([service.id]),
      ...(chain === null ? [] : [chainEntity(chain)]),
    ],
    userNotices: `One in ${service.endpoints.length} connections to ${service.id} from this node fails.`,
    now: [RESTART_KUBE_PROXY, COMPARE_ENDPOINTS],
    longTerm: [
      'Look in the log of kube-proxy for `Failed to watch` or `Failed to list *v1.EndpointSlice`: its rules stay old while it cannot reach the API server',
    ],
    check: [`The nft table of kube-proxy no longer names ${address}`],
    evidence: [dead.ref, ...rest.map(at)],
  });
}

/** Map of kube-proxy -> chains its elements lead to, for maps that hold services and that no rule looks in. */
export function unreadMaps(table: NftTable): ReadonlyMap<string, ReadonlySet<string>> {
  const read = new Set(
    [...table.chains.values()].flatMap((chain) =>
      chain.rules.flatMap((rule) =>
        rule.statements.flatMap((each) =>
          each.kind === 'vmap' && each.data.kind === 'set-reference' ? [each.data.name] : [],
        ),
      ),
    ),
  );
  return new Map(
    ['service-ips', 'service-nodeports'].flatMap((name) => {
      const elements = table.sets.get(name)?.elements ?? [];
      if (elements.length === 0 || read.has(name)) return [];
      const chains = elements.flatMap(({ verdict }) => (verdict !== null && 'chain' in verdict ? [verdict.chain] : []));
      return [[name, new Set(chains)] as const];
    }),
  );
}

/** @returns nodeports-jump-missing of nftables mode: service-nodeports has elements that no rule looks up. */
export function nftNodePorts(facts: NodeFacts): AnalyzerResult {
  return judgeNft(facts, withoutNodePorts, 'node ports are looked up in service-nodeports, or there are none');
}

function withoutNodePorts(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const map = table.sets.get('service-nodeports');
  const services = table.chains.get('services');
  const unread = unreadMaps(table);
  const chains = unread.get('service-nodeports');
  // With service-ips unread as well nothing is looked up at all: told as map-element-missing.
  if (map === undefined || services === undefined || chains === undefined || unread.has('service-ips')) return [];
  if (services.rules.length === 0) return [];
  const names = [...new Set([...chains].map((chain) => nftNamed(chain)?.service ?? chain))];
  return [
    chainFinding(nftRef(place, services, 'does not look in service-nodeports'), {
      rule: 'nodeports-jump-missing',
      title: `NodePorts are not served in table ${nftName(place)}`,
      claim: `Map service-nodeports of table ${nftName(place)} has ${map.elements.length} ${map.elements.length === 1 ? 'element' : 'elements'} (${listed(names)}), but no rule looks in it.`,
      severity: 'high',
      confidence: certain(`the table is captured whole in ${place.file}`),
      owner: 'kube-proxy',
      count: map.elements.length,
      entities: [chainEntity('services'), ...serviceEntities(names)],
      userNotices:
        'Every NodePort of this node refuses connections, and load balancers that use NodePorts mark the node unhealthy; ClusterIPs work.',
      now: [RESTART_KUBE_PROXY],
      longTerm: [OTHER_NFT_WRITER],
      check: [`\`nft list chain ${nftName(place)} services\` shows a rule with vmap @service-nodeports`],
      evidence: [nftRef(place, map), ...services.rules.slice(0, 3).map((rule) => nftRef(place, rule))],
    }),
  ];
}
