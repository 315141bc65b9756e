/** Defects of single chains in kube-proxy's nft table, under the ids of their iptables siblings. */
import type { NftChainDump, NftExpression, NftRule, NftTable } from '../core/nft-ruleset.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { nftRef, type ProxyTable } from '../facts/nft-facts.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nftNamed, nftReached, nftTargets } from '../netfilter/nft-chain.ts';
import type { AnalyzerResult } from './analyzer.ts';
import { judgeNft, nftEntities, nftName, OTHER_NFT_WRITER } from './nft-tables.ts';
import { certain, chainEntity, chainFinding, gathered, KUBE_PROXY_LOGS, RESTART_KUBE_PROXY } from './outcome.ts';

/** A place that leads to a chain: the rule, or the element of a map. */
interface Leading {
  readonly line: number;
  readonly from: string;
}

const leadingTo = new WeakMap<NftTable, ReadonlyMap<string, readonly Leading[]>>();

/** @returns by chain what leads to it; an element of a named map counts once. */
function leads(table: NftTable): ReadonlyMap<string, readonly Leading[]> {
  const known = leadingTo.get(table);
  if (known !== undefined) return known;
  const made = new Map<string, Leading[]>();
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) {
      for (const target of nftTargets(rule, table)) {
        const list = made.get(target.chain) ?? [];
        made.set(target.chain, list);
        list.push({ line: target.line, from: chain.name });
      }
    }
  }
  leadingTo.set(table, made);
  return made;
}

/** @returns svc-no-endpoints of nftables mode: a service chain that packets come to and that draws no endpoint. */
export function nftNoEndpoints(facts: NodeFacts): AnalyzerResult {
  return judgeNft(facts, withoutEndpoints, 'every service chain in use leads to endpoints');
}

function withoutEndpoints(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const services = table.chains.get('services');
  const reached = services === undefined ? new Set<string>() : nftReached(table, [services]);
  // A service without local endpoints has an external chain that ends without goto: that is how kube-proxy drops.
  const empty = [...table.chains.values()].filter(
    (chain) =>
      /^(?:service|local)-[A-Z2-7]{8}-/.test(chain.name) &&
      reached.has(chain.name) &&
      !chain.rules.some((rule) => nftTargets(rule, table).some((target) => target.chain.startsWith('endpoint-'))),
  );
  return gathered(
    empty.map((chain) => noEndpoint(place, chain)),
    `${empty.length} service chains in use of table ${nftName(place)} have no endpoint`,
  );
}

function noEndpoint(place: ProxyTable, chain: NftChainDump): FindingDraft {
  const service = nftNamed(chain.name)?.service ?? chain.name;
  const leading = leads(place.table).get(chain.name) ?? [];
  return chainFinding(nftRef(place, chain, 'no rule of this chain leads to an endpoint chain'), {
    rule: 'svc-no-endpoints',
    title: `${service} has no endpoint in its chain`,
    claim: `${chain.name} of table ${nftName(place)} has ${chain.rules.length} rules and none leads to an endpoint, while ${leading.length === 1 ? 'one rule or element leads' : `${leading.length} rules and elements lead`} to it.`,
    severity: 'high',
    confidence: certain(
      `the chain is captured whole in ${place.file}; kube-proxy writes no service chain without endpoints`,
    ),
    owner: 'kube-proxy',
    entities: nftEntities(chain.name),
    userNotices: `Connections to ${service} from this node are refused or time out: their packets keep the service address as destination.`,
    now: [RESTART_KUBE_PROXY, KUBE_PROXY_LOGS],
    longTerm: [OTHER_NFT_WRITER],
    check: [`\`nft list chain ${nftName(place)} ${chain.name}\` shows a map with one element an endpoint`],
    evidence: [...leading.slice(0, 5), ...chain.rules.slice(0, 3)].map((at) => nftRef(place, at)),
  });
}

/** @returns mark-masq-empty of nftables mode: mark-for-masquerade sets no mark, or another than masquerading looks for. */
export function nftMarkMasq(facts: NodeFacts): AnalyzerResult {
  return judgeNft(facts, withoutMark, 'mark-for-masquerade sets the mark that masquerading looks for');
}

