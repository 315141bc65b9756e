/** Chains that only work when a built-in chain jumps to them, and the one that no longer does. */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import type { FindingDraft, LineRef, Owner, Severity } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { kubeServices } from '../netfilter/kube-services.ts';
import { matchesEverything } from '../netfilter/rule-match.ts';
import { chainGraph, chainRef, leadingTo, type RuleTable, ruleRef, tableRef } from '../netfilter/rule-table.ts';
import type { Analyzer, AnalyzerResult } from './analyzer.ts';
import { nftHooks } from './nft-hooks.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  command,
  EVERY_MODE,
  IPTABLES_AND_IPVS,
  inTable,
  iptablesTables,
  outcomeOf,
  RESTART_KUBE_PROXY,
} from './outcome.ts';

interface Hook {
  readonly table: 'nat' | 'filter';
  readonly chain: string;
  readonly hook: string;
  readonly severity: Severity;
  readonly owner: Owner;
  readonly userNotices: string;
  /** Chain without which this version of kube-proxy does not make the jump. */
  readonly since?: string;
}

// iptablesJumpChains of pkg/proxy/iptables. KUBE-EXTERNAL-SERVICES in FORWARD came later than in INPUT; every
// version with KUBE-PROXY-FIREWALL has it.
const HOOKS: readonly Hook[] = [
  {
    table: 'nat',
    chain: 'KUBE-SERVICES',
    hook: 'PREROUTING',
    severity: 'critical',
    owner: 'kube-proxy',
    userNotices:
      'Pods of this node and clients outside reach no ClusterIP, NodePort or load balancer address through it; the node itself still does.',
  },
  {
    table: 'nat',
    chain: 'KUBE-SERVICES',
    hook: 'OUTPUT',
    severity: 'high',
    owner: 'kube-proxy',
    userNotices: 'Processes on the node itself (kubelet, pods with hostNetwork) reach no service; pods still do.',
  },
  {
    table: 'nat',
    chain: 'KUBE-POSTROUTING',
    hook: 'POSTROUTING',
    severity: 'high',
    owner: 'kube-proxy',
    userNotices:
      'Marked service traffic leaves without source NAT: NodePort and load balancer clients of endpoints on other nodes, and pods that reach themselves through a service, get no answer.',
  },
  {
    table: 'nat',
    chain: 'AWS-SNAT-CHAIN-0',
    hook: 'POSTROUTING',
    severity: 'high',
    owner: 'VPC CNI',
    userNotices: 'Pods reach nothing outside the VPC: their packets leave with the pod address.',
  },
  {
    table: 'filter',
    chain: 'KUBE-FORWARD',
    hook: 'FORWARD',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices:
      'Marked service traffic is no longer accepted ahead of other FORWARD rules; where the policy or a later rule drops, NodePort traffic dies.',
  },
  {
    table: 'filter',
    chain: 'KUBE-SERVICES',
    hook: 'FORWARD',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices: 'Pods that call a service without endpoints wait for a timeout instead of an immediate refusal.',
  },
  {
    table: 'filter',
    chain: 'KUBE-SERVICES',
    hook: 'OUTPUT',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices:
      'Processes on the node that call a service without endpoints wait for a timeout instead of an immediate refusal.',
  },
  {
    table: 'filter',
    chain: 'KUBE-EXTERNAL-SERVICES',
    hook: 'INPUT',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices:
      'NodePorts of services without endpoints are answered by the node itself instead of being refused or dropped.',
  },
  {
    table: 'filter',
    chain: 'KUBE-EXTERNAL-SERVICES',
    hook: 'FORWARD',
    severity: 'medium',
    owner: 'kube-proxy',
    since: 'KUBE-PROXY-FIREWALL',
    userNotices: 'Clients of an external address without endpoints wait for a timeout instead of an immediate refusal.',
  },
  {
    table: 'filter',
    chain: 'KUBE-NODEPORTS',
    hook: 'INPUT',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices:
      'Where INPUT drops by default, load balancer health checks of services with externalTrafficPolicy Local fail.',
  },
  {
    table: 'filter',
    chain: 'KUBE-PROXY-FIREWALL',
    hook: 'INPUT',
    severity: 'high',
    owner: 'kube-proxy',
    userNotices: 'loadBalancerSourceRanges are not enforced on this path.',
  },
  {
    table: 'filter',
    chain: 'KUBE-PROXY-FIREWALL',
    hook: 'FORWARD',
    severity: 'high',
    owner: 'kube-proxy',
    userNotices: 'loadBalancerSourceRanges are not enforced on this path.',
  },
  {
    table: 'filter',
    chain: 'KUBE-PROXY-FIREWALL',
    hook: 'OUTPUT',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices: 'loadBalancerSourceRanges are not enforced for processes of the node.',
  },
];

