/** What the engineer keeps in the open case: bookmarks, saved searches, and the searches that were made. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type { Bookmark, BundleId, CaseId, Failure, SavedSearch } from '../model/types.ts';

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
  /** Fetches all of it; what cannot be fetched stays as it is. */
  readonly load: () => Promise<void>;
  /** Keeps a line with a note (which may be empty). @returns why it could not be kept. */
  readonly mark: (line: LineOf, note: string) => Promise<Failure | null>;
  readonly unmark: (bookmark: number) => Promise<Failure | null>;
  readonly remember: (query: string) => Promise<void>;
  readonly save: (name: string, query: string) => Promise<Failure | null>;
  readonly forget: (saved: number) => Promise<Failure | null>;
  readonly forgetCase: () => void;
}

export type NotebookStore = StoreApi<NotebookState>;

const NO_CASE: Failure = { code: 'not-found', message: 'No case is open', where: null, advice: null };
const FRESH = { bookmarks: [], saved: [], history: [] } as const;

/** @returns true when the bookmark is of this line. */
export function marks(bookmark: Bookmark, line: LineOf): boolean {
  return bookmark.bundle === line.bundle && bookmark.file === line.file && bookmark.line === line.line;
}

/** @returns the store; `load` must be called when a case is opened. */
export function createNotebook(bridge: Bridge, caseId: () => CaseId | null): NotebookStore {
  return createStore<NotebookState>()((set) => ({
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
    mark: async ({ bundle, file, line }, note) => {
      const id = caseId();
      if (id === null) return NO_CASE;
      const answer = await bridge.call('bookmark.set', { caseId: id, bundle, file, line, note });
      if (!answer.ok) return answer.failure;
      if (caseId() === id)
        set(({ bookmarks }) => ({
          bookmarks: [...bookmarks.filter((one) => !marks(one, answer.value)), answer.value],
        }));
      return null;
    },
    unmark: async (bookmark) => {
      const id = caseId();
      if (id === null) return NO_CASE;
      const answer = await bridge.call('bookmark.remove', { caseId: id, ids: [bookmark] });
      if (!answer.ok) return answer.failure;
      // Another case numbers its own.
      if (caseId() === id) set(({ bookmarks }) => ({ bookmarks: bookmarks.filter((one) => one.id !== bookmark) }));
      return null;
    },
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
      if (caseId() === id) set(({ saved }) => ({ saved: [value, ...saved.filter((one) => one.name !== value.name)] }));
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
  }));
}
