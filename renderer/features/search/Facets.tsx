/** Node, severity, source file and hour of the matching lines: exact counts, each a filter. */
import { Minus, Plus } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useQueryNames } from '../../components/query-names.ts';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import type { Mark } from '../../model/derive.ts';
import { type Facet, type FacetRow, facetsOf, withSeen } from '../../model/facets.ts';
import { addFilter, type Filter } from '../../model/filters.ts';
import { count, counted, hostNames, sharedPrefix } from '../../model/format.ts';
import type { SearchAnswer } from '../../model/types.ts';
import { useSearch, useStores } from '../../stores/stores.tsx';

/** Rows of one facet until more are asked for. */
const ROWS_SHOWN = 10;
/** Rows that one press adds: there may be as many as the case has files. */
const ROWS_MORE = 200;

const LEVEL_MARKS: Readonly<Record<string, Mark>> = { error: 'high', warning: 'medium', info: 'info', none: 'unknown' };

/** Lines without a time come last. */
const hourOf = (row: FacetRow): number => (row.key === '' ? Number.POSITIVE_INFINITY : Number(row.key));

const LEVEL_ORDER = ['error', 'warning', 'info', 'none'];

/** Rows have an order of their own, or that of their counts. */
function inOrder(kind: Facet['kind'], rows: readonly FacetRow[]): readonly FacetRow[] {
  if (kind === 'time') return [...rows].sort((a, b) => hourOf(a) - hourOf(b));
  if (kind === 'severity') return [...rows].sort((a, b) => LEVEL_ORDER.indexOf(a.key) - LEVEL_ORDER.indexOf(b.key));
  return rows;
}

/** @returns the facets of the answer, with rows that filters have emptied since the same words were typed. */
function useFacets(answer: SearchAnswer, draft: string): readonly Facet[] {
  const names = useQueryNames();
  const seen = useRef<{ draft: string; rows: Map<string, readonly FacetRow[]> }>({ draft, rows: new Map() });
  return useMemo(() => {
    if (seen.current.draft !== draft.trim()) seen.current = { draft: draft.trim(), rows: new Map() };
    return facetsOf(answer, names).map((facet) => {
      const rows = withSeen(facet.rows, seen.current.rows.get(facet.title) ?? []);
      const ordered = inOrder(facet.kind, rows);
      // By its title: days are no hours.
      seen.current.rows.set(facet.title, ordered);
      return { ...facet, rows: ordered };
    });
  }, [answer, names, draft]);
}

function Row({
  facet,
  row,
  label,
  most,
}: {
  readonly facet: Facet;
  readonly row: FacetRow;
  readonly label: string;
  readonly most: number;
}) {
  const { search } = useStores();
  const query = row.query();
  const filter = useSearch((state) => state.filters.find((one) => one.query === query && one.state === 'on'));
  const put = (side: Filter['side']) => {
    if (query === null) return;
    const { filters, setFilters } = search.getState();
    setFilters(
      filter?.side === side
        ? filters.filter((one) => one.query !== query)
        : addFilter(filters, { kind: facet.kind, query, side }),
    );
  };
  const mark = facet.kind === 'severity' ? LEVEL_MARKS[row.key] : undefined;
  const says = `${row.name}, ${counted(row.count, 'line')}`;
  return (
    <li className={`facet facet--${filter === undefined ? 'free' : filter.side}`}>
      <button
        type="button"
        className="facet__in"
        disabled={query === null}
        aria-pressed={filter?.side === 'in'}
        aria-label={`Only ${says}`}
        title={
          query === null
            ? `${row.name}: no query can say exactly this`
            : `${row.name}\nOnly these; Alt click leaves them out`
        }
        onClick={(event) => put(event.altKey ? 'out' : 'in')}
      >
        {facet.kind === 'time' ? (
          <span className="facet__track" aria-hidden="true">
            <i className="facet__bar" style={{ width: `${most === 0 ? 0 : (row.count / most) * 100}%` }} />
          </span>
        ) : null}
        <span className={mark === undefined ? 'facet__name mono' : 'facet__name'}>
          {filter === undefined ? null : filter.side === 'in' ? (
            <Plus className="icon" aria-hidden="true" />
          ) : (
            <Minus className="icon" aria-hidden="true" />
          )}
          {mark === undefined ? null : <SeverityMark mark={mark} label={null} />}
          {label}
        </span>
        <span className="num">{count(row.count)}</span>
      </button>
      <button
        type="button"
        className="facet__out"
        disabled={query === null}
        aria-pressed={filter?.side === 'out'}
        aria-label={`Leave out ${says}`}
        title="Leave these out"
        onClick={() => put('out')}
      >
        <Minus className="icon" aria-hidden="true" />
      </button>
    </li>
  );
}

function FacetList({ facet }: { readonly facet: Facet }) {
  const [length, setLength] = useState(ROWS_SHOWN);
  const most = facet.rows.reduce((high, row) => Math.max(high, row.count), 0);
  const labels = useMemo(
    () =>
      facet.kind === 'node'
        ? sharedPrefix(hostNames(facet.rows.map((row) => row.label))).rest
        : facet.rows.map((row) => row.label),
    [facet],
  );
  // A button in the place of one row saves nothing.
  const shown = facet.rows.length <= length + 1 ? facet.rows : facet.rows.slice(0, length);
  const rest = facet.rows.length - shown.length;
  if (facet.rows.length === 0) return null;
  return (
    <section className="facets__one" aria-label={facet.title}>
      <h2>
        {facet.title} {facet.rows.length > 3 ? <span className="num">{count(facet.rows.length)}</span> : null}
      </h2>
      <ul>
        {shown.map((row, index) => (
          <Row key={row.key} facet={facet} row={row} label={labels[index] ?? row.label} most={most} />
        ))}
      </ul>
      {rest === 0 ? null : (
        <button
          type="button"
          className="link facets__more"
          aria-label={`More rows of ${facet.title}, ${count(rest)} are left`}
          onClick={() => setLength(length === ROWS_SHOWN ? ROWS_MORE : length + ROWS_MORE)}
        >
          {count(rest)} more
        </button>
      )}
      {length === ROWS_SHOWN ? null : (
        <button
          type="button"
          className="link facets__more"
          aria-label={`Fewer rows of ${facet.title}`}
          onClick={() => setLength(ROWS_SHOWN)}
        >
          Fewer
        </button>
      )}
    </section>
  );
}

export function Facets({ answer, draft }: { readonly answer: SearchAnswer; readonly draft: string }) {
  const facets = useFacets(answer, draft);
  return (
    <aside className="facets" aria-label="Facets">
      {facets.every((facet) => facet.rows.length === 0) ? (
        <p className="meta facets__none">Nothing to count.</p>
      ) : (
        facets.map((facet) => <FacetList key={facet.kind} facet={facet} />)
      )}
    </aside>
  );
}
