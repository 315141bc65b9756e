/** Every value that is replaced, what it becomes, how often it stands in the report; Keep leaves one as it is. */
import { useMemo, useState } from 'react';
import { captured } from '../../components/Captured.tsx';
import { type Column, VirtualTable } from '../../components/VirtualTable.tsx';
import { count, counted } from '../../model/format.ts';
import type { RedactedValue, RedactionPreview } from '../../model/types.ts';

/** Characters of a value that a cell has room for. */
const CHARS_SHOWN = 200;

const keyOf = ({ kind, original }: RedactedValue) => `${kind} ${original}`;

export function RedactedValues({
  preview,
  keep,
  onKeep,
}: {
  readonly preview: RedactionPreview;
  /** Values that stay: those that are asked for now are still listed. */
  readonly keep: readonly string[];
  readonly onKeep: (original: string) => void;
}) {
  const [typed, setTyped] = useState('');
  const [kind, setKind] = useState('');
  const [selected, setSelected] = useState<string | null>(null);
  const kept = useMemo(() => new Set(keep), [keep]);
  const kinds = useMemo(() => [...new Set(preview.entries.map((one) => one.kind))], [preview]);
  const rows = useMemo(() => {
    const words = typed.trim().toLowerCase();
    return preview.entries.filter(
      (one) =>
        (kind === '' || one.kind === kind) &&
        (words === '' || one.original.toLowerCase().includes(words) || one.pseudonym.toLowerCase().includes(words)),
    );
  }, [preview, typed, kind]);
  const columns: readonly Column<RedactedValue>[] = [
    { name: 'Kind', className: 'redaction__kind', cell: (one) => one.kind, title: (one) => one.profile },
    {
      name: 'Original',
      cell: (one) => <span className="mono">{captured(one.original.slice(0, CHARS_SHOWN))}</span>,
      title: (one) => one.original.slice(0, CHARS_SHOWN),
    },
    {
      name: 'Becomes',
      cell: (one) => <span className="mono">{one.pseudonym}</span>,
      title: (one) => one.pseudonym,
    },
    { name: 'Places', className: 'redaction__places', numeric: true, cell: (one) => count(one.count) },
    {
      name: 'Keep',
      className: 'redaction__keep',
      cell: (one) => (
        <button
          type="button"
          className="link"
          disabled={kept.has(one.original)}
          aria-label={`Keep ${one.original.slice(0, CHARS_SHOWN)} as it is`}
          onClick={() => onKeep(one.original)}
        >
          {kept.has(one.original) ? 'kept' : 'Keep'}
        </button>
      ),
    },
  ];
  return (
    <section className="redaction__values" aria-label="What is replaced">
      <div className="redaction__bar">
        <h2>{counted(preview.entries.length + preview.notListed, 'value')}</h2>
        <span className="grow" />
        <select
          className="select"
          aria-label="Kind of value"
          value={kind}
          onChange={(event) => setKind(event.target.value)}
        >
          <option value="">All kinds</option>
          {kinds.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <input
          className="input input--s redaction__filter"
          type="search"
          aria-label="Find a value"
          placeholder="Find a value"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <details className="more redaction__statement">
        <summary>What the report says of it</summary>
        <p>{preview.statement}</p>
      </details>
      {preview.entries.length === 0 ? (
        <p className="redaction__none meta">No value of these kinds is in the report.</p>
      ) : rows.length === 0 ? (
        <p className="redaction__none meta">No value fits.</p>
      ) : (
        <VirtualTable
          label="Values that are replaced"
          idPrefix="redacted"
          columns={columns}
          rows={rows}
          rowKey={keyOf}
          selected={rows.findIndex((one) => keyOf(one) === selected)}
          onSelect={(one) => setSelected(keyOf(one))}
          onOpen={(one) => onKeep(one.original)}
          scroll={{ initial: 0, keep: () => undefined }}
        />
      )}
      {preview.notListed === 0 ? null : (
        <p className="redaction__none meta">
          {counted(preview.notListed, 'more value')} replaced as well, not listed here.
        </p>
      )}
    </section>
  );
}
