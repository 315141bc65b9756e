/** Questions that are kept for the report: checked as their method would, and asked again when it is made. */
import { CONTRACT, type MethodName } from '../contract/contract.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import type { PinnedAnswer } from '../core/report.ts';
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
export function bundlesAsked({ input }: Question): readonly string[] {
  const { bundle, bundles, affected, pivot } = input as Readonly<Record<string, unknown>>;
  const listed = [bundles, affected].flatMap((one) => (Array.isArray(one) ? one : []));
  const around = pivot !== null && typeof pivot === 'object' && 'bundle' in pivot ? [pivot.bundle] : [];
  return [bundle, ...listed, ...around].filter((one): one is string => typeof one === 'string');
}

/**
 * Asks one after the other. What cannot be answered now is told in its place; a question about a bundle that is not in the
 * case fails by name, so does one that was cancelled.
 */
export async function askPins(
  pins: readonly PinnedAnswer[],
  store: CaseStore,
  caseId: CaseId,
  ask: AskEngine,
): Promise<Result<readonly PinWithAnswer[]>> {
  const asked: PinWithAnswer[] = [];
  for (const pin of pins) {
    const absent = bundlesAsked(pin).find((id) => store.bundles().every(({ bundle }) => bundle.id !== id));
    if (absent !== undefined) return archiveGone(pin, absent);
    const answer = await ask(pin.method, { ...pin.input, caseId });
    if (!answer.ok && answer.failure.code === 'cancelled') return answer;
    asked.push(
      answer.ok
        ? { pin, answer: { method: pin.method, output: answer.value } as PinWithAnswer['answer'], failed: null }
        : { pin, answer: null, failed: sentenceOf(answer.failure) },
    );
  }
  return ok(asked);
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
