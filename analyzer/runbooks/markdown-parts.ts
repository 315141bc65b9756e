/** The parts of a Markdown runbook that say what its steps mean: output format, escalation, common issues. */
import * as z from 'zod';
import type { CommonIssue, Conclusion, Condition, Escalation, Step } from './runbook.ts';
import { rated } from './safety.ts';
import { knownChoices, subjectOf } from './subjects.ts';

export const OutputFormat = z.looseObject({
  root_cause: z.string().trim().min(1),
  evidence: z.array(z.looseObject({ type: z.string(), content: z.coerce.string() })).min(1),
  severity: z.string().trim().min(1),
  mitigation: z.looseObject({ immediate: z.string().trim().min(1), long_term: z.string().trim().min(1) }),
});
export type OutputFormat = z.output<typeof OutputFormat>;

/** `kube-proxy sync failure — <api_connectivity|crash|config_error>`. */
const PLACEHOLDER = /<([^<>]+)>/;

/**
 * @returns what can be concluded, in order. Choices that nothing is known of are held against the words of findings that
 * are tied to the runbook; a root cause in free words is the worst of these.
 */
export function conclusionsOf(
  { root_cause: template, severity, mitigation }: OutputFormat,
  ratings: readonly string[],
  steps: readonly Step[],
): readonly Conclusion[] {
  const base = {
    severity: /[<|]/.test(severity) ? '{severity}' : severity,
    immediate: rated(mitigation.immediate, ratings),
    longTerm: rated(mitigation.long_term, ratings),
  };
  const conclusion = (rootCause: string, when: Condition, because: string | null = null): Conclusion => ({
    rootCause,
    when,
    because,
    ...base,
  });
  const found = PLACEHOLDER.exec(template);
  if (found === null) return [conclusion(template, { by: 'tied', words: [] })];
  const filled = (choice: string): string => template.replace(PLACEHOLDER, () => choice);
  const choices = (found[1] ?? '').split('|').map((choice) => choice.trim());
  if (choices.length === 1) return [conclusion(filled('{title}'), { by: 'tied', words: [] })];
  const running = steps.filter(({ action }) => action.do === 'check' && action.process !== null);
  const stated = running.find((step) => step.found !== null)?.found ?? null;
  const ids = running.map(({ id }) => id);
  const known = knownChoices(template.slice(0, found.index), choices, ids);
  if (known !== null) {
    return known.map(({ choice, when, about }) => conclusion(filled(choice), when, about === null ? null : stated));
  }
  return choices.map((choice) => conclusion(filled(choice), { by: 'tied', words: wordsOf(choice) }));
}

function wordsOf(choice: string): readonly string[] {
  return choice
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

export function escalationOf(condition: string): Escalation {
  const where = /\b(?:all|every|multiple|several|other) nodes?\b/i.test(condition) ? 'everywhere' : 'here';
  return { condition, when: conditionOf(condition), where };
}

export function issueOf(
  { symptoms, diagnosis, resolution }: Pick<CommonIssue, 'symptoms' | 'diagnosis' | 'resolution'>,
  ratings: readonly string[],
): CommonIssue {
  const { safety } = rated(resolution, ratings);
  return { symptoms, diagnosis, resolution, safety, when: conditionOf(symptoms) };
}

function conditionOf(sentence: string): Condition | null {
  const subject = subjectOf(sentence);
  return subject === null ? null : { by: 'findings', any: subject.findings, notBefore: [] };
}
