/** What is looked for in the event index, as an expression of FTS5 (https://sqlite.org/fts5.html#full_text_query_syntax). */
import type { Database } from 'better-sqlite3';
import type { WantedWords } from '../core/case-reader.ts';

export interface FoundEvent {
  readonly file: number;
  readonly line: number;
  readonly lines: number;
  /** Stored time, see core/file-clock.ts. */
  readonly time: number | null;
  /** LINE_SEVERITY of its first line. */
  readonly severity: number;
  readonly score: number;
}

/** Events between two questions whether anyone still waits, a power of two: SQLite looks at them in a millisecond. */
const EVENTS_UNASKED = 1_024;

/**
 * A word that stands in millions of events takes seconds to rank, in one step of SQLite.
 * @param isStopped is asked now and then; nothing is found when nobody waits any more.
 * @returns events of a bundle, best first; bm25 is the better the lower it is.
 */
export function findEvents(
  db: Database,
  words: WantedWords,
  limit: number,
  isStopped: () => boolean,
): readonly FoundEvent[] {
  const query = eventQuery(words);
  if (query === null) return [];
  db.function('still_wanted', () => {
    if (isStopped()) throw new Error('nobody waits for the best matches');
    return 1;
  });
  try {
    return db
      .prepare(
        `SELECT e.file, e.line, e.lines, e.time, e.severity, -bm25(event_text) * (1 + e.severity) AS score
         FROM event_text t JOIN events e ON e.id = t.rowid JOIN files f ON f.id = e.file
         WHERE event_text MATCH ? AND f.alias_of IS NULL AND (e.id % ${EVENTS_UNASKED} OR still_wanted())
         ORDER BY score DESC, e.id LIMIT ?`,
      )
      .all(query, limit) as FoundEvent[];
  } catch {
    // FTS5 refuses an expression that is too deep, and a damaged index. What is not found here is among all matches.
    return [];
  }
}

/**
 * Every literal is a quoted phrase, so that nothing a user types is syntax; one without a letter or digit holds no token
 * and asks for nothing.
 * @returns null when nothing is asked for.
 */
export function eventQuery(wanted: WantedWords): string | null {
  if (typeof wanted === 'string') {
    return /[\p{L}\p{N}]/u.test(wanted) ? `"${wanted.replaceAll('"', '""')}"` : null;
  }
  if ('all' in wanted) return joined(wanted.all.map(eventQuery), 'AND');
  const parts = wanted.any.map(eventQuery);
  // One that asks for nothing is held by every event.
  return parts.includes(null) ? null : joined(parts, 'OR');
}

function joined(parts: readonly (string | null)[], operator: 'AND' | 'OR'): string | null {
  const asked = parts.filter((part) => part !== null);
  if (asked.length < 2) return asked[0] ?? null;
  return `(${asked.join(` ${operator} `)})`;
}
