/**
 * Rows of one file (lines, messages, rows of bytes), fetched in pages and kept within a budget: what was not shown for
 * longest goes first.
 */
import type { Failure, Result } from '../../model/types.ts';

/** Answers kept of one file. */
const KEPT_ANSWERS_MAX = 60;
/** Weight kept of one file, by default in characters: a page of lines of a megabyte must not stay with others. */
const KEPT_WEIGHT_MAX = 24_000_000;

export interface PageSource<T> {
  /** Rows a call. */
  readonly page: number;
  /** Rows of the file; the first one has the number 1. */
  readonly total: number;
  /** May answer with fewer rows than asked for, as long as it answers with one. */
  readonly load: (from: number, count: number) => Promise<Result<readonly T[]>>;
  readonly weight: (row: T) => number;
  /** Called whenever rows have arrived or a call failed. */
  readonly onChange: () => void;
}

export interface PageCache<T> {
  /** @returns the row when it is here. */
  readonly at: (row: number) => T | undefined;
  /** Fetches these rows, as far as they are not here and not on their way. */
  readonly want: (from: number, to: number) => void;
  /** Why the last call failed, until one succeeds. */
  readonly failure: () => Failure | null;
  /** Asks again after a failure. */
  readonly retry: () => void;
}

interface Answer<T> {
  readonly from: number;
  readonly rows: readonly T[];
  readonly weight: number;
}

export function createPageCache<T>({ page, total, load, weight, onChange }: PageSource<T>): PageCache<T> {
  // A Map keeps the order of insertion: re-inserting an answer when it is shown makes the first one the oldest.
  const kept = new Map<number, Answer<T>>();
  const pending = new Set<number>();
  const barren = new Set<number>();
  let heavy = 0;
  let failed: Failure | null = null;
  let wanted: readonly [number, number] | null = null;

  const holding = (row: number): Answer<T> | undefined => {
    for (const answer of kept.values()) {
      if (row >= answer.from && row < answer.from + answer.rows.length) return answer;
    }
    return undefined;
  };
  const keep = (from: number, rows: readonly T[]) => {
    const answer = { from, rows, weight: rows.reduce((sum, row) => sum + weight(row), 0) };
    heavy += answer.weight - (kept.get(from)?.weight ?? 0);
    kept.delete(from);
    kept.set(from, answer);
    for (const oldest of kept.values()) {
      if ((heavy <= KEPT_WEIGHT_MAX && kept.size <= KEPT_ANSWERS_MAX) || oldest.from === from) break;
      kept.delete(oldest.from);
      heavy -= oldest.weight;
    }
  };
  const fetchRows = async (from: number, count: number) => {
    pending.add(from);
    const answer = await load(from, count);
    pending.delete(from);
    if (answer.ok) {
      failed = null;
      if (answer.value.length === 0) barren.add(from);
      else keep(from, answer.value);
      // Long rows come few at a time. What does not fit beside the others is not fetched ahead: it would go at once.
      if (wanted !== null && answer.value.length < count && heavy < KEPT_WEIGHT_MAX / 2) want(...wanted);
    } else failed = answer.failure;
    onChange();
  };
  const want = (from: number, to: number) => {
    wanted = [from, to];
    if (failed !== null) return;
    const last = Math.min(total, to);
    let row = Math.max(1, from);
    while (row <= last) {
      const answer = holding(row);
      if (answer !== undefined) {
        kept.delete(answer.from);
        kept.set(answer.from, answer);
        row = answer.from + answer.rows.length;
        continue;
      }
      const first = row - ((row - 1) % page);
      // A page that was answered in part holds long rows: then only what is wanted is asked for.
      const start = holding(first) === undefined ? first : row;
      const end = Math.min(total, first + page - 1);
      if (!pending.has(start) && !barren.has(start)) void fetchRows(start, end - start + 1);
      row = end + 1;
    }
  };
  return {
    at: (row) => {
      const answer = holding(row);
      return answer?.rows[row - answer.from];
    },
    want,
    failure: () => failed,
    retry: () => {
      failed = null;
      if (wanted !== null) want(...wanted);
      onChange();
    },
  };
}
