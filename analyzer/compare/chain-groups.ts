/**
 * Chains of the packet filter, table by table: how many rules the well-known ones hold, where the hooks lead, and how
 * many chains of Services there are. What single Services are made of is compared by their endpoints.
 */
import type { NftTable } from '../core/nft-ruleset.ts';
import type { ChainDump, Family } from '../core/packet-rule.ts';
import type { LineRef } from '../core/vocabulary.ts';
import { nftRef, proxyTables } from '../facts/nft-facts.ts';
import { tableOf } from '../facts/node-facts.ts';
import { kubeChainKind } from '../netfilter/kube-names.ts';
import { chainRef, HOOK_CHAINS, type RuleTable, tableRef } from '../netfilter/rule-table.ts';
import type { FactGroup, NodeToRead } from './fact-group.ts';
import { type GroupReading, notKnown, reading, type Said, said } from './reading.ts';

const TABLES = ['nat', 'filter', 'mangle', 'raw'] as const;
const FAMILIES = ['IPv4', 'IPv6'] as const;

export const CHAIN_GROUPS: readonly FactGroup[] = [
  ...FAMILIES.flatMap((family) =>
    TABLES.map(
      (table): FactGroup => ({
        id: `chain ${family} ${table}`,
        area: 'chains',
        title: `chains of ${family} ${table}`,
        read: ({ facts }: NodeToRead) => iptables(tableOf(facts, family, table)),
      }),
    ),
  ),
  ...FAMILIES.map(
    (family): FactGroup => ({
      id: `nft ${family} kube-proxy`,
      area: 'chains',
      title: `chains of kube-proxy's ${family} nft table`,
      read: (node) => nft(node, family),
    }),
  ),
];

/** Chains that others make for one pod, endpoint or network interface of the node. */
const OWN_CHAIN =
  /^(?:CNI-(?:DN|SN)-|CNI-[0-9a-f]{16}|cali-(?:tw|fw|pi|po|pri|pro)-|POD-|KUBE-NWPLCY-|KUBE-POD-FW-|DOCKER|br-|LIBVIRT)/;

function iptables(table: RuleTable | null): GroupReading {
  if (table === null) return notKnown('the table was not captured');
  if (table.cut !== null) return notKnown(`a part of the table is missing: ${table.cut.because}`);
  const entries = new Map<string, Said>();
  const kinds = new Map<string, { count: number; first: LineRef }>();
  for (const chain of table.chains.values()) {
    const kind = kubeChainKind(chain.name);
    if (kind !== null) {
      const known = kinds.get(kind);
      if (known === undefined) kinds.set(kind, { count: 1, first: chainRef(table, chain) });
      else known.count += 1;
    } else if (HOOK_CHAINS.includes(chain.name)) entries.set(chain.name, hook(table, chain));
    else if (!OWN_CHAIN.test(chain.name))
      entries.set(chain.name, said(rules(chain.rules.length), refsOf(table, chain)));
  }
  for (const [kind, { count, first }] of kinds) {
    entries.set(
      `KUBE-${kind}-*`,
      said(`${count} ${count === 1 ? 'chain' : 'chains'}`, [{ ...first, note: 'the first of them' }]),
    );
  }
  return reading(entries, {
    known: 'absent',
    said: { value: 'no such chain', meaning: 'no such chain', refs: [tableRef(table, 'the table begins here')] },
  });
}

/** A hook leads somewhere in an order, and decides by its policy. */
function hook(table: RuleTable, chain: ChainDump): Said {
  const targets = chain.rules.map(({ target }) => target ?? 'a rule that only counts');
  const shown = targets.filter((target) => !OWN_CHAIN.test(target));
  const lead = shown.length === 0 ? 'no rules' : shortened(shown);
  const policy = chain.policy === null ? '' : `policy ${chain.policy}, `;
  return { value: `${policy}${lead}`, meaning: `${policy}${shown.join(' ')}`, refs: refsOf(table, chain) };
}

const TARGETS_SHOWN = 8;

function shortened(targets: readonly string[]): string {
  const more = targets.length - TARGETS_SHOWN;
  return `${targets.slice(0, TARGETS_SHOWN).join(', ')}${more > 0 ? ` and ${more} more rules` : ''}`;
}

function refsOf(table: RuleTable, chain: ChainDump): readonly LineRef[] {
  const lines = chain.rules.map(({ line }) => line);
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return [chainRef(table, chain, 'it holds no rule')];
  // Rules of one chain stand together in every dump; where they do not, the first one shows it.
  const whole = last - first === lines.length - 1;
  const range = { fileId: table.fileId, line: first, endLine: whole ? last : first };
  return first === chain.line ? [range] : [chainRef(table, chain), range];
}

function rules(count: number): string {
  return count === 0 ? 'no rules' : `${count} ${count === 1 ? 'rule' : 'rules'}`;
}

/** Chains of one service or endpoint: `service-2QRHZV4L-default/kubernetes/tcp/https`, `endpoint-...`, `firewall-...`. */
const NFT_OWN = /^(?:service|endpoint|external|firewall|affinity)-/;

function nft({ facts }: NodeToRead, family: Family): GroupReading {
  const found = proxyTables(facts).find(({ table }) => table.family === (family === 'IPv4' ? 'ip' : 'ip6'));
  if (found === undefined) return notKnown('no nft table of kube-proxy was captured');
  if (!found.table.complete) return notKnown('the end of the nft table was not captured');
  const at = (line: number): readonly LineRef[] => [nftRef(found, { line })];
  return reading([...chainsOf(found.table, at), ...setsOf(found.table, at)], {
    known: 'absent',
    said: { value: 'no such chain or set', meaning: 'no such chain or set', refs: at(found.table.line) },
  });
}

type At = (line: number) => readonly LineRef[];

function chainsOf({ chains }: NftTable, at: At): readonly (readonly [string, Said])[] {
  return [...chains.values()]
    .filter(({ name }) => !NFT_OWN.test(name))
    .map((chain) => {
      const base = chain.hook === null ? '' : `hook ${chain.hook}, priority ${chain.priority ?? 'not known'}, `;
      return [chain.name, said(`${base}${rules(chain.rules.length)}`, at(chain.line))] as const;
    });
}

function setsOf({ sets }: NftTable, at: At): readonly (readonly [string, Said])[] {
  return [...sets.values()]
    .filter(({ name, flags }) => !NFT_OWN.test(name) && !flags.includes('dynamic'))
    .map((set) => {
      const count = set.elements.length;
      return [
        `${set.kind} ${set.name}`,
        said(`${count} ${count === 1 ? 'element' : 'elements'}`, at(set.line)),
      ] as const;
    });
}
