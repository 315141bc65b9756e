import { AlsoOn } from '../../components/AlsoOn.tsx';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { Prose } from '../../components/Prose.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { counted } from '../../model/format.ts';
import type { Cause, Finding } from '../../model/types.ts';

const CHIPS_SHOWN = 5;

export function Causes({
  causes,
  findings,
  selected,
  onSelect,
}: {
  readonly causes: readonly { readonly cause: Cause; readonly finding: Finding }[];
  readonly findings: readonly Finding[];
  readonly selected: number;
  readonly onSelect: (index: number) => void;
}) {
  const accounted = new Set(causes.flatMap(({ cause }) => [cause.finding, ...cause.explains])).size;
  const [first] = causes;
  return (
    <section aria-label="Causes, ranked">
      <div className="causes__head">
        <h2>Causes, ranked</h2>
        <span className="meta">
          {causes.length === 0
            ? 'no cause was found'
            : `by what each one explains: ${counted(causes.length, 'cause')} for ${accounted} of ${counted(findings.length, 'finding')}`}
        </span>
      </div>
      {first === undefined ? (
        <p className="causes__none">
          <SeverityMark mark="unknown" /> Nothing that was read points to a cause. What was not read is listed below.
        </p>
      ) : null}
      <ol>
        {causes.map(({ cause, finding }, index) => (
          <li key={cause.finding} className={index === selected ? 'cause is-selected' : 'cause'} data-cause={index}>
            <span className="cause__rank">{cause.rank}</span>
            <SeverityMark mark={finding.severity} />
            <div>
              <button
                type="button"
                className="cause__title"
                aria-pressed={index === selected}
                onClick={() => onSelect(index)}
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
          </li>
        ))}
      </ol>
    </section>
  );
}
