/**
 * The lines of all files in the order of time, as far as they are looked at: pages that follow on each other around an
 * instant, so many at most. What is far away is let go, and asked for again on the way back.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type { BundleId, CaseId, Failure, MergedLine, MergedPage } from '../model/types.ts';
import type { LineOf } from './notebook.ts';
import type { LeastLevel } from './timeline.ts';

export interface LinesQuestion {
  readonly least: LeastLevel;
  /** Ids of lanes; all when null. */
  readonly lanes: readonly string[] | null;
  /** The line that is meant, among those at the same instant; the first one when null. */
  readonly meant: LineOf | null;
}

export interface TimelineLinesState {
  readonly rows: readonly MergedLine[];
  /** Number of the first row: it falls by as many rows as are put before it, so that a row keeps its number. */
  readonly base: number;
  /** Whether there is more at both ends. */
  readonly before: 'more' | 'loading' | 'end';
  readonly after: 'more' | 'loading' | 'end';
  readonly state: 'idle' | 'loading' | 'ready';
  readonly failure: Failure | null;
  /** The row to be shown first, and how: another one each time that somebody jumps. */
  readonly target: { readonly row: number; readonly where: 'first' | 'middle' } | null;
  /** Number of the selected row. */
  readonly selected: number | null;
  /** Shows the lines at and behind an instant; those before are one page up. */
  readonly jump: (at: number, question: LinesQuestion, where: 'first' | 'middle') => Promise<void>;
  readonly more: (side: 'before' | 'after') => Promise<void>;
  readonly select: (row: number) => void;
  readonly forget: () => void;
}

export type TimelineLinesStore = StoreApi<TimelineLinesState>;

const PAGE_LINES = 200;
/** Rows kept: 2 kB of text at most each. */
const KEPT_ROWS = 2_000;

/** As the contract takes it. */
export const SEVERITY_OF = { all: null, warning: 'medium', error: 'high' } as const;

/** @returns the index of the line that is meant; 0 where it is not among them. */
function placeOf(lines: readonly MergedLine[], meant: LineOf | null): number {
  if (meant === null) return 0;
  const { bundle, file, line } = meant;
  return Math.max(
    0,
    lines.findIndex((one) => one.line === line && one.file === file && one.bundle === bundle),
  );
}

const FRESH = {
  rows: [],
  base: 0,
  before: 'end',
  after: 'end',
  state: 'idle',
  failure: null,
  target: null,
  selected: null,
} as const satisfies Partial<TimelineLinesState>;

/** @param bundles gives the nodes in scope; null: all. */
export function createTimelineLines(
  bridge: Bridge,
  caseId: () => CaseId | null,
  bundles: () => readonly BundleId[] | null,
): TimelineLinesStore {
  // Pages of what was asked before the last jump are dropped.
  let epoch = 0;
  let question: LinesQuestion = { least: 'all', lanes: null, meant: null };
  let inScope: readonly BundleId[] | null = null;
  let pages: readonly MergedPage[] = [];
  return createStore<TimelineLinesState>()((set, get) => {
    const ask = (at: { readonly time: string } | { readonly cursor: string }, direction: 'before' | 'after') => {
      const id = caseId();
      if (id === null) return null;
      return bridge.call('timeline.lines', {
        caseId: id,
        bundles: inScope === null ? null : [...inScope],
        at,
        direction,
        count: PAGE_LINES,
        severity: SEVERITY_OF[question.least],
        lanes: question.lanes === null ? null : [...question.lanes],
      });
    };
    const endOf = (page: MergedPage): 'more' | 'end' => (page.lines.length < PAGE_LINES ? 'end' : 'more');
    const rowsOf = () => pages.flatMap((page) => page.lines);
    const outermost = (side: 'before' | 'after') => (side === 'before' ? pages[0] : pages.at(-1));
    /** What lies furthest from where one reads goes first. */
    const trim = (side: 'before' | 'after'): number => {
      let gone = 0;
      let count = pages.reduce((sum, page) => sum + page.lines.length, 0);
      while (pages.length > 1) {
        const lines = outermost(side === 'before' ? 'after' : 'before')?.lines.length ?? 0;
        if (count <= KEPT_ROWS) break;
        pages = side === 'before' ? pages.slice(0, -1) : pages.slice(1);
        count -= lines;
        gone += lines;
      }
      return gone;
    };
    return {
      ...FRESH,
      jump: async (at, wanted, where) => {
        epoch += 1;
        const mine = epoch;
        question = wanted;
        inScope = bundles();
        const time = new Date(at).toISOString();
        set({ state: 'loading', failure: null });
        const behind = await ask({ time }, 'after');
        if (mine !== epoch || behind === null) return;
        const ahead = behind.ok ? await ask({ time }, 'before') : behind;
        if (mine !== epoch || ahead === null) return;
        if (!behind.ok || !ahead.ok) {
          const failed = behind.ok ? ahead : behind;
          pages = [];
          set({ ...FRESH, state: 'ready', failure: failed.ok ? null : failed.failure });
          return;
        }
        pages = [ahead.value, behind.value].filter((page) => page.lines.length > 0);
        const earlier = ahead.value.lines.length;
        // Behind the last line there is none: the last one is shown.
        const row = behind.value.lines.length === 0 ? -1 : placeOf(behind.value.lines, wanted.meant);
        set({
          rows: rowsOf(),
          base: -earlier,
          before: endOf(ahead.value),
          after: endOf(behind.value),
          state: 'ready',
          failure: null,
          target: pages.length === 0 ? null : { row, where },
          selected: pages.length === 0 ? null : row,
        });
      },
      more: async (side) => {
        const page = outermost(side);
        const cursor = page?.[side] ?? null;
        if (get()[side] !== 'more' || get().state !== 'ready' || cursor === null) return;
        const mine = epoch;
        set(side === 'before' ? { before: 'loading' } : { after: 'loading' });
        const answer = await ask({ cursor }, side);
        if (mine !== epoch || answer === null) return;
        // The page that this one goes on from was let go meanwhile: beside another one there would be a hole. Whoever let
        // it go has said that there is more, and that may be asked for again by now.
        if (outermost(side) !== page) return;
        if (!answer.ok) {
          set({ ...(side === 'before' ? { before: 'end' } : { after: 'end' }), failure: answer.failure });
          return;
        }
        const { lines } = answer.value;
        const end = endOf(answer.value);
        if (lines.length > 0) pages = side === 'before' ? [answer.value, ...pages] : [...pages, answer.value];
        const gone = trim(side);
        const { base } = get();
        if (side === 'before')
          set({
            rows: rowsOf(),
            base: base - lines.length,
            before: end,
            ...(gone > 0 ? { after: 'more' as const } : {}),
          });
        else set({ rows: rowsOf(), base: base + gone, after: end, ...(gone > 0 ? { before: 'more' as const } : {}) });
      },
      select: (selected) => set({ selected }),
      forget: () => {
        epoch += 1;
        pages = [];
        set(FRESH);
      },
    };
  });
}
