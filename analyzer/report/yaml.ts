/** The report in the shape that runbooks ask for: root_cause, evidence, severity, mitigation; and what it rests on. */
import type { RunbookOutput } from '../core/runbook.ts';
import { ROOT_CAUSE_NOT_ESTABLISHED } from '../core/runbook.ts';
import type { CaseDocument, DocumentEvidence, DocumentFinding } from './document.ts';
import { instant, nodeNamer, reference } from './model.ts';
import { referenceYaml } from './references.ts';
import { actingEscaped, visible } from './visible.ts';

/**
 * @returns YAML 1.2, a key a line; every text is a double-quoted scalar, which JSON strings are. What the shape has no key for
 * is in comments above it.
 */
export function renderYaml(document: CaseDocument): string {
  const output = outputOf(document);
  const { name, version } = document.generatedBy;
  return [
    comment(`${document.title}: node log report`),
    comment(`Made by ${name} ${version} on ${instant(document.generatedAt)}.`),
    ...(document.redaction?.profiles.map(({ title }) => comment(`Replaced by pseudonyms: ${title}.`)) ?? []),
    ...(document.redaction?.kept.map(comment) ?? []),
    `root_cause: ${scalar(output.root_cause)}`,
    ...(output.evidence.length === 0 ? ['evidence: []'] : ['evidence:']),
    ...output.evidence.flatMap(({ type, content }) => [`  - type: ${scalar(type)}`, `    content: ${scalar(content)}`]),
    `severity: ${scalar(output.severity)}`,
    'mitigation:',
    `  immediate: ${scalar(output.mitigation.immediate)}`,
    `  long_term: ${scalar(output.mitigation.long_term)}`,
    ...referenceYaml(document),
    '',
  ].join('\n');
}

/** The first cause is the root cause; of several the others stand in the evidence, as all findings do. */
function outputOf(document: CaseDocument): RunbookOutput {
  const { verdict, causes, findings } = document;
  const nodeOf = nodeNamer(document.bundles);
  const label = verdict?.finding ?? causes[0]?.finding ?? null;
  const cause = findings.find((one) => one.label === label);
  return {
    root_cause: cause === undefined ? ROOT_CAUSE_NOT_ESTABLISHED : (verdict?.sentence ?? cause.claim),
    evidence: [
      ...findings.flatMap((finding) => [
        { type: 'finding', content: claimOf(finding, nodeOf(finding)) },
        ...finding.evidence.map(lineOf),
      ]),
      ...document.kept.map(({ evidence }) => lineOf(evidence)),
    ],
    severity: cause?.severity ?? findings[0]?.severity ?? 'info',
    mitigation: {
      immediate: cause?.advice.now.join(' ') ?? '',
      long_term: cause?.advice.longTerm.join(' ') ?? '',
    },
  };
}

function claimOf({ label, severity, title, claim }: DocumentFinding, node: string): string {
  return `${label} [${severity}] ${title} on ${node}: ${claim}`;
}

/** All cited lines, so that this format says no less than the others. */
function lineOf(evidence: DocumentEvidence) {
  const { label, lines } = evidence;
  return { type: 'log', content: `${label} ${reference(evidence)}: ${lines.map(({ text }) => text).join('\n')}` };
}

/** A comment ends with its line, whatever the title holds. */
function comment(text: string): string {
  return `# ${visible(text.replace(/\s+/g, ' '))}`;
}

function scalar(text: string): string {
  return actingEscaped(JSON.stringify(text.toWellFormed()));
}