// iptablesJumpChain of pkg/proxy/ipvs. Virtual servers work without any of them; what the chains add is lost.
const IPVS_HOOKS: readonly Hook[] = [
  {
    table: 'nat',
    chain: 'KUBE-SERVICES',
    hook: 'PREROUTING',
    severity: 'high',
    owner: 'kube-proxy',
    userNotices:
      'NodePort, external and load balancer clients get no answer from endpoints on other nodes: their packets are not masqueraded. Pods still reach service addresses.',
  },
  {
    table: 'nat',
    chain: 'KUBE-SERVICES',
    hook: 'OUTPUT',
    severity: 'high',
    owner: 'kube-proxy',
    userNotices:
      'Processes on the node itself get no answer from services: their packets leave with the service address as their source. Pods still do.',
  },
  {
    table: 'nat',
    chain: 'KUBE-POSTROUTING',
    hook: 'POSTROUTING',
    severity: 'high',
    owner: 'kube-proxy',
    userNotices:
      'Marked service traffic leaves without source NAT: NodePort, external and load balancer clients, processes of the node, and pods that reach themselves through a service get no answer.',
  },
  {
    table: 'nat',
    chain: 'AWS-SNAT-CHAIN-0',
    hook: 'POSTROUTING',
    severity: 'high',
    owner: 'VPC CNI',
    userNotices: 'Pods reach nothing outside the VPC: their packets leave with the pod address.',
  },
  {
    table: 'filter',
    chain: 'KUBE-FORWARD',
    hook: 'FORWARD',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices:
      'Replies to service traffic are no longer accepted ahead of other FORWARD rules; where the policy or a later rule drops, services hang.',
  },
  {
    table: 'filter',
    chain: 'KUBE-PROXY-FIREWALL',
    hook: 'INPUT',
    severity: 'high',
    owner: 'kube-proxy',
    userNotices: 'loadBalancerSourceRanges are not enforced.',
  },
  {
    table: 'filter',
    chain: 'KUBE-IPVS-FILTER',
    hook: 'INPUT',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices:
      'Other ports of service addresses are answered by processes of the node that listen on every address, such as sshd.',
  },
  {
    table: 'filter',
    chain: 'KUBE-NODE-PORT',
    hook: 'INPUT',
    severity: 'medium',
    owner: 'kube-proxy',
    userNotices:
      'Where INPUT drops by default, load balancer health checks of services with externalTrafficPolicy Local fail.',
  },
];

export const chainNotHooked: Analyzer = {
  id: 'chain-not-hooked',
  title: 'Built-in chains jump to the chains of kube-proxy and the VPC CNI',
  area: 'chains',
  run(facts) {
    if (facts.mode.mode === 'nftables') return withCni(facts, nftHooks(facts));
    const nat = iptablesTables(facts, 'nat', IPTABLES_AND_IPVS);
    const filter = iptablesTables(facts, 'filter', IPTABLES_AND_IPVS);
    const hooks = facts.mode.mode === 'ipvs' ? IPVS_HOOKS : HOOKS;
    if (nat.usable === 'no' && filter.usable === 'no') return nat.skipped;
    const tables = [nat, filter].flatMap((each) => (each.usable === 'yes' ? each.tables : []));
    const findings = tables.flatMap((table) => [
      ...withoutChains(facts, table),
      ...hooks.flatMap((hook) => check(facts, table, hook)),
    ]);
    return outcomeOf(
      findings,
      `every chain is reached from its built-in chain in ${tables.map((table) => `${table.family} ${table.table}`).join(', ')}`,
    );
  },
};

