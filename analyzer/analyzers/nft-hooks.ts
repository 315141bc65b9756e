/** chain-not-hooked in nftables mode: base chains of kube-proxy's table that no longer lead to its lookup chains. */
import type { NftChainDump, NftRule, NftTable } from '../core/nft-ruleset.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { nftRef, type ProxyTable } from '../facts/nft-facts.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nftNat, nftReached, nftTargets } from '../netfilter/nft-chain.ts';
import type { AnalyzerResult } from './analyzer.ts';
import { judgeNft, nftName, OTHER_NFT_WRITER } from './nft-tables.ts';
import { certain, chainEntity, chainFinding, RESTART_KUBE_PROXY } from './outcome.ts';

const HOOKS = [
  {
    chain: 'services',
    base: 'nat-prerouting',
    hook: 'prerouting',
    severity: 'critical',
    userNotices:
      'Pods of this node and clients outside reach no ClusterIP, NodePort or load balancer address through it; the node itself still does.',
  },
  {
    chain: 'services',
    base: 'nat-output',
    hook: 'output',
    severity: 'high',
    userNotices: 'Processes on the node itself (kubelet, pods with hostNetwork) reach no service; pods still do.',
  },
  {
    chain: 'masquerading',
    base: 'nat-postrouting',
    hook: 'postrouting',
    severity: 'high',
    userNotices:
      'Marked service traffic leaves without source NAT: NodePort clients of endpoints on other nodes get no answer.',
  },
] as const;

type NftHook = (typeof HOOKS)[number];

/** @returns one finding for each base chain that does not lead where it should. */
export function nftHooks(facts: NodeFacts): AnalyzerResult {
  return judgeNft(
    facts,
    (place) => [...check(place), ...uncalledChecks(place)],
    'services and masquerading are reached from their base chains',
  );
}

/** @returns postrouting-no-masquerade of nftables mode: chain masquerading without a statement that masquerades. */
export function nftMasquerade(facts: NodeFacts): AnalyzerResult {
  return judgeNft(facts, withoutMasquerade, 'chain masquerading holds a masquerade statement');
}

function withoutMasquerade(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const name = nftName(place);
  const chain = table.chains.get('masquerading');
  if (chain === undefined) return [];
  const nat = nftNat(chain, 'masquerade', 'snat');
  const ender = chain.rules.find(endsEverything);
  // Behind a rule that ends every packet nothing masquerades.
  if (nat !== null && (ender === undefined || ender.position > nat.rule.position)) return [];
  const lacks =
    chain.rules.length === 0
      ? 'has no rules'
      : nat === null
        ? 'has no masquerade statement'
        : `ends every packet in rule ${ender?.position}, ahead of its masquerade statement`;
  const marks = [...table.chains.values()].flatMap((each) =>
    each.rules.filter((rule) => nftTargets(rule, table).some((target) => target.chain === 'mark-for-masquerade')),
  );
  return [
    chainFinding(nftRef(place, chain, 'no statement of this chain masquerades'), {
      rule: 'postrouting-no-masquerade',
      title: `Chain masquerading does not masquerade in table ${name}`,
      claim: `Chain masquerading of table ${name} ${lacks}: packets that ${marks.length} rules send to mark-for-masquerade keep their source address.`,
      severity: 'high',
      confidence: certain(`the table is captured whole in ${place.file}`),
      owner: 'kube-proxy',
      entities: [chainEntity('masquerading')],
      userNotices:
        'NodePort and load balancer clients of endpoints on other nodes get no answer, and neither do pods that reach themselves through a service; plain pod to ClusterIP traffic works.',
      now: [RESTART_KUBE_PROXY],
      longTerm: [OTHER_NFT_WRITER],
      check: [`\`nft list chain ${name} masquerading\` ends with a masquerade statement`],
      evidence: [...chain.rules.slice(0, 3), ...marks.slice(0, 3)].map((rule) => nftRef(place, rule)),
    }),
  ];
}

// Which base chains lead to these has changed between versions; one of them always does.
const CHECKS = [
  {
    chain: 'firewall-check',
    map: 'firewall-ips',
    severity: 'high',
    userNotices: 'loadBalancerSourceRanges are not enforced.',
  },
  {
    chain: 'service-endpoints-check',
    map: 'no-endpoint-services',
    severity: 'medium',
    userNotices: 'Clients of services without endpoints wait for a timeout instead of an immediate refusal.',
  },
  {
    chain: 'nodeport-endpoints-check',
    map: 'no-endpoint-nodeports',
    severity: 'medium',
    userNotices: 'NodePorts of services without endpoints are answered by the node itself instead of being refused.',
  },
] as const;

