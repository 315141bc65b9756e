/** The report of the open case: its draft, which the case keeps, what it can begin with, and how the screen was left. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { mergedDraft } from '../../analyzer/core/merged-draft.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type {
  CaseId,
  Failure,
  Loadable,
  RedactionChoice,
  RedactionProfileRow,
  ReportCheck,
  ReportDraft,
  ReportFormat,
  ReportTemplate,
  Result,
} from '../model/types.ts';
import { createQueue } from './in-turn.ts';

/** What Export writes: a document, or a pack of documents with their excerpts. */
export type ExportKind = ReportFormat | 'pdf' | 'pack';

/** What was written last. */
export interface SavedReport {
  readonly where: string;
  /** The map that undoes the redaction, until it is saved too; null: not redacted. */
  readonly map: { readonly fileName: string; readonly text: string; readonly where: string | null } | null;
}

/** A report that was read to be held against the case. */
export interface CheckedReport {
  readonly fileName: string;
  readonly text: string;
  readonly answer: Loadable<ReportCheck>;
}

export interface ReportView {
  readonly pane: 'preview' | 'redaction' | 'check';
  readonly kind: ExportKind;
  /** In a pack. */
  readonly formats: readonly ReportFormat[];
  readonly sources: 'yes' | 'no';
  /** Key of the section that is open for change. */
  readonly open: string | null;
  readonly scroll: number;
  /** What was chosen before redaction was switched off. */
  readonly redactionBefore: RedactionChoice | null;
  readonly saved: SavedReport | null;
  readonly checked: CheckedReport | null;
  /** Another window changed the draft as well: what of the changes made here gave way to it, until it is read. */
  readonly meanwhile: { readonly gaveWay: readonly string[] } | null;
}

export interface ReportState {
  readonly templates: Loadable<readonly ReportTemplate[]>;
  readonly profiles: Loadable<readonly RedactionProfileRow[]>;
  readonly draft: Loadable<ReportDraft>;
  /** Whether the case has the draft as it is shown; a failure says why not. */
  readonly keeping: 'kept' | 'not yet' | Failure;
  readonly view: ReportView;
}

export interface ReportActions {
  /** Fetches what is not here yet, and what failed. */
  readonly load: () => void;
  /** Changes the draft; the case keeps it a moment later. */
  readonly edit: (change: (draft: ReportDraft) => ReportDraft) => void;
  /** Writes what is not kept yet, now. */
  readonly keep: () => Promise<void>;
  readonly change: (part: Partial<ReportView>) => void;
  /** Changes what is exported: what was saved is told no longer. */
  readonly choose: (part: Partial<Pick<ReportView, 'kind' | 'formats' | 'sources'>>) => void;
  readonly check: (fileName: string, text: string) => void;
  readonly forgetCase: () => void;
}

export type ReportStore = StoreApi<ReportState & ReportActions>;

/** Typing a word keeps the draft once. */
const KEEP_AFTER_MS = 600;

const FRESH_VIEW: ReportView = {
  pane: 'preview',
  kind: 'html',
  formats: ['html', 'json'],
  sources: 'no',
  open: null,
  scroll: 0,
  redactionBefore: null,
  saved: null,
  checked: null,
  meanwhile: null,
};

/** The draft of a case, which may be left while it is written. */
interface CaseDraft {
  readonly id: CaseId;
  /** As the case has it, for all that is known here. */
  kept: ReportDraft;
  /** What was made of it since. */
  unwritten: ReportDraft | null;
}

/** What was saved is another report now; a map that is nowhere yet stays, for nothing else undoes what was exported. */
const withoutSaved = (view: ReportView): ReportView =>
  view.saved?.map?.where === null ? view : { ...view, saved: null };
const loadable = <T>(answer: Result<T>): Loadable<T> =>
  answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', failure: answer.failure };
const isWanted = ({ state }: Loadable<unknown>) => state === 'idle' || state === 'failed';