function withoutMark(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const chain = table.chains.get('mark-for-masquerade');
  const leading = leads(table).get('mark-for-masquerade') ?? [];
  // A missing chain is a dangling jump; a chain nobody uses harms nobody.
  if (chain === undefined || leading.length === 0) return [];
  const sets = chain.rules.flatMap((rule) =>
    rule.statements.flatMap((each) =>
      each.kind === 'mangle' && each.key.kind === 'meta' && each.key.key === 'mark' ? [each.value] : [],
    ),
  );
  const wanted = lookedFor(table);
  const bits = sets.map(bitsSet);
  const what =
    sets.length === 0
      ? chain.rules.length === 0
        ? 'has no rules'
        : 'has rules but none sets a mark'
      : wanted !== null && bits.every((each) => each !== null && (each & wanted.mask) === 0)
        ? `sets another mark than masquerading looks for (0x${wanted.mask.toString(16)})`
        : null;
  if (what === null) return [];
  const rules: readonly NftRule[] = wanted === null || sets.length === 0 ? [] : [...chain.rules, wanted.rule];
  return [
    chainFinding(nftRef(place, chain, `mark-for-masquerade ${what}`), {
      rule: 'mark-masq-empty',
      title: `mark-for-masquerade marks nothing in table ${nftName(place)}`,
      claim: `mark-for-masquerade of table ${nftName(place)} ${what}, while ${leading.length} ${leading.length === 1 ? 'rule sends' : 'rules send'} packets to it: none of them is masqueraded.`,
      severity: 'high',
      confidence: certain(`the chain is captured whole in ${place.file}`),
      owner: 'kube-proxy',
      count: leading.length,
      entities: [chainEntity('mark-for-masquerade')],
      userNotices:
        'NodePort and load balancer clients of endpoints on other nodes get no answer, and neither do pods that reach themselves through a service; plain pod to ClusterIP traffic works.',
      now: [RESTART_KUBE_PROXY],
      longTerm: [OTHER_NFT_WRITER],
      check: [`\`nft list chain ${nftName(place)} mark-for-masquerade\` shows one rule that sets the mark`],
      evidence: [...rules, ...leading.slice(0, 6)].map((at) => nftRef(place, at)),
    }),
  ];
}

/** `meta mark & 0x00004000 == 0x00000000 return`: the bits without which a packet is not masqueraded. */
function lookedFor(table: NftTable): { readonly mask: number; readonly rule: NftRule } | null {
  for (const rule of table.chains.get('masquerading')?.rules ?? []) {
    const [match, verdict] = rule.statements;
    if (match?.kind !== 'match' || verdict?.kind !== 'verdict' || verdict.verdict.verdict !== 'return') continue;
    const { left, right } = match;
    if (left.kind !== 'binary' || left.operator !== '&' || left.right.kind !== 'value') continue;
    if (match.operator !== '==' || right.kind !== 'value' || Number(right.value) !== 0) continue;
    const mask = Number(left.right.value);
    if (Number.isSafeInteger(mask)) return { mask, rule };
  }
  return null;
}

/** @returns the bits that `meta mark | 0x4000` sets, or null for another form. */
function bitsSet(value: NftExpression): number | null {
  const number = value.kind === 'value' ? Number(value.value) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  if (value.kind !== 'binary' || (value.operator !== '|' && value.operator !== '^')) return null;
  return bitsSet(value.right) ?? bitsSet(value.left);
}

/** @returns dangling-jump in kube-proxy's nft tables: jumps and map elements that lead to a chain that is not there. */
export function nftDangling(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const missing = [...leads(table)].filter(([name]) => !table.chains.has(name));
  return gathered(
    missing.map(([name, leading]) => dangling(place, name, leading)),
    `${missing.length} chains that table ${nftName(place)} leads to do not exist`,
  );
}

function dangling(place: ProxyTable, name: string, leading: readonly Leading[]): FindingDraft {
  const [first = { line: 1, from: '' }] = leading;
  const service = nftNamed(name)?.service ?? null;
  const from = [...new Set(leading.map((each) => each.from))].slice(0, 3).join(', ');
  return chainFinding(nftRef(place, first, `${name} is not in this table`), {
    rule: 'dangling-jump',
    title: `Jump to ${name}, which does not exist in table ${nftName(place)}`,
    claim: `${leading.length === 1 ? 'A rule or element' : `${leading.length} rules or elements`} of ${from} ${leading.length === 1 ? 'leads' : 'lead'} to ${name}, which ${place.file} does not contain in table ${nftName(place)}. A kernel refuses that, so dump and node may differ: what happens to these packets cannot be told from the dump.`,
    severity: 'high',
    confidence: certain(`${place.file} holds the whole table and no such chain`),
    owner: 'kube-proxy',
    count: leading.length,
    entities: nftEntities(name),
    userNotices:
      service === null
        ? 'What clients notice cannot be told from the dump.'
        : `A share of the connections to ${service} may fail.`,
    now: [
      `Collect the table again to see whether the dump or the node is wrong: \`nft list table ${nftName(place)}\``,
      RESTART_KUBE_PROXY,
    ],
    longTerm: ['If the node really lacks the chain, find what else writes this table'],
    check: [`\`nft list chain ${nftName(place)} ${name}\` lists the chain`],
    evidence: leading.slice(1, 8).map((at) => nftRef(place, at)),
  });
}
