/** Chains and rules of IPVS mode on a node that works in iptables mode: kube-proxy does not remove them by itself. */
import type { FindingDraft } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { chainGraph, chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { type Bound, boundAddresses, KUBE_IPVS } from './ipvs-view.ts';
import { certain, chainEntity, chainFinding, iptablesTables, listed, outcomeOf } from './outcome.ts';

// Made in IPVS mode only, in filter and nat.
const OWN_CHAINS = [
  'KUBE-IPVS-FILTER',
  'KUBE-IPVS-OUT-FILTER',
  'KUBE-SOURCE-RANGES-FIREWALL',
  'KUBE-NODE-PORT',
  'KUBE-LOAD-BALANCER',
];

export const ipvsLeftovers: Analyzer = {
  id: 'ipvs-leftovers',
  title: 'Nothing of IPVS mode is left beside iptables mode',
  area: 'chains',
  onlyIn: 'iptables',
  run(facts) {
    const filter = iptablesTables(facts, 'filter');
    const nat = iptablesTables(facts, 'nat');
    if (filter.usable === 'no' && nat.usable === 'no') return nat.skipped;
    const tables = [filter, nat].flatMap((each) => (each.usable === 'yes' ? each.tables : []));
    const first = leftovers(facts, tables);
    return outcomeOf(first === null ? [] : [first], 'no chain of IPVS mode is in filter or nat');
  },
};

function leftovers(facts: NodeFacts, tables: readonly RuleTable[]): FindingDraft | null {
  const found = tables.flatMap((table) =>
    OWN_CHAINS.flatMap((name) => {
      const chain = table.chains.get(name);
      return chain === undefined ? [] : [{ table, chain }];
    }),
  );
  const [first] = found;
  if (first === undefined) return null;
  const hooked = found.filter(({ table, chain }) => (chainGraph(table).hooksOf.get(chain.name)?.size ?? 0) > 0);
  const rejects = hooked.flatMap(({ table, chain }) =>
    chain.rules
      .filter((rule) => rule.target === 'REJECT' || rule.target === 'DROP')
      .map((rule) => ruleRef(table, rule)),
  );
  const names = [...new Set(found.map(({ chain }) => chain.name))];
  const bound = boundAddresses(facts);
  const harmless = hooked.length === 0 || bound?.length === 0;
  return chainFinding(chainRef(first.table, first.chain, 'a chain of IPVS mode'), {
    rule: 'ipvs-leftovers',
    title: 'Rules of IPVS mode are left beside iptables mode',
    claim: `kube-proxy works in iptables mode here, but ${listed(names, 5)} of IPVS mode ${names.length === 1 ? 'is' : 'are'} still there${
      hooked.length === 0
        ? ' (nothing jumps to them)'
        : `; ${listed(hooked.map(({ chain }) => chain.name))} still ${hooked.length === 1 ? 'sees' : 'see'} packets`
    }${
      bound === null || bound.length === 0
        ? ''
        : `, and ${bound.length} ${bound.length === 1 ? 'address is' : 'addresses are'} still bound to ${KUBE_IPVS} (${listed(bound.map(({ address }) => address))})`
    }.`,
    severity: harmless ? 'low' : 'medium',
    confidence: certain(`only IPVS mode makes these chains, and ${facts.mode.because}`),
    owner: 'kube-proxy',
    count: names.length,
    entities: names.map(chainEntity),
    userNotices: notices(rejects.length > 0, bound),
    now: ['Clean up once, on this node: `kube-proxy --cleanup`, then restart kube-proxy; or reboot the node'],
    longTerm: ['Replace nodes when the mode changes, or run the cleanup as part of the change'],
    check: ['`ip addr show kube-ipvs0` finds no device and `iptables-save | grep -c KUBE-IPVS` prints 0'],
    evidence: [
      ...rejects.slice(0, 3),
      ...(bound ?? []).slice(0, 3).map(({ ref }) => ({ ...ref, note: `still bound to ${KUBE_IPVS}` })),
      ...found.slice(1, 7).map(({ table, chain }) => chainRef(table, chain)),
    ],
  });
}

function notices(rejects: boolean, bound: readonly Bound[] | null): string {
  if (bound?.length === 0) return `Nothing: no address is bound to ${KUBE_IPVS}.`;
  if (!rejects) return `Nothing, as long as no service address is bound to ${KUBE_IPVS}.`;
  return `Service addresses that are still bound to ${KUBE_IPVS} are answered by the node itself: wrong ports are refused, and so are addresses of deleted services.`;
}
