/** The document that a runbook asks for: root_cause, evidence, severity, mitigation, as YAML. */
import type { EscalationState, Mitigation, RunbookOutput, RunbookResult } from '../core/runbook.ts';
import type { Evidence } from '../core/vocabulary.ts';

/** Characters of one content: a line of a log, not a dump. */
const CONTENT_CHARS_MAX = 600;

/** @returns `file:line: text` of the first line of a piece of evidence. */
export function quoted({ file, line, text }: Evidence): string {
  return clipped(`${file}:${line}: ${text.split('\n', 1)[0] ?? ''}`);
}

export function clipped(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim().toWellFormed();
  return flat.length > CONTENT_CHARS_MAX ? `${flat.slice(0, CONTENT_CHARS_MAX).toWellFormed()}...` : flat;
}

type Said = Pick<RunbookResult, 'because' | 'escalation' | 'mitigation'>;

/**
 * @returns the document. What the shape has no key for (why, safety ratings, escalation) stands behind it as comments, so
 * that whoever reads it with a program gets the runbook's own shape and nothing else.
 */
export function printOutput(output: RunbookOutput, { because, escalation, mitigation }: Said): string {
  return [
    `root_cause: ${scalar(output.root_cause)}`,
    ...(output.evidence.length === 0 ? ['evidence: []'] : ['evidence:']),
    ...output.evidence.flatMap(({ type, content }) => [`  - type: ${word(type)}`, `    content: ${scalar(content)}`]),
    `severity: ${word(output.severity)}`,
    'mitigation:',
    `  immediate: ${scalar(output.mitigation.immediate)}`,
    `  long_term: ${scalar(output.mitigation.long_term)}`,
    comment(`Why: ${because}`),
    ...mitigation.map(mitigationComment),
    ...escalation.map(escalationComment),
    '',
  ].join('\n');
}

function mitigationComment({ when, safety, text, because }: Mitigation): string {
  return comment(`Safety (${when}) ${safety}: ${text} [${because}]`);
}

const STATE_WORDS = { holds: 'holds', 'does-not-hold': 'does not hold', 'not-known': 'not known' } as const;

function escalationComment({ condition, state, because }: EscalationState): string {
  return comment(`Escalate if: ${condition}: ${STATE_WORDS[state]} (${because})`);
}

/** A comment ends with its line, whatever a captured line holds. */
function comment(text: string): string {
  return `# ${clipped(text).replace(UNPRINTABLE, '?')}`;
}

/** Words that YAML would read as something else are quoted. */
function word(text: string): string {
  return /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][\w-]*$/i.test(text) ? text : scalar(text);
}

/** What a YAML stream may not hold as it is (1.2, 5.1), and what ends lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones meant.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** JSON strings are double-quoted scalars of YAML. */
function scalar(text: string): string {
  const escaped = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text.toWellFormed()).replace(UNPRINTABLE, escaped);
}
