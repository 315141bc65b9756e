/** The engine's side of reports: templates, drafts, pinned answers, documents, packs and checks. */
import type { MethodArguments, MethodName, MethodOutput } from '../contract/contract.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { Analysis } from '../core/vocabulary.ts';
import { NO_CONTEXT, reportDocument } from '../report/make-document.ts';
import { renderReport } from '../report/report.ts';
import { defaultDraft, reportTemplates } from '../report/templates.ts';
import type { CaseStore } from '../store/case-store.ts';

type ReportMethod = Extract<MethodName, `report.${string}` | `pin.${string}`>;
export type ReportHandlers = {
  readonly [M in ReportMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export interface ReportDeskOptions {
  readonly caseAt: (id: CaseId) => Result<CaseStore>;
  readonly analysisOf: (store: CaseStore) => Promise<Result<Analysis>>;
  /** Of the program, e.g. `0.1.0`. */
  readonly version: string;
}

export interface ReportDesk {
  readonly handlers: ReportHandlers;
  close(): Promise<void>;
}

const notBuilt = async () => fail('internal', 'this is not built yet');

export function reportDesk({ caseAt, analysisOf, version }: ReportDeskOptions): ReportDesk {
  return {
    handlers: {
      'report.templates': async () => ok([...reportTemplates()]),
      'report.profiles': notBuilt,
      'report.draft': notBuilt,
      'report.keepDraft': notBuilt,
      'pin.list': notBuilt,
      'pin.set': notBuilt,
      'pin.remove': notBuilt,
      'report.redaction': notBuilt,
      'report.pack': notBuilt,
      'report.verify': notBuilt,
      'report.unredact': notBuilt,
      'report.build': async ({ caseId, format, findings }) => {
        const store = caseAt(caseId);
        if (!store.ok) return store;
        const analysis = await analysisOf(store.value);
        if (!analysis.ok) return analysis;
        const chosen = analysis.value.findings.filter((one) => findings === null || findings.includes(one.id));
        const document = reportDocument({
          draft: defaultDraft(store.value.title),
          bundles: store.value.bundles().map((reader) => reader.bundle),
          analysis: analysis.value,
          findings: chosen,
          notes: new Map(),
          kept: [],
          answers: [],
          contextOf: () => NO_CONTEXT,
          generatedBy: { name: 'Coldcase', version, rules: 0 },
          generatedAt: new Date().toISOString(),
        });
        return ok({ ...renderReport(document, format), map: null, references: document.references.length });
      },
    },
    close: async () => {},
  };
}
