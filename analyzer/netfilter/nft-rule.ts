/** Statements of nft rules as instructions, in the order in which the kernel carries them out. */
import { printNftExpression } from '../core/nft-print.ts';
import type { NftElement, NftExpression, NftRule, NftStatement, NftVerdict } from '../core/nft-ruleset.ts';
import { canonicalAddress } from './address.ts';
import { evaluate } from './nft-look.ts';
import { compileMatch, indexOf, looksOf, type NftScope, valuesOf } from './nft-matches.ts';
import { isUnsure, unsure } from './nft-values.ts';
import type { Instruction, Unsure, Verdict } from './program.ts';

type Nat = Extract<NftStatement, { readonly kind: 'nat' }>;
type Xt = Extract<NftStatement, { readonly kind: 'xt' }>;

/** @returns what the rule does. */
export function compileRule(rule: NftRule, scope: NftScope): readonly Instruction[] {
  return rule.statements.flatMap((statement, index) => {
    if (statement.kind !== 'other') return compileStatement(statement, scope);
    const because = `the rule holds what is not modelled: ${statement.text}`;
    // Nothing known behind it: it may be what decides.
    const decides = rule.statements.slice(index + 1).some((each) => !QUIET.has(each.kind));
    // nft_flow_offload_eval(): later packets of the connection take a shorter way; this one goes on.
    if (!decides && OFFLOAD.test(statement.text)) return [];
    return decides ? [{ do: 'test' as const, decide: () => unsure(because) }] : [end(unknown(because))];
  });
}

const OFFLOAD = /^flow (?:add|offload) @/;

/** Statements that leave packet and rule as they are. */
const QUIET = new Set<NftStatement['kind']>(['counter', 'log', 'set']);

function compileStatement(statement: NftStatement, scope: NftScope): readonly Instruction[] {
  switch (statement.kind) {
    case 'match':
      return compileMatch(statement, scope);
    case 'vmap':
      return compileVmap(statement.key, statement.data, scope);
    case 'verdict':
      return statement.verdict.verdict === 'continue' ? [] : [end(verdictOf(statement.verdict))];
    case 'mangle':
      return compileMangle(statement.key, statement.value);
    case 'nat':
      return compileNat(statement, scope);
    case 'reject':
      return [end({ verdict: 'reject', with: statement.with })];
    case 'notrack':
      return [{ do: 'change', apply: (packet) => ({ ...packet, state: 'UNTRACKED' }) }];
    case 'limit':
      return [counted(statement.text)];
    case 'set':
      return statement.limit === undefined ? [] : [counted(statement.limit)];
    case 'xt':
      return compileXt(statement);
    default:
      return [];
  }
}

function counted(text: string): Instruction {
  return { do: 'test', decide: () => unsure(`what ${text} counted at that time is not known`) };
}

function end(verdict: Verdict): Instruction {
  return { do: 'end', verdict };
}

function unknown(because: string): Verdict {
  return { verdict: 'unknown', because };
}

function verdictOf(verdict: NftVerdict): Verdict {
  switch (verdict.verdict) {
    case 'jump':
    case 'goto':
      return { verdict: verdict.verdict, chain: verdict.chain };
    case 'continue':
      return { verdict: 'next' };
    case 'queue':
      return unknown('the packet is handed to a program (queue)');
    default:
      return { verdict: verdict.verdict };
  }
}

function compileVmap(key: NftExpression, data: NftExpression, scope: NftScope): readonly Instruction[] {
  const verdictIn = (element: NftElement): Verdict =>
    element.verdict === null ? unknown('an element of the map has no verdict') : verdictOf(element.verdict);
  if (key.kind === 'numgen') return spread(key, data, scope, verdictIn);
  return [lookup(key, data, scope, verdictIn)];
}

/** Verdict of the element that this packet finds. */
function lookup(
  key: NftExpression,
  data: NftExpression,
  scope: NftScope,
  verdictIn: (element: NftElement) => Verdict,
): Instruction {
  const looks = looksOf(key, scope.family);
  const index = indexOf(
    data,
    looks.map((look) => look.kind),
    scope,
  );
  return {
    do: 'lookup',
    find(packet, around) {
      if (isUnsure(index)) return index;
      const values = valuesOf(looks, packet, around);
      if (values === null || isUnsure(values)) return values;
      const found = index.find(values);
      if (found === null || isUnsure(found)) return found;
      return {
        verdict: verdictIn(found),
        element: found.line > 0 ? { text: elementText(data, found), line: found.line } : null,
      };
    },
  };
}

/** `@service-ips: 10.96.0.1 . tcp . 443 : goto service-...` */
function elementText(data: NftExpression, element: NftElement): string {
  const { verdict } = element;
  const then =
    verdict === null ? '' : 'chain' in verdict ? ` : ${verdict.verdict} ${verdict.chain}` : ` : ${verdict.verdict}`;
  return `${printNftExpression(data)}: ${printNftExpression(element.key)}${then}`;
}

/** One of the numbers is drawn; numbers without element end the rule. */
function spread(
  key: Extract<NftExpression, { kind: 'numgen' }>,
  data: NftExpression,
  scope: NftScope,
  verdictIn: (element: NftElement) => Verdict,
): readonly Instruction[] {
  const elements = elementsOf(data, scope);
  if (isUnsure(elements)) return [end(unknown(elements.unsure))];
  const size = Math.max(key.mod, 1);
  const choices = elements.flatMap((element) => {
    const numbers = numbersOf(element.key);
    if (numbers === null) return [];
    const low = Math.max(numbers[0] - key.offset, 0);
    const high = Math.min(numbers[1] - key.offset, size - 1);
    return high < low ? [] : [{ probability: (high - low + 1) / size, verdict: verdictIn(element) }];
  });
  return [{ do: 'spread', choices }];
}

