/** What the engine says of the report as it is arranged now: the document, and what redaction replaces. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../bridge/bridge.ts';
import type {
  CaseId,
  Failure,
  RedactionPreview,
  ReportDocument,
  ReportDraft,
  ReportFormat,
  Result,
} from '../model/types.ts';
import { copied } from './report.ts';

/** The last answer stays while a newer one is on its way. */
export interface Answered<T> {
  readonly value: T | null;
  readonly failure: Failure | null;
  readonly asking: 'yes' | 'no';
}

export interface ShownDocument {
  readonly format: ReportFormat;
  readonly document: ReportDocument;
}

export interface ReportAnswersState {
  readonly preview: Answered<ShownDocument>;
  readonly redaction: Answered<RedactionPreview>;
  readonly askPreview: (format: ReportFormat, draft: ReportDraft) => void;
  readonly askRedaction: (draft: ReportDraft) => void;
  readonly forgetCase: () => void;
}

export type ReportAnswersStore = StoreApi<ReportAnswersState>;

const NOTHING = { value: null, failure: null, asking: 'no' } as const;

/** @returns the store; `caseId` gives the open case, null when there is none. */
export function createReportAnswers(bridge: Bridge, caseId: () => CaseId | null): ReportAnswersStore {
  // Answers to what was asked before the case changed are dropped.
  let epoch = 0;
  return createStore<ReportAnswersState>()((set) => {
    /** One question at a time, the last one that was wanted next: building a large report takes seconds. */
    const lastWanted = <Question, T>(
      ask: (id: CaseId, question: Question) => Promise<Result<T>>,
      put: (change: (before: Answered<T>) => Answered<T>) => void,
    ) => {
      let wanted: { readonly id: CaseId; readonly question: Question } | null = null;
      let isAsking = false;
      const next = async (): Promise<void> => {
        if (isAsking || wanted === null) return;
        isAsking = true;
        const { id, question } = wanted;
        wanted = null;
        const since = epoch;
        const answer = await ask(id, question);
        isAsking = false;
        const asking = wanted === null ? 'no' : 'yes';
        if (since === epoch)
          put((before) =>
            answer.ok
              ? { value: answer.value, failure: null, asking }
              : { value: before.value, failure: answer.failure, asking },
          );
        await next();
      };
      return (question: Question): void => {
        const id = caseId();
        if (id === null) return;
        wanted = { id, question };
        put((before) => ({ ...before, asking: 'yes' }));
        void next();
      };
    };
    const askPreview = lastWanted(
      async (id, { format, draft }: { readonly format: ReportFormat; readonly draft: ReportDraft }) => {
        const answer = await bridge.call('report.build', { caseId: id, format, draft: copied(draft) });
        return answer.ok ? { ok: true as const, value: { format, document: answer.value } } : answer;
      },
      (change) => set(({ preview }) => ({ preview: change(preview) })),
    );
    const askRedaction = lastWanted(
      (id, draft: ReportDraft) => bridge.call('report.redaction', { caseId: id, draft: copied(draft) }),
      (change) => set(({ redaction }) => ({ redaction: change(redaction) })),
    );
    return {
      preview: NOTHING,
      redaction: NOTHING,
      askPreview: (format, draft) => askPreview({ format, draft }),
      askRedaction,
      forgetCase: () => {
        epoch += 1;
        set({ preview: NOTHING, redaction: NOTHING });
      },
    };
  });
}
