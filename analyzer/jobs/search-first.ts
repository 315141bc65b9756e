/** The first lines of a search, or of a part of it: as many as are asked for, and as one message has room for. */
import type { SearchMatch } from '../contract/search.ts';
import { LINES_BYTES_MAX } from '../core/limits.ts';
import { compareKeys, type FoundLine } from './search-protocol.ts';

/** What a string costs beside its characters; lines around matches may be many and short. */
const STRING_SIZE = 16;

export interface FirstLines {
  /** In order. */
  readonly lines: readonly FoundLine[];
  /** `yes`: what comes behind them never comes in, because lines are only put in before others. */
  readonly full: 'yes' | 'no';
}

export const NO_LINES: FirstLines = { lines: [], full: 'no' };

/** @param first how many are asked for. @returns the first of both, one more than there is room for at most. */
export function firstOf({ lines }: FirstLines, more: readonly FoundLine[], first: number): FirstLines {
  const sorted = [...lines, ...more].sort(compareKeys).slice(0, first);
  let size = 0;
  let count = 0;
  for (const { shown } of sorted) {
    if (size > LINES_BYTES_MAX) break;
    size += shownSize(shown);
    count += 1;
  }
  return { lines: sorted.slice(0, count), full: count === first || size > LINES_BYTES_MAX ? 'yes' : 'no' };
}

/** @returns roughly the bytes of a match in a message. */
function shownSize({ text, before, after, aliases }: SearchMatch): number {
  const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, one) => sum + one.length + STRING_SIZE, 0);
  return text.length + lengthOf(before) + lengthOf(after) + lengthOf(aliases);
}
