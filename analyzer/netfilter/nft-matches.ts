/** Matches of nft rules as instructions. What a dump does not decide is unsure, with its reason. */
import { printNftExpression } from '../core/nft-print.ts';
import type { NftExpression, NftStatement, NftTable } from '../core/nft-ruleset.ts';
import type { Family } from '../core/packet-rule.ts';
import { type ElementIndex, indexElements } from './nft-index.ts';
import { compileLook, type Look } from './nft-look.ts';
import { isUnsure, opposite, ordered, readPart, unsure, type Value, type ValueKind } from './nft-values.ts';
import type { Instruction, Packet, Surroundings, Truth, Unsure } from './program.ts';
import { tcpFlagsHold } from './tcp-flags.ts';

export type Match = Extract<NftStatement, { readonly kind: 'match' }>;
type Operator = Match['operator'];

/** What the rules of one table share while they are compiled. */
export interface NftScope {
  readonly table: NftTable;
  readonly family: Family;
  readonly file: string;
  /** Made by iptables-nft: nft prints such rules without some of their options. */
  readonly translated: boolean;
  /** Sets that rules fill while packets pass. */
  readonly filled: ReadonlySet<string>;
  readonly indexes: Map<string, ElementIndex>;
}

/** @returns what the comparison does to a packet. */
export function compileMatch(match: Match, scope: NftScope): readonly Instruction[] {
  const text = printNftExpression(match.left);
  const chance = chanceOf(match);
  if (chance !== null) return [chance];
  const affinity = stickyMatch(match, scope);
  if (affinity !== null) return affinity;
  const flags = flagTest(match, scope, text);
  if (flags !== null) return [test(flags)];
  const looks = looksOf(match.left, scope.family);
  const holds = sideTest(match, looks, scope, text);
  return [
    test((packet, around) => {
      const values = valuesOf(looks, packet, around);
      return values === null || isUnsure(values) ? (values ?? false) : holds(values);
    }),
  ];
}

function test(decide: (packet: Packet, around: Surroundings) => Truth): Instruction {
  return { do: 'test', decide };
}

/** @returns the parts of a key: one, or those of a concatenation. */
export function looksOf(key: NftExpression, family: Family): readonly Look[] {
  const parts = key.kind === 'concat' ? key.parts : [key];
  return parts.map((part) => compileLook(part, family, printNftExpression(part)));
}

/** @returns the packet's values; null when it lacks one of them. */
export function valuesOf(
  looks: readonly Look[],
  packet: Packet,
  around: Surroundings,
): readonly Value[] | Unsure | null {
  const values: Value[] = [];
  let open: Unsure | null = null;
  for (const look of looks) {
    const value = look.get(packet, around);
    if (value === null) return null;
    if (isUnsure(value)) open ??= value;
    else values.push(value);
  }
  return open ?? values;
}

/** @returns the elements of an anonymous or named set by value; a reason when they are not known. */
export function indexOf(data: NftExpression, kinds: readonly ValueKind[], scope: NftScope): ElementIndex | Unsure {
  if (data.kind === 'elements') return indexElements(data.elements, kinds, null);
  if (data.kind !== 'set-reference') return unsure(`${printNftExpression(data)} is not a set`);
  const key = `${data.name} ${kinds.join(' ')}`;
  const known = scope.indexes.get(key);
  if (known !== undefined) return known;
  const set = scope.table.sets.get(data.name);
  if (set === undefined) return unsure(`set ${data.name} is not in ${scope.file}`);
  const made = indexElements(set.elements, kinds, set.complete ? null : `set ${data.name} is cut off in ${scope.file}`);
  scope.indexes.set(key, made);
  return made;
}

