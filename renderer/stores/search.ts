/** The search of a window: what is typed, its filters, and the answer that streams in; the same state in every box. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { QueryError } from '../../analyzer/query/query.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { textAsksForFindings } from '../model/basis.ts';
import { composeQuery, type Filter } from '../model/filters.ts';
import type { TimeWindow } from '../model/time-window.ts';
import type { BundleId, CaseId, Failure, SearchAnswer } from '../model/types.ts';
import {
  type Asked,
  createKeptAnswers,
  isAnswered,
  placeKey,
  type Shown,
  sameLines,
  sameQuestion,
} from './search-answers.ts';

/** What a search needs to know of the rest of the window. */
export interface SearchScope {
  readonly caseId: () => CaseId | null;
  readonly bundles: () => readonly BundleId[] | null;
  readonly window: () => TimeWindow | null;
  /** Brings the route of a search: as a new entry, or in the place of the present one while it is still being typed. */
  readonly visit: (place: Place, how: 'new entry' | 'same entry') => void;
  /** A search to come back to, as one query without the window of time. */
  readonly entered: (query: string) => void;
}

/** What a route carries of a search. */
export type Place = Pick<Asked, 'draft' | 'filters'>;

export interface SearchState {
  /** What is in the box. */
  readonly draft: string;
  readonly filters: readonly Filter[];
  readonly order: 'file' | 'time';
  readonly show: 'best' | 'all';
  readonly context: number;
  readonly timeLimitMs: number;
  /** Why the draft is no query; positions are in the draft. */
  readonly fault: QueryError | null;
  readonly shown: Shown | null;
  readonly running: { readonly asked: Asked; readonly name: string } | null;
  /** Why the last search could not be done. */
  readonly failure: { readonly asked: Asked; readonly failure: Failure } | null;
  /** Enter was pressed: the results take the focus when they are there. */
  readonly focus: 'results' | 'stays';
  /** How often what is shown was forgotten: who looks at it asks again. */
  readonly forgotten: number;

  /** Takes what is typed; it is searched for once the typing pauses. */
  readonly type: (draft: string) => void;
  /** Takes what is typed without searching: the box of another screen. */
  readonly prepare: (draft: string) => void;
  readonly setFilters: (filters: readonly Filter[]) => void;
  readonly setOrder: (order: SearchState['order']) => void;
  readonly setContext: (context: number) => void;
  readonly setShow: (show: SearchState['show']) => void;
  readonly setTimeLimit: (ms: number) => void;
  readonly select: (index: number) => void;
  readonly scrolled: (px: number) => void;
  readonly focused: () => void;
  /** Searches at once for what is typed. `entered`: it is a search to come back to. */
  readonly run: (how: 'live' | 'entered' | 'again') => void;
  readonly cancel: () => void;
  readonly loadMore: () => Promise<void>;
  /** Shows the search of a route: as it was left when it is kept, else anew. */
  readonly recall: (place: Place) => void;
  /**
   * Answers given before no longer hold: `all` when the case has other bundles now, or other times; `findings` when the
   * same lines are cited no more, which only searches for them tell.
   */
  readonly forgetAnswers: (which: 'all' | 'findings') => void;
  readonly forgetCase: () => void;
}

export type SearchStore = StoreApi<SearchState>;

/** How long a pause in typing is. */
const PAUSE_MS = 150;
/** What another query has found is shown no longer than this while a search finds nothing. */
const STALE_MS = 1_000;
/** Matches of the first answer, and of each page after it. */
export const PAGE = 200;
/** Longest first answer: more context is asked for with as many matches as are shown. */
const FIRST_MAX = 10_000;
export const TIME_LIMITS = { first: 30_000, raised: 300_000, most: 3_600_000 } as const;

const FRESH = {
  draft: '',
  filters: [] as readonly Filter[],
  order: 'file',
  show: 'all',
  context: 1,
  timeLimitMs: TIME_LIMITS.first,
  fault: null,
  shown: null,
  running: null,
  failure: null,
  focus: 'stays',
  forgotten: 0,
} as const;

