/**
 * The query language: what an engineer types in the one search box, on the command line or sends to the API.
 *
 *   query   = all { "OR" all }                        weakest
 *   all     = one { [ "AND" ] one }
 *   one     = { "-" } ( "(" query ")" | term )
 *   term    = word | "phrase" | =word | ="phrase" | /pattern/ | /pattern/i | field:value
 */

import { grouped } from '../core/grouped.ts';
import {
  FIELDS,
  type FieldLexeme,
  type FieldName,
  type Lexeme,
  lex,
  type PatternLexeme,
  type TextLexeme,
} from './lex.ts';
import { allOf, anyOf, not } from './normal.ts';
import { patternTermOf } from './pattern.ts';
import { PatternSizes } from './pattern-size.ts';
import { QUERY_CHARS_MAX, type QueryError, type QueryNode, type QueryParse, type QueryTerm } from './query.ts';
import { readValue } from './values.ts';
import { A_TERM, shown, wrong } from './wrong.ts';

/** Parentheses inside each other: nobody writes ten, and everything that walks a query may call itself so often. */
export const QUERY_DEPTH_MAX = 100;

/** @returns the query in its normal form (see normal.ts), or the first place where it is wrong. Never throws. */
export function parseQuery(text: string): QueryParse {
  if (text.length > QUERY_CHARS_MAX) {
    const limit = grouped(QUERY_CHARS_MAX);
    return { ok: false, error: wrong(QUERY_CHARS_MAX, text.length, `a query has ${limit} characters at most`) };
  }
  const lexemes = lex(text);
  if (lexemes.length === 0)
    return { ok: false, error: wrong(0, text.length, 'there is nothing to search for', A_TERM) };
  try {
    return { ok: true, query: new Reader(lexemes).whole() };
  } catch (thrown) {
    if (thrown instanceof Wrong) return { ok: false, error: thrown.error };
    throw thrown;
  }
}

/** Carries an error out of the descent; never leaves this file. */
class Wrong extends Error {
  readonly error: QueryError;

  constructor(error: QueryError) {
    super(error.message);
    this.error = error;
  }
}

class Reader {
  readonly #lexemes: readonly Lexeme[];
  readonly #sizes = new PatternSizes();
  #at = 0;

  constructor(lexemes: readonly Lexeme[]) {
    this.#lexemes = lexemes;
  }

  whole(): QueryNode {
    const query = this.#any(0);
    const rest = this.#next();
    if (rest !== null) throw new Wrong(wrong(rest.start, rest.end, 'there is no ( for this )'));
    return query;
  }

  #next(): Lexeme | null {
    return this.#lexemes[this.#at] ?? null;
  }

  #any(depth: number): QueryNode {
    const parts: [QueryNode, ...QueryNode[]] = [this.#all(depth)];
    while (this.#next()?.kind === 'or') {
      this.#operator('OR');
      parts.push(this.#all(depth));
    }
    return anyOf(parts);
  }

  #all(depth: number): QueryNode {
    const parts: [QueryNode, ...QueryNode[]] = [this.#one(depth)];
    for (let next = this.#next(); next !== null && next.kind !== 'or' && next.kind !== 'close'; next = this.#next()) {
      if (next.kind === 'and') this.#operator('AND');
      parts.push(this.#one(depth));
    }
    return allOf(parts);
  }

  /** Steps over an operator, behind which a term must stand. */
  #operator(name: 'OR' | 'AND'): void {
    const sign = this.#next() as Lexeme;
    this.#at += 1;
    const next = this.#next();
    if (next === null || next.kind === 'or' || next.kind === 'and' || next.kind === 'close')
      throw new Wrong(wrong(sign.start, sign.end, `nothing stands behind this ${name}`, A_TERM));
  }

  #one(depth: number): QueryNode {
    let minuses = 0;
    let next = this.#next();
    for (; next?.kind === 'minus'; next = this.#next()) {
      minuses += 1;
      this.#at += 1;
      this.#behindMinus(next);
    }
    const part = this.#unsigned(next, depth);
    return minuses % 2 === 1 ? not(part) : part;
  }

  #behindMinus(minus: Lexeme): void {
    const next = this.#next();
    const joined = next !== null && next.start === minus.end;
    if (!joined || next.kind === 'or' || next.kind === 'and' || next.kind === 'close')
      throw new Wrong(wrong(minus.start, minus.end, 'nothing stands directly behind this -', A_TERM));
  }

  #unsigned(next: Lexeme | null, depth: number): QueryNode {
    if (next?.kind === 'open') return this.#group(next, depth);
    this.#at += 1;
    switch (next?.kind) {
      case 'text':
        return textTerm(next);
      case 'pattern':
        return patternTerm(next, this.#sizes);
      case 'field':
        return this.#fieldTerm(next);
      case 'or':
      case 'and':
        throw new Wrong(wrong(next.start, next.end, `nothing stands before this ${next.kind.toUpperCase()}`, A_TERM));
      case 'close':
        throw new Wrong(wrong(next.start, next.end, 'there is no ( for this )'));
      default:
        throw new Error('a term is asked for where the query ends');
    }
  }

  #group(open: Lexeme, depth: number): QueryNode {
    if (depth === QUERY_DEPTH_MAX)
      throw new Wrong(wrong(open.start, open.end, `more than ${QUERY_DEPTH_MAX} parentheses stand inside each other`));
    this.#at += 1;
    const first = this.#next();
    if (first?.kind === 'close')
      throw new Wrong(wrong(open.start, first.end, 'nothing stands between these parentheses', A_TERM));
    if (first === null) throw new Wrong(neverClosed(open));
    const inner = this.#any(depth + 1);
    if (this.#next() === null) throw new Wrong(neverClosed(open));
    this.#at += 1;
    return inner;
  }

  #fieldTerm(lexeme: FieldLexeme): QueryTerm {
    const next = this.#next();
    if (lexeme.value === '' && lexeme.error === null && next?.kind === 'open' && next.start === lexeme.end) {
      const instead = `(${lexeme.name}:a OR ${lexeme.name}:b)`;
      throw new Wrong(wrong(lexeme.start, next.end, `${lexeme.name}: takes one value, no parentheses`, [instead]));
    }
    return fieldTerm(lexeme);
  }
}