function sideTest(
  match: Match,
  looks: readonly Look[],
  scope: NftScope,
  text: string,
): (values: readonly Value[]) => Truth {
  const { operator, right } = match;
  const kinds = looks.map((look) => look.kind);
  const not = operator === '!=';
  if (right.kind === 'elements' || right.kind === 'set-reference') {
    if (operator !== '==' && !not) return () => unsure(`${text} ${operator} a set is not modelled`);
    if (right.kind === 'set-reference' && scope.filled.has(right.name))
      return () => unsure(`rules fill set ${right.name} while packets pass, what it held then is not known`);
    const index = indexOf(right, kinds, scope);
    if (isUnsure(index)) return () => index;
    return (values) => {
      const found = index.find(values);
      return isUnsure(found) ? found : (found !== null) !== not;
    };
  }
  const [kind = 'word'] = kinds;
  if (operator !== '==' && !not) return orderTest(kind, operator, right, text);
  const rights = right.kind === 'concat' ? right.parts : [right];
  if (rights.length !== kinds.length) return () => unsure(`${text} is compared with another number of values`);
  const parts = rights.map((one, index) => readPart(kinds[index] as ValueKind, constant(one)));
  const bad = parts.find((part) => part.is === 'unread');
  if (bad?.is === 'unread') return () => unsure(`${text}: ${bad.because}`);
  return (values) => {
    const same = parts.every((part, index) => {
      const value = values[index] as Value;
      return part.is === 'exact' ? part.value === value : part.is === 'test' && part.holds(value);
    });
    return same !== not;
  };
}

/** `0x1 | 0x4` on the right is one number. */
function constant(expression: NftExpression): NftExpression {
  if (expression.kind !== 'binary' || expression.operator !== '|') return expression;
  const left = constant(expression.left);
  const right = constant(expression.right);
  if (left.kind !== 'value' || right.kind !== 'value') return expression;
  const value = Number(left.value) | Number(right.value);
  return Number.isNaN(Number(left.value) + Number(right.value))
    ? expression
    : { kind: 'value', value: `${value >>> 0}` };
}

function orderTest(kind: ValueKind, operator: Operator, right: NftExpression, text: string) {
  const bound = right.kind === 'value' ? ordered(kind, right.value) : null;
  return ([value]: readonly Value[]): Truth => {
    const at = value === undefined ? null : ordered(kind, String(value));
    return bound === null || at === null
      ? unsure(`${text} ${operator} is not modelled`)
      : compared(operator, at, bound);
  };
}

function compared(operator: Operator, left: bigint, right: bigint): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return (left === right) === (operator === '==');
  }
}

/** `meta random & 2147483647 < 1073741824` (iptables' statistic), `numgen random mod 10 < 3`. */
function chanceOf(match: Match): Instruction | null {
  const space = drawnFrom(match.left);
  if (space === null) return null;
  const { right, operator } = match;
  const count = (one: NftExpression): number | null => {
    if (one.kind === 'value') {
      const value = Number(one.value);
      return Number.isNaN(value) ? null : share(operator, value - space.offset, space.size);
    }
    if (one.kind !== 'range' || one.from.kind !== 'value' || one.to.kind !== 'value' || operator !== '==') return null;
    const low = Math.max(Number(one.from.value) - space.offset, 0);
    const high = Math.min(Number(one.to.value) - space.offset, space.size - 1);
    return Number.isNaN(low + high) ? null : Math.max(0, high - low + 1) / space.size;
  };
  const shares =
    right.kind === 'elements' && operator === '==' ? right.elements.map(({ key }) => count(key)) : [count(right)];
  if (shares.some((one) => one === null))
    return test(() => unsure(`${printNftExpression(match.left)} is drawn by chance, its share is not readable`));
  const probability = shares.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return { do: 'random', probability: Math.min(1, Math.max(0, probability)) };
}

/** @returns the numbers a draw can give, or null when nothing is drawn. */
function drawnFrom(left: NftExpression): { readonly size: number; readonly offset: number } | null {
  if (left.kind === 'numgen') return { size: Math.max(left.mod, 1), offset: left.offset };
  if (left.kind === 'meta' && left.key === 'random') return { size: 2 ** 32, offset: 0 };
  if (left.kind !== 'binary' || left.operator !== '&' || left.left.kind !== 'meta' || left.left.key !== 'random')
    return null;
  const mask = left.right.kind === 'value' ? Number(left.right.value) : Number.NaN;
  // Only the low bits: they are drawn evenly.
  return Number.isInteger(Math.log2(mask + 1)) ? { size: mask + 1, offset: 0 } : null;
}

function share(operator: Operator, value: number, size: number): number {
  const below = Math.min(Math.max(value, 0), size) / size;
  const upTo = Math.min(Math.max(value + 1, 0), size) / size;
  switch (operator) {
    case '<':
      return below;
    case '<=':
      return upTo;
    case '>':
      return 1 - upTo;
    case '>=':
      return 1 - below;
    case '==':
      return upTo - below;
    default:
      return 1 - (upTo - below);
  }
}

/**
 * `ip saddr @affinity-...`: kube-proxy's session affinity. The clients listed are those of connections before; a new
 * client has no entry, and comes here again afterwards.
 */