/** @returns the store; `caseId` gives the open case, null when there is none. */
export function createReport(bridge: Bridge, caseId: () => CaseId | null): ReportStore {
  // Answers to what was asked before the case changed are dropped.
  let epoch = 0;
  /** Of the open case, once it is known. */
  let open: CaseDraft | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // An older draft must not arrive after a newer one.
  const inTurn = createQueue();
  return createStore<ReportState & ReportActions>()((set, get) => {
    const write = async (of: CaseDraft): Promise<void> => {
      const written = of.unwritten;
      if (written === null) return;
      of.unwritten = null;
      const answer = await bridge.call('report.keepDraft', {
        caseId: of.id,
        from: copied(of.kept),
        draft: copied(written),
      });
      if (!answer.ok) {
        of.unwritten ??= written;
        if (of === open) set({ keeping: answer.failure });
        return;
      }
      of.kept = answer.value.draft;
      if (answer.value.meanwhile !== null) takeOver(of, written, answer.value.meanwhile.gaveWay);
      if (of === open && of.unwritten === null) set({ keeping: 'kept' });
    };
    /** Takes what another window changed too, and does to it what was changed here since `written` was on its way. */
    const takeOver = (of: CaseDraft, written: ReportDraft, gaveWay: readonly string[]) => {
      const now = mergedDraft(written, of.unwritten ?? written, of.kept);
      if (of.unwritten !== null) of.unwritten = now.draft;
      if (of !== open) return;
      set(({ view }) => ({
        draft: { state: 'ready', value: now.draft },
        view: {
          ...withoutSaved(view),
          meanwhile: { gaveWay: [...new Set([...(view.meanwhile?.gaveWay ?? []), ...gaveWay, ...now.gaveWay])] },
        },
      }));
    };
    const keep = (): Promise<void> => {
      clearTimeout(timer);
      // When its turn comes, another case may be open.
      const of = open;
      return inTurn(async () => {
        if (of !== null) await write(of);
      });
    };
    return {
      templates: { state: 'idle' },
      profiles: { state: 'idle' },
      draft: { state: 'idle' },
      keeping: 'kept',
      view: FRESH_VIEW,
      load: () => {
        const id = caseId();
        if (isWanted(get().templates)) {
          set({ templates: { state: 'loading' } });
          void bridge.call('report.templates', {}).then((answer) => set({ templates: loadable(answer) }));
        }
        if (isWanted(get().profiles)) {
          set({ profiles: { state: 'loading' } });
          void bridge.call('report.profiles', {}).then((answer) => set({ profiles: loadable(answer) }));
        }
        if (id === null || !isWanted(get().draft)) return;
        const since = epoch;
        set({ draft: { state: 'loading' } });
        void bridge.call('report.draft', { caseId: id }).then((answer) => {
          if (since !== epoch) return;
          if (answer.ok) open = { id, kept: answer.value.draft, unwritten: null };
          set({
            draft: answer.ok
              ? { state: 'ready', value: answer.value.draft }
              : { state: 'failed', failure: answer.failure },
          });
        });
      },
      edit: (change) => {
        const { draft } = get();
        if (open === null || open.id !== caseId() || draft.state !== 'ready') return;
        const next = change(draft.value);
        if (next === draft.value) return;
        open.unwritten = next;
        set(({ view }) => ({
          draft: { state: 'ready', value: next },
          keeping: 'not yet',
          view: withoutSaved(view),
        }));
        clearTimeout(timer);
        timer = setTimeout(() => void keep(), KEEP_AFTER_MS);
      },
      keep,
      change: (part) => set(({ view }) => ({ view: { ...view, ...part } })),
      choose: (part) => set(({ view }) => ({ view: { ...withoutSaved(view), ...part } })),
      check: (fileName, text) => {
        const id = caseId();
        if (id === null) return;
        const since = epoch;
        const checked: CheckedReport = { fileName, text, answer: { state: 'loading' } };
        get().change({ checked });
        void bridge.call('report.verify', { caseId: id, text }).then((answer) => {
          if (since === epoch && get().view.checked === checked)
            get().change({ checked: { ...checked, answer: loadable(answer) } });
        });
      },
      forgetCase: () => {
        // The case that is left keeps its draft.
        void keep();
        epoch += 1;
        open = null;
        set({ draft: { state: 'idle' }, keeping: 'kept', view: FRESH_VIEW });
      },
    };
  });
}

/** @returns the draft as the contract's input: its lists may be changed there. */
export function copied({ sections, leftOut, order, redaction, ...rest }: ReportDraft) {
  return {
    ...rest,
    sections: [...sections],
    leftOut: [...leftOut],
    order: [...order],
    redaction:
      redaction === null
        ? null
        : { profiles: [...redaction.profiles], words: [...redaction.words], keep: [...redaction.keep] },
  };
}
