/** Findings in words for a terminal: the claim, how sure it is and why, and every line it rests on. */
import { grouped } from '../../core/grouped.ts';
import { someOf } from '../../core/some-of.ts';
import type { Bundle, Evidence, Finding } from '../../core/vocabulary.ts';
import { counted, excerpt, nodeNamer, reference, spanWords } from '../../report/model.ts';
import type { Output } from './output.ts';
import { visible, wrap } from './text.ts';

type NodeNamer = ReturnType<typeof nodeNamer>;

/** Lines of one piece of evidence that are printed; the reference names all of them. */
const LINES_SHOWN_MAX = 6;
const INDENT = '  ';

/** @returns `[critical]` and so on, coloured on a terminal. */
export function severityWord(output: Output, finding: Pick<Finding, 'severity'>): string {
  return output.paint(finding.severity, `[${finding.severity}]`);
}

/** @returns `file:line, file:line and 3 more`. */
export function referencesLine(evidence: readonly Evidence[], shown: number): string {
  return someOf(
    evidence.map((one) => visible(reference(one))),
    shown,
  );
}

function evidenceLines(output: Output, evidence: Evidence): readonly string[] {
  const { lines, more } = excerpt(evidence);
  const shown = lines.slice(0, LINES_SHOWN_MAX);
  const width = String(evidence.endLine).length;
  const left = more + lines.length - shown.length;
  const note = evidence.note === null ? '' : `  ${visible(evidence.note.replace(/\s+/g, ' '))}`;
  return [
    `${INDENT}${visible(reference(evidence))}${note}`,
    ...shown.map(
      (line) => `${INDENT}${INDENT}${output.paint('dim', String(line.number).padStart(width))}  ${visible(line.text)}`,
    ),
    ...(left > 0 ? [`${INDENT}${INDENT}${' '.repeat(width)}  (${counted(left, 'more line')})`] : []),
  ];
}

/** @returns one finding in full; `nodeOf` names its node. */
function findingLines(output: Output, finding: Finding, nodeOf: NodeNamer): readonly string[] {
  const { paint, width } = output;
  const list = (title: string, entries: readonly string[]): readonly string[] =>
    entries.flatMap((entry, index) =>
      wrap(
        entry,
        width,
        `${INDENT}${index === 0 ? title : ' '.repeat(title.length)} - `,
        `${INDENT}${' '.repeat(title.length)}   `,
      ),
    );
  return [
    `${severityWord(output, finding)} ${paint('strong', visible(finding.title.replace(/\s+/g, ' ')))}`,
    ...wrap(finding.claim, width, INDENT),
    ...wrap(`${finding.confidence.level}: ${finding.confidence.because}`, width, INDENT),
    ...wrap(
      `Owner ${finding.owner}; ${finding.node === null ? '' : 'node '}${nodeOf(finding)}; ${spanWords(finding)}; count ${grouped(finding.count)}`,
      width,
      INDENT,
    ),
    ...finding.evidence.flatMap((evidence) => evidenceLines(output, evidence)),
    ...(finding.userNotices === '' ? [] : wrap(`Users notice: ${finding.userNotices}`, width, INDENT)),
    ...list('Do now', finding.advice.now),
    ...list('Check ', finding.advice.check),
    `${INDENT}${paint('dim', `rule ${visible(finding.rule)}, finding ${visible(finding.id)}`)}`,
  ];
}

/** @returns all findings, an empty line between them. */
export function findingsLines(
  output: Output,
  findings: readonly Finding[],
  bundles: readonly Bundle[],
): readonly string[] {
  const nodeOf = nodeNamer(bundles);
  return findings.flatMap((finding, index) => [...(index > 0 ? [''] : []), ...findingLines(output, finding, nodeOf)]);
}