function stickyMatch(match: Match, scope: NftScope): readonly Instruction[] | null {
  const { right } = match;
  if (right.kind !== 'set-reference' || !right.name.startsWith('affinity-') || scope.table.name !== 'kube-proxy')
    return null;
  return [{ do: 'sticky' }, test(() => match.operator === '!=')];
}

const FLAG_KEYS = new Set(['state', 'status']);

/** Bits: `ct state new,established`, `ct status dnat`, `tcp flags & (fin | syn | rst | ack) == syn`. */
function flagTest(match: Match, scope: NftScope, text: string): ((packet: Packet) => Truth) | null {
  const masked = match.left.kind === 'binary' && match.left.operator === '&' ? match.left : null;
  const left = masked?.left ?? match.left;
  if (left.kind === 'payload' && left.protocol === 'tcp' && left.field === 'flags')
    return tcpFlags(match, masked, text);
  if (left.kind !== 'ct' || !FLAG_KEYS.has(left.key)) return null;
  const bits = bitsOf(masked === null ? match.right : masked.right);
  const zero = masked !== null && match.right.kind === 'value' && Number(match.right.value) === 0;
  const several = bits !== null && bits.length > 1 && match.operator === '!=';
  if (bits === null || (masked !== null && !zero) || (masked === null && several) || !/^[!=]=$/.test(match.operator))
    return () => unsure(`${text} is compared in a way that is not modelled`);
  // `ct status & dnat == 0`: none of the bits.
  const not = (match.operator === '!=') !== (masked !== null);
  if (left.key === 'status' && scope.translated) {
    return () => unsure('nft prints ct status of iptables rules without what it is negated or combined with');
  }
  if (left.key === 'status' && match.operator === '!=' && masked === null)
    return () => unsure(`${text} != compares all bits of the connection`);
  const decide = left.key === 'state' ? stateOf : statusOf;
  return (packet) => {
    const truth = anyOf(bits.map((bit) => decide(bit, packet)));
    return not ? opposite(truth) : truth;
  };
}

function anyOf(truths: readonly Truth[]): Truth {
  return truths.includes(true) || (truths.find(isUnsure) ?? false);
}

/** Bits of include/uapi/linux/netfilter/nf_conntrack_common.h, as `nft -n` prints them. */
const STATE_BITS: Readonly<Record<string, number>> = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 };

function stateOf(bit: string, packet: Packet): Truth {
  const asked = Object.hasOwn(STATE_BITS, bit)
    ? STATE_BITS[bit]
    : /^(?:0x)?[0-9a-f]{1,8}$/.test(bit)
      ? Number(bit)
      : null;
  const own = STATE_BITS[packet.state.toLowerCase()];
  if (asked == null || own === undefined || Number.isNaN(asked)) return unsure(`ct state ${bit} is not known`);
  return (asked & own) !== 0;
}

function statusOf(bit: string, packet: Packet): Truth {
  if (bit === 'dnat') return packet.destinationChanged;
  if (bit === 'snat') return packet.sourceChanged;
  if (bit === 'seen-reply' && packet.state === 'NEW') return false;
  return unsure(`ct status ${bit} of the connection is not known`);
}

/** Names of bits, from `a,b`, `a | b` or one word. */
function bitsOf(expression: NftExpression): readonly string[] | null {
  if (expression.kind === 'value') return [expression.value];
  if (expression.kind === 'binary' && expression.operator === '|') {
    const left = bitsOf(expression.left);
    const right = bitsOf(expression.right);
    return left === null || right === null ? null : [...left, ...right];
  }
  if (expression.kind !== 'elements') return null;
  const lists = expression.elements.map(({ key }) => bitsOf(key));
  return lists.includes(null) ? null : lists.flatMap((list) => list ?? []);
}

function tcpFlags(match: Match, masked: { readonly right: NftExpression } | null, text: string) {
  const mask = masked === null ? null : bitsOf(masked.right);
  const value = bitsOf(match.right);
  const isCompared = match.operator === '==' || match.operator === '!=';
  return (packet: Packet): Truth => {
    if (packet.protocol !== 'tcp') return false;
    const truth = mask === null || value === null || !isCompared ? null : tcpFlagsHold(`${mask}`, `${value}`, packet);
    if (truth === null) return unsure(`${text}: the TCP flags of the packet are not known`);
    return truth === (match.operator === '==');
  };
}
