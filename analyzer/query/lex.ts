/**
 * Cuts what was typed into lexemes with their places; never fails. Each character that is not white space lies in
 * exactly one lexeme.
 *
 *   -"sync failed" OR =nat (node:ip-10-0-1-7 /time(d )?out/i) /var/log/pods sev:>=warning
 */
import type { QueryError } from './query.ts';
import { wrong } from './wrong.ts';

export const FIELDS = ['node', 'file', 'source', 'sev', 'after', 'before', 'near', 'has', 'entity'] as const;
export type FieldName = (typeof FIELDS)[number];

/** Half-open range in UTF-16 units. */
interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Sign extends Place {
  readonly kind: 'open' | 'close' | 'or' | 'and' | 'minus';
}

export interface TextLexeme extends Place {
  readonly kind: 'text';
  readonly form: 'word' | 'phrase';
  readonly bounds: 'anywhere' | 'words';
  /** Without quotes and escapes. */
  readonly text: string;
  readonly error: QueryError | null;
}

export interface PatternLexeme extends Place {
  readonly kind: 'pattern';
  /** As it stands between the slashes, from `start + 1`. */
  readonly source: string;
  readonly flags: string;
}

export interface FieldLexeme extends Place {
  readonly kind: 'field';
  readonly name: FieldName;
  /** Where the value begins, its quote included. */
  readonly valueStart: number;
  readonly form: 'word' | 'phrase';
  readonly value: string;
  readonly error: QueryError | null;
}

export type Lexeme = Sign | TextLexeme | PatternLexeme | FieldLexeme;

/** @returns the lexemes of `text` in their order. */
export function lex(text: string): readonly Lexeme[] {
  const lexemes: Lexeme[] = [];
  const ends = patternEnds(text);
  for (let at = skipBlanks(text, 0); at < text.length; ) {
    const lexeme = lexemeAt(text, at, ends);
    lexemes.push(lexeme);
    at = skipBlanks(text, lexeme.end);
  }
  return lexemes;
}

const SIGNS: Readonly<Record<string, Sign['kind']>> = { '(': 'open', ')': 'close', '-': 'minus' };

function lexemeAt(text: string, start: number, ends: PatternEnds): Lexeme {
  const first = text[start] as string;
  // Pasted text: `--proxy-mode=ipvs`, `a = b`. At the very end one is still being typed.
  if ((first === '-' || first === '=') && /^(?:--|[-=]\s)/.test(text.slice(start, start + 2)))
    return wordAt(text, start);
  const sign = SIGNS[first];
  if (sign !== undefined) return { kind: sign, start, end: start + 1 };
  if (first === '"') return phraseAt(text, start, start, 'anywhere');
  if (first === '=') return wholeWordAt(text, start);
  if (first === '/') return patternAt(text, start, ends) ?? wordAt(text, start);
  return wordAt(text, start);
}

function phraseAt(text: string, start: number, quote: number, bounds: TextLexeme['bounds']): TextLexeme {
  const { value, end, error } = quotedAt(text, quote);
  return { kind: 'text', form: 'phrase', bounds, text: value, start, end, error };
}

function wholeWordAt(text: string, start: number): TextLexeme {
  if (text[start + 1] === '"') return phraseAt(text, start, start + 1, 'words');
  const end = wordEnd(text, start + 1);
  const error =
    end > start + 1 ? null : wrong(start, end, 'nothing stands directly behind this =', ['a word', 'a "phrase"']);
  return { kind: 'text', form: 'word', bounds: 'words', text: text.slice(start + 1, end), start, end, error };
}

function wordAt(text: string, start: number): Lexeme {
  const end = wordEnd(text, start);
  const word = text.slice(start, end);
  if (word === 'OR') return { kind: 'or', start, end };
  if (word === 'AND') return { kind: 'and', start, end };
  const name = fieldOf(word);
  if (name !== null) return fieldAt(text, start, name);
  return { kind: 'text', form: 'word', bounds: 'anywhere', text: word, start, end, error: null };
}

