/** What must stand in a line for a pattern to match it, so that an index can be asked before lines are read. */
import type { AST } from '@eslint-community/regexpp';
import { foldAscii } from './fold.ts';
import type { PatternTerm } from './query.ts';

/** Literals with small ASCII letters: each, all or one of them stand in the line when its ASCII letters are small too. */
export type Required = string | { readonly all: readonly Required[] } | { readonly any: readonly Required[] };

/** Texts that one part may be, kept apart: [ab]{4} are 16, and more are no help to an index. */
const TEXTS_MAX = 16;

/** Longest literal; an index that knows so much of a line knows enough. */
const LITERAL_CHARS_MAX = 200;

/** Literals that are asked for together, the longest; and of which one is asked for: with more, nothing is known. */
const ALL_MAX = 64;
const ANY_MAX = 256;

/** A part of a pattern. */
interface Part {
  /** All texts it can match, ASCII letters small; null when they are too many. */
  readonly texts: readonly string[] | null;
  /** What else stands in the line when it matches. */
  readonly needs: readonly Required[];
}

type Letters = PatternTerm['letters'];

const NOTHING: Part = { texts: [''], needs: [] };
const UNKNOWN: Part = { texts: null, needs: [] };

/**
 * @param tree of a pattern without the flags `u` and `v`.
 * @returns true of every line that the pattern matches, and of others too; null when nothing is known.
 */
export function requiredOf(tree: AST.Pattern, letters: Letters): Required | null {
  return neededFor(alternatives(tree.alternatives, letters));
}

function neededFor({ texts, needs }: Part): Required | null {
  const one = texts === null ? null : oneOf(texts);
  return allOf(one === null ? needs : [...needs, one]);
}

function alternatives(list: readonly AST.Alternative[], letters: Letters): Part {
  const parts = list.map((one) => sequence(one.elements, letters));
  if (parts.length === 1) return parts[0] as Part;
  const texts = parts.every((part) => part.texts !== null && part.needs.length === 0)
    ? few(parts.flatMap((part) => part.texts ?? []))
    : null;
  if (texts !== null) return { texts, needs: [] };
  const needed = anyOf(parts.map(neededFor));
  return { texts: null, needs: needed === null ? [] : [needed] };
}

function sequence(elements: readonly AST.Element[], letters: Letters): Part {
  const needs: Required[] = [];
  let run: readonly string[] = [''];
  let whole = true;
  const endRun = (next: readonly string[]): void => {
    const one = oneOf(run);
    if (one !== null) needs.push(one);
    run = next;
    whole = false;
  };
  for (const element of elements) {
    const part = partOf(element, letters);
    needs.push(...part.needs);
    const longer = part.texts === null ? null : joined(run, part.texts);
    if (longer === null) endRun(part.texts ?? ['']);
    else run = longer;
  }
  if (whole) return { texts: run, needs };
  endRun([]);
  return { texts: null, needs };
}

function partOf(element: AST.Element, letters: Letters): Part {
  switch (element.type) {
    case 'Character':
      return characters([[element.value, element.value]], letters);
    case 'CharacterClass':
      return classPart(element, letters);
    case 'CapturingGroup':
    case 'Group':
      return alternatives(element.alternatives, letters);
    case 'Quantifier':
      return repeated(element, letters);
    case 'Assertion':
      return assertion(element, letters);
    // A reference to a group that took no part matches nothing at all; classes of signs match too much.
    default:
      return UNKNOWN;
  }
}

/** What it looks at stands in the line, but takes no place in the match. */
function assertion(element: AST.Assertion, letters: Letters): Part {
  if ((element.kind !== 'lookahead' && element.kind !== 'lookbehind') || element.negate) return NOTHING;
  const needed = neededFor(alternatives(element.alternatives, letters));
  return { texts: [''], needs: needed === null ? [] : [needed] };
}

