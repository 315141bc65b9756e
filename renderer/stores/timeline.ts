/**
 * The Timeline screen: what span it shows, the histogram of it, and what was found around a pivot. The picture moves at
 * once; the engine is asked one question at a time, the last wanted one next.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import { framed, type Span, within } from '../model/timeline-view.ts';
import type { BundleId, CaseId, Correlation, Failure, Loadable, Result, TimelineHistogram } from '../model/types.ts';
import { NO_PLACE, type PivotQuestion, type TimelinePlace } from './timeline-route.ts';

export interface TimelineState {
  readonly place: TimelinePlace;
  /** The span while a wheel turns, before it is the place: the last answer is drawn in it. */
  readonly turning: Span | null;
  /** The last answer: drawn where its columns lie in the present view, until the next one is here. */
  readonly shown: TimelineHistogram | null;
  /** The last answer while no wheel turned: what is told in words, which nobody reads while the picture moves. */
  readonly settled: TimelineHistogram | null;
  readonly asking: 'no' | 'yes';
  readonly failure: Failure | null;
  /** Everything in scope that has an instant; null until known, and when nothing has. */
  readonly whole: Span | null;
  readonly correlation: Loadable<Correlation>;
  /** Nodes that were opened or shut by hand, by the id of their row. */
  readonly byHand: ReadonlyMap<string, 'open' | 'shut'>;
  /** Lanes that are neither counted nor listed. */
  readonly leftOut: ReadonlySet<string>;
  readonly least: LeastLevel;
  /** A span that was drawn over the picture. */
  readonly brush: Span | null;
  /** Instant of the first line that the list shows. */
  readonly cursor: number | null;
  /** Which of the densest windows was gone to last. */
  readonly densest: number | null;
  readonly form: 'picture' | 'table';
  /** Grows whenever what was answered is no longer true. */
  readonly forgotten: number;
  /** The place of a route. */
  readonly arrive: (place: TimelinePlace) => void;
  /** `here`: the present entry of the history goes along; `new entry`: one can come back from it. */
  readonly look: (view: Span | null, how: 'here' | 'new entry') => void;
  /** As `look` here, once the wheel rests and now and then before: no question for each notch. */
  readonly turn: (view: Span) => void;
  readonly pivotOn: (pivot: PivotQuestion | null) => void;
  readonly setWindowMs: (windowMs: number) => void;
  /** @param columns that the picture has room for. */
  readonly fit: (columns: number) => void;
  readonly toggleNode: (id: string, now: 'open' | 'shut') => void;
  /** Leaves these lanes out, or takes them in again. */
  readonly setLeftOut: (lanes: readonly string[], how: 'left out' | 'shown') => void;
  readonly change: (part: Partial<Pick<TimelineState, 'least' | 'brush' | 'cursor' | 'densest' | 'form'>>) => void;
  /** Asks for what is wanted now, unless it is here; also what failed before. */
  readonly refresh: () => void;
  readonly forgetAnswers: () => void;
  readonly forgetCase: () => void;
}

export type TimelineStore = StoreApi<TimelineState>;
export type LeastLevel = 'all' | 'warning' | 'error';

export interface TimelineSurroundings {
  readonly caseId: () => CaseId | null;
  /** Nodes in scope; null: all. */
  readonly bundles: () => readonly BundleId[] | null;
  readonly visit: (place: TimelinePlace, how: 'here' | 'new entry') => void;
}

/** Histograms kept for the way back: some hundred kilobytes each. */
const KEPT_HISTOGRAMS = 24;
const KEPT_CORRELATIONS = 12;
/** Browsers refuse to write the history as often as a wheel turns. */
const VISIT_AFTER_MS = 250;
/** A wheel without a notch for so long rests. */
const REST_MS = 100;
/** How long the last answer is drawn while the wheel does not rest: each new one costs many notches. */
const TURN_MS = 2_000;

const FRESH = {
  place: NO_PLACE,
  turning: null,
  shown: null,
  settled: null,
  asking: 'no',
  failure: null,
  whole: null,
  correlation: { state: 'idle' },
  byHand: new Map<string, 'open' | 'shut'>(),
  leftOut: new Set<string>(),
  least: 'all',
  brush: null,
  cursor: null,
  densest: null,
  form: 'picture',
} as const satisfies Partial<TimelineState>;

/** The last answers to questions, the oldest goes first. */
function createKept<T>(most: number) {
  const kept = new Map<string, T>();
  return {
    find: (key: string): T | undefined => kept.get(key),
    keep: (key: string, value: T): void => {
      kept.delete(key);
      kept.set(key, value);
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break;
        kept.delete(oldest);
      }
    },
    clear: (): void => kept.clear(),
  };
}

