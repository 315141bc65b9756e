/** Literals that stand in every text something matches, as the bytes that stand in its lines. */
import type { WantedText } from '../core/case-reader.ts';
import type { Required } from '../query/pattern.ts';

/**
 * What stands in a decoded line but not in its bytes: U+FFFD for bytes that are no UTF-8, and half of a character
 * beyond U+FFFF, which a pattern sees as two.
 */
const NOT_IN_BYTES = /\ufffd|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** @returns what of the text stands in the bytes of a line for sure. */
export function wantedPieces(text: string): readonly Uint8Array[] {
  return text
    .split(NOT_IN_BYTES)
    .filter((piece) => piece !== '')
    .map((piece) => Buffer.from(piece));
}

/** @returns null when nothing has to stand there. */
export function wantedOfRequired(required: Required | null): WantedText | null {
  if (required === null) return null;
  if (typeof required === 'string') return allOf(wantedPieces(required));
  if ('all' in required) return allOf(required.all.map(wantedOfRequired).filter((part) => part !== null));
  const any = required.any.map(wantedOfRequired);
  return any.every((part) => part !== null) ? { any } : null;
}

function allOf(parts: readonly WantedText[]): WantedText | null {
  return parts.length === 0 ? null : parts.length === 1 ? (parts[0] as WantedText) : { all: parts };
}
