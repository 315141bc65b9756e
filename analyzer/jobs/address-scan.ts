/**
 * Finds the lines that name an address as a whole: 10.0.0.1 is neither in 10.0.0.10, 110.0.0.1 nor 10.0.0.1.2. IPv6 is
 * looked for in the spellings that tools print: RFC 5952, every group written out, and with leading zeros.
 */
import ipaddr from 'ipaddr.js';
import type { TextBlock, WantedText } from '../core/case-reader.ts';
import { linesWith } from '../search/lines-with.ts';

export interface NamedLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface AddressScan {
  /** What a text must hold to name it. */
  readonly wanted: WantedText;
  /** @returns the lines that name the address, in order; bytes that are not ASCII are not decoded. */
  lines(block: TextBlock): readonly NamedLine[];
  /** @returns whether this text names it. */
  names(text: string): boolean;
}

/** @param address in RFC 5952 form. */
export function addressScan(address: string): AddressScan {
  const spellings = spellingsOf(address);
  const candidates = linesWith(spellings);
  const inside = address.includes(':') ? INSIDE_V6 : INSIDE_V4;
  const names = (text: string): boolean => {
    const lower = text.toLowerCase();
    return spellings.some((spelling) => namedWhole(lower, spelling, inside));
  };
  return {
    wanted: { any: spellings.map((spelling) => Buffer.from(spelling)) },
    names,
    lines(block) {
      const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
      const found = candidates(block).map(({ line, start, end }) => ({
        line,
        text: bytes.toString('latin1', start, end),
      }));
      return found.filter(({ text }) => names(text));
    },
  };
}

function spellingsOf(address: string): readonly string[] {
  if (!address.includes(':')) return [address];
  const parsed = ipaddr.IPv6.parse(address);
  const written = parsed.parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
  return [...new Set([parsed.toRFC5952String(), parsed.toNormalizedString(), written])];
}

/** A character beside the address that makes it a part of something longer; a point counts only between such. */
const INSIDE_V4 = /[0-9]/;
const INSIDE_V6 = /[0-9a-f:]/;

function namedWhole(text: string, spelling: string, inside: RegExp): boolean {
  for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + spelling.length] ?? ' ';
    const joinedBefore = inside.test(before) || (before === '.' && inside.test(text[at - 2] ?? ' '));
    const joinedAfter = inside.test(after) || (after === '.' && /[0-9]/.test(text[at + spelling.length + 1] ?? ' '));
    // IPv4: a colon after it starts a port. IPv6: `addr:` ends a sentence or a key when no group follows.
    const sentence = inside === INSIDE_V6 && after === ':' && !/[0-9a-f:]/.test(text[at + spelling.length + 1] ?? ' ');
    if (!joinedBefore && (!joinedAfter || sentence)) return true;
  }
  return false;
}
