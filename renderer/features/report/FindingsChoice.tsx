/** Which findings are in the report, and which of them come first. */
import { ArrowUp, ChevronsUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import { IconButton } from '../../components/IconButton.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { counted } from '../../model/format.ts';
import { orderAfterMove, orderedFindings } from '../../model/report-draft.ts';
import type { Finding, FindingId, ReportDraft } from '../../model/types.ts';
import { useMarks, useStores } from '../../stores/stores.tsx';

/** More rows than somebody reads; what else fits is found by its words. */
const ROWS_SHOWN = 200;

export function FindingsChoice({
  draft,
  ranked,
}: {
  readonly draft: ReportDraft;
  readonly ranked: readonly Finding[];
}) {
  const { report, screens } = useStores();
  const marks = useMarks((state) => state.marks);
  const [typed, setTyped] = useState('');
  const leftOut = useMemo(() => new Set(draft.leftOut), [draft.leftOut]);
  const ordered = useMemo(() => orderedFindings(ranked, draft.order), [ranked, draft.order]);
  const words = typed.trim().toLowerCase();
  const fitting = words === '' ? ordered : ordered.filter(({ title }) => title.toLowerCase().includes(words));
  const pinned = ranked.filter(({ id }) => marks.get(id)?.pinned === 'yes');
  const leave = (ids: readonly FindingId[]) => report.getState().edit((now) => ({ ...now, leftOut: [...ids] }));
  const move = (finding: Finding, to: number) => {
    report.getState().edit((now) => ({ ...now, order: [...orderAfterMove(ranked, now.order, finding.id, to)] }));
    screens
      .getState()
      .announce(`${finding.title}: ${Math.min(ranked.length, Math.max(1, to + 1))} of ${ranked.length} now`);
  };
  if (ranked.length === 0) return <p className="meta">No finding in this case.</p>;
  return (
    <fieldset className="report__findings">
      <legend className="visually-hidden">Findings in the report</legend>
      <p className="report__links">
        <button
          type="button"
          className="link"
          onClick={() => leave(leftOut.size === 0 ? ranked.map(({ id }) => id) : [])}
        >
          {leftOut.size === 0 ? 'Leave all out' : 'Take all in'}
        </button>
        {pinned.length === 0 ? null : (
          <button
            type="button"
            className="link"
            onClick={() => leave(ranked.filter((one) => !pinned.includes(one)).map(({ id }) => id))}
          >
            Only what is pinned ({pinned.length})
          </button>
        )}
        {draft.order.length === 0 ? null : (
          <button
            type="button"
            className="link"
            onClick={() => report.getState().edit((now) => ({ ...now, order: [] }))}
          >
            Order by rank
          </button>
        )}
      </p>
      {ranked.length > ROWS_SHOWN / 10 ? (
        <input
          className="input input--s"
          type="search"
          aria-label="Find a finding"
          placeholder="Words of a finding"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      ) : null}
      <ul>
        {fitting.slice(0, ROWS_SHOWN).map((finding) => {
          const place = ordered.indexOf(finding);
          const note = marks.get(finding.id)?.note ?? '';
          return (
            <li
              key={finding.id}
              className="report__row"
              onKeyDown={(event) => {
                if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
                event.preventDefault();
                event.stopPropagation();
                move(finding, event.key === 'ArrowUp' ? place - 1 : place + 1);
              }}
            >
              <label className="report__in" title={finding.title}>
                <input
                  type="checkbox"
                  className="check"
                  checked={!leftOut.has(finding.id)}
                  onChange={() => {
                    const next = new Set(leftOut);
                    if (!next.delete(finding.id)) next.add(finding.id);
                    leave([...next]);
                  }}
                />
                <SeverityMark mark={finding.severity} />
                <span className="clip">{finding.title}</span>
              </label>
              <IconButton
                icon={ArrowUp}
                look="quiet"
                label={`Move up: ${finding.title}`}
                title="Move up (Alt Up)"
                onClick={() => move(finding, place - 1)}
              />
              <IconButton
                icon={ChevronsUp}
                look="quiet"
                label={`Tell first: ${finding.title}`}
                title="Tell it first"
                onClick={() => move(finding, 0)}
              />
              {note === '' ? null : <p className="report__note">{note}</p>}
            </li>
          );
        })}
      </ul>
      {fitting.length > ROWS_SHOWN ? (
        <p className="meta">and {counted(fitting.length - ROWS_SHOWN, 'more finding')}: type words of it</p>
      ) : null}
      {fitting.length === 0 ? <p className="meta">No finding has these words.</p> : null}
    </fieldset>
  );
}
