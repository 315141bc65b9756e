/** What is exported, in which format, and what became of it. */
import { Download, KeyRound } from 'lucide-react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote } from '../../components/States.tsx';
import { counted } from '../../model/format.ts';
import type { ReportDraft, ReportFormat } from '../../model/types.ts';
import type { ExportKind, SavedReport } from '../../stores/report.ts';
import { useReport, useReportAnswers, useStores } from '../../stores/stores.tsx';
import type { Exporting } from './use-export.ts';

const KINDS: readonly { readonly kind: ExportKind; readonly name: string; readonly says: string }[] = [
  { kind: 'html', name: 'HTML', says: 'One file that opens in any browser, offline' },
  { kind: 'pdf', name: 'PDF', says: 'The same, printed' },
  { kind: 'md', name: 'Markdown', says: 'Text for the support case' },
  { kind: 'json', name: 'JSON', says: 'Everything, for other tools' },
  { kind: 'yaml', name: 'YAML', says: 'Root cause, evidence, severity and mitigation, as runbooks end' },
  { kind: 'pack', name: 'Pack', says: 'A zip: reports, cited lines with those around them, hashes of everything' },
];
const FORMATS: readonly { readonly format: ReportFormat; readonly name: string }[] = [
  { format: 'html', name: 'HTML' },
  { format: 'md', name: 'Markdown' },
  { format: 'json', name: 'JSON' },
  { format: 'yaml', name: 'YAML' },
];

/** What goes into a pack. */
function PackChoice({ draft }: { readonly draft: ReportDraft }) {
  const { report } = useStores();
  const formats = useReport((state) => state.view.formats);
  const sources = useReport((state) => state.view.sources);
  const redacted = draft.redaction !== null;
  return (
    <fieldset className="report__pack">
      <legend className="visually-hidden">What is in the pack</legend>
      <span className="meta">In the pack:</span>
      {FORMATS.map(({ format, name }) => (
        <label key={format}>
          <input
            type="checkbox"
            className="check"
            checked={formats.includes(format)}
            // A pack holds a report.
            disabled={formats.length === 1 && formats.includes(format)}
            onChange={() => {
              const next = formats.includes(format)
                ? formats.filter((one) => one !== format)
                : FORMATS.map((one) => one.format).filter((one) => one === format || formats.includes(one));
              report.getState().choose({ formats: next });
            }}
          />
          {name}
        </label>
      ))}
      <label title={redacted ? 'Whole files cannot be redacted' : 'The cited files, whole, as they were captured'}>
        <input
          type="checkbox"
          className="check"
          checked={!redacted && sources === 'yes'}
          disabled={redacted}
          onChange={() => report.getState().choose({ sources: sources === 'yes' ? 'no' : 'yes' })}
        />
        Cited files whole
      </label>
      {redacted ? <span className="meta">not in a redacted pack</span> : null}
    </fieldset>
  );
}

function Saved({ saved, onMap }: { readonly saved: SavedReport; readonly onMap: () => void }) {
  const { where, map } = saved;
  return (
    <div className="note note--good" role="status">
      <SeverityMark mark="pass" label={null} />
      <div className="grow">
        <p>
          Saved to <span className="mono">{where}</span>
        </p>
        {map === null ? null : map.where === null ? (
          <p>
            <b>Its map is not saved yet.</b> The map undoes the redaction: keep it, and never send it.
          </p>
        ) : (
          <p>
            Map saved to <span className="mono">{map.where}</span>. It undoes the redaction: keep it, and never send it.
          </p>
        )}
      </div>
      {map === null ? null : (
        <button type="button" className="btn btn--s" onClick={onMap}>
          <KeyRound className="icon" aria-hidden="true" />
          {map.where === null ? 'Save the map' : 'Save the map again'}
        </button>
      )}
    </div>
  );
}

/** What became of the last export. */
export function ExportNotes({ exporting }: { readonly exporting: Exporting }) {
  const saved = useReport((state) => state.view.saved);
  const pane = useReport((state) => state.view.pane);
  const { failure, dismiss, writeMap } = exporting;
  const isDone = saved === null || (pane === 'check' && saved.map?.where !== null);
  if (failure === null && isDone) return null;
  return (
    <div className="report__notes">
      {failure === null ? null : <FailureNote failure={failure} onDismiss={dismiss} />}
      {saved === null || isDone ? null : <Saved saved={saved} onMap={() => void writeMap(saved)} />}
    </div>
  );
}

/** @param findings how many are in. */
export function ExportBar({
  draft,
  findings,
  exporting,
}: {
  readonly draft: ReportDraft;
  readonly findings: number;
  readonly exporting: Exporting;
}) {
  const { report } = useStores();
  const kind = useReport((state) => state.view.kind);
  const keeping = useReport((state) => state.keeping);
  const references = useReportAnswers((state) => state.preview.value?.document.references);
  const { busy, write } = exporting;
  return (
    <>
      <div className="pane-head report__head">
        <h1>Report</h1>
        <span className="meta grow clip">
          {counted(findings, 'finding')}
          {references === undefined ? '' : `, ${counted(references, 'reference')}`}
          {keeping === 'not yet' ? ', keeping the outline' : ''}
        </span>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
        <span className="toggles" role="group" aria-label="Format">
          {KINDS.map((one) => (
            <button
              key={one.kind}
              type="button"
              aria-pressed={kind === one.kind}
              title={one.says}
              onClick={() => report.getState().choose({ kind: one.kind })}
            >
              {one.name}
            </button>
          ))}
        </span>
        <button
          type="button"
          className="btn btn--s btn--primary report__export"
          disabled={busy === 'exporting'}
          onClick={() => void write()}
        >
          <Download className="icon" aria-hidden="true" />
          {busy === 'exporting' ? 'Exporting' : draft.redaction === null ? 'Export' : 'Export redacted'}
        </button>
      </div>
      {kind === 'pack' ? <PackChoice draft={draft} /> : null}
    </>
  );
}
