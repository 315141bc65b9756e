/** What was asked, what is shown of it, and the answers kept for the way back. */
import type { Filter } from '../model/filters.ts';
import { formatFilters } from '../model/filters.ts';
import type { TimeWindow } from '../model/time-window.ts';
import type { BundleId, Failure, SearchAnswer, SearchMatch } from '../model/types.ts';

/** One search as it was asked: where it came from, and what was sent. */
export interface Asked {
  readonly draft: string;
  readonly filters: readonly Filter[];
  readonly window: TimeWindow | null;
  /** Draft, filters and window as one query. */
  readonly query: string;
  readonly order: 'file' | 'time';
  readonly context: number;
  /** Nodes in scope; all when null. */
  readonly bundles: readonly BundleId[] | null;
  readonly timeLimitMs: number;
}

/** An answer on the screen; it grows by pages. */
export interface Shown {
  readonly asked: Asked;
  readonly answer: SearchAnswer;
  /** Those of the answer, then those of every page that was fetched. */
  readonly matches: readonly SearchMatch[];
  readonly next: string | null;
  readonly paging: 'idle' | 'loading' | Failure;
  /** Row of the list that is shown. */
  readonly selected: number;
  readonly scroll: number;
  /** What the window of time leaves out: matching lines outside it, and those without a time. Null until counted. */
  readonly leftOut: { readonly outside: number; readonly noTime: number } | null;
}

/** @returns what tells the place of a search from others: what a route carries. */
export function placeKey(asked: Pick<Asked, 'draft' | 'filters'>): string {
  return JSON.stringify([asked.draft.trim(), formatFilters(asked.filters)]);
}

/** @returns true when both would be answered alike, given the time. */
export function sameQuestion(a: Asked, b: Asked): boolean {
  return sameLines(a, b) && a.order === b.order && a.context === b.context;
}

/** @returns true when asking again with this limit would give no more, or was not wanted any more. */
export function isAnswered({ asked, answer }: Shown, timeLimitMs: number): boolean {
  if (answer.complete || answer.stopped?.because === 'cancelled' || answer.stopped?.because === 'not-opened')
    return true;
  return answer.stopped !== null && asked.timeLimitMs >= timeLimitMs;
}

/** @returns true when both are about the same lines, whatever their order and context. */
export function sameLines(a: Asked, b: Asked): boolean {
  return a.query === b.query && (a.bundles ?? []).join() === (b.bundles ?? []).join();
}

/** Answers kept for the way back; the oldest goes first. */
const KEPT = 8;
/** An answer with more matches than this is asked for again. */
const KEPT_MATCHES_MAX = 2_000;

export interface KeptAnswers {
  readonly keep: (shown: Shown) => void;
  readonly find: (place: string) => Shown | undefined;
  readonly forget: (gone: (asked: Asked) => boolean) => void;
}

/** @returns an empty store of answers. */
export function createKeptAnswers(): KeptAnswers {
  const kept = new Map<string, Shown>();
  return {
    keep: (shown) => {
      if (shown.matches.length > KEPT_MATCHES_MAX) return;
      const key = placeKey(shown.asked);
      kept.delete(key);
      kept.set(key, shown);
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT) break;
        kept.delete(oldest);
      }
    },
    find: (place) => kept.get(place),
    forget: (gone) => {
      for (const [key, { asked }] of kept) if (gone(asked)) kept.delete(key);
    },
  };
}
