/** Findings as a command names them. */
import type { FindingId } from '../../core/ids.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Finding } from '../../core/vocabulary.ts';
import { type OpenCase, wrongUsage } from './session.ts';

/** @returns the findings that are meant, by ids separated by commas; ends the command when one is none. */
export async function chosenFindings(
  { session, caseId }: OpenCase,
  words: string,
  givenBy: '--findings' | 'argument',
): Promise<FindingId[]> {
  const wanted = words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const where = (word: string): string => (givenBy === 'argument' ? word : `${givenBy} ${word}`);
  if (wanted.length === 0) wrongUsage('This names no finding.', where(JSON.stringify(words)), LIST_THEM);
  const findings = await session.call('finding.list', { caseId, severity: null, node: null, rule: null });
  return resolveFindings(wanted, findings, where);
}

const LIST_THEM = 'List them with `coldcase findings`.';

/** @returns the findings that are meant; the first digits of an id are enough when they fit one only. */
function resolveFindings(
  words: readonly string[],
  findings: readonly Finding[],
  where: (word: string) => string,
): FindingId[] {
  const ids = findings.map((finding) => finding.id);
  return words.map((word) => {
    const exact = ids.find((id) => id === word);
    const fitting = ids.filter((id) => id.startsWith(word));
    const [first] = fitting;
    if (exact !== undefined) return exact;
    if (first !== undefined && fitting.length === 1) return first;
    const advice = fitting.length > 1 ? `It could be ${fitting.join(', or ')}.` : didYouMean(word, ids);
    return wrongUsage('No finding of this case has this id.', where(word), advice ?? LIST_THEM);
  });
}
