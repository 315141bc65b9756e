/** The findings part of the Markdown report: one table, then each finding with every cited line. */
import { grouped } from '../core/grouped.ts';
import { someOf } from '../core/some-of.ts';
import type { CaseDocument, DocumentEvidence, DocumentFinding, DocumentLine } from './document.ts';
import { cell, codeSpan, escapeMarkdown, fenced, prose, table } from './markdown-text.ts';
import { counted, type nodeNamer, reference, spanWords, tally } from './model.ts';

/** What every part of the document needs to know of the others. */
export interface MarkdownContext {
  readonly document: CaseDocument;
  readonly nodeOf: ReturnType<typeof nodeNamer>;
  readonly findingAt: ReadonlyMap<string, DocumentFinding>;
}

/** The rest is with the finding itself. */
const REFERENCES_SHOWN_MAX = 3;

/** @returns `file:line` of the first pieces of evidence of a finding. */
export function cited({ evidence }: DocumentFinding): string {
  return someOf(
    evidence.map((one) => codeSpan(reference(one))),
    REFERENCES_SHOWN_MAX,
  );
}

/** @returns all findings in one table, then each with its evidence. */
export function findingsLines({ document, nodeOf }: MarkdownContext): readonly string[] {
  const { findings, findingsNotInReport: left } = document;
  const more =
    left === 0
      ? []
      : [`${counted(left, 'more finding')} of the analysis ${left === 1 ? 'is' : 'are'} not in this report.`, ''];
  if (findings.length === 0) {
    return [
      'No rule or analyzer found anything in what was read. This does not show that the node is healthy: see what is not known.',
      '',
      ...more,
    ];
  }
  return [
    `${tally(findings)}.`,
    '',
    ...table(
      ['No.', 'Severity', 'Finding', 'Node', 'Owner'],
      findings.map((one) => [one.label, one.severity, cell(one.title), cell(nodeOf(one)), one.owner]),
    ),
    ...more,
    ...findings.flatMap((finding) => findingLines(finding, nodeOf)),
  ];
}

function findingLines(finding: DocumentFinding, nodeOf: MarkdownContext['nodeOf']): readonly string[] {
  const { label, alsoOn, note } = finding;
  const entities = finding.entities.map((one) => `${one.kind} ${codeSpan(one.name)}`).join(', ');
  return [
    `### ${label} \\[${finding.severity}\\] ${prose(finding.title)}`,
    '',
    prose(finding.claim),
    '',
    ...(note === '' ? [] : [`Note by the engineer: ${escapeMarkdown(note)}`, '']),
    `- Confidence: ${finding.confidence.level}: ${prose(finding.confidence.because)}`,
    `- Owner: ${finding.owner}; node: ${codeSpan(nodeOf(finding))}; rule: ${codeSpan(finding.rule)}; finding: ${codeSpan(finding.id)}`,
    `- When: ${escapeMarkdown(spanWords(finding))}; count: ${grouped(finding.count)}`,
    ...(entities === '' ? [] : [`- Concerns: ${entities}`]),
    ...(alsoOn.length === 0 ? [] : [`- Also on healthy nodes: ${alsoOn.map(codeSpan).join(', ')}`]),
    ...(finding.userNotices === '' ? [] : [`- What users notice: ${prose(finding.userNotices)}`]),
    ...(finding.chosen === 'cited' ? ['- Added because the verdict or a cause rests on it'] : []),
    '',
    ...finding.evidence.flatMap(evidenceLines),
    ...steps('Do now', finding.advice.now),
    ...steps('Check that it worked', finding.advice.check),
    ...steps('Long term', finding.advice.longTerm),
  ];
}

/** @returns an excerpt, its lines numbered as in the file; lines around it are marked. */
export function evidenceLines(evidence: DocumentEvidence): readonly string[] {
  const { label, note, before, lines, after, moreLines } = evidence;
  const width = String(after.at(-1)?.number ?? evidence.endLine).length;
  const around = before.length + after.length > 0;
  const row = (mark: string) => (line: DocumentLine) =>
    `${around ? mark : ''}${String(line.number).padStart(width)}  ${line.text}${line.more === 0 ? '' : ` (${counted(line.more, 'more character')})`}`;
  return [
    `Evidence ${label} ${codeSpan(reference(evidence))}${note === null ? '' : `: ${prose(note)}`}`,
    '',
    ...fenced([...before.map(row('  ')), ...lines.map(row('> ')), ...after.map(row('  '))]),
    '',
    `sha256 ${codeSpan(evidence.sha256)} of bytes ${evidence.byteStart} to ${evidence.byteEnd}, bundle ${codeSpan(evidence.bundle.slice(0, 12))}${
      moreLines === 0 ? '' : `; ${counted(moreLines, 'more line')} cited, all under this hash`
    }`,
    '',
  ];
}

function steps(title: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return [];
  return [`${title}:`, '', ...entries.map((entry, index) => `${index + 1}. ${prose(entry)}`), ''];
}
