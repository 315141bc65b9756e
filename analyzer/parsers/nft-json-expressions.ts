/** Expressions and statements of libnftables-json(5), as nft 0.9 to 1.1 writes them. */
import type { NftElement, NftExpression, NftStatement, NftVerdict } from '../core/nft-ruleset.ts';
import { defaultReject, NFT_DEPTH_MAX, NFT_ELEMENTS_MAX, nftCount, nftVerdict } from './nft-words.ts';

type Json = Readonly<Record<string, unknown>>;

/** Text of a JSON value that is not understood. */
const OTHER_CHARS = 500;

/** @returns the value as an object, or null. */
export function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** @returns a string, or a number in its digits; null for anything else. */
export function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

function otherText(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? 'nothing').slice(0, OTHER_CHARS);
  } catch {
    // Nested deeper than the stack allows.
    return '...';
  }
}

const OPERATORS = ['&', '|', '^', '<<', '>>'] as const;

/** @returns the expression; `other` with its JSON for what is not known. */
function jsonExpression(value: unknown, depth = 0): NftExpression {
  if (depth > NFT_DEPTH_MAX) return { kind: 'other', text: '...' };
  const text = asText(value);
  if (text !== null)
    return text.startsWith('@') && text.length > 1
      ? { kind: 'set-reference', name: text.slice(1) }
      : { kind: 'value', value: text };
  // `fib daddr oif exists`
  if (typeof value === 'boolean') return { kind: 'value', value: value ? 'exists' : 'missing' };
  if (Array.isArray(value)) return { kind: 'elements', elements: jsonElements(value, depth) };
  const object = asObject(value);
  return (object === null ? null : jsonObject(object, depth)) ?? { kind: 'other', text: otherText(value) };
}

function jsonObject(object: Json, depth: number): NftExpression | null {
  const down = (inner: unknown): NftExpression => jsonExpression(inner, depth + 1);
  if (Array.isArray(object.concat)) return { kind: 'concat', parts: object.concat.slice(0, 16).map(down) };
  if (Array.isArray(object.set)) return { kind: 'elements', elements: jsonElements(object.set, depth) };
  if (Array.isArray(object.range)) return { kind: 'range', from: down(object.range[0]), to: down(object.range[1]) };
  const prefix = asObject(object.prefix);
  const address = asText(prefix?.addr);
  if (address !== null && typeof prefix?.len === 'number') return { kind: 'prefix', address, length: prefix.len };
  const payload = asObject(object.payload);
  if (payload !== null) return jsonPayload(payload);
  const meta = asText(asObject(object.meta)?.key);
  if (meta !== null) return { kind: 'meta', key: meta };
  const ct = asObject(object.ct);
  const key = asText(ct?.key);
  if (key !== null) return { kind: 'ct', key, direction: asText(ct?.dir) };
  const fib = asObject(object.fib);
  const result = asText(fib?.result);
  if (fib !== null && result !== null) return { kind: 'fib', flags: words(fib.flags), result };
  const numgen = asObject(object.numgen);
  const mode = asText(numgen?.mode);
  if (mode !== null && typeof numgen?.mod === 'number')
    return { kind: 'numgen', mode, mod: numgen.mod, offset: typeof numgen.offset === 'number' ? numgen.offset : 0 };
  const map = asObject(object.map);
  if (map !== null) return { kind: 'map', key: down(map.key), data: down(map.data) };
  const element = asObject(object.elem);
  if (element !== null) return down(element.val);
  for (const operator of OPERATORS) {
    const operands = object[operator];
    if (!Array.isArray(operands) || operands.length < 2 || operands.length > 64) continue;
    return operands
      .slice(1)
      .reduce<NftExpression>(
        (left, right) => ({ kind: 'binary', operator, left, right: down(right) }),
        down(operands[0]),
      );
  }
  return null;
}

function jsonPayload(payload: Json): NftExpression {
  const protocol = asText(payload.protocol);
  const field = asText(payload.field);
  if (protocol !== null && field !== null) return { kind: 'payload', protocol, field };
  return { kind: 'other', text: `@${asText(payload.base)},${asText(payload.offset)},${asText(payload.len)}` };
}

function words(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.slice(0, 32).map((word) => asText(word) ?? otherText(word));
  const one = asText(value);
  return one === null ? [] : [one];
}