// Every version of iptables mode creates these, with services or without.
const OF_FILTER = ['KUBE-FORWARD', 'KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES'];

/** A firewall that was restarted flushes filter and leaves nat: the chains are gone with their jumps. */
function withoutChains(facts: NodeFacts, filter: RuleTable): readonly FindingDraft[] {
  const forward = filter.chains.get('FORWARD');
  if (filter.table !== 'filter' || facts.mode.mode !== 'iptables' || forward === undefined) return [];
  if (OF_FILTER.some((name) => filter.chains.has(name))) return [];
  const nat = facts.tables.find((table) => table.table === 'nat' && table.family === filter.family);
  const portals = nat === undefined || nat.cut !== null ? [] : kubeServices(nat).portals;
  const [portal] = portals;
  if (nat === undefined || portal === undefined) return [];
  return [
    chainFinding(tableRef(filter, 'has no chain of kube-proxy'), {
      rule: 'chain-not-hooked',
      title: `The chains of kube-proxy are gone ${inTable(filter)}`,
      claim: `Nat of ${filter.family} sends ${portals.length} service ${portals.length === 1 ? 'address' : 'addresses'} to endpoints, but the filter table has none of ${OF_FILTER.join(', ')}, so no built-in chain leads to them.`,
      severity: forward.policy === 'DROP' ? 'high' : 'medium',
      confidence: certain(`both tables are captured whole, in ${[...new Set([filter.file, nat.file])].join(' and ')}`),
      owner: 'another firewall',
      entities: OF_FILTER.map(chainEntity),
      userNotices: `Connections to services without endpoints time out instead of being refused, loadBalancerSourceRanges are not enforced${forward.policy === 'DROP' ? ', and NodePort traffic is dropped by the policy of FORWARD' : ''}.`,
      now: [RESTART_KUBE_PROXY],
      longTerm: ['Find what flushed the filter table: a firewall service that was restarted, or a script'],
      check: [`\`${command(filter)} -t filter -L FORWARD -n -v\` shows a jump to KUBE-FORWARD`],
      evidence: [chainRef(filter, forward), ruleRef(nat, portal.rule, 'nat still serves services')],
    }),
  ];
}

/** The VPC CNI hooks its chain into nat of iptables in nftables mode as well. */
function withCni(facts: NodeFacts, own: AnalyzerResult): AnalyzerResult {
  const nat = iptablesTables(facts, 'nat', EVERY_MODE);
  if (nat.usable === 'no') return own;
  const cni = HOOKS.filter((hook) => hook.owner === 'VPC CNI');
  const found = nat.tables.flatMap((table) => cni.flatMap((hook) => check(facts, table, hook)));
  if (found.length === 0) return own;
  return outcomeOf([...(own.outcome === 'finding' ? own.findings : []), ...found], '');
}

function check(facts: NodeFacts, table: RuleTable, hook: Hook): readonly FindingDraft[] {
  if (table.table !== hook.table) return [];
  const chain = table.chains.get(hook.chain);
  const builtIn = table.chains.get(hook.hook);
  // A chain without rules does nothing, hooked or not; a listing of single chains shows no built-in chain.
  if (chain === undefined || builtIn === undefined || chain.rules.length === 0) return [];
  if (hook.since !== undefined && !table.chains.has(hook.since)) return [];
  const ender = endsBefore(table, hook, builtIn);
  if (ender === null && chainGraph(table).hooksOf.get(hook.chain)?.has(hook.hook)) return [];
  return [finding(facts, table, hook, chain, builtIn, ender)];
}

