/** What the Network screen asked the engine and how it was left. Answers are kept so that going back asks nothing. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type {
  AddressAnswer,
  BundleId,
  CaseId,
  HealthLevel,
  Loadable,
  RawChain,
  RawChainAnswer,
  Result,
  ServiceGraph,
  ServicesAnswer,
  Trace,
  TraceNames,
} from '../model/types.ts';

export type ServiceSort = 'health' | 'name' | 'hits';

export interface ServiceList {
  readonly text: string;
  /** Health levels that are shown. */
  readonly levels: ReadonlySet<HealthLevel>;
  readonly sort: ServiceSort;
  /** Key of the selected row; null: the first. */
  readonly selected: string | null;
  readonly scroll: number;
}

/** What the engine needs to draw one service. */
export interface GraphQuestion {
  readonly bundle: BundleId;
  readonly service: string;
  readonly family: 'IPv4' | 'IPv6';
}

/** A trace as it is asked; `inInterface` null lets the engine choose. */
export interface TraceQuestion {
  readonly bundle: BundleId | null;
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly inInterface: string | null;
  readonly state: 'new' | 'established';
}

/** The form as it is filled in; texts as typed. */
export interface TraceForm {
  readonly bundle: BundleId | null;
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly inInterface: string;
  readonly state: 'new' | 'established';
}

export type ChainQuestion = Pick<RawChain, 'bundle' | 'fileId' | 'family' | 'table'> & { readonly chain: string };

type Answers<T> = ReadonlyMap<string, Loadable<T>>;

export interface NetworkState {
  readonly services: Loadable<ServicesAnswer>;
  readonly names: Loadable<TraceNames>;
  readonly chains: Loadable<readonly RawChain[]>;
  readonly graphs: Answers<ServiceGraph>;
  readonly traces: Answers<Trace>;
  readonly lookups: Answers<AddressAnswer>;
  readonly chainAnswers: Answers<RawChainAnswer>;
  readonly list: ServiceList;
  /** Selected node of each graph, by the graph's key. */
  readonly graphNodes: ReadonlyMap<string, string>;
  readonly form: TraceForm;
  /** Selected outcome of each trace, by the trace's key. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Traces of this session, newest first. */
  readonly recent: readonly TraceQuestion[];
  readonly lookupDraft: string;
  readonly chainList: { readonly text: string; readonly table: string | null; readonly scroll: number };
  readonly rules: { readonly text: string; readonly selected: number | null; readonly scroll: number };
  /** Route parameters of each view as it was left, and the view shown last. */
  readonly last: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly tab: string;
}

export interface NetworkActions {
  readonly change: (part: Partial<NetworkState>) => void;
  readonly load: (what: 'services' | 'names' | 'chains') => void;
  /** The four questions below are asked once; a failed one is asked again. */
  readonly askGraph: (question: GraphQuestion) => void;
  readonly askTrace: (question: TraceQuestion) => void;
  readonly askLookup: (address: string) => void;
  readonly askChain: (question: ChainQuestion) => void;
  readonly forgetAnswers: () => void;
  readonly forgetCase: () => void;
}

export type NetworkStoreState = NetworkState & NetworkActions;
export type NetworkStore = StoreApi<NetworkStoreState>;

export const ALL_LEVELS: readonly HealthLevel[] = ['impaired', 'unknown', 'no-endpoints', 'ok'];
export const NO_LIST_FILTERS = { text: '', levels: new Set(ALL_LEVELS) } as const;

/** Answers kept for the way back; a trace or chain can be megabytes. */
const KEPT = 24;
/** Recent traces offered again. */
const RECENT = 20;

/** Keys name a question in the maps of answers. */
export const graphKey = (one: GraphQuestion): string => JSON.stringify([one.bundle, one.service, one.family]);
export const traceKey = (one: TraceQuestion): string =>
  JSON.stringify([one.bundle, one.from, one.to, one.protocol, one.inInterface, one.state]);
export const chainKey = (one: ChainQuestion): string =>
  JSON.stringify([one.bundle, one.fileId, one.family, one.table, one.chain]);

const FRESH_ANSWERS = {
  services: { state: 'idle' },
  names: { state: 'idle' },
  chains: { state: 'idle' },
  graphs: new Map(),
  traces: new Map(),
  lookups: new Map(),
  chainAnswers: new Map(),
} as const;

const FRESH: NetworkState = {
  ...FRESH_ANSWERS,
  list: { ...NO_LIST_FILTERS, sort: 'health', selected: null, scroll: 0 },
  graphNodes: new Map(),
  form: {
    bundle: null,
    from: 'node',
    to: '',
    protocol: 'tcp',
    inInterface: '',
    state: 'new',
  },
  outcomes: new Map(),
  recent: [],
  lookupDraft: '',
  chainList: { text: '', table: null, scroll: 0 },
  rules: { text: '', selected: null, scroll: 0 },
  last: {},
  tab: 'services',
};

function kept<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  const others = [...map].filter(([known]) => known !== key).slice(1 - KEPT);
  return new Map([...others, [key, value]]);
}

const loadable = <T>(answer: Result<T>): Loadable<T> =>
  answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure };

/** @returns the store; `caseId` gives the open case, null when there is none. */
export function createNetwork(bridge: Bridge, caseId: () => CaseId | null): NetworkStore {
  // Answers to what was asked before the case changed are dropped.
  let epoch = 0;
  return createStore<NetworkStoreState>()((set, get) => {
    const ask = async <F extends 'graphs' | 'traces' | 'lookups' | 'chainAnswers', T>(
      field: F,
      key: string,
      call: (id: CaseId) => Promise<Result<T>>,
    ) => {
      const id = caseId();
      const before = (get()[field] as Answers<unknown>).get(key)?.state;
      if (id === null || before === 'ready' || before === 'loading') return;
      const mine = epoch;
      const put = (value: Loadable<T>) =>
        set((state) => ({ [field]: kept(state[field] as Answers<unknown>, key, value) }) as Partial<NetworkState>);
      put({ state: 'loading' });
      const answer = await call(id);
      if (mine === epoch) put(loadable(answer));
    };
    return {
      ...FRESH,
      change: (part) => set(part),
      load: (what) => {
        const id = caseId();
        const before = get()[what].state;
        if (id === null || before === 'ready' || before === 'loading') return;
        const mine = epoch;
        set({ [what]: { state: 'loading' } });
        void bridge.call(`network.${what}`, { caseId: id, node: null }).then((answer) => {
          if (mine === epoch) set({ [what]: loadable<unknown>(answer) } as Partial<NetworkState>);
        });
      },
      askGraph: (question) =>
        void ask('graphs', graphKey(question), (id) => bridge.call('network.graph', { caseId: id, ...question })),
      askTrace: (question) => {
        const key = traceKey(question);
        void ask('traces', key, (id) => bridge.call('network.trace', { caseId: id, node: null, ...question })).then(
          () => {
            // What the engine refused is no trace to come back to.
            if (get().traces.get(key)?.state !== 'ready' || get().recent.some((one) => traceKey(one) === key)) return;
            set(({ recent }) => ({ recent: [question, ...recent].slice(0, RECENT) }));
          },
        );
      },
      askLookup: (address) =>
        void ask('lookups', address, (id) => bridge.call('network.lookup', { caseId: id, node: null, address })),
      askChain: (question) =>
        void ask('chainAnswers', chainKey(question), (id) => bridge.call('network.chain', { caseId: id, ...question })),
      forgetAnswers: () => {
        epoch += 1;
        set(FRESH_ANSWERS);
      },
      forgetCase: () => {
        epoch += 1;
        set(FRESH);
      },
    };
  });
}
