/** What the selected runbook does, before it is run. */
import { Play } from 'lucide-react';
import { useEffect } from 'react';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { InlineMarkdown } from '../../components/InlineMarkdown.tsx';
import { Inspector, InspectorBlock, InspectorList } from '../../components/Inspector.tsx';
import { Prose } from '../../components/Prose.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote } from '../../components/States.tsx';
import { counted } from '../../model/format.ts';
import type { ListedRunbook, RunbookContents } from '../../model/types.ts';
import { useRunbooks, useSession, useStores } from '../../stores/stores.tsx';
import { NodeChoice } from './NodeChoice.tsx';
import { reasonsSaid, STEP_KIND, severityOf } from './words.ts';

function Contents({ contents }: { readonly contents: RunbookContents }) {
  return (
    <>
      {contents.context === null ? null : (
        <InspectorBlock title="Context">
          <p>
            <InlineMarkdown text={contents.context} />
          </p>
        </InspectorBlock>
      )}
      {contents.phases.map((phase) => (
        <InspectorBlock key={phase.title} title={phase.title} meta={counted(phase.steps.length, 'step')}>
          <ol className="outline-steps">
            {phase.steps.map((step) => (
              <li key={step.id} data-depth={Math.min(step.depth, 3)}>
                <span className="meta">
                  {step.level ?? ''} {STEP_KIND[step.kind]}
                </span>
                <span>
                  <InlineMarkdown text={step.text} />
                </span>
              </li>
            ))}
          </ol>
        </InspectorBlock>
      ))}
      <InspectorList title="Escalate when" items={contents.escalation} />
    </>
  );
}

export function RunbookInspector({ listed, onRun }: { readonly listed: ListedRunbook; readonly onRun: () => void }) {
  const { runbooks } = useStores();
  const { runbook, suggested } = listed;
  const contents = useRunbooks((state) => state.contents.get(runbook.id));
  const bundle = useRunbooks((state) => state.view.bundle);
  const analysis = useSession((state) => state.analysis);
  useEffect(() => runbooks.getState().read(runbook.id), [runbooks, runbook.id]);
  const { findings, says, others } = reasonsSaid(suggested, analysis.state === 'ready' ? analysis.value.findings : []);
  const severity = severityOf(runbook.severity);
  return (
    <Inspector
      kind={
        <>
          <SeverityMark mark={severity ?? 'info'} label={null} />
          {runbook.severity}
          <span className="mono">{runbook.id}</span>
        </>
      }
      title={runbook.title}
      actions={
        <>
          <button type="button" className="btn btn--s btn--primary" onClick={onRun}>
            <Play className="icon" aria-hidden="true" />
            Run (Enter)
          </button>
          <NodeChoice value={bundle} onChange={(chosen) => runbooks.getState().change({ bundle: chosen })} />
        </>
      }
    >
      <InspectorBlock title="What it settles">
        <p>
          <InlineMarkdown text={runbook.objective} />
        </p>
        <dl className="kv finding__facts">
          <dt>Owner</dt>
          <dd>{runbook.owner}</dd>
          <dt>File</dt>
          <dd className="mono">{runbook.file}</dd>
          {runbook.status === 'active' ? null : (
            <>
              <dt>Status</dt>
              <dd>{runbook.status}</dd>
            </>
          )}
        </dl>
      </InspectorBlock>
      <InspectorBlock title="Suggested because">
        {suggested.length === 0 ? <p className="meta">Nothing in this case leads to it.</p> : null}
        {findings.length === 0 ? null : <FindingLinks findings={findings} says={says} />}
        {others.length === 0 ? null : (
          <ul className="plain">
            {others.map((because) => (
              <li key={because}>
                <Prose text={because} />
              </li>
            ))}
          </ul>
        )}
      </InspectorBlock>
      {contents?.state === 'ready' ? <Contents contents={contents.value} /> : null}
      {contents?.state === 'failed' ? (
        <InspectorBlock title="Its steps">
          <FailureNote failure={contents.failure} />
        </InspectorBlock>
      ) : null}
      <InspectorBlock title="Triggers">
        <ul className="plain mono">
          {runbook.triggers.map((trigger) => (
            <li key={trigger}>{trigger}</li>
          ))}
        </ul>
      </InspectorBlock>
    </Inspector>
  );
}