/** @returns elements of a set, or pairs of a map; at most NFT_ELEMENTS_MAX. */
export function jsonElements(items: readonly unknown[], depth = 0): readonly NftElement[] {
  return items.slice(0, NFT_ELEMENTS_MAX).map((item) => {
    const pair = Array.isArray(item) && item.length === 2;
    const key = pair ? item[0] : item;
    const element = asObject(asObject(key)?.elem);
    const expires = asText(element?.expires);
    const verdict = pair ? jsonVerdict(item[1]) : null;
    return {
      line: 0,
      key: jsonExpression(element === null ? key : element.val, depth + 1),
      verdict,
      data: pair && verdict === null ? jsonExpression(item[1], depth + 1) : null,
      comment: asText(element?.comment),
      expires: expires === null ? null : `${expires}s`,
    };
  });
}

function jsonVerdict(value: unknown): NftVerdict | null {
  const object = asObject(value);
  const word = object === null ? undefined : Object.keys(object)[0];
  if (object === null || word === undefined) return null;
  return nftVerdict(word, asText(asObject(object[word])?.target));
}

/** @returns one statement of a rule's `expr`. */
export function jsonStatement(value: unknown): NftStatement {
  const object = asObject(value);
  const word = object === null ? undefined : Object.keys(object)[0];
  if (object === null || word === undefined) return { kind: 'other', text: otherText(value) };
  const verdict = jsonVerdict(object);
  if (verdict !== null) return { kind: 'verdict', verdict };
  return known(word, asObject(object[word]) ?? {}, object) ?? { kind: 'other', text: otherText(value) };
}

function known(word: string, body: Json, object: Json): NftStatement | null {
  switch (word) {
    case 'match':
      return jsonMatch(body);
    case 'counter':
      return {
        kind: 'counter',
        packets: nftCount(asText(body.packets) ?? ''),
        bytes: nftCount(asText(body.bytes) ?? ''),
      };
    case 'vmap': {
      const data = jsonExpression(body.data, 1);
      return data.kind === 'elements' || data.kind === 'set-reference'
        ? { kind: 'vmap', key: jsonExpression(body.key, 1), data }
        : null;
    }
    case 'mangle': {
      const key = jsonExpression(body.key, 1);
      if (key.kind === 'meta' && key.key === 'nftrace') return { kind: 'log', text: otherText(object) };
      return { kind: 'mangle', key, value: jsonExpression(body.value, 1) };
    }
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect':
      return {
        kind: 'nat',
        type: word,
        address: body.addr === undefined ? null : jsonExpression(body.addr, 1),
        port: body.port === undefined ? null : jsonExpression(body.port, 1),
        flags: words(body.flags),
      };
    case 'reject': {
      const text = [asText(body.type), asText(body.expr)].filter((part) => part !== null).join(' ');
      return { kind: 'reject', with: text === '' || defaultReject(text) ? null : text };
    }
    case 'set': {
      const set = asText(body.set);
      if (set === null) return null;
      const name = set.startsWith('@') ? set.slice(1) : set;
      const element = jsonExpression(body.elem, 1);
      const statement = { kind: 'set', operation: asText(body.op) ?? 'add', element, set: name } as const;
      const counted = Array.isArray(body.stmt) ? body.stmt.map(asObject).find(isLimit) : undefined;
      return counted == null ? statement : { ...statement, limit: otherText(counted) };
    }
    case 'xt':
      return jsonXt(body);
    case 'notrack':
      return { kind: 'notrack' };
    case 'log':
      return { kind: 'log', text: otherText(object) };
    case 'limit':
    case 'quota':
    case 'ct count':
      return { kind: 'limit', text: otherText(object) };
    default:
      return null;
  }
}

const LIMITS = ['limit', 'quota', 'ct count'];

function isLimit(statement: Json | null): boolean {
  return statement !== null && LIMITS.some((word) => Object.hasOwn(statement, word));
}

const COMPARE = new Set(['==', '!=', '<', '>', '<=', '>=']);

function jsonMatch(body: Json): NftStatement | null {
  const op = asText(body.op) ?? '==';
  // `in` is how JSON says that a bit or a member is looked for; text prints no operator there.
  const operator = op === 'in' ? '==' : op;
  if (!COMPARE.has(operator)) return null;
  return {
    kind: 'match',
    operator: operator as '==' | '!=' | '<' | '>' | '<=' | '>=',
    left: jsonExpression(body.left, 1),
    right: jsonExpression(body.right, 1),
  };
}

function jsonXt(body: Json): NftStatement | null {
  const type = asText(body.type);
  const name = asText(body.name);
  if (name === null || (type !== 'match' && type !== 'target' && type !== 'watcher')) return null;
  return { kind: 'xt', type, name };
}
