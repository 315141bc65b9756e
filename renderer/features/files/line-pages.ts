/** Lines of one file, loaded in pages and kept within a budget: the least recently shown page goes first. */
import type { Failure, Line, Result } from '../../model/types.ts';

/** Lines a call: small enough that a page of the longest lines still travels, large enough to scroll through. */
export const PAGE_LINES = 200;

/** Characters kept for one file; a page of one-megabyte lines must not stay with forty others. */
const KEPT_CHARS_MAX = 64_000_000;
const KEPT_PAGES_MAX = 60;

type Load = (from: number, count: number) => Promise<Result<readonly Line[]>>;

export interface LinePages {
  /** @returns the line's text when its page is here. */
  readonly text: (line: number) => string | undefined;
  /** Fetches the pages of these lines that are not here and not on their way. */
  readonly want: (from: number, to: number) => void;
  /** Why the last call failed, until one succeeds. */
  readonly failure: () => Failure | null;
  /** Asks again after a failure. */
  readonly retry: () => void;
}

/** @param onChange called whenever lines have arrived or a call failed. */
export function createLinePages(linesOf: Load, total: number, onChange: () => void): LinePages {
  // A Map keeps the order of insertion: re-inserting a page when it is shown makes the first one the oldest.
  const pages = new Map<number, readonly string[]>();
  const pending = new Set<number>();
  let chars = 0;
  let failed: Failure | null = null;
  let wanted: readonly [number, number] | null = null;

  const size = (lines: readonly string[]) => lines.reduce((sum, text) => sum + text.length, 0);
  const keep = (page: number, lines: readonly string[]) => {
    pages.set(page, lines);
    chars += size(lines);
    for (const [oldest, texts] of pages) {
      if ((chars <= KEPT_CHARS_MAX && pages.size <= KEPT_PAGES_MAX) || oldest === page) break;
      pages.delete(oldest);
      chars -= size(texts);
    }
  };
  const load = async (page: number) => {
    pending.add(page);
    const answer = await linesOf(page * PAGE_LINES + 1, PAGE_LINES);
    pending.delete(page);
    if (answer.ok) {
      failed = null;
      keep(
        page,
        answer.value.map((line) => line.text),
      );
    } else failed = answer.failure;
    onChange();
  };
  const want = (from: number, to: number) => {
    wanted = [from, to];
    if (failed !== null) return;
    const first = Math.floor((Math.max(1, from) - 1) / PAGE_LINES);
    const last = Math.floor((Math.min(total, to) - 1) / PAGE_LINES);
    for (let page = first; page <= last; page += 1) {
      const here = pages.get(page);
      if (here !== undefined) {
        pages.delete(page);
        pages.set(page, here);
      } else if (!pending.has(page)) void load(page);
    }
  };
  return {
    text: (line) => pages.get(Math.floor((line - 1) / PAGE_LINES))?.[(line - 1) % PAGE_LINES],
    want,
    failure: () => failed,
    retry: () => {
      failed = null;
      if (wanted !== null) want(...wanted);
      onChange();
    },
  };
}
