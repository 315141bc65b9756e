/** The report as CommonMark with tables. Nothing in it is HTML, and no text of the customer's can become markup or a link. */

import { someOf } from '../core/some-of.ts';
import type { CaseDocument, DocumentCause, DocumentSection } from './document.ts';
import { answerLines, keptLines, momentLines } from './markdown-answers.ts';
import { askLines, nodeLines, notKnownLines, provenanceLines, redactionLines } from './markdown-context.ts';
import { cited, findingsLines, type MarkdownContext } from './markdown-findings.ts';
import { escapeMarkdown, fenced, prose } from './markdown-text.ts';
import { counted, instant, NODES_NAMED, nodeName, nodeNamer } from './model.ts';
import { referenceRows } from './references.ts';

/** @returns the whole document. */
export function renderMarkdown(document: CaseDocument): string {
  const context: MarkdownContext = {
    document,
    nodeOf: nodeNamer(document.bundles),
    findingAt: new Map(document.findings.map((one) => [one.label, one])),
  };
  const { name, version, rules } = document.generatedBy;
  const names = [...new Set(document.bundles.map((bundle) => nodeName(bundle.node)))];
  const made = `Made by ${name} ${version} with ${counted(rules, 'rule')} on ${instant(document.generatedAt)}.`;
  const told = new Set<string>();
  const lines = [
    `# ${escapeMarkdown(document.title)}: node log report`,
    '',
    escapeMarkdown(
      `${counted(document.bundles.length, 'bundle')} of ${someOf(names, NODES_NAMED) || 'no node'}. ${made}`,
    ),
    '',
    ...document.sections.flatMap((section) => {
      // Content stands once, however often a draft names its kind.
      const content = told.has(section.kind) ? [] : contentOf(section, context);
      told.add(section.kind);
      return [`## ${escapeMarkdown(section.heading)}`, '', ...words(section.text), ...content];
    }),
    ...redactionLines(document),
    '## References',
    '',
    'Each names its file, line range, byte range and the sha256 of exactly those bytes, so that it can be checked against the original archive.',
    '',
    ...fenced(referenceRows(document)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function contentOf({ kind }: DocumentSection, context: MarkdownContext): readonly string[] {
  switch (kind) {
    case 'verdict':
      return verdictLines(context);
    case 'causes':
      return causesLines(context);
    case 'findings':
      return findingsLines(context);
    case 'lines':
      return keptLines(context);
    case 'timeline':
      return [...momentLines(context), ...answerLines(kind, context)];
    case 'traces':
    case 'comparisons':
    case 'runbooks':
      return answerLines(kind, context);
    case 'text':
      return [];
    case 'ask':
      return askLines(context);
    case 'not-known':
      return notKnownLines(context);
    case 'nodes':
      return nodeLines(context);
    case 'bundles':
      return provenanceLines(context);
  }
}

/** The engineer's own words, as a quotation. */
function words(text: string): readonly string[] {
  if (text.trim() === '') return [];
  const lines = text.split(/\r?\n/).map((line) => (line.trim() === '' ? '>' : `> ${escapeMarkdown(line)}`));
  return ['Written by the engineer:', '', ...lines.flatMap((line) => (line === '>' ? [line] : [line, '>'])), ''];
}

function verdictLines({ document: { verdict }, findingAt }: MarkdownContext): readonly string[] {
  if (verdict === null) return [];
  const of = verdict.finding === null ? undefined : findingAt.get(verdict.finding);
  return [
    `**${prose(verdict.sentence)}**`,
    '',
    `Confidence: ${verdict.confidence.level}: ${prose(verdict.confidence.because)}`,
    '',
    of === undefined ? 'No single finding is named as the cause.' : `Rests on ${of.label}: ${cited(of)}`,
    '',
  ];
}

function causesLines(context: MarkdownContext): readonly string[] {
  const { causes } = context.document;
  if (causes.length === 0) return ['No cause could be ranked from this evidence.', ''];
  return causes.flatMap((cause) => causeLines(cause, context));
}

function causeLines(cause: DocumentCause, { findingAt }: MarkdownContext): readonly string[] {
  const { rank, finding, because, explains, explainsElsewhere, changesIf } = cause;
  const of = findingAt.get(finding);
  const explained = [
    ...explains.map((label) => `${label} ${prose(findingAt.get(label)?.title ?? '')}`),
    ...(explainsElsewhere === 0 ? [] : [`${counted(explainsElsewhere, 'finding')} not in this report`]),
  ];
  return [
    `### ${rank}. ${prose(of?.title ?? '')} (${finding}, ${of?.severity ?? ''})`,
    '',
    `- Why: ${prose(because)}`,
    ...(explained.length === 0 ? [] : [`- Explains: ${explained.join(', ')}`]),
    ...(changesIf.length === 0 ? [] : [`- This would change it: ${changesIf.map(prose).join('; ')}`]),
    ...(of === undefined ? [] : [`- Evidence: ${cited(of)}`]),
    '',
  ];
}
