/** The inspector's blocks for one finding: claim, who notices, evidence, what to do, how to check. */
import { useMemo } from 'react';
import { count, counted } from '../model/format.ts';
import type { Finding } from '../model/types.ts';
import { AlsoOn } from './AlsoOn.tsx';
import { EvidenceLines } from './EvidenceLines.tsx';
import { FindingRunbooks } from './FindingRunbooks.tsx';
import { InspectorBlock } from './Inspector.tsx';
import { Prose } from './Prose.tsx';
import { useNodeNames } from './use-node-names.ts';
import { When } from './When.tsx';

const ENTITIES_SHOWN = 12;

function Steps({
  title,
  steps,
  none,
}: {
  readonly title: string;
  readonly steps: readonly string[];
  readonly none: string;
}) {
  return (
    <InspectorBlock title={title}>
      {steps.length === 0 ? (
        <p className="meta">{none}</p>
      ) : (
        <ol className="steps">
          {steps.map((step) => (
            <li key={step}>
              <span>
                <Prose text={step} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </InspectorBlock>
  );
}

export function FindingDetails({ finding }: { readonly finding: Finding }) {
  const names = useNodeNames().whole;
  const entities = useMemo(
    () => [...new Map(finding.entities.map((entity) => [`${entity.kind} ${entity.name}`, entity])).values()],
    [finding],
  );
  return (
    <>
      <InspectorBlock title="Claim">
        <p>
          <Prose text={finding.claim} />
        </p>
        <dl className="kv finding__facts">
          <dt>Sure</dt>
          <dd>
            {finding.confidence.level}: <Prose text={finding.confidence.because} />
          </dd>
          <dt>Owner</dt>
          <dd>{finding.owner}</dd>
          <dt>Node</dt>
          <dd className={finding.node === null ? 'meta' : 'mono'}>
            {finding.node === null ? 'not known' : (names.get(finding.bundle) ?? finding.node)}
          </dd>
          {finding.alsoIn === undefined ? null : (
            <>
              <dt>Also in</dt>
              <dd className="mono">{finding.alsoIn.map((id) => names.get(id) ?? id.slice(0, 8)).join(', ')}</dd>
            </>
          )}
          {finding.alsoOn === undefined || finding.alsoOn.length === 0 ? null : (
            <>
              <dt>Baseline</dt>
              <dd>
                <AlsoOn finding={finding} />
                <span className="meta"> marked healthy: known noise, perhaps</span>
              </dd>
            </>
          )}
          <dt>When</dt>
          <dd>
            {finding.first === null ? (
              'captured state, no time of its own'
            ) : (
              <>
                <When iso={finding.first} length="full" of={finding.evidence[0]} />
                {finding.last !== null && finding.last !== finding.first ? (
                  <>
                    {' to '}
                    <When iso={finding.last} length="full" of={finding.evidence[0]} />
                  </>
                ) : null}
              </>
            )}
          </dd>
          <dt>Count</dt>
          <dd>{count(finding.count)}</dd>
          {entities.length === 0 ? null : (
            <>
              <dt>Names</dt>
              <dd className="chips">
                {entities.slice(0, ENTITIES_SHOWN).map((entity) => (
                  <span key={`${entity.kind} ${entity.name}`} className="chip mono" title={entity.kind}>
                    {entity.name}
                  </span>
                ))}
                {entities.length > ENTITIES_SHOWN ? (
                  <span className="meta">and {counted(entities.length - ENTITIES_SHOWN, 'more name')}</span>
                ) : null}
              </dd>
            </>
          )}
        </dl>
      </InspectorBlock>
      <InspectorBlock title="What a user notices">
        <p>
          <Prose text={finding.userNotices} />
        </p>
      </InspectorBlock>
      <InspectorBlock title="Evidence" meta={counted(finding.evidence.length, 'reference')}>
        {finding.evidence.map((evidence) => (
          <EvidenceLines
            key={`${evidence.bundle} ${evidence.file} ${evidence.line}-${evidence.endLine}`}
            evidence={evidence}
            severity={finding.severity}
          />
        ))}
        {finding.count > finding.evidence.length ? (
          <p className="meta">The claim counts {count(finding.count)}; these are the references it cites.</p>
        ) : null}
      </InspectorBlock>
      <FindingRunbooks finding={finding} />
      <Steps title="What to do now" steps={finding.advice.now} none="Nothing is known to do now." />
      <Steps title="Long term" steps={finding.advice.longTerm} none="Nothing further is known." />
      <Steps title="Check the fix" steps={finding.advice.check} none="No check is known." />
    </>
  );
}
