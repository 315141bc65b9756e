/** How the clocks of the nodes stand against each other, by what several of them saw. */
import { Clock } from 'lucide-react';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { shiftValue, shiftWords, suggestedShift } from '../../model/clocks.ts';
import type { Mark } from '../../model/derive.ts';
import { counted, sentenceCase } from '../../model/format.ts';
import { nodeNames } from '../../model/node-names.ts';
import type { ClockAlignment, ClockAlignments, ClockOverride } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';
import { shiftTarget } from './clock-groups.ts';
import { useClockChange } from './use-clock-change.ts';

const ANCHORS_SHOWN = 5;

function markOf({ outcome }: ClockAlignment, shift: number | null): Mark {
  if (outcome === 'refused') return 'unknown';
  return shift === null ? 'pass' : 'medium';
}

function Anchors({ alignment }: { readonly alignment: ClockAlignment }) {
  const { anchors, anchorCount } = alignment;
  if (anchors.length === 0) return null;
  return (
    <details className="more">
      <summary>{counted(anchorCount, 'anchor')}: what both clocks saw</summary>
      <ul>
        {anchors.slice(0, ANCHORS_SHOWN).map(({ what, offsetMs, here, there }) => (
          <li key={`${here.file} ${here.line} ${there.file} ${there.line}`} className="clocks__anchor">
            <span className="clip" title={what}>
              {what}
            </span>
            <span className="num">{shiftWords(offsetMs)}</span>
            <span className="chips">
              <EvidenceChip evidence={here} node={here.node} />
              <EvidenceChip evidence={there} node={there.node} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function NodeClocks({
  alignments,
  overrides,
}: {
  readonly alignments: ClockAlignments;
  readonly overrides: readonly ClockOverride[];
}) {
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  const { set, takeBack } = useClockChange();
  const names = nodeNames(bundles);
  return (
    <>
      <p>{alignments.sentence}</p>
      <ul>
        {alignments.nodes.map((alignment) => {
          const name = names.short.get(alignment.bundle) ?? '';
          const wanted = suggestedShift(alignment);
          const target = shiftTarget(alignment, alignments.nodes);
          const given = overrides.find(
            (one) =>
              one.what === 'shift' && one.file === null && one.node === target.node && one.bundle === target.bundle,
          );
          // The answer may still tell of clocks as they were before the shift was given.
          const shift = wanted === null || given?.value === shiftValue(wanted) ? null : wanted;
          return (
            <li key={alignment.bundle} className="clocks__node">
              <SeverityMark mark={markOf(alignment, shift)} label={null} />
              <span className="mono clip" title={names.whole.get(alignment.bundle)}>
                {name}
              </span>
              <div>
                <p>{sentenceCase(alignment.sentence)}</p>
                {alignment.shiftMs === 0 ? null : (
                  <p className="when__given">Shifted by {shiftWords(alignment.shiftMs)} by hand.</p>
                )}
                <Anchors alignment={alignment} />
              </div>
              <span className="chips">
                {shift === null ? null : (
                  <button
                    type="button"
                    className="btn btn--s"
                    aria-label={`Shift ${name} by ${shiftWords(shift)}`}
                    onClick={() =>
                      void set(
                        { ...target, what: 'shift', value: shiftValue(shift) },
                        `${name} shifted by ${shiftWords(shift)}`,
                      )
                    }
                  >
                    <Clock className="icon" aria-hidden="true" />
                    Shift this node by {shiftWords(shift)}
                  </button>
                )}
                {given === undefined ? null : (
                  <button
                    type="button"
                    className="btn btn--s"
                    aria-label={`Take back the shift of ${name}`}
                    onClick={() => void takeBack([given], `Took back the shift of ${name}`)}
                  >
                    Take back the shift
                  </button>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
