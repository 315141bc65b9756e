import { ChevronRight } from 'lucide-react';
import { FindingDetails } from '../../components/FindingDetails.tsx';
import { Inspector, InspectorBlock } from '../../components/Inspector.tsx';
import { Prose } from '../../components/Prose.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { useNodeNames } from '../../components/use-node-names.ts';
import { counted, sentenceCase } from '../../model/format.ts';
import type { Analysis, Cause, Finding } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';

export function CauseInspector({
  cause,
  finding,
  of,
  analysis,
}: {
  readonly cause: Cause;
  readonly finding: Finding;
  readonly of: number;
  readonly analysis: Analysis;
}) {
  const { screens, navigation } = useStores();
  const names = useNodeNames().whole;
  const openFinding = (id: Finding['id']) => {
    screens.getState().change('findings', { selected: id });
    navigation.getState().go({ screen: 'findings', params: {} });
  };
  const explained = cause.explains.flatMap((id) => analysis.findings.find((one) => one.id === id) ?? []);
  return (
    <Inspector
      kind={
        <>
          <SeverityMark mark={finding.severity} />
          Cause {cause.rank} of {of}
          {finding.node === null ? '' : `, ${names.get(finding.bundle) ?? finding.node}`}
        </>
      }
      title={finding.title}
      actions={
        <button type="button" className="btn btn--s" onClick={() => openFinding(finding.id)}>
          Open in Findings
        </button>
      }
    >
      <InspectorBlock title={cause.rank === 1 ? 'Why it ranks first' : `Why it ranks ${cause.rank}`}>
        <p>
          <Prose text={cause.because} />
        </p>
      </InspectorBlock>
      {explained.length === 0 ? null : (
        <InspectorBlock title="Explains" meta={counted(explained.length, 'finding')}>
          <ul className="bullets">
            {explained.map((one) => (
              <li key={one.id}>
                <SeverityMark mark={one.severity} />
                <button type="button" className="link" onClick={() => openFinding(one.id)}>
                  {one.title}
                </button>
              </li>
            ))}
          </ul>
        </InspectorBlock>
      )}
      {cause.changesIf.length === 0 ? null : (
        <InspectorBlock title="What would change this">
          <ul className="bullets">
            {cause.changesIf.map((one) => (
              <li key={one}>
                <ChevronRight className="icon" aria-hidden="true" />
                <span>
                  <Prose text={sentenceCase(one)} />
                </span>
              </li>
            ))}
          </ul>
        </InspectorBlock>
      )}
      <FindingDetails finding={finding} />
    </Inspector>
  );
}
