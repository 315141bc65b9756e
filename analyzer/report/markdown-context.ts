/** What surrounds the findings in the Markdown report: what to ask for, what is not known, the nodes, where it came from. */
import { gapByte, gapSentence } from '../core/gap-sentence.ts';
import type { CaseDocument } from './document.ts';
import type { MarkdownContext } from './markdown-findings.ts';
import { cell, codeSpan, escapeMarkdown, fenced, prose, table } from './markdown-text.ts';
import {
  counted,
  instant,
  nodeName,
  noGapsSentence,
  nothingMissingSentence,
  notOpenedSentence,
  stateWords,
} from './model.ts';

export function askLines({ document: { askCustomer } }: MarkdownContext): readonly string[] {
  return askCustomer.flatMap((one) => [
    `${one.node === null ? '' : `On ${codeSpan(one.node)}: `}${prose(one.why)}`,
    '',
    ...fenced(one.command.split('\n')),
    '',
  ]);
}

export function notKnownLines({ document: { coverage, bundles }, nodeOf }: MarkdownContext): readonly string[] {
  if (coverage === null) return [];
  const { bundlesNotOpened, gaps, gapsNotListed, incomplete, unusedRules, notRun } = coverage;
  const archiveOf = (bundle: string): string => bundles.find(({ id }) => id === bundle)?.name ?? '';
  return [
    escapeMarkdown(coverage.sentence),
    '',
    'Gaps:',
    '',
    ...(bundlesNotOpened.length + gaps.length + gapsNotListed === 0 ? [`- ${noGapsSentence(bundles)}`] : []),
    ...bundlesNotOpened.map((one) => `- Matters: ${prose(notOpenedSentence(one))}`),
    ...gaps.map(
      (gap) =>
        `- ${gap.weight === 'major' ? 'Matters: ' : ''}${prose(gapSentence(gap))} ${codeSpan(gap.file ?? archiveOf(gap.bundle))}${gapByte(gap) === null ? '' : ` at ${gapByte(gap)}`}`,
    ),
    ...(gapsNotListed === 0 ? [] : [`- ${counted(gapsNotListed, 'more gap')} counted but not listed.`]),
    '',
    'Expected files:',
    '',
    ...(incomplete.length === 0
      ? [`- ${nothingMissingSentence(coverage.expected, bundles)}`, '']
      : table(
          ['Expected', 'State', 'Node', 'What it keeps us from knowing'],
          incomplete.map((entry) => [
            cell(entry.file ?? entry.expected),
            stateWords(entry.state),
            cell(nodeOf(entry)),
            cell(entry.prevents),
          ]),
        )),
    `Checks: ${escapeMarkdown(coverage.checks)}`,
    '',
    ...unusedRules.map((one) => `- ${prose(one)}`),
    ...notRun.map(
      ({ bundle, lacking, ids, reasons }) =>
        `- ${lacking === null ? 'Failed' : `Skipped without ${escapeMarkdown(lacking)}`}: ${ids.map(codeSpan).join(', ')} on ${codeSpan(nodeOf({ bundle }))}. ${prose(reasons.join('; '))}`,
    ),
    ...(unusedRules.length + notRun.length === 0 ? [] : ['']),
  ];
}

export function nodeLines({ document, nodeOf }: MarkdownContext): readonly string[] {
  return document.nodes.flatMap((node) => [
    `### ${escapeMarkdown(nodeOf(node))}`,
    '',
    ...node.facts.map(
      ({ name, value, because, cites }) =>
        `- ${escapeMarkdown(name)}: ${codeSpan(value)}. ${prose(because)}${cites.length === 0 ? '' : ` (${cites.join(', ')})`}`,
    ),
    '',
  ]);
}

export function provenanceLines({ document }: MarkdownContext): readonly string[] {
  return [
    ...document.bundles.flatMap((bundle) => [
      `- ${codeSpan(bundle.name)}, sha256 ${codeSpan(bundle.sha256)}`,
      `  - node: ${codeSpan(nodeName(bundle.node))}. ${prose(bundle.nodeBecause)}${bundle.markedHealthy ? '. Marked healthy by the engineer' : ''}`,
      `  - layout: ${escapeMarkdown(bundle.layout)}. ${prose(bundle.layoutBecause)}`,
      `  - collected: ${escapeMarkdown(bundle.collectedAt === null ? 'not known' : instant(bundle.collectedAt))}; imported: ${escapeMarkdown(instant(bundle.importedAt))}`,
    ]),
    '',
  ];
}

/** @returns what was replaced in this report, and what was left. */
export function redactionLines({ redaction }: CaseDocument): readonly string[] {
  if (redaction === null) return [];
  const titles = redaction.profiles.map(({ title }) => title).join(', ');
  return [
    '## What was replaced',
    '',
    escapeMarkdown(
      `Values of these kinds are pseudonyms in this report, the same value always by the same one: ${titles}.`,
    ),
    '',
    ...table(
      ['Kind', 'Values', 'Places'],
      redaction.replaced.map(({ title, values, places }) => [cell(title), String(values), String(places)]),
    ),
    ...redaction.kept.map((one) => `- ${escapeMarkdown(one)}`),
    '',
  ];
}
