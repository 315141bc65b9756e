/** What the engineer put into the Markdown report: kept lines, pinned answers; and when findings happened. */
import type { ReportSectionKind } from '../core/report.ts';
import type { DocumentAnswer } from './document.ts';
import { evidenceLines, type MarkdownContext } from './markdown-findings.ts';
import { cell, escapeMarkdown, prose, table } from './markdown-text.ts';
import { instant } from './model.ts';

export function keptLines({ document: { kept } }: MarkdownContext): readonly string[] {
  return kept.flatMap(({ note, evidence }) => [
    ...(note === '' ? [] : [`Note by the engineer: ${escapeMarkdown(note)}`, '']),
    ...evidenceLines(evidence),
  ]);
}

/** @returns the findings that have instants, in the order of time. */
export function momentLines({ document, nodeOf, findingAt }: MarkdownContext): readonly string[] {
  if (document.timeline.length === 0) return [];
  return table(
    ['From', 'To', 'Node', 'Finding'],
    document.timeline.map(({ first, last, node, finding, title }) => [
      instant(first),
      last === first ? ' ' : instant(last),
      cell(nodeOf({ bundle: findingAt.get(finding)?.bundle ?? '', node })),
      `${finding} ${cell(title)}`,
    ]),
  );
}

/** @returns the pinned answers of a section. */
export function answerLines(kind: ReportSectionKind, { document }: MarkdownContext): readonly string[] {
  return document.answers.filter(({ section }) => section === kind).flatMap(oneAnswer);
}

function oneAnswer({ label, title, question, note, failed, sentences, tables }: DocumentAnswer): readonly string[] {
  return [
    `### ${label} ${escapeMarkdown(title)}`,
    '',
    escapeMarkdown(question),
    '',
    ...(note === '' ? [] : [`Note by the engineer: ${escapeMarkdown(note)}`, '']),
    ...(failed === null ? [] : [`**It could not be answered again: ${escapeMarkdown(failed)}**`, '']),
    ...sentences.flatMap((one) => [prose(one), '']),
    ...tables.flatMap(({ caption, columns, rows }) =>
      rows.length === 0
        ? []
        : [
            `${escapeMarkdown(caption)}:`,
            '',
            ...table(
              [...columns.map(cell), 'Evidence'],
              rows.map(({ cells, cites }) => [...cells.map(cell), cites.join(', ') || ' ']),
            ),
          ],
    ),
  ];
}
