/** What the engineer keeps in the open case: bookmarks, saved searches, and the searches that were made. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import { NO_CASE } from '../model/no-case.ts';
import type { Bookmark, BundleId, CaseId, Failure, SavedSearch } from '../model/types.ts';
import { createQueue } from './in-turn.ts';

/** A line of a file of the case. */
export interface LineOf {
  readonly bundle: BundleId;
  readonly file: string;
  readonly line: number;
}

export interface NotebookState {
  readonly bookmarks: readonly Bookmark[];
  readonly saved: readonly SavedSearch[];
  /** Newest first. */
  readonly history: readonly string[];
  /** Bookmarks that were taken away, the last one first: they can be put back. */
  readonly removed: readonly Bookmark[];
  /** Fetches all of it; what cannot be fetched stays as it is. */
  readonly load: () => Promise<void>;
  /** Keeps a line with a note (which may be empty). @returns why it could not be kept. */
  readonly mark: (line: LineOf, note: string) => Promise<Failure | null>;
  readonly unmark: (bookmark: number) => Promise<Failure | null>;
  /** Keeps the line, or takes its bookmark away. @returns what was done. */
  readonly toggle: (line: LineOf) => Promise<'kept' | 'taken away' | Failure>;
  /** Puts back what was taken away last. @returns what came of it; null when there was nothing to put back. */
  readonly putBack: () => Promise<'back' | 'beside a newer note' | Failure | null>;
  readonly remember: (query: string) => Promise<void>;
  readonly save: (name: string, query: string) => Promise<Failure | null>;
  readonly forget: (saved: number) => Promise<Failure | null>;
  readonly forgetCase: () => void;
}

export type NotebookStore = StoreApi<NotebookState>;

const FRESH = { bookmarks: [], saved: [], history: [], removed: [] } as const;
/** Bookmarks that can be put back. */
const REMOVED_MAX = 20;

/** @returns true when the bookmark is of this line. */
export function marks(bookmark: Bookmark, line: LineOf): boolean {
  return bookmark.bundle === line.bundle && bookmark.file === line.file && bookmark.line === line.line;
}

/** @returns both notes, the newer one first; the older one is left out when the newer one tells it already. */
function bothNotes(newer: string, older: string): string {
  return newer.includes(older) ? newer : newer === '' ? older : `${newer}\n${older}`;
}

/** @returns the store; `load` must be called when a case is opened. */
export function createNotebook(bridge: Bridge, caseId: () => CaseId | null): NotebookStore {
  // Each change of bookmarks sees what the one before it did: a note may be on its way while its line is taken away.
  const inTurn = createQueue();
  return createStore<NotebookState>()((set, get) => {
    const put = async (id: CaseId, { bundle, file, line }: LineOf, note: string): Promise<Failure | null> => {
      const answer = await bridge.call('bookmark.set', { caseId: id, bundle, file, line, note });
      if (!answer.ok) return answer.failure;
      if (caseId() === id)
        set(({ bookmarks }) => ({
          bookmarks: [...bookmarks.filter((one) => !marks(one, answer.value)), answer.value],
        }));
      return null;
    };
    /** Keeps a line with what is noted of it already, in another window too. */
    const add = async (id: CaseId, line: LineOf, note: string): Promise<'alone' | 'beside another' | Failure> => {
      const present = await bridge.call('bookmark.list', { caseId: id });
      if (!present.ok) return present.failure;
      const newer = present.value.find((one) => marks(one, line))?.note ?? '';
      const both = bothNotes(newer, note);
      return (await put(id, line, both)) ?? (newer === '' || both === newer ? 'alone' : 'beside another');
    };
    const remove = async (id: CaseId, bookmark: number): Promise<Failure | null> => {
      const answer = await bridge.call('bookmark.remove', { caseId: id, ids: [bookmark] });
      if (!answer.ok) return answer.failure;
      // Another case numbers its own.
      if (caseId() === id)
        set(({ bookmarks, removed }) => ({
          bookmarks: bookmarks.filter((one) => one.id !== bookmark),
          removed: [...answer.value, ...removed].slice(0, REMOVED_MAX),
        }));
      return null;
    };
    /** The change is made in the case that is open now, whatever is open when its turn comes. */
    const inCase = async <T>(change: (id: CaseId) => Promise<T>): Promise<T | Failure> => {
      const id = caseId();
      return id === null ? NO_CASE : inTurn(() => change(id));
    };
    return {
      ...FRESH,
      load: async () => {
        const id = caseId();
        if (id === null) return;
        const [bookmarks, searches] = await Promise.all([
          bridge.call('bookmark.list', { caseId: id }),
          bridge.call('search.saved', { caseId: id }),
        ]);
        if (caseId() !== id) return;
        set({
          ...(bookmarks.ok ? { bookmarks: bookmarks.value } : {}),
          ...(searches.ok ? { saved: searches.value.saved, history: searches.value.history } : {}),
        });
      },
      mark: (line, note) => inCase((id) => put(id, line, note)),
      unmark: (bookmark) => inCase((id) => remove(id, bookmark)),
      toggle: (line) =>
        inCase(async (id) => {
          if (caseId() !== id) return NO_CASE;
          const kept = get().bookmarks.find((one) => marks(one, line));
          if (kept !== undefined) return (await remove(id, kept.id)) ?? 'taken away';
          const added = await add(id, line, '');
          return typeof added === 'string' ? 'kept' : added;
        }),
      putBack: () =>
        inCase(async (id) => {
          if (caseId() !== id) return NO_CASE;
          const [taken] = get().removed;
          if (taken === undefined) return null;
          const added = await add(id, taken, taken.note);
          if (typeof added !== 'string') return added;
          if (caseId() === id) set(({ removed }) => ({ removed: removed.filter((one) => one !== taken) }));
          return added === 'alone' ? 'back' : 'beside a newer note';
        }),
      remember: async (query) => {
        const id = caseId();
        if (id === null) return;
        set(({ history }) => ({ history: [query, ...history.filter((one) => one !== query)] }));
        const answer = await bridge.call('search.remember', { caseId: id, query });
        if (answer.ok && caseId() === id) set({ history: answer.value });
      },
      save: async (name, query) => {
        const id = caseId();
        if (id === null) return NO_CASE;
        const answer = await bridge.call('search.save', { caseId: id, name, query });
        if (!answer.ok) return answer.failure;
        const { value } = answer;
        if (caseId() === id)
          set(({ saved }) => ({ saved: [value, ...saved.filter((one) => one.name !== value.name)] }));
        return null;
      },
      forget: async (saved) => {
        const id = caseId();
        if (id === null) return NO_CASE;
        const answer = await bridge.call('search.unsave', { caseId: id, ids: [saved] });
        if (!answer.ok) return answer.failure;
        if (caseId() === id) set((state) => ({ saved: state.saved.filter((one) => one.id !== saved) }));
        return null;
      },
      forgetCase: () => set(FRESH),
    };
  });
}
