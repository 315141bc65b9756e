/** What P does on a difference: its findings go into the report; without findings its lines are kept as bookmarks. */
import { useFindingMark } from '../../components/use-finding-mark.ts';
import type { Difference, Evidence } from '../../model/types.ts';
import { marks as isBookmarkOf } from '../../stores/notebook.ts';
import { useStores } from '../../stores/stores.tsx';
import { firstEvidence } from './sections.ts';

/** Sides whose lines are kept. */
const LINES_MAX = 4;

/** @returns the lines that stand for a difference: one of each side that cites any. */
export function linesOf(difference: Difference): readonly Evidence[] {
  return firstEvidence(difference.values, LINES_MAX);
}

export function usePin(): (difference: Difference) => Promise<void> {
  const { marks, notebook, screens } = useStores();
  const { change } = useFindingMark();
  const say = (text: string) => screens.getState().announce(text);
  const pinFindings = async ({ findings }: Difference) => {
    const said = marks.getState().marks;
    const isPinned = findings.every((finding) => said.get(finding)?.pinned === 'yes');
    const done = isPinned
      ? 'Its findings are not pinned any more'
      : `Pinned ${findings.length === 1 ? 'its finding' : `its ${findings.length} findings`} to the report`;
    for (const finding of findings) await change(finding, { pinned: isPinned ? 'no' : 'yes' }, done);
  };
  const keepLines = async (difference: Difference) => {
    const lines = linesOf(difference);
    const kept = lines.filter((line) => notebook.getState().bookmarks.some((one) => isBookmarkOf(one, line)));
    for (const line of lines) {
      if (kept.includes(line)) continue;
      const failure = await notebook.getState().mark(line, `Compare: ${difference.sentence}`);
      if (failure !== null) {
        say(`Not kept: ${failure.message}`);
        return;
      }
    }
    if (lines.length === 0) say('Nothing to pin: this difference cites no line');
    else
      say(
        kept.length === lines.length
          ? 'Its lines are bookmarked already'
          : 'Bookmarked its lines of each side, with this sentence',
      );
  };
  return (difference) => (difference.findings.length > 0 ? pinFindings(difference) : keepLines(difference));
}
