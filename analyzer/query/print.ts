/** Writes a query as text: what a filter, a saved search or a link shows in the search box. */
import { type FieldName, lex } from './lex.ts';
import { parseQuery } from './parse.ts';
import type { PatternTerm, QueryNode, TextTerm } from './query.ts';
import { writeSeverity, writeTime } from './values.ts';

/**
 * @param query in normal form (normal.ts). @returns text that parseQuery reads as the same tree. The same meaning in
 * other parts have only what it never gives: a time term that is no `near:` but has two bounds becomes two terms, and
 * in a pattern a slash that would end it is escaped.
 */
export function printQuery(query: QueryNode): string {
  return printed(query, 'loose');
}

/** How tight the place binds: a whole query or a side of OR, a part of AND, behind a minus. */
type Binding = 'loose' | 'part' | 'tight';

function printed(query: QueryNode, binding: Binding): string {
  switch (query.kind) {
    case 'any':
      return grouped(
        query.parts.map((part) => printed(part, 'loose')),
        ' OR ',
        binding,
      );
    case 'all':
      return grouped(
        query.parts.map((part) => printed(part, 'part')),
        ' ',
        binding,
      );
    case 'not':
      return `-${printed(query.part, 'tight')}`;
    case 'time':
      return grouped(writeTime(query), ' ', binding);
    case 'text':
      return printedText(query);
    case 'pattern':
      return printedPattern(query);
    case 'place':
      return printedField(query.field, query.name);
    case 'entity':
      return printedField('entity', query.name);
    case 'severity':
      return `sev:${writeSeverity(query.from, query.to)}`;
    case 'finding':
      return 'has:finding';
  }
}

function grouped(parts: readonly string[], between: ' ' | ' OR ', binding: Binding): string {
  const text = parts.join(between);
  const open = binding === 'loose' || (binding === 'part' && between === ' ');
  return open || parts.length < 2 ? text : `(${text})`;
}

/**
 * As a word when that reads the same. A word that begins with a slash may become a pattern by what
 * follows it, and one that begins with a dash another word by a minus before it.
 */
function printedText({ text, bounds }: TextTerm): string {
  const sign = bounds === 'words' ? '=' : '';
  const bare = `${sign}${text}`;
  return !/^[-/]/.test(bare) && readsAs(bare, text, bounds) ? bare : `${sign}${quoted(text)}`;
}

function readsAs(word: string, text: string, bounds: TextTerm['bounds']): boolean {
  // Long texts are quoted without a try.
  if (text.length > BARE_CHARS_MAX) return false;
  const read = parseQuery(word);
  return read.ok && read.query.kind === 'text' && read.query.text === text && read.query.bounds === bounds;
}

const BARE_CHARS_MAX = 200;

/** @returns field and value, the value in quotes where it needs them. */
export function printedField(name: FieldName, value: string): string {
  const bare = `${name}:${value}`;
  const [only, more] = lex(bare);
  const same = more === undefined && only?.kind === 'field' && only.form === 'word' && only.value === value;
  return same && value !== '' ? bare : `${name}:${quoted(value)}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function printedPattern({ source, letters }: PatternTerm): string {
  const flag = letters === 'any case' ? 'i' : '';
  const bare = `/${source}/${flag}`;
  const [only, more] = lex(bare);
  if (more === undefined && only?.kind === 'pattern' && only.source === source && only.flags === flag) return bare;
  return `/${source.replace(/\\.|\//gs, (sign) => (sign === '/' ? '\\/' : sign))}/${flag}`;
}
