/** Questions that are kept for the report: checked as their method would, and asked again when it is made. */
import { CONTRACT, type MethodName } from '../contract/contract.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { PinnedAnswer } from '../core/report.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import type { PinWithAnswer } from './report-answers.ts';

/** Calls a method of the engine. */
export type AskEngine = (method: MethodName, input: unknown) => Promise<Result<unknown>>;

type Question = Pick<PinnedAnswer, 'method' | 'input'>;

/** @returns the question as it is kept: without the case, with what it leaves out. */
export function checkedQuestion(question: Question, caseId: CaseId): Result<PinnedAnswer['input']> {
  const read = CONTRACT[question.method].input.safeParse({ ...question.input, caseId });
  if (!read.success) {
    const [first] = read.error.issues;
    const where = first?.path.join('.') ?? '';
    return fail('wrong-usage', `${question.method} cannot be asked so: ${where} ${first?.message ?? ''}`.trim(), where);
  }
  const { caseId: _, ...input } = read.data;
  return ok(input);
}

/** @returns the bundles that a question names. */
function bundlesAsked({ input }: Question): readonly string[] {
  const { bundle, bundles, affected, pivot } = input as Readonly<Record<string, unknown>>;
  const listed = [bundles, affected].flatMap((one) => (Array.isArray(one) ? one : []));
  const around = pivot !== null && typeof pivot === 'object' && 'bundle' in pivot ? [pivot.bundle] : [];
  return [bundle, ...listed, ...around].filter((one): one is string => typeof one === 'string');
}

/** Answers kept of one analysis; a report has some dozens. */
const KEPT_MAX = 50;

/**
 * Asks again, for each report. While a case is analysed as it was, with the same bundles, clocks and rules, an answer is kept: a
 * draft is built again with every word that is changed, and a preview while it is exported: an answer that is still on its way
 * is waited for. Runbooks are files of the user's, which change without that.
 */
export class PinAnswers {
  readonly #ask: AskEngine;
  readonly #kept = new WeakMap<Analysis, Map<string, Promise<Result<unknown>>>>();

  constructor(ask: AskEngine) {
    this.#ask = ask;
  }

  /**
   * Asks one after the other. What cannot be answered now is told in its place; a question about a bundle that is not in the
   * case fails by name, so does one that was cancelled.
   */
  async of(
    pins: readonly PinnedAnswer[],
    store: CaseStore,
    caseId: CaseId,
    analysis: Analysis,
  ): Promise<Result<readonly PinWithAnswer[]>> {
    const asked: PinWithAnswer[] = [];
    for (const pin of pins) {
      const absent = bundlesAsked(pin).find((id) => store.bundles().every(({ bundle }) => bundle.id !== id));
      if (absent !== undefined) return archiveGone(pin, absent);
      const answer = await this.#answer(pin, caseId, analysis);
      if (!answer.ok && answer.failure.code === 'cancelled') return answer;
      asked.push(
        answer.ok
          ? { pin, answer: { method: pin.method, output: answer.value } as PinWithAnswer['answer'], failed: null }
          : { pin, answer: null, failed: sentenceOf(answer.failure) },
      );
    }
    return ok(asked);
  }

  #answer({ method, input }: PinnedAnswer, caseId: CaseId, analysis: Analysis): Promise<Result<unknown>> {
    const question = JSON.stringify([method, input]);
    const kept = this.#kept.get(analysis) ?? new Map<string, Promise<Result<unknown>>>();
    this.#kept.set(analysis, kept);
    const known = kept.get(question);
    if (known !== undefined) return known;
    const answer = this.#ask(method, { ...input, caseId });
    if (method === 'runbooks.run' || kept.size >= KEPT_MAX) return answer;
    kept.set(question, answer);
    const forget = () => kept.delete(question);
    answer.then(({ ok }) => ok || forget(), forget);
    return answer;
  }
}

function archiveGone({ title }: PinnedAnswer, bundle: string) {
  return fail(
    'not-found',
    `The pinned answer "${title}" is about an archive that is not in this case: sha256 ${bundle.slice(0, 12)}. Nothing was written.`,
    title,
    'Import the archive again, or remove the pinned answer.',
  );
}

function sentenceOf({ message, where }: { readonly message: string; readonly where: string | null }): string {
  return where === null ? message : `${message} (${where})`;
}
