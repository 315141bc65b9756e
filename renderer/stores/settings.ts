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
  readonly set: (settings: Settings) => Promise<'kept' | 'not kept'>;
  readonly change: (part: Partial<Pick<SettingsState, 'scroll' | 'area' | 'ruleText' | 'failure'>>) => void;
}

export type SettingsStoreState = SettingsState & SettingsActions;
export type SettingsStore = StoreApi<SettingsStoreState>;

const loadable = <T>(answer: Result<T>): Loadable<T> =>
  answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure };

/** @returns the store; `onFolders` is told that other rules or runbooks hold from now on. */
export function createSettings(bridge: Bridge, onFolders: () => void): SettingsStore {
  return createStore<SettingsStoreState>()((set, get) => {
    const loadContents = async () => {
      const [rules, runbooks] = await Promise.all([
        bridge.call('rules.list', {}),
        bridge.call('runbooks.list', { caseId: null }),
      ]);
      set({ rules: loadable(rules), runbooks: loadable(runbooks) });
    };
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
        const [answer] = await Promise.all([bridge.call('settings.get', {}), loadContents()]);
        set({ answer: loadable(answer) });
      },
      set: async (settings) => {
        const before = get().answer;
        const answer = await bridge.call('settings.set', { settings });
        if (!answer.ok) {
          set({ failure: answer.failure });
          return 'not kept';
        }
        set({ answer: loadable(answer), failure: null });
        const folders = ({ ruleFolders, runbookFolders }: Settings) => JSON.stringify([ruleFolders, runbookFolders]);
        if (before.state !== 'ready' || folders(before.value.settings) !== folders(answer.value.settings)) {
          await loadContents();
          onFolders();
        }
        return 'kept';
      },
      change: (part) => set(part),
    };
  });
}
