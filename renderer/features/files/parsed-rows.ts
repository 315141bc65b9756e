/** Messages of a log as rows, one for each line of the file. Pure. */
import type { MethodOutput } from '../../../analyzer/contract/contract.ts';

export type Message = MethodOutput<'file.parsed'>[number];

/** A line that begins a message, or goes on with one. */
export type ParsedRow = { readonly kind: 'message'; readonly message: Message } | { readonly kind: 'continued' };

const CONTINUED: ParsedRow = { kind: 'continued' };

/** An answer with as much text as this may have been cut short. */
const CUT_CHARS = 1_000_000;

/**
 * @param messages those that begin in lines `from .. from + count - 1`, the first one perhaps before.
 * @returns a row for each line; fewer when the answer was cut short because its text is long.
 */
export function parsedRows(messages: readonly Message[], from: number, count: number): readonly ParsedRow[] {
  const begins = new Map(messages.map((message) => [message.line, message]));
  const chars = messages.reduce((sum, { message }) => sum + message.length, 0);
  const covered = messages.reduce((last, { line, lines }) => Math.max(last, line + lines - 1), from - 1);
  const rows = chars >= CUT_CHARS ? Math.max(1, Math.min(count, covered - from + 1)) : count;
  return Array.from({ length: rows }, (_, nth): ParsedRow => {
    const message = begins.get(from + nth);
    return message === undefined ? CONTINUED : { kind: 'message', message };
  });
}

/** @returns where the names of the message's entities stand in a text, sorted, without overlaps: longer names first. */
export function entityRanges(
  text: string,
  entities: Message['entities'],
): readonly { readonly start: number; readonly end: number; readonly title: string }[] {
  const found: { readonly start: number; readonly end: number; readonly title: string }[] = [];
  const named = [...entities].sort((a, b) => b.name.length - a.name.length);
  for (const { kind, name } of named) {
    if (name === '') continue;
    for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + name.length)) {
      const end = start + name.length;
      if (!found.some((one) => start < one.end && end > one.start))
        found.push({ start, end, title: `${kind} ${name}` });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
