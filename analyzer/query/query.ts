/**
 * What an engineer asks for, as a tree. A query is about single lines: it matches a line or it does not.
 * Pure, as all of query/: the command line, the engine and the renderer share it.
 */

import type { LineLevel } from '../core/line-level.ts';

export { LINE_LEVELS, type LineLevel } from '../core/line-level.ts';

/** Matches when every part does; always two parts or more, none of them `all`. */
export interface AllOf {
  readonly kind: 'all';
  readonly parts: readonly QueryNode[];
}

/** Matches when one part does; always two parts or more, none of them `any`. */
export interface AnyOf {
  readonly kind: 'any';
  readonly parts: readonly QueryNode[];
}

export interface Not {
  readonly kind: 'not';
  readonly part: QueryNode;
}

/**
 * A literal of at least one character, ASCII letters in any case. `words`: what stands before and behind it in the line
 * is no letter, digit or underscore of ASCII and no character beyond ASCII.
 */
export interface TextTerm {
  readonly kind: 'text';
  readonly text: string;
  readonly bounds: 'anywhere' | 'words';
}

/** A regular expression of ECMAScript, tried on each line by itself. */
export interface PatternTerm {
  readonly kind: 'pattern';
  readonly source: string;
  readonly letters: 'as written' | 'any case';
}

/**
 * About the file a line stands in. `node`: name of the node. `file`: its path in the bundle (or a path that is folded into
 * it). `source`: its role or its format. ASCII letters in any case; `*` stands for any characters, `?` for one; without
 * them a part of the name is enough.
 */
export interface PlaceTerm {
  readonly kind: 'place';
  readonly field: 'node' | 'file' | 'source';
  readonly name: string;
}

/** Lines whose level is between these, both included. */
export interface SeverityTerm {
  readonly kind: 'severity';
  readonly from: LineLevel;
  readonly to: LineLevel;
}

/** Lines with an instant in [from, to), ms since 1970; a line without one never matches. One of both is not null. */
export interface TimeTerm {
  readonly kind: 'time';
  readonly from: number | null;
  readonly to: number | null;
}

/** Lines that are evidence of a finding. */
export interface FindingTerm {
  readonly kind: 'finding';
}

/** Lines that name this pod, address, container, interface, ...: the whole name, not a part of a longer one. */
export interface EntityTerm {
  readonly kind: 'entity';
  readonly name: string;
}

export type QueryTerm = TextTerm | PatternTerm | PlaceTerm | SeverityTerm | TimeTerm | FindingTerm | EntityTerm;
export type QueryNode = AllOf | AnyOf | Not | QueryTerm;

/** Where a query is wrong: half-open range in UTF-16 units of what was typed; `expected` completes "expected ...". */
export interface QueryError {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly expected: readonly string[];
}

export type QueryParse =
  | { readonly ok: true; readonly query: QueryNode }
  | { readonly ok: false; readonly error: QueryError };

/** Longest query that is parsed, in UTF-16 units. */
export const QUERY_CHARS_MAX = 10_000;
