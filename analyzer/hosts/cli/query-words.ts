/** The words of a command line as a query, and how a query that is wrong is shown. */
import type { QueryError, QueryNode, QueryParse } from '../../query/query.ts';
import { visible } from './text.ts';

type Parse = (text: string) => QueryParse;

/**
 * The arguments as one query, blanks between them. One that has alternatives of its own is put in parentheses when others
 * stand beside it: `search case 'failed OR refused' sev:error`.
 */
export function joinedQuery(words: readonly string[], parse: Parse): string {
  if (words.length === 1) return words[0] ?? '';
  return words.map((word) => (/\s/.test(word) && kindOf(word, parse) === 'any' ? `(${word})` : word)).join(' ');
}

function kindOf(word: string, parse: Parse): QueryNode['kind'] | null {
  const parsed = parse(word);
  return parsed.ok ? parsed.query.kind : null;
}

/**
 * The shell takes the quotes of "sync failed" away, and what is left are two words.
 * @returns the first argument that may have been meant as a phrase, null when there is none.
 */
export function perhapsPhrase(words: readonly string[], parse: Parse): string | null {
  const found = words.find((word) => {
    if (!/\s/.test(word) || /["()]|\b(?:AND|OR)\b/.test(word)) return false;
    const parsed = parse(word);
    if (!parsed.ok || parsed.query.kind !== 'all') return false;
    return parsed.query.parts.every((part) => part.kind === 'text' && part.bounds === 'anywhere');
  });
  return found?.trim().replace(/\s+/g, ' ') ?? null;
}

/** What is shown of a long query before and behind the place that is wrong. */
const AROUND_CHARS = 36;
const MARKED_CHARS_MAX = 40;

/** @returns the query, or the part of it around the error, with marks below what is wrong. */
export function caretLines(query: string, { start, end }: QueryError): readonly [string, string] {
  const from = start <= AROUND_CHARS ? 0 : start - AROUND_CHARS;
  const shownEnd = Math.min(Math.max(end, start + 1), start + MARKED_CHARS_MAX);
  const to = Math.min(query.length, shownEnd + AROUND_CHARS);
  const before = `${from > 0 ? '...' : ''}${visible(query.slice(from, start))}`;
  const marked = visible(query.slice(start, shownEnd));
  const behind = `${visible(query.slice(shownEnd, to))}${to < query.length ? '...' : ''}`;
  return [
    `  ${before}${marked}${behind}`,
    `  ${' '.repeat(columns(before))}${'^'.repeat(Math.max(1, columns(marked)))}`,
  ];
}

/** East Asian scripts and most pictures take two columns of a terminal, marks on a letter none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function columns(text: string): number {
  return [...text].reduce((sum, one) => sum + (/\p{Mn}/u.test(one) ? 0 : WIDE.test(one) ? 2 : 1), 0);
}