/** Chains that refuse packets by a map that holds something, and that no hook leads to. */
function uncalledChecks(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const reached = nftReached(
    table,
    [...table.chains.values()].filter((chain) => chain.hook !== null),
  );
  return CHECKS.flatMap((each): readonly FindingDraft[] => {
    const chain = table.chains.get(each.chain);
    const map = table.sets.get(each.map);
    if (chain === undefined || map === undefined || map.elements.length === 0 || reached.has(each.chain)) return [];
    return [
      chainFinding(nftRef(place, chain, 'no hook leads to this chain'), {
        rule: 'chain-not-hooked',
        title: `No base chain leads to ${each.chain} in table ${nftName(place)}`,
        claim: `Map ${each.map} of table ${nftName(place)} has ${map.elements.length} ${map.elements.length === 1 ? 'element' : 'elements'}, but no base chain leads to ${each.chain}, which looks in it.`,
        severity: each.severity,
        confidence: certain(`the table is captured whole in ${place.file}`),
        owner: 'kube-proxy',
        entities: [chainEntity(each.chain)],
        userNotices: each.userNotices,
        now: [RESTART_KUBE_PROXY],
        longTerm: [OTHER_NFT_WRITER],
        check: [`\`nft list table ${nftName(place)}\` shows a base chain with a jump to ${each.chain}`],
        evidence: [nftRef(place, map)],
      }),
    ];
  });
}

/** @returns the first rule of a base chain that ends every packet before it comes to the jump. */
function endsBefore(base: NftChainDump, table: NftTable, wanted: string): NftRule | null {
  const jump = base.rules.findIndex((rule) => nftTargets(rule, table).some((target) => target.chain === wanted));
  return jump < 0 ? null : (base.rules.slice(0, jump).find(endsEverything) ?? null);
}

/** Nothing but a final verdict, counters aside: no packet gets past it. */
function endsEverything({ statements }: NftRule): boolean {
  const [first, ...more] = statements.filter((each) => each.kind !== 'counter' && each.kind !== 'log');
  return (
    more.length === 0 &&
    first?.kind === 'verdict' &&
    (first.verdict.verdict === 'accept' || first.verdict.verdict === 'return' || first.verdict.verdict === 'drop')
  );
}

function endedBefore(place: ProxyTable, hook: NftHook, base: NftChainDump, ender: NftRule): FindingDraft {
  const name = nftName(place);
  return chainFinding(nftRef(place, ender, `no packet gets past this rule to ${hook.chain}`), {
    rule: 'chain-not-hooked',
    title: `${hook.base} ends before its jump to ${hook.chain} in table ${name}`,
    claim: `Rule ${ender.position} of ${hook.base} in table ${name} ends every packet, so the jump to ${hook.chain} behind it is never reached.`,
    severity: hook.severity,
    confidence: certain('the rule has no match, so every packet takes it'),
    owner: 'kube-proxy',
    entities: [chainEntity(hook.chain), chainEntity(hook.base)],
    userNotices: hook.userNotices,
    now: [RESTART_KUBE_PROXY],
    longTerm: [OTHER_NFT_WRITER],
    check: [`\`nft list chain ${name} ${hook.base}\` shows a jump to ${hook.chain} and no such rule ahead of it`],
    evidence: [nftRef(place, base)],
  });
}

function check(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const name = nftName(place);
  return HOOKS.flatMap((hook): readonly FindingDraft[] => {
    const wanted = table.chains.get(hook.chain);
    if (wanted === undefined || wanted.rules.length === 0) return [];
    const bases = [...table.chains.values()].filter((chain) => chain.hook === hook.hook);
    const base = table.chains.get(hook.base);
    const ender = base === undefined ? null : endsBefore(base, table, hook.chain);
    if (ender !== null && base !== undefined) return [endedBefore(place, hook, base, ender)];
    if (nftReached(table, bases).has(hook.chain)) return [];
    const declared = nftRef(place, wanted, `no ${hook.hook} hook leads to this chain`);
    return [
      chainFinding(base === undefined ? declared : nftRef(place, base, `does not lead to ${hook.chain}`), {
        rule: 'chain-not-hooked',
        title: `${hook.base} does not lead to ${hook.chain} in table ${name}`,
        claim: `Chain ${hook.chain} of table ${name} has ${wanted.rules.length} rules, but ${base === undefined ? `the base chain ${hook.base} does not exist` : `${hook.base} does not lead to it`}: packets of the ${hook.hook} hook never come to it.`,
        severity: hook.severity,
        confidence: certain(`the table is captured whole in ${place.file}`),
        owner: 'kube-proxy',
        entities: [chainEntity(hook.chain), chainEntity(hook.base)],
        userNotices: hook.userNotices,
        now: [RESTART_KUBE_PROXY],
        longTerm: [OTHER_NFT_WRITER],
        check: [`\`nft list chain ${name} ${hook.base}\` shows a jump to ${hook.chain}`],
        evidence: [declared],
      }),
    ];
  });
}
