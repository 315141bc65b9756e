/** What the customer will read: arranged on the left, shown as it will be on the right, redacted, exported, checked. */
import { useEffect, useMemo } from 'react';
import { NoAnalysis } from '../../components/NoAnalysis.tsx';
import { Progress } from '../../components/Progress.tsx';
import { FailureNote, Loading } from '../../components/States.tsx';
import type { Analysis, ReportDraft } from '../../model/types.ts';
import type { ReportView } from '../../stores/report.ts';
import { useReport, useReportAnswers, useSession, useStores } from '../../stores/stores.tsx';
import { CheckPane } from './CheckPane.tsx';
import { ExportBar, ExportNotes } from './ExportBar.tsx';
import { Outline } from './Outline.tsx';
import { Preview } from './Preview.tsx';
import { RedactionPane } from './RedactionPane.tsx';
import { type Exporting, useExport } from './use-export.ts';

const PANES: readonly { readonly pane: ReportView['pane']; readonly name: string; readonly says: string }[] = [
  { pane: 'preview', name: 'Preview', says: 'The report as it is exported' },
  { pane: 'redaction', name: 'Redaction', says: 'What is replaced before it leaves' },
  { pane: 'check', name: 'Check a report', says: 'Hold a report against this case' },
];

function Side({ draft, exporting }: { readonly draft: ReportDraft; readonly exporting: Exporting }) {
  const { report } = useStores();
  const pane = useReport((state) => state.view.pane);
  const building = useReportAnswers((state) => state.preview.asking === 'yes' || state.redaction.asking === 'yes');
  const shown = PANES.find((one) => one.pane === pane);
  return (
    <div className="report__side">
      <div className="report__bar">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
        <span className="toggles" role="group" aria-label="View">
          {PANES.map((one) => (
            <button
              key={one.pane}
              type="button"
              aria-pressed={one.pane === pane}
              title={one.says}
              onClick={() => report.getState().change({ pane: one.pane })}
            >
              {one.name}
            </button>
          ))}
        </span>
        <span className="meta clip grow">
          {draft.redaction === null ? 'Nothing is replaced in this report.' : 'Redacted: originals are replaced.'}
        </span>
        {building ? <Progress percent={null} label="Building" /> : null}
      </div>
      <ExportNotes exporting={exporting} />
      <section className="report__pane" aria-label={shown?.name}>
        {pane === 'preview' ? (
          <Preview draft={draft} />
        ) : pane === 'redaction' ? (
          <RedactionPane draft={draft} />
        ) : (
          <CheckPane />
        )}
      </section>
    </div>
  );
}

function Ready({ analysis, draft }: { readonly analysis: Analysis; readonly draft: ReportDraft }) {
  const findings = useMemo(() => {
    const leftOut = new Set(draft.leftOut);
    return analysis.findings.filter(({ id }) => !leftOut.has(id)).length;
  }, [analysis, draft.leftOut]);
  const exporting = useExport(draft);
  return (
    <div className="centre centre--fixed">
      <ExportBar draft={draft} findings={findings} exporting={exporting} />
      <div className="report">
        <Outline draft={draft} analysis={analysis} />
        <Side draft={draft} exporting={exporting} />
      </div>
    </div>
  );
}

export function ReportScreen() {
  const { report } = useStores();
  const analysis = useSession((state) => state.analysis);
  const draft = useReport((state) => state.draft);
  const caseId = useSession((state) => state.openCase?.id);
  const isIdle = draft.state === 'idle';
  useEffect(() => {
    // A page that was loaded anew is here before its case is.
    if (isIdle && caseId !== undefined) report.getState().load();
  }, [isIdle, caseId, report]);
  useEffect(() => {
    const keep = () => void report.getState().keep();
    window.addEventListener('pagehide', keep);
    return () => {
      window.removeEventListener('pagehide', keep);
      keep();
    };
  }, [report]);
  if (analysis.state !== 'ready') return <NoAnalysis analysis={analysis} />;
  if (draft.state === 'ready') return <Ready analysis={analysis.value} draft={draft.value} />;
  return (
    <div className="centre">
      {draft.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={draft.failure} onRetry={() => report.getState().load()} />
        </div>
      ) : (
        <Loading what="Reading the outline of the report" />
      )}
    </div>
  );
}
