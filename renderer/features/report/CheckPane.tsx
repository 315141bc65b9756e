/** A report held against the case: do its lines still stand as they were cited; and a redacted one with its originals back. */
import { useState } from 'react';
import { REPORT_MEDIA_TYPES } from '../../../analyzer/core/report.ts';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { type Column, VirtualTable } from '../../components/VirtualTable.tsx';
import type { Mark } from '../../model/derive.ts';
import { count, counted } from '../../model/format.ts';
import type { CheckedReference, Failure, ReportCheck } from '../../model/types.ts';
import { useReport, useSession, useStores } from '../../stores/stores.tsx';
import { FileChoice } from './FileChoice.tsx';

const OUTCOMES: Readonly<Record<ReportCheck['outcome'], { readonly mark: Mark; readonly says: string }>> = {
  ok: { mark: 'pass', says: 'As it was' },
  changed: { mark: 'critical', says: 'Changed' },
  missing: { mark: 'unknown', says: 'Missing' },
};

/** References that are not as they were. */
function NotOk({ references, total }: { readonly references: readonly CheckedReference[]; readonly total: number }) {
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  const [selected, setSelected] = useState<string | null>(null);
  const keyOf = ({ where, bundle, file, line }: CheckedReference) => `${where} ${bundle} ${file} ${line}`;
  const columns: readonly Column<CheckedReference>[] = [
    {
      name: 'Now',
      className: 'verify__now',
      cell: ({ outcome }) => (
        <span className="severity">
          <SeverityMark mark={OUTCOMES[outcome].mark} label={null} />
          {OUTCOMES[outcome].says}
        </span>
      ),
    },
    { name: 'In the report', className: 'verify__where', cell: ({ where }) => where, title: ({ where }) => where },
    {
      name: 'Line',
      cell: (one) =>
        bundles.some(({ id }) => id === one.bundle) ? (
          <EvidenceChip evidence={one} node={bundles.length > 1 ? one.node : null} />
        ) : (
          <span className="mono">
            {one.file}:{one.line}
          </span>
        ),
      title: ({ file, node }) => (node === null ? file : `${node}\n${file}`),
    },
    { name: 'Because', cell: ({ because }) => because ?? '', title: ({ because }) => because ?? '' },
  ];
  return (
    <>
      <VirtualTable
        label="References that are not as they were"
        idPrefix="checked"
        columns={columns}
        rows={references}
        rowKey={keyOf}
        selected={references.findIndex((one) => keyOf(one) === selected)}
        onSelect={(one) => setSelected(keyOf(one))}
        scroll={{ initial: 0, keep: () => undefined }}
      />
      {total > references.length ? (
        <p className="redaction__none meta">and {counted(total - references.length, 'more reference')}, not listed.</p>
      ) : null}
    </>
  );
}

function Outcome({ fileName, check }: { readonly fileName: string; readonly check: ReportCheck }) {
  const { mark, says } = OUTCOMES[check.outcome];
  return (
    <>
      <section className="verify__outcome" aria-label="Outcome" aria-live="polite">
        <SeverityMark mark={mark} label={says} />
        <div>
          <h2>{check.sentence}</h2>
          <p className="meta">
            {fileName}: {count(check.ok)} as they were, {count(check.changed)} changed, {count(check.missing)} missing.
          </p>
        </div>
      </section>
      {check.references.length === 0 ? null : (
        <NotOk references={check.references} total={check.changed + check.missing} />
      )}
    </>
  );
}

/** A redacted report and its map give the report with its originals. */
function Restore({ fileName, text }: { readonly fileName: string; readonly text: string }) {
  const { bridge } = useStores();
  const [map, setMap] = useState<{ readonly fileName: string; readonly text: string } | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [said, setSaid] = useState('');
  const restore = async () => {
    if (map === null) return;
    setFailure(null);
    setSaid('');
    const answer = await bridge.call('report.unredact', { text, map: map.text });
    if (!answer.ok) {
      setFailure(answer.failure);
      return;
    }
    const { text: whole, format, restored } = answer.value;
    const name = `${fileName.replace(/\.[a-z]{2,4}$/i, '')}-with-originals.${format}`;
    const saved = await bridge.saveDocument(name, REPORT_MEDIA_TYPES[format], whole);
    if (!saved.ok) setFailure(saved.failure);
    else if (saved.value !== null) setSaid(`${counted(restored, 'original')} put back, saved to ${saved.value}`);
  };
  return (
    <section className="verify__restore" aria-label="Put the originals back">
      <h2>Put the originals back</h2>
      <p className="meta">For a redacted report, with the map that was saved beside it.</p>
      <FileChoice
        label="Choose its map"
        chosen={map?.fileName ?? null}
        onText={(name, read) => setMap({ fileName: name, text: read })}
      />
      <p className="report__links">
        <button type="button" className="btn btn--s" disabled={map === null} onClick={() => void restore()}>
          Save with originals
        </button>
        <span className="meta" role="status">
          {said}
        </span>
      </p>
      {failure === null ? null : <FailureNote failure={failure} onDismiss={() => setFailure(null)} />}
    </section>
  );
}

export function CheckPane() {
  const { report } = useStores();
  const checked = useReport((state) => state.view.checked);
  return (
    <div className="verify">
      <div className="verify__head">
        <FileChoice
          label="Choose a report file"
          chosen={checked?.fileName ?? null}
          onText={(name, text) => report.getState().check(name, text)}
        />
        <p className="meta">
          Each reference of a report (HTML, Markdown, JSON, YAML, or the manifest of a pack) is read again from the
          archives of this case, and its hash compared.
        </p>
      </div>
      {checked === null ? (
        <Empty title="No report is chosen">
          <p>
            Take one that you sent or were given: this tells whether the lines it cites are still those of this case.
          </p>
        </Empty>
      ) : checked.answer.state === 'failed' ? (
        <div className="report__notes">
          <FailureNote
            failure={checked.answer.failure}
            onRetry={() => report.getState().check(checked.fileName, checked.text)}
          />
        </div>
      ) : checked.answer.state === 'ready' ? (
        <Outcome fileName={checked.fileName} check={checked.answer.value} />
      ) : (
        <Loading what="Reading its lines again" />
      )}
      {checked === null ? null : <Restore fileName={checked.fileName} text={checked.text} />}
    </div>
  );
}
