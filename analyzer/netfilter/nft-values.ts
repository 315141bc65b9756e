/** Values of packets and literals of nft rules in one spelling, so that they compare. */
import type { NftExpression } from '../core/nft-ruleset.ts';
import { protocolNamed } from '../core/protocols.ts';
import { addressNumber, canonicalAddress } from './address.ts';
import type { Truth, Unsure } from './program.ts';
import { prefixHolds } from './rule-match.ts';

/** What a value means; it decides how a literal is read. */
export type ValueKind = 'address' | 'port' | 'protocol' | 'interface' | 'number' | 'word';

/** A value of a packet in its one spelling. */
export type Value = string | number;

/** @returns the literal in the spelling of packets; null for a name nft printed instead of a number or address. */
function readLiteral(kind: ValueKind, text: string): Value | null {
  switch (kind) {
    case 'address':
      return canonicalAddress(text);
    case 'port':
    case 'number':
      return /^(?:0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text) ? Number(text) : null;
    case 'protocol':
      return protocolNamed(text);
    default:
      return text;
  }
}

/** One part of an element or the right side of a comparison. */
export type Part =
  | { readonly is: 'exact'; readonly value: Value }
  | { readonly is: 'test'; holds(value: Value): boolean }
  | { readonly is: 'unread'; readonly because: string };

/** @returns how values of this kind compare with a literal, prefix or range. */
export function readPart(kind: ValueKind, expression: NftExpression): Part {
  if (expression.kind === 'value') {
    const { value } = expression;
    if (kind === 'interface' && value.endsWith('*')) {
      const start = value.slice(0, -1);
      return { is: 'test', holds: (name) => typeof name === 'string' && name.startsWith(start) };
    }
    const literal = readLiteral(kind, value);
    return literal === null
      ? unread(`${value} is a name, printed instead of its number`)
      : { is: 'exact', value: literal };
  }
  if (expression.kind === 'prefix' && kind === 'address') {
    const prefix = `${expression.address}/${expression.length}`;
    return { is: 'test', holds: (address) => typeof address === 'string' && prefixHolds(prefix, address) };
  }
  if (expression.kind === 'range' && expression.from.kind === 'value' && expression.to.kind === 'value') {
    const low = ordered(kind, expression.from.value);
    const high = ordered(kind, expression.to.value);
    if (low === null || high === null) return unread('a range of names');
    const six = expression.from.value.includes(':');
    return {
      is: 'test',
      holds: (value) => {
        if (kind === 'address' && String(value).includes(':') !== six) return false;
        const at = ordered(kind, String(value));
        return at !== null && low <= at && at <= high;
      },
    };
  }
  return unread('a value of a kind that is not modelled');
}

function unread(because: string): Part {
  return { is: 'unread', because };
}

/** @returns a value as a number that keeps its order, or null. */
export function ordered(kind: ValueKind, text: string): bigint | null {
  if (kind === 'address') return addressNumber(text);
  const value = kind === 'port' || kind === 'number' ? readLiteral(kind, text) : null;
  return value === null ? null : BigInt(value);
}

/** @returns the opposite; what is unsure stays so. */
export function opposite(truth: Truth): Truth {
  return typeof truth === 'boolean' ? !truth : truth;
}

export function unsure(because: string): Unsure {
  return { unsure: because };
}

export function isUnsure(value: unknown): value is Unsure {
  return typeof value === 'object' && value !== null && 'unsure' in value;
}