function fieldOf(word: string): FieldName | null {
  const colon = word.indexOf(':');
  const before = word.slice(0, Math.max(colon, 0)).toLowerCase();
  return FIELDS.find((name) => name === before) ?? null;
}

function fieldAt(text: string, start: number, name: FieldName): FieldLexeme {
  const valueStart = start + name.length + 1;
  const found = { kind: 'field', name, start, valueStart } as const;
  if (text[valueStart] === '"') {
    const { value, end, error } = quotedAt(text, valueStart);
    return { ...found, form: 'phrase', value, end, error };
  }
  const end = wordEnd(text, valueStart);
  return { ...found, form: 'word', value: text.slice(valueStart, end), end, error: null };
}

/** What stands in quotes, with \" for a quote and \\ for a backslash; any other backslash is one. */
function quotedAt(text: string, quote: number): { value: string; end: number; error: QueryError | null } {
  let value = '';
  for (let at = quote + 1; at < text.length; at++) {
    const one = text[at] as string;
    const next = text[at + 1];
    if (one === '"') {
      const empty = value === '' ? wrong(quote, at + 1, 'nothing stands between these quotes', ['some text']) : null;
      return { value, end: at + 1, error: empty };
    }
    const escaped = one === '\\' && (next === '"' || next === '\\');
    value += escaped ? next : one;
    if (escaped) at += 1;
  }
  return {
    value,
    end: text.length,
    error: wrong(quote, text.length, 'this quote is never closed', ['a " at its end']),
  };
}

/** By the place of each slash that may end a pattern: the letters behind it. */
type PatternEnds = ReadonlyMap<number, string>;

/** Slashes before white space, `)` or the end, with or without letters that could be flags between. */
function patternEnds(text: string): PatternEnds {
  const found = text.matchAll(/\/([dgimsuvy]*)(?=[\s)]|$)/g);
  return new Map([...found].map((one) => [one.index, one[1] as string]));
}

/**
 * A pattern ends at a slash that is followed by white space, `)` or the end, or by `i` and one of these. Without such a
 * slash it is a word, most likely a path. A slash in a class such as [/ ] ends nothing, unless no other slash does.
 */
function patternAt(text: string, start: number, ends: PatternEnds): PatternLexeme | null {
  if (ends.size === 0) return null;
  return closedPatternAt(text, start, ends, 'skip classes') ?? closedPatternAt(text, start, ends, 'any slash');
}

function closedPatternAt(
  text: string,
  start: number,
  ends: PatternEnds,
  mode: 'skip classes' | 'any slash',
): PatternLexeme | null {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const one = text[at];
    if (one === '\\') at += 1;
    else if (one === '[') inClass = mode === 'skip classes';
    else if (one === ']') inClass = false;
    else if (one === '/' && !inClass) {
      const flags = ends.get(at);
      const source = text.slice(start + 1, at);
      if (flags !== undefined && (flags === '' || flags === 'i' || meansFlags(source, flags)))
        return { kind: 'pattern', source, flags, start, end: at + 1 + flags.length };
    }
  }
  return null;
}

/** Signs that are in many patterns and in few paths. */
const PATTERN_SIGNS = /[\\^$*+?()[\]{}|\s]/;

/** Whether what stands behind a slash is meant as flags we do not have: /a.*b/g and /x/gi, but not /dev/sdy. */
function meansFlags(source: string, letters: string): boolean {
  if (new Set(letters).size !== letters.length) return false;
  return PATTERN_SIGNS.test(source) || /[gi]/.test(letters);
}

function wordEnd(text: string, from: number): number {
  WORD_END.lastIndex = from;
  return WORD_END.exec(text)?.index ?? text.length;
}

const WORD_END = /[\s()"]/g;

function skipBlanks(text: string, from: number): number {
  BLANKS.lastIndex = from;
  return from + (BLANKS.exec(text)?.[0].length ?? 0);
}

const BLANKS = /\s*/y;