function elementsOf(data: NftExpression, scope: NftScope): readonly NftElement[] | Unsure {
  if (data.kind === 'elements') return data.elements;
  if (data.kind !== 'set-reference') return unsure(`${printNftExpression(data)} is not a map`);
  const set = scope.table.sets.get(data.name);
  if (set === undefined) return unsure(`map ${data.name} is not in ${scope.file}`);
  return set.complete ? set.elements : unsure(`map ${data.name} is cut off in ${scope.file}`);
}

function numbersOf(key: NftExpression): readonly [number, number] | null {
  const [from, to] = key.kind === 'range' ? [key.from, key.to] : [key, key];
  if (from.kind !== 'value' || to.kind !== 'value') return null;
  const low = Number(from.value);
  const high = Number(to.value);
  return Number.isNaN(low + high) ? null : [low, high];
}

/** What changes neither the way of a packet nor what other rules here ask for. */
const HARMLESS_META = new Set(['priority', 'pkttype', 'nftrace', 'broute']);
const HARMLESS_CT = new Set(['helper', 'label', 'event', 'timeout', 'expectation', 'secmark']);
const ADDRESSES = new Set(['saddr', 'daddr', 'sport', 'dport', 'protocol', 'nexthdr']);

function compileMangle(key: NftExpression, value: NftExpression): readonly Instruction[] {
  const text = `${printNftExpression(key)} set ${printNftExpression(value)}`;
  const mark = key.kind === 'meta' && key.key === 'mark' ? 'mark' : null;
  const field = key.kind === 'ct' && key.key === 'mark' ? 'connectionMark' : mark;
  if (field !== null) {
    if (!computable(value)) return [end(unknown(`the mark that ${text} sets is not modelled`))];
    return [{ do: 'change', apply: (packet) => ({ ...packet, [field]: evaluate(value, packet) ?? packet[field] }) }];
  }
  if (key.kind === 'payload') return ADDRESSES.has(key.field) ? [end(unknown(`${text} changes the packet`))] : [];
  if (key.kind === 'meta' && HARMLESS_META.has(key.key)) return [];
  if (key.kind === 'ct' && HARMLESS_CT.has(key.key)) return [];
  if (key.kind === 'other' && /^(?:tcp|ip|ip6|sctp) (?:option|chunk) /.test(key.text)) return [];
  return [end(unknown(`${text} is not modelled`))];
}

function computable(value: NftExpression): boolean {
  if (value.kind === 'binary') return computable(value.left) && computable(value.right);
  if (value.kind === 'value') return /^(?:0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(value.value);
  return (value.kind === 'meta' || value.kind === 'ct') && value.key === 'mark';
}

function compileNat(nat: Nat, scope: NftScope): readonly Instruction[] {
  if (nat.type === 'masquerade') return [end({ verdict: 'masquerade' })];
  if (nat.address?.kind === 'map') {
    const { key, data } = nat.address;
    const verdictIn = (element: NftElement): Verdict => {
      const parts = element.data?.kind === 'concat' ? element.data.parts : [element.data];
      return natVerdict(nat.type, parts[0] ?? null, parts[1] ?? nat.port);
    };
    if (key.kind === 'numgen') return spread(key, data, scope, verdictIn);
    return [lookup(key, data, scope, verdictIn)];
  }
  return [end(natVerdict(nat.type, nat.address, nat.port))];
}

function natVerdict(type: Nat['type'], to: NftExpression | null, toPort: NftExpression | null): Verdict {
  const port = toPort?.kind === 'value' && /^\d{1,5}$/.test(toPort.value) ? Number(toPort.value) : null;
  const address = to?.kind === 'value' ? canonicalAddress(to.value) : null;
  if ((toPort !== null && port === null) || (to !== null && address === null)) {
    const text = [to, toPort].flatMap((part) => (part === null ? [] : printNftExpression(part))).join(' : ');
    return unknown(`which of ${text} ${type} takes is not modelled`);
  }
  if (type === 'redirect') return { verdict: 'redirect', port };
  return type === 'masquerade' ? { verdict: 'masquerade' } : { verdict: type, address, port };
}

/** Targets of iptables that decide nothing about the way of a packet. */
const HARMLESS_TARGETS = new Set(
  'LOG NFLOG ULOG TRACE AUDIT CHECKSUM CLASSIFY DSCP TOS TTL HL TCPMSS TCPOPTSTRIP IDLETIMER LED RATEEST SET SECMARK CONNSECMARK'.split(
    ' ',
  ),
);

function compileXt(xt: Xt): readonly Instruction[] {
  if (xt.type === 'watcher') return [];
  if (xt.type === 'match') {
    if (xt.name === 'comment') return [];
    return [{ do: 'test', decide: () => unsure(`nft prints no options of the iptables match ${xt.name}`) }];
  }
  if (xt.name === '') return [end(unknown('nft prints nothing for the iptables target of this rule'))];
  if (HARMLESS_TARGETS.has(xt.name)) return [];
  if (xt.name === 'MASQUERADE') return [end({ verdict: 'masquerade' })];
  if (xt.name === 'REJECT') return [end({ verdict: 'reject', with: null })];
  if (xt.name === 'NOTRACK') return [{ do: 'change', apply: (packet) => ({ ...packet, state: 'UNTRACKED' }) }];
  return [end(unknown(`nft prints no options of the iptables target ${xt.name}`))];
}
