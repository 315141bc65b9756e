/** What stands out in one line: the matches of the search and the engineer's highlighters. Pure. */
import type { HIGHLIGHT_COLOURS } from '../../analyzer/core/notebook.ts';
import { parseQuery } from '../../analyzer/query/parse.ts';
import type { QueryNode } from '../../analyzer/query/query.ts';
import { matchRanges } from '../../analyzer/query/ranges.ts';
import type { Highlighter } from './types.ts';

export type HighlightColour = (typeof HIGHLIGHT_COLOURS)[number];

/** Those of core/notebook.ts, whose schemas stay out of the window. */
export const COLOURS: typeof HIGHLIGHT_COLOURS = ['yellow', 'green', 'blue', 'pink', 'orange', 'violet'];

/** Half-open, in UTF-16 units. */
export type Range = readonly [number, number];

export interface Highlight {
  readonly start: number;
  readonly end: number;
  readonly colour: HighlightColour;
}

export interface ActiveHighlighter {
  readonly query: QueryNode;
  readonly colour: HighlightColour;
}

/** Longest text that is looked at: what is behind it is not on the screen. */
const CHARS_LOOKED_AT = 20_000;

/** @returns the highlighters that are on and can be read; those kept by another version may not. */
export function activeHighlighters(list: readonly Highlighter[]): readonly ActiveHighlighter[] {
  return list.flatMap(({ query, colour, shown }) => {
    const parsed = shown === 'on' ? parseQuery(query) : null;
    return parsed?.ok === true ? [{ query: parsed.query, colour }] : [];
  });
}

/** @returns where the highlighters stand in the text, sorted, without overlaps: the first of the list wins. */
export function highlightsOf(text: string, active: readonly ActiveHighlighter[]): readonly Highlight[] {
  const looked = text.slice(0, CHARS_LOOKED_AT);
  let found: readonly Highlight[] = [];
  for (const { query, colour } of active) {
    const taken = found.map(({ start, end }): Range => [start, end]);
    const free = matchRanges(looked, query).flatMap((range) => without(range, taken));
    found = [...found, ...free.map(([start, end]) => ({ start, end, colour }))].sort((a, b) => a.start - b.start);
  }
  return found;
}

/** @returns what is left of a range where none of the others (sorted) is. */
function without([start, end]: Range, others: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let at = start;
  for (const [from, to] of others) {
    if (to <= at || from >= end) continue;
    if (from > at) left.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < end) left.push([at, end]);
  return left;
}

export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly match: 'match' | 'none';
  readonly colour: HighlightColour | null;
}

/** @returns the text in pieces, each with one look; together they are the whole text. */
export function piecesOf(
  length: number,
  matches: readonly Range[],
  highlights: readonly Highlight[],
): readonly Piece[] {
  const edges = new Set([0, length]);
  const within = (at: number) => Math.max(0, Math.min(length, at));
  for (const [start, end] of matches) edges.add(within(start)).add(within(end));
  for (const { start, end } of highlights) edges.add(within(start)).add(within(end));
  const sorted = [...edges].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (const [index, start] of sorted.entries()) {
    const end = sorted[index + 1];
    if (end === undefined) break;
    const match = matches.some(([from, to]) => from <= start && end <= to) ? 'match' : 'none';
    const colour = highlights.find((one) => one.start <= start && end <= one.end)?.colour ?? null;
    const last = pieces.at(-1);
    if (last !== undefined && last.match === match && last.colour === colour)
      pieces[pieces.length - 1] = { ...last, end };
    else pieces.push({ start, end, match, colour });
  }
  return pieces;
}

/** @returns a colour that no highlighter has; the one used least when all are taken. */
function nextColour(list: readonly Highlighter[]): HighlightColour {
  const used = (colour: HighlightColour) => list.filter((one) => one.colour === colour).length;
  return [...COLOURS].sort((a, b) => used(a) - used(b))[0] ?? 'yellow';
}

/** @returns the list with a highlighter for this query, which may be in it already. */
export function withHighlighter(list: readonly Highlighter[], query: string): readonly Highlighter[] {
  return list.some((one) => one.query === query) ? list : [...list, { query, colour: nextColour(list), shown: 'on' }];
}