/** @returns what the picture shows: all there is unless something was chosen; null while that is not known. */
export function viewOf({
  place,
  whole,
  turning = null,
}: Pick<TimelineState, 'place' | 'whole'> & Partial<Pick<TimelineState, 'turning'>>): Span | null {
  if (turning !== null) return turning;
  if (place.view !== null) return place.view;
  return whole === null ? null : within(whole, whole);
}

function sameSpan(one: Span | null, other: Span | null): boolean {
  return one?.from === other?.from && one?.to === other?.to;
}

/** @returns true when both routes lead to the same. */
function samePlace(one: TimelinePlace, other: TimelinePlace): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const wireSpan = (view: Span | null) => ({
  from: view === null ? null : new Date(view.from).toISOString(),
  to: view === null ? null : new Date(view.to).toISOString(),
});

/** @returns the pivot as the contract takes it. */
export function wirePivot(pivot: PivotQuestion) {
  switch (pivot.kind) {
    case 'line':
      return { bundle: pivot.bundle, file: pivot.file, line: pivot.line };
    case 'finding':
      return { finding: pivot.finding };
    case 'text':
      return { text: pivot.text };
    case 'time':
      return { time: pivot.time };
  }
}

export function createTimeline(bridge: Bridge, around: TimelineSurroundings): TimelineStore {
  const histograms = createKept<TimelineHistogram>(KEPT_HISTOGRAMS);
  const correlations = createKept<Correlation>(KEPT_CORRELATIONS);
  let columns = 0;
  // Answers to what was asked before are dropped.
  let epoch = 0;
  let isAsking = false;
  /** The question whose answer, or refusal, is on the screen. */
  let told: string | null = null;
  let toldPivot: string | null = null;
  let visiting: ReturnType<typeof setTimeout> | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let redrawing: ReturnType<typeof setTimeout> | undefined;
  /** The span that is to be drawn anew although the wheel still turns. */
  let onTheWay: Span | null = null;

  return createStore<TimelineState>()((set, get) => {
    const wanted = (caseId: CaseId) => ({
      caseId,
      bundles: copied(around.bundles()),
      ...wireSpan(onTheWay ?? get().place.view),
      columns,
      lanes: 'component' as const,
    });
    const show = (key: string, answer: Result<TimelineHistogram>) => {
      told = key;
      if (!answer.ok) return set({ failure: answer.failure });
      const { whole } = answer.value;
      const span = whole === null ? null : { from: Date.parse(whole.from), to: Date.parse(whole.to) + 1 };
      const { whole: known, turning, settled } = get();
      set({
        shown: answer.value,
        settled: turning === null ? answer.value : settled,
        whole: sameSpan(known, span) ? known : span,
        failure: null,
      });
    };
    const ask = async () => {
      if (isAsking) return;
      isAsking = true;
      for (;;) {
        const id = around.caseId();
        if (id === null || columns === 0) break;
        const question = wanted(id);
        const key = JSON.stringify(question);
        if (key === told) break;
        const kept = histograms.find(key);
        if (kept !== undefined) {
          show(key, { ok: true, value: kept });
          continue;
        }
        // What is drawn on the way is no wait for anyone.
        if (onTheWay === null && get().asking === 'no') set({ asking: 'yes' });
        const mine = epoch;
        const answer = await bridge.call('timeline.histogram', question);
        if (mine !== epoch) continue;
        if (answer.ok) histograms.keep(key, answer.value);
        const now = around.caseId();
        // Of what is no longer wanted only the picture is of use: a refusal is not.
        if (answer.ok || (now !== null && JSON.stringify(wanted(now)) === key)) show(key, answer);
      }
      isAsking = false;
      if (get().asking === 'yes') set({ asking: 'no' });
    };
    const correlate = async () => {
      const id = around.caseId();
      const { pivot, windowMs } = get().place;
      if (id === null) return;
      if (pivot === null) {
        toldPivot = null;
        if (get().correlation.state !== 'idle') set({ correlation: { state: 'idle' } });
        return;
      }
      const question = { caseId: id, bundles: copied(around.bundles()), pivot: wirePivot(pivot), windowMs };
      const key = JSON.stringify(question);
      if (key === toldPivot) return;
      toldPivot = key;
      const kept = correlations.find(key);
      if (kept === undefined) set({ correlation: { state: 'loading' } });
      const mine = epoch;
      const answer =
        kept === undefined ? await bridge.call('correlate.run', question) : { ok: true as const, value: kept };
      if (mine !== epoch || toldPivot !== key) return;
      if (!answer.ok) {
        toldPivot = null;
        set({ correlation: { state: 'failed', failure: answer.failure } });
        return;
      }
      correlations.keep(key, answer.value);
      set({ correlation: { state: 'ready', value: answer.value } });
      const found = answer.value.pivot;
      if (found === null || get().place.view !== null) return;
      const at = Date.parse(found.time);
      get().look(framed({ from: at - windowMs, to: at + windowMs }), 'here');
    };
    const visitNow = () => {
      if (visiting === null) return;
      clearTimeout(visiting);
      visiting = null;
      around.visit(get().place, 'here');
    };
    /** @returns what is to be set: together with where one is then, for else the picture would go back in between. */
    const stopTurning = (): Partial<TimelineState> => {
      clearTimeout(resting);
      clearTimeout(redrawing);
      redrawing = undefined;
      onTheWay = null;
      return get().turning === null ? {} : { turning: null, settled: get().shown };
    };
    const redraw = () => {
      redrawing = undefined;
      onTheWay = get().turning;
      void ask();
    };
    const endTurn = () => {
      const { turning, place } = get();
      if (turning !== null) go({ ...place, view: turning }, 'here');
    };
    const visitSoon = () => {
      if (visiting !== null) clearTimeout(visiting);
      visiting = setTimeout(visitNow, VISIT_AFTER_MS);
    };
    const go = (place: TimelinePlace, how: 'here' | 'new entry') => {
      const still = stopTurning();
      if (samePlace(place, get().place)) return set(still);
      if (how === 'new entry') {
        visitNow();
        set({ place, ...still });
        around.visit(place, how);
      } else {
        set({ place, ...still });
        visitSoon();
      }
      void ask();
      void correlate();
    };
    const forget = () => {
      epoch += 1;
      told = null;
      toldPivot = null;
      histograms.clear();
      correlations.clear();
    };
    return {
      ...FRESH,
      forgotten: 0,
      arrive: (place) => {
        if (!samePlace(place, get().place)) {
          if (visiting !== null) clearTimeout(visiting);
          visiting = null;
          set({ place, brush: null, ...stopTurning() });
        }
        get().refresh();
      },
      look: (view, how) => {
        const { whole, place } = get();
        go({ ...place, view: view === null || whole === null ? view : within(view, whole) }, how);
      },
      turn: (view) => {
        const { whole } = get();
        set({ turning: whole === null ? view : within(view, whole) });
        clearTimeout(resting);
        resting = setTimeout(endTurn, REST_MS);
        redrawing ??= setTimeout(redraw, TURN_MS);
        if (visiting !== null) visitSoon();
      },
      pivotOn: (pivot) => {
        const { place, correlation } = get();
        if (pivot === null) return go({ ...place, pivot: null }, 'new entry');
        // Where it is told already when it was, the picture stays; else it goes there.
        go({ ...place, pivot, ...(correlation.state === 'idle' ? { view: null } : {}) }, 'new entry');
      },
      setWindowMs: (windowMs) => {
        const { place, correlation, whole } = get();
        const found = correlation.state === 'ready' ? correlation.value.pivot : null;
        const at = found === null ? null : Date.parse(found.time);
        const around = at === null ? null : framed({ from: at - windowMs, to: at + windowMs });
        go(
          { ...place, windowMs, view: around === null || whole === null ? place.view : within(around, whole) },
          'new entry',
        );
      },
      fit: (now) => {
        if (now === columns) return;
        columns = now;
        void ask();
      },
      toggleNode: (id, now) => set({ byHand: new Map(get().byHand).set(id, now) }),
      setLeftOut: (lanes, how) => {
        const leftOut = new Set(get().leftOut);
        for (const lane of lanes) {
          if (how === 'left out') leftOut.add(lane);
          else leftOut.delete(lane);
        }
        set({ leftOut });
      },
      change: (part) => set(part),
      refresh: () => {
        if (get().failure !== null) told = null;
        void ask();
        void correlate();
      },
      forgetAnswers: () => {
        forget();
        set({ forgotten: get().forgotten + 1, correlation: { state: 'idle' } });
      },
      forgetCase: () => {
        forget();
        stopTurning();
        if (visiting !== null) clearTimeout(visiting);
        visiting = null;
        set({ ...FRESH, forgotten: get().forgotten + 1 });
      },
    };
  });
}

const copied = (bundles: readonly BundleId[] | null) => (bundles === null ? null : [...bundles]);