function repeated({ element, min, max }: AST.Quantifier, letters: Letters): Part {
  if (max === 0) return NOTHING;
  const part = partOf(element, letters);
  if (min === 0) {
    const texts = max === 1 && part.texts !== null ? few(['', ...part.texts]) : null;
    return texts === null || part.needs.length > 0 ? UNKNOWN : { texts, needs: [] };
  }
  let texts: readonly string[] | null = part.texts;
  let times = 1;
  for (; times < min && texts !== null; times++) {
    const longer = joined(texts, part.texts as readonly string[]);
    // Empty texts stay what they are, however often.
    if (longer === null || longer.join() === texts.join()) break;
    texts = longer;
  }
  const settled = texts !== null && (times === min || texts.every((text) => text === ''));
  if (settled && (min === max || texts?.every((text) => text === ''))) return { texts, needs: part.needs };
  const needed = neededFor({ texts, needs: part.needs });
  return { texts: null, needs: needed === null ? [] : [needed] };
}

function classPart(element: AST.CharacterClass, letters: Letters): Part {
  if (element.negate) return UNKNOWN;
  const ranges: [number, number][] = [];
  for (const one of element.elements) {
    if (one.type === 'Character') ranges.push([one.value, one.value]);
    else if (one.type === 'CharacterClassRange') ranges.push([one.min.value, one.max.value]);
    else return UNKNOWN;
  }
  return ranges.length === 0 ? UNKNOWN : characters(ranges, letters);
}

/**
 * One of the code units in `ranges`. In any case, letters beyond ASCII match others of their kind and are not told apart;
 * they never match an ASCII letter without the flag `u` (Canonicalize, ECMA-262 22.2.2.7.3).
 */
function characters(ranges: readonly (readonly [number, number])[], letters: Letters): Part {
  if (ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0) > 2 * TEXTS_MAX) return UNKNOWN;
  if (letters === 'any case' && ranges.some(([, to]) => to > 0x7f)) return UNKNOWN;
  const found: string[] = [];
  for (const [from, to] of ranges)
    for (let unit = from; unit <= to; unit++) found.push(foldAscii(String.fromCharCode(unit)));
  const texts = few(found);
  return texts === null ? UNKNOWN : { texts, needs: [] };
}

/** @returns the texts without repetition, null when they are too many. */
function few(texts: readonly string[]): readonly string[] | null {
  const kept = [...new Set(texts)];
  return kept.length > TEXTS_MAX ? null : kept;
}

/** @returns each of the first followed by each of the second, null when these are too many or too long. */
function joined(first: readonly string[], second: readonly string[]): readonly string[] | null {
  if (first.length * second.length > TEXTS_MAX * TEXTS_MAX) return null;
  const texts = first.flatMap((front) => second.map((back) => front + back));
  return texts.some((text) => text.length > LITERAL_CHARS_MAX) ? null : few(texts);
}

function oneOf(texts: readonly string[]): Required | null {
  return anyOf(texts.map((text) => allOf(soundPieces(text))));
}

/**
 * Parts of a text that stand in the bytes of a line: half of a pair of surrogates has no bytes of its own, and what
 * shows as U+FFFD may be any bytes that are no UTF-8.
 */
function soundPieces(text: string): readonly string[] {
  return text
    .split(/[\uFFFD\r\n]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/)
    .filter((piece) => piece !== '');
}

function allOf(list: readonly Required[]): Required | null {
  const flat = list.flatMap((one) => (typeof one === 'object' && 'all' in one ? one.all : [one]));
  const groups = flat.filter((one) => typeof one === 'object').slice(0, ALL_MAX);
  const texts = [...new Set(flat.filter((one) => typeof one === 'string'))]
    .sort((a, b) => b.length - a.length)
    .slice(0, ALL_MAX);
  const kept = texts.filter((text, index) => !texts.slice(0, index).some((longer) => longer.includes(text)));
  const parts = [...kept, ...groups];
  return parts.length > 1 ? { all: parts } : (parts[0] ?? null);
}

function anyOf(list: readonly (Required | null)[]): Required | null {
  const flat: Required[] = [];
  for (const one of list) {
    if (one === null) return null;
    if (typeof one === 'object' && 'any' in one) flat.push(...one.any);
    else flat.push(one);
  }
  const texts = [...new Set(flat.filter((one) => typeof one === 'string'))].sort((a, b) => a.length - b.length);
  const groups = flat.filter((one) => typeof one === 'object');
  if (texts.length + groups.length > ANY_MAX) return null;
  const kept = texts.filter((text, index) => !texts.slice(0, index).some((shorter) => text.includes(shorter)));
  const parts = [...kept, ...groups];
  return parts.length > 1 ? { any: parts } : (parts[0] ?? null);
}
