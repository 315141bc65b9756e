/** What answers rest on besides the lines themselves, to tell when one that was given no longer holds. Pure. */
import { parseQuery } from '../../analyzer/query/parse.ts';
import type { QueryNode } from '../../analyzer/query/query.ts';
import type { Analysis, SourceFile } from './types.ts';

const keyOf = (file: SourceFile): string => `${file.bundle} ${file.id}`;

/** @returns true when every file that is in both lists has the same clock: its lines are at the same instants. */
export function sameTimes(before: readonly SourceFile[], now: readonly SourceFile[]): boolean {
  const clocks = new Map(before.map((file) => [keyOf(file), file.clock]));
  return now.every((file) => {
    const clock = clocks.get(keyOf(file));
    return clock === undefined || sameClock(clock, file.clock);
  });
}

function sameClock(a: SourceFile['clock'], b: SourceFile['clock']): boolean {
  return (
    a === b ||
    (a.stamps === b.stamps &&
      a.zoneMinutes === b.zoneMinutes &&
      a.zoneFrom === b.zoneFrom &&
      a.yearReference === b.yearReference &&
      a.boot === b.boot &&
      a.shiftMs === b.shiftMs)
  );
}

/** @returns true when the findings of both cite the same lines. */
export function sameCitations(before: Analysis, now: Analysis): boolean {
  return before === now || citations(before) === citations(now);
}

function citations({ findings }: Analysis): string {
  const lines = findings.flatMap(({ evidence }) =>
    evidence.map((one) => [one.bundle, one.file, one.line, one.endLine]),
  );
  return JSON.stringify(lines);
}

/** @returns true when which lines match depends on what was found in the case. */
export function asksForFindings(query: QueryNode): boolean {
  switch (query.kind) {
    case 'all':
    case 'any':
      return query.parts.some(asksForFindings);
    case 'not':
      return asksForFindings(query.part);
    default:
      return query.kind === 'finding';
  }
}

/** @returns the same of a query as it is written; false when it is none. */
export function textAsksForFindings(text: string): boolean {
  const parsed = parseQuery(text);
  return parsed.ok && asksForFindings(parsed.query);
}
