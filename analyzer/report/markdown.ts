/** The report as CommonMark. Nothing in it is HTML, and no text of the customer's can become markup or a link. */
import {
  checksSentence,
  counted,
  coverageSentence,
  excerpt,
  instant,
  nodeName,
  type ReportCause,
  type ReportFinding,
  type ReportModel,
  reference,
  spanWords,
  stateWords,
} from './model.ts';
import { visible } from './visible.ts';

/**
 * @returns one line of Markdown that reads as `text`: every character with a meaning is escaped, so are the
 * beginnings that GitHub's dialect turns into links (`http://`, `www.`, `a@b`) and those that open a block.
 */
export function escapeMarkdown(text: string): string {
  return visible(text.replace(/[\r\n\t]+/g, ' '))
    .replace(/[\\`*_{}[\]<>#|~&!@$^]/g, '\\$&')
    .replace(/:(?=\/\/|[^\s:]*@)/g, '\\:')
    .replace(/\b(mailto|xmpp|javascript|data):/gi, '$1\\:')
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}\\.`)
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
    .replace(/^[ \t]+/, '');
}

/** @returns the longest run of back quotes in `text`. */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
}

/** @returns `text` as a code span on one line; its fence is longer than any run of back quotes inside. */
export function codeSpan(text: string): string {
  const shown = visible(text.replace(/[\r\n\t]+/g, ' '));
  if (shown.trim() === '') return '(empty)';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const space = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

/** @returns lines of a fenced block whose fence is longer than any run of back quotes inside. */
export function fenced(lines: readonly string[]): readonly string[] {
  const shown = lines.map(visible);
  const fence = '`'.repeat(Math.max(3, ...shown.map((line) => longestRun(line) + 1)));
  return [`${fence}text`, ...shown, fence];
}

/** @returns a sentence of ours: parts between back quotes stay code, the rest is escaped. */
export function prose(text: string): string {
  const pieces = text.split('`');
  if (pieces.length % 2 === 0) return escapeMarkdown(text);
  // Only the first piece begins the line; an escaped dash elsewhere would read the same anyway.
  return pieces.map((piece, index) => (index % 2 === 1 ? codeSpan(piece) : piecewise(piece))).join('');
}

function piecewise(piece: string): string {
  const lead = /^\s/.test(piece) ? ' ' : '';
  return piece.trim() === '' ? (piece === '' ? '' : ' ') : `${lead}${escapeMarkdown(piece)}`;
}

/** The rest is with the finding itself. */
const REFERENCES_SHOWN_MAX = 3;

function cited(entry: ReportFinding): string {
  const { evidence } = entry.finding;
  const more = evidence.length - REFERENCES_SHOWN_MAX;
  const shown = evidence.slice(0, REFERENCES_SHOWN_MAX).map((one) => codeSpan(reference(one)));
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** @returns the whole document. */
export function renderMarkdown(model: ReportModel): string {
  const { input } = model;
  const said = input.analysis.verdict;
  const lines = [
    `# ${escapeMarkdown(input.caseTitle)}: node log report`,
    '',
    escapeMarkdown(`Made by ${model.generatedBy} ${input.version} on ${instant(input.generatedAt)}.`),
    '',
    '## Verdict',
    '',
    `**${prose(said.sentence)}**`,
    '',
    `Confidence: ${said.confidence.level}: ${prose(said.confidence.because)}`,
    '',
    model.verdictFinding === null
      ? 'No single finding is named as the cause.'
      : `Rests on ${model.verdictFinding.label}: ${cited(model.verdictFinding)}`,
    '',
    '## Causes, most likely first',
    '',
    ...(model.causes.length === 0
      ? ['No cause could be ranked from this evidence.', '']
      : model.causes.flatMap((entry) => causeLines(entry))),
    '## Findings',
    '',
    ...(model.findings.length === 0
      ? [
          'No rule or analyzer found anything in what was read. This does not show that the node is healthy: see what is not known.',
          '',
        ]
      : model.findings.flatMap((entry) => findingLines(entry, model.nodeOf))),
    ...(model.leftOut === 0
      ? []
      : [`${counted(model.leftOut, 'more finding')} of the analysis not in this report.`, '']),
    ...askLines(model),
    ...notKnownLines(model),
    ...nodeLines(model),
    ...provenanceLines(model),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function causeLines(entry: ReportCause): readonly string[] {
  const { cause, of, explains, explainsElsewhere } = entry;
  const explained = [
    ...explains.map((one) => `${one.label} ${prose(one.finding.title)}`),
    ...(explainsElsewhere === 0 ? [] : [`${counted(explainsElsewhere, 'finding')} not in this report`]),
  ];
  return [
    `### ${cause.rank}. ${prose(of.finding.title)} (${of.label}, ${of.finding.severity})`,
    '',
    `- Why: ${prose(cause.because)}`,
    ...(explained.length === 0 ? [] : [`- Explains: ${explained.join(', ')}`]),
    ...(cause.changesIf.length === 0 ? [] : [`- This would change it: ${cause.changesIf.map(prose).join('; ')}`]),
    `- Evidence: ${cited(of)}`,
    '',
  ];
}

function findingLines(entry: ReportFinding, nodeOf: ReportModel['nodeOf']): readonly string[] {
  const { finding, label } = entry;
  const entities = finding.entities.map((one) => `${one.kind} ${codeSpan(one.name)}`).join(', ');
  return [
    `### ${label} \\[${finding.severity}\\] ${prose(finding.title)}`,
    '',
    prose(finding.claim),
    '',
    `- Confidence: ${finding.confidence.level}: ${prose(finding.confidence.because)}`,
    `- Owner: ${finding.owner}; node: ${codeSpan(nodeOf(finding))}; rule: ${codeSpan(finding.rule)}; finding: ${codeSpan(finding.id)}`,
    `- When: ${escapeMarkdown(spanWords(finding))}; count: ${finding.count.toLocaleString('en-US')}`,
    ...(entities === '' ? [] : [`- Concerns: ${entities}`]),
    ...(finding.userNotices === '' ? [] : [`- What users notice: ${prose(finding.userNotices)}`]),
    ...(entry.chosen === 'cited' ? ['- Added because the verdict or a cause rests on it'] : []),
    '',
    ...finding.evidence.flatMap((evidence) => {
      const { lines, more } = excerpt(evidence);
      const width = String(evidence.endLine).length;
      return [
        `Evidence ${codeSpan(reference(evidence))}${evidence.note === null ? '' : `: ${prose(evidence.note)}`}`,
        '',
        ...fenced(lines.map((line) => `${String(line.number).padStart(width)}  ${line.text}`)),
        '',
        `sha256 ${codeSpan(evidence.sha256)} of bytes ${evidence.byteStart} to ${evidence.byteEnd}, bundle ${codeSpan(evidence.bundle.slice(0, 12))}${
          more === 0 ? '' : `; ${counted(more, 'more line')} cited, all under this hash`
        }`,
        '',
      ];
    }),
    ...steps('Do now', finding.advice.now),
    ...steps('Check that it worked', finding.advice.check),
    ...steps('Long term', finding.advice.longTerm),
  ];
}

function steps(title: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return [];
  return [`${title}:`, '', ...entries.map((entry, index) => `${index + 1}. ${prose(entry)}`), ''];
}

function askLines(model: ReportModel): readonly string[] {
  const { askCustomer } = model.input.analysis;
  if (askCustomer.length === 0) return [];
  return [
    '## To ask the customer',
    '',
    ...askCustomer.flatMap((one) => [
      `${one.node === null ? '' : `On ${codeSpan(one.node)}: `}${prose(one.why)}`,
      '',
      ...fenced(one.command.split('\n')),
      '',
    ]),
  ];
}

function notKnownLines(model: ReportModel): readonly string[] {
  const { analysis, bundles } = model.input;
  const nameOf = (bundle: string): string => codeSpan(model.nodeOf({ bundle }));
  const notListed = bundles.reduce((sum, bundle) => sum + bundle.gapsNotListed, 0);
  return [
    '## What was read, and what is not known',
    '',
    escapeMarkdown(coverageSentence(analysis)),
    '',
    'Gaps:',
    '',
    ...(model.gaps.length + notListed === 0 ? ['- None: every member of every archive was read to its end.'] : []),
    ...model.gaps.map(
      ({ bundle, gap }) =>
        `- ${gap.weight === 'major' ? 'Matters: ' : ''}${prose(gap.message)} ${codeSpan(gap.file ?? bundle.name)}${gap.byte === null ? '' : ` at byte ${gap.byte}`}`,
    ),
    ...(notListed === 0 ? [] : [`- ${counted(notListed, 'more gap')} counted but not listed.`]),
    '',
    'Expected files:',
    '',
    ...(model.incomplete.length === 0
      ? [
          analysis.completeness.length === 0
            ? '- This layout names no expected files.'
            : '- Every expected file is there.',
        ]
      : model.incomplete.map(
          (entry) =>
            `- ${codeSpan(entry.file ?? entry.expected)} on ${nameOf(entry.bundle)}: ${stateWords(entry.state)}. ${prose(entry.prevents)}`,
        )),
    '',
    `Checks: ${escapeMarkdown(checksSentence(model))}`,
    '',
    ...model.unusedRules.map((one) => `- ${prose(one)}`),
    ...model.failed.map((one) => `- Failed: ${codeSpan(one.id)} on ${nameOf(one.bundle)}: ${prose(one.why)}`),
    ...model.skipped.map((one) => `- Skipped: ${codeSpan(one.id)} on ${nameOf(one.bundle)}: ${prose(one.missing)}`),
    '',
  ];
}

function nodeLines(model: ReportModel): readonly string[] {
  const entries = model.input.analysis.nodes;
  if (entries.length === 0) return [];
  return [
    '## Nodes and versions',
    '',
    ...entries.flatMap((node) => [
      `### ${escapeMarkdown(model.nodeOf(node))}`,
      '',
      `- kube-proxy mode: ${node.mode}. ${prose(node.modeBecause)}`,
      ...node.facts.map(
        (fact) =>
          `- ${escapeMarkdown(fact.name)}: ${codeSpan(fact.value)}. ${prose(fact.because)}${fact.evidence
            .map((evidence) => ` ${codeSpan(reference(evidence))}`)
            .join('')}`,
      ),
      '',
    ]),
  ];
}

function provenanceLines(model: ReportModel): readonly string[] {
  return [
    '## Where this comes from',
    '',
    ...model.input.bundles.flatMap((bundle) => [
      `- ${codeSpan(bundle.name)}, sha256 ${codeSpan(bundle.sha256)}`,
      `  - node: ${codeSpan(nodeName(bundle.node))}. ${prose(bundle.nodeBecause)}`,
      `  - layout: ${escapeMarkdown(bundle.layout)}. ${prose(bundle.layoutBecause)}`,
      `  - collected: ${escapeMarkdown(bundle.collectedAt === null ? 'not known' : instant(bundle.collectedAt))}; imported: ${escapeMarkdown(instant(bundle.importedAt))}`,
    ]),
    '',
    'Each excerpt names its file, line range, byte range and the sha256 of exactly those bytes, so that it can be checked against the original archive.',
  ];
}
