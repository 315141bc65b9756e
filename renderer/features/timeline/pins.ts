/** What Pin does to a chain or an event: its lines are kept with a note, and the findings they are evidence of are pinned. */

import type { Pinnable } from '../../components/AddToReport.tsx';
import { counted } from '../../model/format.ts';
import { distanceLabel } from '../../model/timeline-view.ts';
import type {
  Analysis,
  CorrelatedEvent,
  Evidence,
  Failure,
  FindingId,
  FoundChain,
  Loadable,
} from '../../model/types.ts';
import { marks } from '../../stores/notebook.ts';
import { useSession, useStores } from '../../stores/stores.tsx';

interface PinnedLine {
  readonly evidence: Evidence;
  readonly note: string;
}

/** @returns each end of the chain with its place in it. */
export function chainLines({ title, steps, because }: FoundChain): readonly PinnedLine[] {
  return steps.map((step, index) => ({
    evidence: step.evidence,
    note: `Chain "${title}", ${index + 1} of ${steps.length}: ${step.title}. ${because}`,
  }));
}

/** @returns the line of an event with why it was listed. */
export function eventLine({ evidence, distanceMs, because }: CorrelatedEvent, pivot: string): PinnedLine {
  const reasons = because.map(({ sentence }) => sentence).join(', ');
  return { evidence, note: `${distanceLabel(distanceMs)} from the pivot (${pivot}): ${reasons}` };
}

/** @returns findings of which one of these lines is evidence. */
export function findingsOf(lines: readonly PinnedLine[], analysis: Loadable<Analysis>): readonly FindingId[] {
  if (analysis.state !== 'ready') return [];
  const cites = (one: Evidence) =>
    lines.some(
      ({ evidence }) =>
        one.bundle === evidence.bundle &&
        one.file === evidence.file &&
        one.line <= evidence.endLine &&
        one.endLine >= evidence.line,
    );
  return analysis.value.findings.filter((finding) => finding.evidence.some(cites)).map(({ id }) => id);
}

/** @returns pins lines and their findings, and the answer they are from where it is given, and says what was done. */
export function usePins(): (lines: readonly PinnedLine[], what: string, answer: Pinnable | null) => Promise<void> {
  const { notebook, marks: said, screens, pins } = useStores();
  const analysis = useSession((state) => state.analysis);
  return async (lines, what, answer) => {
    const failures: (Failure | null)[] = [];
    for (const { evidence, note } of lines) {
      const line = { bundle: evidence.bundle, file: evidence.file, line: evidence.line };
      const kept = notebook.getState().bookmarks.find((one) => marks(one, line))?.note ?? '';
      const both = kept.includes(note) ? kept : kept === '' ? note : `${kept}\n${note}`;
      failures.push(await notebook.getState().mark(line, both));
    }
    const findings = findingsOf(lines, analysis);
    for (const finding of findings) failures.push(await said.getState().change(finding, { pinned: 'yes' }));
    if (answer !== null) failures.push(await pins.getState().pin(answer.question, answer.title));
    const failed = failures.find((one) => one !== null);
    const also = findings.length === 0 ? '' : `, ${counted(findings.length, 'finding')} of it pinned to the report`;
    screens
      .getState()
      .announce(
        failed == null ? `${what}: ${counted(lines.length, 'line')} kept${also}` : `Not all kept: ${failed.message}`,
        'report',
      );
  };
}