const ENDS_NAT = new Set(['ACCEPT', 'RETURN', 'DROP']);

/** A rule of nat POSTROUTING that takes every packet ahead of the jump. In PREROUTING and OUTPUT that is `shadowed`. */
function endsBefore(table: RuleTable, hook: Hook, builtIn: ChainDump): PacketRule | null {
  if (hook.hook !== 'POSTROUTING') return null;
  const leading = leadingTo(table, hook.chain);
  const jump = builtIn.rules.findIndex((rule) => rule.target !== null && leading.has(rule.target));
  if (jump < 0) return null;
  const ahead = builtIn.rules.slice(0, jump);
  return ahead.find((rule) => ENDS_NAT.has(rule.target ?? '') && matchesEverything(rule)) ?? null;
}

function finding(
  facts: NodeFacts,
  table: RuleTable,
  hook: Hook,
  chain: ChainDump,
  builtIn: ChainDump,
  ender: PacketRule | null,
): FindingDraft {
  const jumps = chainGraph(table).jumpsTo.get(hook.chain) ?? [];
  const still = [...(chainGraph(table).hooksOf.get(hook.chain) ?? [])];
  const policy = facts.tables.find((each) => each === table)?.chains.get('FORWARD')?.policy;
  const dropped = hook.chain === 'KUBE-FORWARD' && policy === 'DROP';
  const evidence: LineRef[] = [
    ...builtIn.rules.slice(0, 4).map((rule) => ruleRef(table, rule)),
    chainRef(table, chain),
    ...jumps.slice(0, 3).map((rule) => ruleRef(table, rule, 'the jump that is still there')),
  ];
  const count = `${builtIn.rules.length} ${builtIn.rules.length === 1 ? 'rule' : 'rules'}`;
  return chainFinding(
    ender === null
      ? chainRef(table, builtIn, `${hook.hook} has ${count}, none leads to ${hook.chain}`)
      : ruleRef(table, ender, `no packet gets past this rule to ${hook.chain}`),
    {
      rule: 'chain-not-hooked',
      title:
        ender === null
          ? `${hook.hook} does not jump to ${hook.chain} ${inTable(table)}`
          : `${hook.hook} ends before its jump to ${hook.chain} ${inTable(table)}`,
      claim:
        ender !== null
          ? `Rule ${ender.position} of ${hook.hook} ${inTable(table)} ends every packet with ${ender.target}, so the jump to ${hook.chain} behind it is never reached.`
          : `${hook.chain} ${inTable(table)} has ${chain.rules.length} rules but ${hook.table} ${hook.hook} does not lead to it${
              still.length > 0
                ? `; it is reached from ${still.join(' and ')} only`
                : ' and neither does any other built-in chain'
            }.`,
      severity: dropped ? 'high' : hook.severity,
      confidence: certain(
        ender !== null
          ? 'the rule has no match, so every packet takes it'
          : `${builtIn.name} is captured whole in ${table.file} and no path of jumps leads to ${hook.chain}`,
      ),
      owner: hook.owner,
      entities: [chainEntity(hook.chain), chainEntity(`${hook.table} ${hook.hook}`)],
      userNotices: hook.userNotices,
      now:
        hook.owner === 'VPC CNI'
          ? [
              'Restart the VPC CNI pod of this node: `kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=NODE`',
            ]
          : [RESTART_KUBE_PROXY],
      longTerm: [
        `Find what ${ender === null ? 'removed the jump' : 'added the rule'}: another firewall or a script that rewrites ${hook.table} ${hook.hook}`,
      ],
      check: [
        `\`${command(table)} -t ${hook.table} -L ${hook.hook} -n -v\` shows a jump to ${hook.chain}${ender === null ? '' : ` and no such rule ahead of it`}`,
      ],
      evidence,
    },
  );
}
