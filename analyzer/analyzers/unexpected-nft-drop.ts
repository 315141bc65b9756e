/** Chains of nft tables that neither kube-proxy nor iptables-nft made and that drop or reject packets. */
import type { NftChainDump, NftRule, NftTable } from '../core/nft-ruleset.ts';
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { NftFact, NodeFacts } from '../facts/node-facts.ts';
import { chainEntity, chainFinding, likely } from './outcome.ts';

/** Tables of kube-proxy, kubelet hints, CNIs, service meshes and container engines. */
const EXPECTED_TABLE = /^(?:kube-proxy|calico|cali-|cilium|ovn|kube-|docker|netavark|cni_|istio|f2b-|fail2ban)/;
/** iptables-nft keeps its tables here under these names; they are read from iptables-save. */
const IPTABLES_TABLES = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

/** @param allowed names of tables or chains that the engineer knows. @returns one finding a chain. */
export function nftDrops(facts: NodeFacts, allowed: ReadonlySet<string>): readonly FindingDraft[] {
  // Files of one node hold the same tables: the best one tells.
  const [fact] = facts.nft;
  if (fact === undefined) return [];
  return fact.ruleset.tables.flatMap((table) => {
    if (table.family === 'arp' || table.family === 'bridge' || table.family === 'netdev') return [];
    if (EXPECTED_TABLE.test(table.name) || allowed.has(table.name) || isIptables(table)) return [];
    const bases = [...table.chains.values()].filter((chain) => chain.hook !== null && chain.hook !== 'postrouting');
    if (bases.length === 0) return [];
    return [...table.chains.values()].flatMap((chain) => (allowed.has(chain.name) ? [] : ofChain(fact, table, chain)));
  });
}

function isIptables(table: NftTable): boolean {
  return (
    (table.family === 'ip' || table.family === 'ip6') &&
    IPTABLES_TABLES.has(table.name) &&
    [...table.chains.values()].some((chain) => /^[A-Z]/.test(chain.name))
  );
}

function ofChain(fact: NftFact, table: NftTable, chain: NftChainDump): readonly FindingDraft[] {
  const rules = chain.rules.filter(ends);
  const closed = chain.policy === 'drop';
  if (rules.length === 0 && !closed) return [];
  const forwards =
    chain.hook === null || chain.hook === 'forward' || chain.hook === 'prerouting' || chain.hook === 'ingress';
  // A drop in one base chain is final, whatever chains of other tables accept.
  const blocks = closed && chain.hook === 'forward' && !chain.rules.some(mayAccept);
  const where = `chain ${chain.name} of table ${table.family} ${table.name}`;
  const what = [
    ...(closed ? ['drops what no rule accepts'] : []),
    ...(rules.length > 0
      ? [
          `holds ${rules.length} ${rules.length === 1 ? 'rule that drops or rejects' : 'rules that drop or reject'} packets`,
        ]
      : []),
  ].join(' and ');
  return [
    chainFinding(lineOf(fact, chain.line), {
      rule: 'unexpected-reject-drop',
      title: `${where} ${what}`,
      claim: `${where[0]?.toUpperCase()}${where.slice(1)}${chain.hook === null ? '' : ` (hook ${chain.hook})`} ${what}; neither kube-proxy nor a known network plugin made this table.${blocks ? ' No rule of it accepts new packets, so that forwarded packets of pods end here, whatever other tables accept.' : ''}`,
      severity: blocks ? 'medium' : forwards ? 'low' : 'info',
      confidence: likely('who made a table is told by its name alone'),
      owner: 'another firewall',
      count: Math.max(1, rules.length),
      entities: [chainEntity(`${table.name} ${chain.name}`)],
      userNotices: blocks
        ? 'Pods of this node reach neither other nodes nor services: new connections time out.'
        : 'Packets that match are lost, also those of pods when the rule takes them.',
      now: [`See what the chain takes: \`sudo nft list chain ${table.family} ${table.name} ${chain.name}\``],
      longTerm: [
        'Let the firewall of the node accept the pod range, or switch it off: Kubernetes does not expect a second one',
      ],
      check: ['The owner of the table is known, or its rules are gone'],
      evidence: rules.slice(0, 8).map((rule) => lineOf(fact, rule.line)),
    }),
  ];
}

/** In JSON nothing has a line of its own: the document is one line. */
function lineOf(fact: NftFact, line: number): LineRef {
  const at = Math.max(1, line);
  return { fileId: fact.fileId, line: at, endLine: at };
}

function ends(rule: NftRule): boolean {
  return rule.statements.some(
    (each) => each.kind === 'reject' || (each.kind === 'verdict' && each.verdict.verdict === 'drop'),
  );
}

/** Answers of known connections aside, anything that may let a packet on. */
function mayAccept(rule: NftRule): boolean {
  const onlyKnown = rule.statements.some(
    (each) =>
      each.kind === 'match' &&
      each.left.kind === 'ct' &&
      each.left.key === 'state' &&
      !JSON.stringify(each.right).includes('"new"'),
  );
  if (onlyKnown) return false;
  return rule.statements.some(
    (each) =>
      each.kind === 'vmap' ||
      each.kind === 'other' ||
      (each.kind === 'verdict' && ['accept', 'jump', 'goto', 'queue'].includes(each.verdict.verdict)),
  );
}
