/** The result of a runbook as CommonMark, for the support case: what was concluded, why, and every step with its lines. */
import type { EscalationState, RunbookResult, RunbookStep, StepEnd } from '../core/runbook.ts';
import type { Evidence } from '../core/vocabulary.ts';
import { codeSpan, escapeMarkdown, fenced, prose } from './markdown-text.ts';
import { excerpt, reference } from './model.ts';

/** How the end of a step is called. */
const END_WORDS: Readonly<Record<StepEnd, string>> = {
  pass: 'pass',
  finding: 'finding',
  'not-found': 'not found',
  'needs-customer': 'needs the customer',
  'not-applicable': 'not applicable',
  failed: 'failed',
};

const STATE_WORDS: Readonly<Record<EscalationState['state'], string>> = {
  holds: 'holds',
  'does-not-hold': 'does not hold',
  'not-known': 'not known',
};

/** Lines of one piece of evidence. */
const LINES_MAX = 6;

/** Everything but the document itself. */
type Told = Omit<RunbookResult, 'markdown'>;

/** @returns the whole text. */
export function runbookMarkdown(result: Told): string {
  const { runbook, node, nodeBecause, rootCause, because } = result;
  return `${[
    `# ${escapeMarkdown(runbook.title)}`,
    '',
    `**Root cause: ${escapeMarkdown(rootCause)}**`,
    '',
    escapeMarkdown(because),
    '',
    `Node ${escapeMarkdown(node ?? 'without a name')} (${escapeMarkdown(nodeBecause)}).`,
    '',
    '## Output',
    '',
    ...fenced(result.document.trimEnd().split('\n')),
    '',
    '## Mitigation',
    '',
    ...mitigationLines(result.mitigation),
    '',
    ...section(
      'Escalate if',
      result.escalation.map(
        (one) => `- ${escapeMarkdown(one.condition)}: **${STATE_WORDS[one.state]}** (${escapeMarkdown(one.because)})`,
      ),
    ),
    ...section(
      'Safety ratings of the runbook',
      result.safetyRatings.map((rating) => `- ${escapeMarkdown(rating)}`),
    ),
    ...section(
      'Ask the customer',
      result.askCustomer.map(({ command, why }) => `- ${codeSpan(command)}: ${escapeMarkdown(why)}`),
    ),
    ...stepLines(result.steps),
  ].join('\n')}\n`;
}

function mitigationLines(mitigation: RunbookResult['mitigation']): readonly string[] {
  if (mitigation.length === 0) return ['Nothing is advised before the root cause is established.'];
  return mitigation.map(
    (one) => `- **${one.safety}**, ${one.when}: ${escapeMarkdown(one.text)} (${escapeMarkdown(one.because)})`,
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

function stepLines(steps: readonly RunbookStep[]): readonly string[] {
  const phases = [...new Set(steps.map(({ phase }) => phase))];
  return phases.flatMap((phase) => [
    `## ${escapeMarkdown(phase)}`,
    '',
    ...steps.filter((step) => step.phase === phase).flatMap(oneStep),
  ]);
}

function oneStep({ id, level, text, end, because, evidence, commands }: RunbookStep): readonly string[] {
  const must = level === null ? '' : ` (${level})`;
  return [
    `### ${/^[\w.-]+$/.test(id) ? id : escapeMarkdown(id)}${must}: ${END_WORDS[end]}`,
    '',
    // The runbook's words may be Markdown: here they are a quotation, not a part of this document.
    `> ${prose(text.replaceAll('**', ''))}`,
    '',
    escapeMarkdown(because),
    '',
    ...commands.flatMap((command) => [`- Ask for ${codeSpan(command)}`]),
    ...(commands.length > 0 ? [''] : []),
    ...evidence.flatMap(citedLines),
  ];
}

function citedLines(evidence: Evidence): readonly string[] {
  const { lines, more } = excerpt(evidence);
  const shown = lines.slice(0, LINES_MAX).map(({ text }) => text);
  const left = more + lines.length - shown.length;
  return [codeSpan(reference(evidence)), '', ...fenced(left > 0 ? [...shown, `(${left} more)`] : shown), ''];
}
