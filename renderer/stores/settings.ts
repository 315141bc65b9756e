/** What this machine remembers for its user: folders, limits; and what was read from the folders. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type {
  Failure,
  Loadable,
  Result,
  RulesAnswer,
  RunbooksAnswer,
  Settings,
  SettingsAnswer,
} from '../model/types.ts';
import { createQueue } from './in-turn.ts';

export interface SettingsState {
  readonly answer: Loadable<SettingsAnswer>;
  readonly rules: Loadable<RulesAnswer>;
  /** All runbooks, whether a case is open or not. */
  readonly runbooks: Loadable<RunbooksAnswer>;
  /** Why the last change was not kept. */
  readonly failure: Failure | null;
  readonly scroll: number;
  /** Area whose rules are listed. */
  readonly area: string | null;
  readonly ruleText: string;
}

export interface SettingsActions {
  /** Fetches all of it anew; what is shown stays until the answers come. */
  readonly load: () => Promise<void>;
  /**
   * @param change makes of the settings as they are now those that shall be. One change follows the other, so that none undoes one
   * that is still on its way, or another window's.
   */
  readonly edit: (change: (now: Settings) => Settings) => Promise<'kept' | 'not kept'>;
  readonly change: (part: Partial<Pick<SettingsState, 'scroll' | 'area' | 'ruleText' | 'failure'>>) => void;
}

export type SettingsStoreState = SettingsState & SettingsActions;
export type SettingsStore = StoreApi<SettingsStoreState>;

const loadable = <T>(answer: Result<T>): Loadable<T> =>
  answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure };

/** @returns the store; `onFolders` is told that other rules or runbooks hold from now on. */
export function createSettings(bridge: Bridge, onFolders: () => void): SettingsStore {
  return createStore<SettingsStoreState>()((set, get) => {
    let loads = 0;
    const loadContents = async () => {
      const nth = ++loads;
      const [rules, runbooks] = await Promise.all([
        bridge.call('rules.list', {}),
        bridge.call('runbooks.list', { caseId: null }),
      ]);
      // Folders that were asked for later hold now.
      if (nth === loads) set({ rules: loadable(rules), runbooks: loadable(runbooks) });
    };
    /** @returns whether other folders hold than before, null when nothing was kept. */
    const keep = async (change: (now: Settings) => Settings): Promise<'same' | 'other folders' | null> => {
      const now = await bridge.call('settings.get', {});
      const answer = now.ok ? await bridge.call('settings.set', { settings: change(now.value.settings) }) : now;
      if (!answer.ok) {
        set({ failure: answer.failure });
        return null;
      }
      const before = get().answer;
      set({ answer: loadable(answer), failure: null });
      const folders = ({ ruleFolders, runbookFolders }: Settings) => JSON.stringify([ruleFolders, runbookFolders]);
      const same = before.state === 'ready' && folders(before.value.settings) === folders(answer.value.settings);
      return same ? 'same' : 'other folders';
    };
    const inTurn = createQueue();
    return {
      answer: { state: 'idle' },
      rules: { state: 'idle' },
      runbooks: { state: 'idle' },
      failure: null,
      scroll: 0,
      area: null,
      ruleText: '',
      load: async () => {
        if (get().answer.state !== 'ready') set({ answer: { state: 'loading' } });
        if (get().rules.state !== 'ready') set({ rules: { state: 'loading' } });
        if (get().runbooks.state !== 'ready') set({ runbooks: { state: 'loading' } });
        // In turn: an answer from before a change must not take the place of that of the change.
        const asked = inTurn(async () => set({ answer: loadable(await bridge.call('settings.get', {})) }));
        await Promise.all([asked, loadContents()]);
      },
      edit: async (change) => {
        const kept = await inTurn(() => keep(change));
        if (kept === 'other folders') {
          await loadContents();
          onFolders();
        }
        return kept === null ? 'not kept' : 'kept';
      },
      change: (part) => set(part),
    };
  });
}
