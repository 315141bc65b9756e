/** Errors of queries: how they are made, and the one sentence that every host shows. */
import type { QueryError } from './query.ts';

/** Characters of what was typed that an error repeats; it stands in one line of a screen. */
const SHOWN_CHARS = 40;

/** What can stand where a term is missing. */
export const A_TERM: readonly string[] = ['a word', 'a "phrase"', 'a field such as node:'];

/** @param start @param end half-open range, UTF-16 units. `expected`: what could stand there, completing "expected ...". */
export function wrong(start: number, end: number, message: string, expected: readonly string[] = []): QueryError {
  return { start, end, message, expected };
}

/** @returns `text` as an error shows it: in back quotes, one line, not long. */
export function shown(text: string): string {
  const line = text.replace(/\p{C}/gu, ' ');
  return `\`${line.length > SHOWN_CHARS ? `${line.slice(0, SHOWN_CHARS)}…` : line}\``;
}

/** @returns the sentence of an error, such as: `noon` is no time; expected a time such as 2024-05-01T12:00 */
export function errorSentence(error: QueryError): string {
  return error.expected.length === 0 ? error.message : `${error.message}; expected ${error.expected.join(' or ')}`;
}
