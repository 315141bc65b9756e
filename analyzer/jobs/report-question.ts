/** What a report is asked for with, gathered from the case: its draft, findings, notes, kept lines and pinned answers. */
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId, FindingId } from '../core/ids.ts';
import type { ReportDraft } from '../core/report.ts';
import type { Analysis } from '../core/vocabulary.ts';
import { isShown } from '../report/make-document.ts';
import { defaultDraft } from '../report/templates.ts';
import type { CaseStore } from '../store/case-store.ts';
import type { PinAnswers } from './pinned-answers.ts';
import type { DocumentQuestion } from './report-document.ts';

export interface AskedReport {
  readonly caseId: CaseId;
  readonly draft: ReportDraft | null;
  readonly findings: readonly FindingId[] | null;
}

export interface QuestionParts {
  readonly analysis: Analysis;
  readonly pinned: PinAnswers;
  readonly generatedBy: DocumentQuestion['generatedBy'];
}

/** @returns the draft that is asked for, else the one the case keeps, else the default one. */
export function draftOf(store: CaseStore, asked: ReportDraft | null): ReportDraft {
  return asked ?? store.reports.draft()?.draft ?? defaultDraft(store.title);
}

/** Fails with `not-found` when a finding or an archive that the report is to show is not in the case any more. */
export async function documentQuestion(
  store: CaseStore,
  asked: AskedReport,
  { analysis, pinned, generatedBy }: QuestionParts,
): Promise<Result<DocumentQuestion>> {
  const draft = draftOf(store, asked.draft);
  const findings = chosenFindings(store, analysis, draft, asked.findings);
  if (!findings.ok) return findings;
  const pins = store.reports.pins().filter(({ method }) => isShown(draft, method));
  const answers = await pinned.of(pins, store, asked.caseId, analysis);
  if (!answers.ok) return answers;
  const notes = store.notebook.findingMarks().flatMap(({ finding, note }) => (note === '' ? [] : [[finding, note]]));
  return ok({
    draft,
    analysis,
    findings: findings.value,
    notes: new Map(notes as [string, string][]),
    bookmarks: store.notebook.bookmarks(),
    answers: answers.value,
    generatedBy,
    generatedAt: new Date().toISOString(),
  });
}

function chosenFindings(
  store: CaseStore,
  { findings }: Analysis,
  draft: ReportDraft,
  only: readonly FindingId[] | null,
): Result<readonly FindingId[]> {
  const there = new Set(findings.map(({ id }) => id));
  const lost = only?.find((id) => !there.has(id)) ?? lostPin(store, draft, there);
  if (lost !== undefined) return findingGone(store, lost);
  const left = new Set(draft.leftOut);
  return ok(only ?? findings.map(({ id }) => id).filter((id) => !left.has(id)));
}

/** A finding that the engineer pinned is missed where an archive is: other ones are gone because the rules have changed. */
function lostPin(store: CaseStore, draft: ReportDraft, there: ReadonlySet<FindingId>): FindingId | undefined {
  if (store.unreadable.length === 0) return undefined;
  const pinned = store.notebook.findingMarks().filter((mark) => mark.pinned === 'yes');
  return pinned.map(({ finding }) => finding).find((id) => !there.has(id) && !draft.leftOut.includes(id));
}

function findingGone(store: CaseStore, id: FindingId) {
  const known = store.keptFinding(id);
  const name = known === null ? `finding ${id}` : `"${known.title}" (finding ${id})`;
  const [first] = store.unreadable;
  const why =
    first === undefined
      ? 'the analysis of this case does not have it'
      : `an archive of this case cannot be opened (${first.message})`;
  return fail(
    'not-found',
    `The report cannot show ${name}: ${why}. Nothing was written.`,
    known === null ? id : `${known.file}:${known.line}`,
    'Import its archive again, or leave the finding out of the report.',
  );
}
