/** The selected difference: why it matters, what each side says, and the lines that say so. */
import { Flag, Network, Pin } from 'lucide-react';
import { EvidenceLines } from '../../components/EvidenceLines.tsx';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { Prose } from '../../components/Prose.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { counted, sentenceCase } from '../../model/format.ts';
import type { ComparedSide, Comparison, Difference, SideValue } from '../../model/types.ts';
import { useMarks, useSession, useStores } from '../../stores/stores.tsx';
import { KIND_NAMES, standsOut, usualValue } from './sections.ts';
import { linesOf } from './use-pin.ts';

/** Sides whose lines are shown; what stands out comes first, the others are told by their value alone. */
const SIDES_CITED = 6;
const REFERENCES_SHOWN = 3;

const ONE_OF: Readonly<Record<Difference['kind'], string>> = {
  finding: 'Finding',
  service: 'Service',
  fact: 'Fact',
  vocabulary: 'Lines of a log',
  text: 'Text',
};

function PinButton({ difference, onPin }: { readonly difference: Difference; readonly onPin: () => void }) {
  const said = useMarks((state) => state.marks);
  const { findings } = difference;
  const isPinned = findings.length > 0 && findings.every((finding) => said.get(finding)?.pinned === 'yes');
  const nothing = findings.length === 0 && linesOf(difference).length === 0;
  return (
    <button
      type="button"
      className="btn btn--s"
      aria-pressed={isPinned}
      disabled={nothing}
      title={findings.length > 0 ? 'Take its findings into the report (P)' : 'Keep its lines as bookmarks (P)'}
      onClick={onPin}
    >
      <Pin className="icon" aria-hidden="true" />
      {isPinned ? 'Pinned' : 'Pin'}
    </button>
  );
}

function SideBlock({
  side,
  value,
  difference,
}: {
  readonly side: ComparedSide;
  readonly value: SideValue;
  readonly difference: Difference;
}) {
  const more = value.evidence.length - REFERENCES_SHOWN;
  return (
    <InspectorBlock title={side.label} {...(side.part === 'unknown' ? {} : { meta: side.part })}>
      {value.value === null ? (
        <p className="difference__unknown">
          <SeverityMark mark="unknown" label={null} /> not known{value.because === null ? '' : `: ${value.because}`}
        </p>
      ) : (
        <p className="difference__said">{sentenceCase(value.value)}</p>
      )}
      {value.evidence.slice(0, REFERENCES_SHOWN).map((evidence) => (
        <EvidenceLines
          key={`${evidence.file} ${evidence.line}-${evidence.endLine}`}
          evidence={evidence}
          severity={difference.severity ?? 'info'}
        />
      ))}
      {more > 0 ? <p className="meta">{counted(more, 'more reference')}</p> : null}
    </InspectorBlock>
  );
}

export function DifferenceInspector({
  comparison,
  difference,
  place,
  of,
  onPin,
}: {
  readonly comparison: Comparison;
  readonly difference: Difference;
  /** Its place among those that are shown, from 1. */
  readonly place: number;
  readonly of: number;
  readonly onPin: () => void;
}) {
  const { navigation, network, screens } = useStores();
  const analysis = useSession((state) => state.analysis);
  const ids = new Set(difference.findings);
  const findings = analysis.state === 'ready' ? analysis.value.findings.filter(({ id }) => ids.has(id)) : [];
  const usual = usualValue(difference.values);
  const sides = comparison.sides.flatMap((side) => {
    const value = difference.values.find((one) => one.bundle === side.bundle);
    return value === undefined ? [] : [{ side, value }];
  });
  const ordered =
    sides.length <= SIDES_CITED
      ? sides
      : [
          ...sides.filter(({ value }) => standsOut(value, usual)),
          ...sides.filter(({ value }) => !standsOut(value, usual)),
        ];
  const [first] = findings;
  return (
    <Inspector
      kind={
        <>
          {difference.severity === null ? null : <SeverityMark mark={difference.severity} />}
          <span>
            {ONE_OF[difference.kind]}, difference {place} of {of}
          </span>
        </>
      }
      title={<span className="difference__title">{difference.sentence}</span>}
      actions={
        <>
          <PinButton difference={difference} onPin={onPin} />
          {first === undefined ? null : (
            <button
              type="button"
              className="btn btn--s"
              onClick={() => {
                screens.getState().change('findings', { selected: first.id });
                navigation.getState().go({ screen: 'findings', params: {} });
              }}
            >
              <Flag className="icon" aria-hidden="true" />
              Open the finding
            </button>
          )}
          {difference.kind === 'service' ? (
            <button
              type="button"
              className="btn btn--s"
              onClick={() => {
                network.getState().change({ tab: 'services' });
                navigation.getState().go({ screen: 'network', params: {} });
              }}
            >
              <Network className="icon" aria-hidden="true" />
              Services in Network
            </button>
          ) : null}
        </>
      }
    >
      <InspectorBlock title="Why it stands here">
        <p>
          <Prose text={sentenceCase(difference.because)} />
        </p>
        <p className="meta">
          {KIND_NAMES[difference.kind]}
          {difference.area === KIND_NAMES[difference.kind] ? '' : `, ${difference.area}`}
        </p>
      </InspectorBlock>
      {ordered.slice(0, SIDES_CITED).map(({ side, value }) => (
        <SideBlock key={side.bundle} side={side} value={value} difference={difference} />
      ))}
      {ordered.length <= SIDES_CITED ? null : (
        <InspectorBlock title="The others" meta={counted(ordered.length - SIDES_CITED, 'bundle')}>
          <dl className="kv">
            {ordered.slice(SIDES_CITED).map(({ side, value }) => (
              <div key={side.bundle} className="difference__other">
                <dt className="mono">{side.label}</dt>
                <dd>{value.value ?? `not known${value.because === null ? '' : `: ${value.because}`}`}</dd>
              </div>
            ))}
          </dl>
        </InspectorBlock>
      )}
      {findings.length === 0 ? null : (
        <InspectorBlock title="Findings of it" meta={counted(findings.length, 'finding')}>
          <FindingLinks findings={findings} />
        </InspectorBlock>
      )}
    </Inspector>
  );
}