/** @returns the store. Every search has a name of its own, so that what a superseded one still says is told apart. */
export function createSearch(bridge: Bridge, scope: SearchScope): SearchStore {
  const family = `window-${Math.floor(Math.random() * 2 ** 32).toString(36)}`;
  const kept = createKeptAnswers();
  let number = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;
  // What is on the way while it is typed shares one entry of the history.
  let entry: 'settled' | 'being typed' = 'settled';
  let place = placeKey({ draft: '', filters: [] });

  return createStore<SearchState>()((set, get) => {
    const schedule = () => {
      clearTimeout(pause);
      pause = setTimeout(() => get().run('live'), PAUSE_MS);
    };
    const stop = () => {
      const { running } = get();
      if (running === null) return;
      set({ running: null });
      void bridge.call('search.cancel', { search: running.name });
    };
    const keep = () => {
      const { shown } = get();
      // Half an answer is not kept: on the way back it would pass for a whole one.
      // A page that is on its way to it will not find it.
      if (shown !== null && isAnswered(shown, 0)) kept.keep({ ...shown, paging: 'idle' });
    };
    const put = (asked: Asked, answer: SearchAnswer) => {
      const { shown } = get();
      const again = shown !== null && sameLines(shown.asked, asked);
      if (shown !== null && !again) keep();
      const same = again && shown.asked.order === asked.order;
      set({
        shown: {
          asked,
          answer,
          matches: answer.matches,
          next: answer.next,
          paging: 'idle',
          selected: same ? shown.selected : 0,
          scroll: same ? shown.scroll : 0,
          leftOut: again && shown.asked.window === asked.window ? shown.leftOut : null,
        },
        failure: null,
      });
    };
    const change = (part: Partial<Shown>) =>
      set(({ shown }) => (shown === null ? {} : { shown: { ...shown, ...part } }));
    const inputOf = (asked: Asked, caseId: CaseId) => ({
      caseId,
      query: asked.query,
      order: asked.order,
      context: asked.context,
      bundles: asked.bundles === null ? null : [...asked.bundles],
      timeLimitMs: asked.timeLimitMs,
    });

    /** Counts what the window leaves out, once the answer itself is there. */
    const countLeftOut = async (asked: Asked, caseId: CaseId) => {
      const whole = composeQuery(asked.draft, asked.filters, null);
      if (asked.window === null || !whole.ok) return;
      const answer = await bridge.call('search.run', {
        ...inputOf({ ...asked, query: whole.query, context: 0 }, caseId),
        limit: 0,
        search: `${family}-left-out`,
      });
      const { shown } = get();
      if (!answer.ok || !answer.value.complete) return;
      if (shown === null || !shown.answer.complete || !sameLines(shown.asked, asked)) return;
      const noTime = answer.value.facets.hour.find((one) => one.hour === null)?.count ?? 0;
      change({ leftOut: { outside: answer.value.total - noTime - shown.answer.total, noTime } });
    };

    const start = async (asked: Asked, caseId: CaseId) => {
      stop();
      number += 1;
      const name = `${family}-${number}`;
      set({ running: { asked, name }, failure: null });
      const { shown } = get();
      const stale = setTimeout(() => {
        const now = get();
        if (now.running?.name !== name || now.shown === null || sameLines(now.shown.asked, asked)) return;
        keep();
        set({ shown: null });
      }, STALE_MS);
      const same = shown !== null && sameLines(shown.asked, asked) && shown.asked.order === asked.order;
      const answer = await bridge.call('search.run', {
        ...inputOf(asked, caseId),
        limit: same ? Math.max(PAGE, Math.min(FIRST_MAX, shown.matches.length)) : PAGE,
        search: name,
      });
      clearTimeout(stale);
      if (get().running?.name !== name) return;
      set({ running: null });
      if (!answer.ok) {
        set({ failure: { asked, failure: answer.failure } });
        return;
      }
      put(asked, answer.value);
      if (answer.value.complete) void countLeftOut(asked, caseId);
    };

    const visit = (how: 'live' | 'entered') => {
      const { draft, filters } = get();
      const key = placeKey({ draft, filters });
      // Enter brings the search from any screen, also when it is the one that was shown last.
      if (key !== place || how === 'entered')
        scope.visit({ draft: draft.trim(), filters }, entry === 'settled' ? 'new entry' : 'same entry');
      if (how === 'entered') entry = 'settled';
      else if (key !== place) entry = 'being typed';
      place = key;
    };

    bridge.on('onDidProgressSearch', ({ search, answer }) => {
      const { running, shown } = get();
      if (running?.name !== search) return;
      // Nothing found yet is no reason to take away what is shown; nor are fewer matches than there were.
      const least = shown === null ? 0 : sameQuestion(shown.asked, running.asked) ? shown.matches.length : 1;
      if (answer.matches.length < least) return;
      put(running.asked, answer);
    });

    return {
      ...FRESH,
      type: (draft) => {
        // More time was given to another query.
        set({ draft, focus: 'stays', timeLimitMs: TIME_LIMITS.first });
        schedule();
      },
      prepare: (draft) => {
        clearTimeout(pause);
        const checked = composeQuery(draft, [], null);
        set({ draft, focus: 'stays', fault: checked.ok ? null : checked.error });
      },
      setFilters: (filters) => {
        set({ filters });
        entry = 'settled';
        get().run('live');
        entry = 'settled';
      },
      setOrder: (order) => {
        set({ order, show: 'all' });
        get().run('live');
      },
      setContext: (context) => {
        set({ context });
        get().run('live');
      },
      setShow: (show) => {
        set({ show });
        change({ selected: 0, scroll: 0 });
      },
      setTimeLimit: (timeLimitMs) => {
        set({ timeLimitMs });
        get().run('live');
      },
      select: (selected) => change({ selected }),
      scrolled: (scroll) => {
        if (get().shown?.scroll !== scroll) change({ scroll });
      },
      focused: () => set({ focus: 'stays' }),
      run: (how) => {
        clearTimeout(pause);
        const caseId = scope.caseId();
        if (caseId === null) return;
        const { draft, filters, order, context, timeLimitMs, running, shown } = get();
        const window = scope.window();
        const composed = composeQuery(draft, filters, window);
        if (!composed.ok) {
          stop();
          set({ fault: composed.error });
          return;
        }
        set({ fault: null, ...(how === 'entered' ? { focus: 'results' } : {}) });
        if (how !== 'again') visit(how);
        if (how === 'entered' && composed.query !== '') {
          const whole = composeQuery(draft, filters, null);
          const filtered = filters.some((one) => one.state === 'on');
          if (whole.ok) scope.entered(filtered ? whole.query : draft.trim());
        }
        if (composed.query === '') {
          stop();
          keep();
          set({ shown: null, failure: null, focus: 'stays' });
          return;
        }
        const asked: Asked = {
          draft,
          filters,
          window,
          query: composed.query,
          order,
          context,
          bundles: scope.bundles(),
          timeLimitMs,
        };
        if (how !== 'again') {
          if (running !== null && sameQuestion(running.asked, asked)) return;
          if (
            running === null &&
            shown !== null &&
            sameQuestion(shown.asked, asked) &&
            isAnswered(shown, timeLimitMs) &&
            // Enter asks for what was cancelled once more.
            !(how === 'entered' && shown.answer.stopped?.because === 'cancelled')
          ) {
            // The same lines, typed otherwise: only the way back to it has changed.
            change({ asked: { ...asked, timeLimitMs: shown.asked.timeLimitMs } });
            set({ failure: null });
            return;
          }
        }
        void start(asked, caseId);
      },
      cancel: () => {
        const { running } = get();
        // Its answer comes at once, with what was found.
        if (running !== null) void bridge.call('search.cancel', { search: running.name });
      },
      loadMore: async () => {
        const { shown, running } = get();
        const caseId = scope.caseId();
        if (caseId === null || shown === null || running !== null || shown.next === null || shown.paging === 'loading')
          return;
        change({ paging: 'loading' });
        const { asked, answer, next } = shown;
        const page = await bridge.call('search.page', { ...inputOf(asked, caseId), limit: PAGE, after: next });
        const now = get().shown;
        if (now === null || now.answer !== answer || now.next !== next) return;
        change(
          page.ok
            ? { paging: 'idle', matches: [...now.matches, ...page.value.matches], next: page.value.next }
            : { paging: page.failure },
        );
      },
      recall: (asked) => {
        clearTimeout(pause);
        const { shown, running } = get();
        const key = placeKey(asked);
        if (key === placeKey(get()) && (shown !== null || running !== null)) return;
        const found = kept.find(key);
        set({ draft: asked.draft, filters: asked.filters, focus: 'stays', fault: null });
        entry = 'settled';
        place = key;
        if (found === undefined) {
          get().run('live');
          return;
        }
        stop();
        keep();
        set({ shown: found, order: found.asked.order, context: found.asked.context, failure: null });
        // Scope and window may have changed since.
        get().run('live');
      },
      forgetAnswers: (which) => {
        const gone = (asked: Asked) => which === 'all' || textAsksForFindings(asked.query);
        kept.forget(gone);
        const { running, shown, failure } = get();
        const holds = <T extends { readonly asked: Asked }>(one: T | null) => one === null || !gone(one.asked);
        if (holds(running) && holds(shown) && holds(failure)) return;
        if (!holds(running)) stop();
        set(({ forgotten }) => ({
          shown: holds(shown) ? shown : null,
          failure: holds(failure) ? failure : null,
          forgotten: forgotten + 1,
        }));
      },
      forgetCase: () => {
        stop();
        clearTimeout(pause);
        kept.forget(() => true);
        entry = 'settled';
        place = placeKey(FRESH);
        set({ ...FRESH, order: get().order, context: get().context });
      },
    };
  });
}
