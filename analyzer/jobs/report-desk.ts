/** The engine's side of reports: templates, drafts, pinned answers, documents, packs and checks. */
import { CONTRACT, type MethodArguments, type MethodName, type MethodOutput } from '../contract/contract.ts';
import { type Failure, FailureError, fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import { mergedDraft, sameDraft } from '../core/merged-draft.ts';
import { type PinnedAnswer, ReportDraft } from '../core/report.ts';
import type { Analysis } from '../core/vocabulary.ts';
import { reportTemplates } from '../report/templates.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleRef } from './bundle-ref.ts';
import { compareInCase } from './compare-desk.ts';
import { type AskEngine, checkedQuestion, PinAnswers } from './pinned-answers.ts';
import { reportCheckHandlers } from './report-check-desk.ts';
import type { FinishedReport, WantedReport } from './report-finish.ts';
import { type AskedReport, documentQuestion, draftOf } from './report-question.ts';
import type { ReportTask } from './report-task.ts';
import { untilClosed } from './until-closed.ts';
import { runInWorker } from './worker-job.ts';

type ReportMethod = Extract<MethodName, `report.${string}` | `pin.${string}`>;
export type ReportHandlers = {
  readonly [M in ReportMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

export interface ReportDeskOptions {
  readonly caseAt: (id: CaseId) => Result<CaseStore>;
  readonly analysisOf: (store: CaseStore) => Promise<Result<Analysis>>;
  /** Of the program, e.g. `0.1.0`. */
  readonly version: string;
  /** How many rules there are. */
  readonly rules: () => Promise<number>;
  /** The engine itself: pinned answers are asked again. */
  readonly ask: AskEngine;
}

export interface ReportDesk {
  readonly handlers: ReportHandlers;
  /** Cancels what runs. Ends when that has ended, so after what it asked of the engine. */
  close(): Promise<void>;
}

export function reportDesk(options: ReportDeskOptions): ReportDesk {
  const { caseAt } = options;
  const stop = new AbortController();
  const pinned = new PinAnswers(askForReports(options, stop.signal));
  const inCase = async <T>(
    { caseId }: { readonly caseId: CaseId },
    work: (store: CaseStore) => T,
  ): Promise<Result<T>> => {
    const store = caseAt(caseId);
    return store.ok ? ok(work(store.value)) : store;
  };
  const made = <W extends WantedReport>(asked: AskedReport, wanted: W) =>
    madeReport(options, pinned, asked, wanted, stop.signal);
  const { handlers, close } = untilClosed<ReportHandlers>({
    ...reportCheckHandlers(caseAt, stop.signal),
    'report.templates': async () => ok([...reportTemplates()]),
    'report.draft': (input) => inCase(input, keptDraft),
    'report.keepDraft': (input) =>
      inCase(input, (store) => {
        const meanwhile = changeDraft(store, input);
        return { ...keptDraft(store), meanwhile };
      }),
    'pin.list': (input) => inCase(input, ({ reports }) => [...reports.pins()]),
    'pin.set': async ({ caseId, ...pin }) => {
      const store = caseAt(caseId);
      return store.ok ? setPin(store.value, caseId, pin) : store;
    },
    'pin.remove': (input) => inCase(input, ({ reports }) => [...reports.removePins(input.ids)]),
    'report.redaction': async (input) => {
      const finished = await made(input, { want: 'redaction' });
      return finished.ok ? ok(finished.value.preview) : finished;
    },
    'report.pack': async ({ formats, sources, ...input }) => {
      const finished = await made(input, { want: 'pack', formats, sources });
      if (!finished.ok) return finished;
      const { fileName, mediaType, base64, map, files, references } = finished.value;
      return ok({ fileName, mediaType, base64, map, files, references });
    },
    'report.build': async ({ format, ...input }) => {
      const finished = await made(input, { want: 'report', format });
      if (!finished.ok) return finished;
      const { fileName, mediaType, text, map, references } = finished.value;
      return ok({ fileName, mediaType, text, map, references });
    },
  });
  return {
    handlers,
    close: () => {
      stop.abort();
      return close();
    },
  };
}

/** Comparisons are not asked of the engine: there, the next one of the Compare screen would end that of a report. */
function askForReports(options: ReportDeskOptions, signal: AbortSignal): AskEngine {
  return (method, input) => {
    const comparison = method === 'compare.run' ? CONTRACT[method].input.safeParse(input) : null;
    return comparison?.success ? compareInCase(options, comparison.data, () => signal) : options.ask(method, input);
  };
}

function keptDraft(store: CaseStore): { readonly draft: ReportDraft; readonly keptAt: string | null } {
  return store.reports.draft() ?? { draft: draftOf(store, null), keptAt: null };
}

/** @returns what became of the change where another draft was kept meanwhile; null where none was. */
function changeDraft(
  { reports }: CaseStore,
  { from, draft }: Omit<MethodArguments<'report.keepDraft'>, 'caseId'>,
): MethodOutput<'report.keepDraft'>['meanwhile'] {
  let meanwhile: MethodOutput<'report.keepDraft'>['meanwhile'] = null;
  reports.changeDraft((kept) => {
    if (from === null || draft === null || kept === null || sameDraft(from, kept)) return draft;
    const merged = mergedDraft(from, draft, kept);
    const read = ReportDraft.safeParse(merged.draft);
    if (!read.success) throw new FailureError(TOO_LARGE);
    meanwhile = { gaveWay: merged.gaveWay };
    return read.data;
  });
  return meanwhile;
}

const TOO_LARGE: Failure = {
  code: 'busy',
  message: 'The report was changed in another window, and both changes together are more than a report holds.',
  where: null,
  advice: 'Shorten your words here, and try again.',
};

function setPin(
  store: CaseStore,
  caseId: CaseId,
  { id, ...pin }: Omit<MethodArguments<'pin.set'>, 'caseId'>,
): Result<PinnedAnswer> {
  const input = checkedQuestion(pin, caseId);
  if (!input.ok) return input;
  const kept = store.reports.setPin(id, { ...pin, input: input.value });
  return kept === null ? fail('not-found', 'there is no such pinned answer in this case', String(id)) : ok(kept);
}

/** Makes a report in its worker; pseudonyms that it made are kept by the case before anybody sees them. */
async function madeReport<W extends WantedReport>(
  { caseAt, analysisOf, version, rules }: ReportDeskOptions,
  pinned: PinAnswers,
  asked: AskedReport,
  wanted: W,
  signal: AbortSignal,
): Promise<Result<Extract<FinishedReport, Pick<W, 'want'>>>> {
  const store = caseAt(asked.caseId);
  if (!store.ok) return store;
  const analysis = await analysisOf(store.value);
  if (!analysis.ok) return analysis;
  const generatedBy = { name: 'Coldcase', version, rules: await rules() };
  const question = await documentQuestion(store.value, asked, { analysis: analysis.value, pinned, generatedBy });
  if (!question.ok) return question;
  const { redaction: choice } = question.value.draft;
  const bundles = store.value.bundles().map((reader) => bundleRef(store.value, reader));
  const make = async () => {
    const redaction = choice && { choice, caseId: asked.caseId, state: store.value.reports.redactionState() };
    const task: ReportTask = { want: 'make', bundles, question: question.value, wanted, redaction };
    const output = await runInWorker<ReportTask, FinishedReport>('report', task, { signal });
    if (!output.ok) return output;
    const finished = output.value;
    if (finished.want !== 'redaction' && finished.map !== null) store.value.reports.keepRedaction(finished.pseudonyms);
    return isWanted(finished, wanted) ? ok(finished) : fail('internal', 'the worker answered another task');
  };
  return choice === null ? make() : inTurn(store.value, make);
}

/** By case, the redacted report that is made last. */
const turns = new WeakMap<CaseStore, Promise<unknown>>();

/** Redacted reports of a case are made one after the other: two at once would give two values the same pseudonym. */
function inTurn<T>(store: CaseStore, make: () => Promise<T>): Promise<T> {
  const mine = (turns.get(store) ?? Promise.resolve()).then(make, make);
  turns.set(store, mine);
  return mine;
}

function isWanted<W extends WantedReport>(
  finished: FinishedReport,
  { want }: W,
): finished is Extract<FinishedReport, Pick<W, 'want'>> {
  return finished.want === want;
}
