import { AlsoOn } from '../../components/AlsoOn.tsx';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { Prose } from '../../components/Prose.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { useNodeNames } from '../../components/use-node-names.ts';
import { count, counted } from '../../model/format.ts';
import { compareNames } from '../../model/node-names.ts';
import type { Finding } from '../../model/types.ts';
import type { RankedCause } from './cause-groups.ts';

const CHIPS_SHOWN = 5;
/** More are folded away: the next cause is not pushed off the screen. */
const NODES_SHOWN = 8;

/** The nodes of which a cause is told at once, each leads to what it says there. */
function SameOn({
  group,
  shown,
  onSelect,
}: {
  readonly group: readonly RankedCause[];
  readonly shown: RankedCause;
  readonly onSelect: (cause: RankedCause) => void;
}) {
  const { short } = useNodeNames();
  const named = group.map((one) => ({ one, name: short.get(one.finding.bundle) ?? one.finding.node ?? '' }));
  return (
    <details className="more cause__nodes" open={group.length <= NODES_SHOWN}>
      <summary>The same on {count(group.length)} nodes</summary>
      <div className="chips">
        {named
          .toSorted((a, b) => compareNames(a.name, b.name))
          .map(({ one, name }) => (
            <button
              key={one.cause.finding}
              type="button"
              className="chip mono"
              aria-pressed={one === shown}
              onClick={() => onSelect(one)}
            >
              {name}
            </button>
          ))}
      </div>
    </details>
  );
}

/** @param groups see causesAlike. @param selected one of them, null when there is none. */
export function Causes({
  groups,
  findings,
  selected,
  onSelect,
}: {
  readonly groups: readonly (readonly RankedCause[])[];
  readonly findings: readonly Finding[];
  readonly selected: RankedCause | null;
  readonly onSelect: (cause: RankedCause) => void;
}) {
  const causes = groups.flat();
  const accounted = new Set(causes.flatMap(({ cause }) => [cause.finding, ...cause.explains])).size;
  const nodes = new Set(causes.map(({ finding }) => finding.bundle)).size;
  const where = nodes > 1 ? ` on ${counted(nodes, 'node')}` : '';
  const first = groups[0]?.[0];
  return (
    <section aria-label="Causes, ranked">
      <div className="causes__head">
        <h2>Causes, ranked</h2>
        <span className="meta">
          {causes.length === 0
            ? 'no cause was found'
            : `by what each one explains: ${counted(groups.length, 'cause')}${where} for ${accounted} of ${counted(findings.length, 'finding')}`}
        </span>
      </div>
      {first === undefined ? (
        <p className="causes__none">
          <SeverityMark mark="unknown" /> Nothing that was read points to a cause. What was not read is listed below.
        </p>
      ) : null}
      <ol>
        {groups.map((group, index) => {
          const head = group[0] as RankedCause;
          const isSelected = selected !== null && group.includes(selected);
          const shown = isSelected ? selected : head;
          const { cause, finding } = shown;
          return (
            <li key={head.cause.finding} className={isSelected ? 'cause is-selected' : 'cause'} data-cause={index}>
              <span className="cause__rank">{cause.rank}</span>
              <SeverityMark mark={finding.severity} />
              <div>
                <button
                  type="button"
                  className="cause__title"
                  aria-pressed={isSelected}
                  onClick={() => onSelect(shown)}
                >
                  {finding.title}
                </button>
                <p className="cause__why">
                  <Prose text={finding.claim} />
                  {cause.explains.length > 0 ? ` Explains ${counted(cause.explains.length, 'other finding')}.` : ''}
                </p>
              </div>
              <div className="cause__meta">
                <AlsoOn finding={finding} />
                <span className="chip chip--owner" title="Owner: who can mend it">
                  {finding.owner}
                </span>
                <span className="chip chip--sure" title={`Confidence: ${finding.confidence.because}`}>
                  {finding.confidence.level}
                </span>
              </div>
              <div className="chips">
                {finding.evidence.slice(0, CHIPS_SHOWN).map((evidence) => (
                  <EvidenceChip
                    key={`${evidence.file} ${evidence.line}-${evidence.endLine}`}
                    evidence={evidence}
                    node={evidence.bundle === first?.finding.bundle ? null : evidence.node}
                  />
                ))}
                {finding.evidence.length > CHIPS_SHOWN ? (
                  <span className="meta">and {finding.evidence.length - CHIPS_SHOWN} more</span>
                ) : null}
              </div>
              {group.length > 1 ? <SameOn group={group} shown={shown} onSelect={onSelect} /> : null}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