function neverClosed(open: Lexeme): QueryError {
  return wrong(open.start, open.end, 'this parenthesis is never closed', ['a ) at its end']);
}

function textTerm({ text, bounds, form, start, error }: TextLexeme): QueryTerm {
  if (error !== null) throw new Wrong(error);
  if (form === 'word' && bounds === 'anywhere') refuseNearField(text, start);
  return { kind: 'text', text, bounds };
}

function patternTerm({ source, flags, start, end }: PatternLexeme, sizes: PatternSizes): QueryTerm {
  if (source === '') throw new Wrong(wrong(start, end, 'this pattern is empty; "//" in quotes is text'));
  if (flags !== '' && flags !== 'i') {
    const from = end - flags.length;
    throw new Wrong(
      wrong(from, end, `a pattern does not take ${shown(flags)}; a path goes in quotes`, [
        'i or nothing behind its end',
      ]),
    );
  }
  const letters = flags === 'i' ? 'any case' : 'as written';
  const pattern = patternTermOf(source, letters, sizes);
  if (pattern.ok) return pattern.term;
  throw new Wrong(wrong(start + 1 + pattern.start, start + 1 + pattern.end, pattern.message));
}

function fieldTerm({ name, value, form, start, end, valueStart, error }: FieldLexeme): QueryTerm {
  if (error !== null) throw new Wrong(error);
  const read = readValue(name, value);
  if (read.ok) return read.term;
  const { message, expected } = read.error;
  if (value === '') throw new Wrong(wrong(start, end, message, expected));
  // Escapes shift the places in a quoted value, so that all of it is shown.
  if (form === 'phrase') throw new Wrong(wrong(valueStart, end, message, expected));
  throw new Wrong(wrong(valueStart + read.error.start, valueStart + read.error.end, message, expected));
}

/**
 * A word with a colon is text, unless it can only be a mistyped field: one letter off, and with a value that is right for
 * the field and looks like nothing else.
 */
function refuseNearField(word: string, start: number): void {
  const [, typed, value] = /^([A-Za-z]{2,12}):([<>].*|.*\d{4}-\d\d-\d\d.*)$/.exec(word) ?? [];
  if (typed === undefined || value === undefined) return;
  const name = SHAPED.find((field) => isNear(typed.toLowerCase(), field));
  if (name === undefined || !readValue(name, value).ok) return;
  throw new Wrong(
    wrong(start, start + typed.length, `there is no field ${shown(typed)}; did you mean ${name}?`, [
      `${name}: here, or quotes around text`,
    ]),
  );
}

/** Fields whose values have a shape of their own. */
const SHAPED: readonly FieldName[] = FIELDS.filter((name) => ['sev', 'after', 'before', 'near'].includes(name));

/** Whether `typed` is `name` with a letter too many, too few or wrong, or two swapped; or another word for it. */
function isNear(typed: string, name: FieldName): boolean {
  if (name === 'sev' && (typed === 'severity' || typed === 'level')) return true;
  let front = 0;
  while (front < typed.length && typed[front] === name[front]) front += 1;
  const [rest, wanted] = [typed.slice(front), name.slice(front)];
  return (
    rest.slice(1) === wanted.slice(1) ||
    rest.slice(1) === wanted ||
    rest === wanted.slice(1) ||
    (rest[0] === wanted[1] && rest[1] === wanted[0] && rest.slice(2) === wanted.slice(2))
  );
}
