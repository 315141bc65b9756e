/** Where in a line the texts, patterns and names of a query stand, for marking them. */
import { foldAscii } from './fold.ts';
import { analysisOf } from './pattern.ts';
import { compilePattern, type PatternProgram } from './pattern-program.ts';
import { findPattern } from './pattern-run.ts';
import type { PatternTerm, QueryNode } from './query.ts';
import type { Required } from './required.ts';

/** Half-open range in UTF-16 units. */
type Range = readonly [number, number];

/** A line as it is and with small ASCII letters. */
interface Searched {
  readonly text: string;
  readonly folded: string;
}

type Finder = (line: Searched) => readonly Range[];

/** Matches of one term that are marked in one line: more than a screen shows of it. */
const RANGES_MAX = 1_000;

/**
 * @param text one line. @returns where it holds the text, pattern and entity terms that are not negated: sorted, overlaps
 * joined, whether or not the line matches the query as a whole. Patterns are tried with a bounded effort (see
 * pattern-run.ts), so that in a very long line, or with a runaway pattern, marks may be missing.
 */
export function matchRanges(text: string, query: QueryNode): readonly Range[] {
  const line = { text, folded: foldAscii(text) };
  return joined(findersOf(query).flatMap((find) => find(line)));
}

/** A screen of lines is marked with one query. */
const FINDERS = new WeakMap<QueryNode, readonly Finder[]>();

function findersOf(query: QueryNode): readonly Finder[] {
  const known = FINDERS.get(query);
  if (known !== undefined) return known;
  const finders = collected(query, 'wanted');
  FINDERS.set(query, finders);
  return finders;
}

function collected(query: QueryNode, side: 'wanted' | 'unwanted'): readonly Finder[] {
  if (query.kind === 'all' || query.kind === 'any') return query.parts.flatMap((part) => collected(part, side));
  if (query.kind === 'not') return collected(query.part, side === 'wanted' ? 'unwanted' : 'wanted');
  if (side === 'unwanted') return [];
  if (query.kind === 'text') return [textFinder(query.text, query.bounds === 'words' ? isWholeWord : null)];
  if (query.kind === 'entity') return [entityFinder(query.name)];
  return query.kind === 'pattern' ? [patternFinder(query)] : [];
}

type Accepts = (text: string, start: number, end: number) => boolean;

function textFinder(text: string, accepts: Accepts | null): Finder {
  const wanted = foldAscii(text);
  return ({ folded }) => {
    const ranges: Range[] = [];
    let at = wanted === '' ? -1 : folded.indexOf(wanted);
    while (at >= 0 && ranges.length < RANGES_MAX) {
      const end = at + wanted.length;
      const taken = accepts === null || accepts(folded, at, end);
      if (taken) ranges.push([at, end]);
      at = folded.indexOf(wanted, taken ? end : at + 1);
    }
    return ranges;
  };
}

/** As the scan sees it: a byte of UTF-8 that is not ASCII belongs to a word. */
const OF_WORD = /[\w\u0080-\uFFFF]/;

function isWholeWord(text: string, start: number, end: number): boolean {
  return !OF_WORD.test(text[start - 1] ?? ' ') && !OF_WORD.test(text[end] ?? ' ');
}

/** The name of an entity is not a part of a longer name: eth0 of veth0, 10.0.3.7 of 10.0.3.7.5, coredns of coredns-x. */
function isWholeName(text: string, start: number, end: number): boolean {
  const before = /(?:[\w-]|[\w-]\.)$/.test(text.slice(Math.max(0, start - 2), start));
  const after = /^(?:[\w-]|\.[\w-])/.test(text.slice(end, end + 2));
  return !before && !after && isWholeWord(text, start, end);
}

/** Names as they should stand; failing that as words, because what names an entity is for its format to say. */
function entityFinder(name: string): Finder {
  const [names, words] = [textFinder(name, isWholeName), textFinder(name, isWholeWord)];
  return (line) => {
    const ranges = names(line);
    return ranges.length > 0 ? ranges : words(line);
  };
}

function patternFinder(term: PatternTerm): Finder {
  const analysis = analysisOf(term);
  if (!analysis.ok) return () => [];
  const program: PatternProgram = compilePattern(analysis.tree, term.letters);
  return ({ text, folded }) =>
    analysis.required !== null && !holds(folded, analysis.required) ? [] : findPattern(program, text, RANGES_MAX);
}

function holds(folded: string, required: Required): boolean {
  if (typeof required === 'string') return folded.includes(required);
  return 'all' in required
    ? required.all.every((one) => holds(folded, one))
    : required.any.some((one) => holds(folded, one));
}

function joined(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const kept: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = kept.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else kept.push([start, end]);
  }
  return kept;
}
