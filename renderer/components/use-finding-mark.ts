/** What the keys and buttons of a finding do: pin it, call it noise, note something. */
import type { FindingId } from '../model/types.ts';
import type { MarkChange } from '../stores/marks.ts';
import type { Screen } from '../stores/navigation.ts';
import { useStores } from '../stores/stores.tsx';

/** @returns changes what is said of a finding, and says what was done. */
export function useFindingMark(): {
  readonly change: (finding: FindingId, part: MarkChange, done: string, leadsTo?: Screen) => Promise<void>;
  readonly togglePin: (finding: FindingId) => Promise<void>;
  readonly toggleNoise: (finding: FindingId) => Promise<void>;
} {
  const { marks, screens } = useStores();
  const change = async (finding: FindingId, part: MarkChange, done: string, leadsTo?: Screen) => {
    const failure = await marks.getState().change(finding, part);
    if (failure === null) screens.getState().announce(done, leadsTo);
    else screens.getState().announce(`Not kept: ${failure.message}`);
  };
  const said = (finding: FindingId) => marks.getState().marks.get(finding);
  return {
    change,
    togglePin: (finding) =>
      said(finding)?.pinned === 'yes'
        ? change(finding, { pinned: 'no' }, 'Not pinned any more')
        : change(finding, { pinned: 'yes' }, 'Pinned to the report', 'report'),
    toggleNoise: (finding) =>
      said(finding)?.noise === 'yes'
        ? change(finding, { noise: 'no' }, 'Not noise any more')
        : change(finding, { noise: 'yes' }, 'Marked as noise: it stays in the list, below the others'),
  };
}
