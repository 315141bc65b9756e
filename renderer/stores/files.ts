/** What Files remembers while another screen is shown, when files have lines, and links that lead into them. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type { BundleId, CaseId, Failure, Loadable } from '../model/types.ts';
import { filesRoute, type Side } from './files-route.ts';
import type { NavigationStore } from './navigation.ts';

export type FileOrder = 'name' | 'size' | 'lines' | 'time';

/** ms since 1970, end exclusive. */
export interface FileSpan {
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

/** What came of a link that was followed. */
export interface Arrival {
  readonly bundle: BundleId;
  readonly file: string;
  readonly line: number;
  readonly found: 'same' | 'moved' | 'changed';
}

export interface FilesState {
  readonly filter: string;
  readonly order: FileOrder;
  /** Folders that are shut, as `bundle/path`. */
  readonly shut: ReadonlySet<string>;
  readonly treeScroll: number;
  /** The list of files. `wide`: with all that is known of each, in the place of the file. */
  readonly tree: 'narrow' | 'wide' | 'hidden';
  readonly list: 'files' | 'bookmarks';
  readonly wrap: 'wrap' | 'no-wrap';
  readonly view: 'raw' | 'parsed';
  /** Top line of each file that was looked at, by `bundle/path`; the one looked at last at the end. */
  readonly tops: ReadonlyMap<string, number>;
  /** Parameters of the route shown last; empty before the first. */
  readonly last: Readonly<Record<string, string>>;
  /** What is searched for in files; null: what the case was searched for. */
  readonly find: string | null;
  readonly findBar: 'shown' | 'hidden';
  /** Whether the two files beside each other are kept at the same instant. */
  readonly follow: 'on' | 'off';
  /** The pane that keys act on. */
  readonly active: Side;
  /** By `bundle/path`. */
  readonly spans: Loadable<ReadonlyMap<string, readonly FileSpan[]>>;
  readonly arrival: Arrival | null;
  /** Why the last link led nowhere. */
  readonly lost: { readonly link: string; readonly failure: Failure } | null;
  readonly change: (part: Partial<FilesChanges>) => void;
  readonly keepTop: (key: string, line: number) => void;
  /** Fetches the spans unless they are here. */
  readonly loadSpans: () => Promise<void>;
  /** Opens the line of a `coldcase://` link; one that comes while no case is open waits for the next one. */
  readonly followLink: (link: string) => Promise<void>;
  /** The case has other bundles now, or another clock. */
  readonly forgetSpans: () => void;
  readonly forgetCase: () => void;
}

type FilesChanges = Omit<
  FilesState,
  'change' | 'keepTop' | 'loadSpans' | 'followLink' | 'forgetSpans' | 'forgetCase' | 'spans' | 'tops'
>;

export type FilesStore = StoreApi<FilesState>;

/** Files whose place is remembered. */
const TOPS_MAX = 500;

const FRESH = {
  filter: '',
  order: 'name',
  shut: new Set<string>(),
  treeScroll: 0,
  tree: 'narrow',
  list: 'files',
  tops: new Map<string, number>(),
  last: {} as Readonly<Record<string, string>>,
  find: null,
  findBar: 'hidden',
  follow: 'off',
  active: 'main',
  spans: { state: 'idle' },
  arrival: null,
  lost: null,
} as const satisfies Partial<FilesState>;

/** @returns what tells one file of the case from another. */
export function fileKey(of: { readonly bundle: BundleId; readonly file: string }): string {
  return `${of.bundle}/${of.file}`;
}

/** @returns the store, following links that the host hands over from now on. */
export function createFiles(
  bridge: Bridge,
  navigation: NavigationStore,
  caseId: () => CaseId | null,
  announce: (text: string) => void,
): FilesStore {
  let waiting: string | null = null;
  let asked = 0;
  const store = createStore<FilesState>()((set, get) => ({
    ...FRESH,
    wrap: 'wrap',
    view: 'raw',
    change: (part) => set(part),
    keepTop: (key, line) => {
      const tops = new Map(get().tops);
      tops.delete(key);
      tops.set(key, line);
      const [oldest] = tops.keys();
      if (tops.size > TOPS_MAX && oldest !== undefined) tops.delete(oldest);
      set({ tops });
    },
    loadSpans: async () => {
      const id = caseId();
      if (id === null || get().spans.state === 'ready' || get().spans.state === 'loading') return;
      asked += 1;
      const mine = asked;
      set({ spans: { state: 'loading' } });
      const answer = await bridge.call('file.spans', { caseId: id });
      if (mine !== asked) return;
      set({
        spans: answer.ok
          ? { state: 'ready', value: new Map(answer.value.map((one) => [fileKey(one), one.spans])) }
          : { state: 'failed', failure: answer.failure },
      });
    },
    followLink: async (link) => {
      const id = caseId();
      if (id === null) {
        waiting = link;
        announce('A link to a line is waiting: open the case that holds its archive');
        return;
      }
      const answer = await bridge.call('link.follow', { caseId: id, link });
      if (caseId() !== id) return;
      if (!answer.ok) {
        set({ arrival: null, lost: { link, failure: answer.failure } });
        if (navigation.getState().route.screen !== 'files')
          navigation.getState().go({ screen: 'files', params: get().last });
        return;
      }
      const { bundle, file, line } = answer.value;
      set({ arrival: answer.value, lost: null, active: 'main' });
      navigation.getState().go(filesRoute({ main: { bundle, file, line, end: line }, beside: null }));
    },
    forgetSpans: () => {
      asked += 1;
      set({ spans: { state: 'idle' } });
    },
    forgetCase: () => {
      asked += 1;
      set(FRESH);
      const link = waiting;
      waiting = null;
      if (link !== null && caseId() !== null) void get().followLink(link);
    },
  }));
  bridge.onLink?.((link) => void store.getState().followLink(link));
  return store;
}
