/** Patterns of a query (regular expressions of ECMAScript without `u` and `v`): checked, and what they need of a line. */
import { type AST, RegExpParser, type RegExpSyntaxError } from '@eslint-community/regexpp';
import { PatternSizes } from './pattern-size.ts';
import { patternSays } from './pattern-words.ts';
import type { PatternTerm } from './query.ts';
import { type Required, requiredOf } from './required.ts';

export type { Required } from './required.ts';

/** `start`, `end`: half-open range in the source, UTF-16 units. */
export type PatternAnalysis =
  | { readonly ok: true; readonly required: Required | null; readonly regexp: RegExp; readonly tree: AST.Pattern }
  | { readonly ok: false; readonly start: number; readonly end: number; readonly message: string };

/**
 * ECMAScript 2024, the last without modifiers such as (?i:...): with them V8 13.6 finds a match at one time and misses it
 * at another, for the same text (`(?i:a||)|` on `aA`, one in some thousand runs).
 */
const SYNTAX = 2024;

/** Groups and lookarounds inside each other: what reads a pattern calls itself for each, and so does V8. */
export const PATTERN_DEPTH_MAX = 100;

/**
 * @param source between the slashes.
 * @returns the expression and what stands in every line that it matches (null: nothing is known), or why it is none.
 * Never throws, and never tries the pattern on a text: that can take for ever.
 * @param sizes of the patterns of the same query before it.
 */
export function analysePattern(
  source: string,
  letters: PatternTerm['letters'],
  sizes: PatternSizes = new PatternSizes(),
): PatternAnalysis {
  const deep = tooDeepAt(source);
  if (deep !== null)
    return refused(deep, deep + 1, `more than ${PATTERN_DEPTH_MAX} groups of this pattern stand inside each other`);
  try {
    const tree = new RegExpParser({ ecmaVersion: SYNTAX }).parsePattern(source, 0, source.length, { unicode: false });
    const large = sizes.add(tree);
    if (large !== null) return { ok: false, ...large };
    const flags = letters === 'any case' ? 'i' : '';
    const regexp = new RegExp(source, flags);
    compile(source, flags);
    return { ok: true, required: requiredOf(tree, letters), regexp, tree };
  } catch (thrown) {
    if (!isSyntaxError(thrown)) return refused(0, source.length, 'this pattern is too large');
    const { start, end, message } = patternSays(source, thrown.message, thrown.index);
    return refused(start, end, message);
  }
}

/** By the term they were made for, in this thread: the regular expression and the tree are larger than their text. */
const KNOWN = new WeakMap<PatternTerm, PatternAnalysis>();

/** @returns the pattern as a term that is analysed only once, or why it is none. @param sizes see analysePattern. */
export function patternTermOf(
  source: string,
  letters: PatternTerm['letters'],
  sizes: PatternSizes,
): { readonly ok: true; readonly term: PatternTerm } | Extract<PatternAnalysis, { readonly ok: false }> {
  const analysis = analysePattern(source, letters, sizes);
  if (!analysis.ok) return analysis;
  const term: PatternTerm = { kind: 'pattern', source, letters };
  KNOWN.set(term, analysis);
  return { ok: true, term };
}

/** @returns the analysis of a term of a query, made once for each in a thread. */
export function analysisOf(term: PatternTerm): PatternAnalysis {
  const known = KNOWN.get(term);
  if (known !== undefined) return known;
  const analysis = analysePattern(term.source, term.letters);
  KNOWN.set(term, analysis);
  return analysis;
}

function refused(start: number, end: number, message: string): PatternAnalysis {
  return { ok: false, start, end, message };
}

function isSyntaxError(thrown: unknown): thrown is RegExpSyntaxError {
  return thrown instanceof SyntaxError && 'index' in thrown && typeof thrown.index === 'number';
}

/** V8 tells that a pattern is too large when it first runs. `(?!)` matches nothing, so that nothing behind it is tried. */
function compile(source: string, flags: string): void {
  new RegExp(`(?!)(?:${source})`, flags).test('');
}

/** @returns where the first parenthesis stands that is too deep, or null. */
function tooDeepAt(source: string): number | null {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const one = source[at];
    if (one === '\\') at += 1;
    else if (one === '[') inClass = true;
    else if (one === ']') inClass = false;
    else if (one === '(' && !inClass) depth += 1;
    else if (one === ')' && !inClass) depth -= 1;
    if (depth > PATTERN_DEPTH_MAX) return at;
  }
  return null;
}
