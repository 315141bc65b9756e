/** Filters under the box: each in or out, on or off, and gone. */
import { Minus, Plus, X } from 'lucide-react';
import { useRef } from 'react';
import { changeFilter, type Filter, filterLabel } from '../../model/filters.ts';
import { useSearch, useStores } from '../../stores/stores.tsx';

const KIND_WORDS: Readonly<Record<Filter['kind'], string>> = {
  text: 'text',
  severity: 'severity',
  time: 'time',
  file: 'file',
  node: 'node',
};

function Chip({ filter, onGone }: { readonly filter: Filter; readonly onGone: () => void }) {
  const { search } = useStores();
  const filters = useSearch((state) => state.filters);
  const set = (part: Partial<Pick<Filter, 'side' | 'state'>>) =>
    search.getState().setFilters(changeFilter(filters, filter.query, part));
  const label = filterLabel(filter);
  const is = filter.side === 'in' ? 'in' : 'out';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a chip
    <span
      className={`filter filter--${is} filter--${filter.state}`}
      role="group"
      aria-label={`Filter ${is}: ${KIND_WORDS[filter.kind]} ${label}`}
      title={filter.query}
    >
      <button
        type="button"
        className="filter__side"
        aria-label={filter.side === 'in' ? `Leave ${label} out instead` : `Keep only ${label} instead`}
        title={
          filter.side === 'in'
            ? 'Only these lines: press to leave them out'
            : 'Without these lines: press to keep only them'
        }
        onClick={() => set({ side: filter.side === 'in' ? 'out' : 'in' })}
      >
        {filter.side === 'in' ? (
          <Plus className="icon" aria-hidden="true" />
        ) : (
          <Minus className="icon" aria-hidden="true" />
        )}
      </button>
      <button
        type="button"
        className="filter__label"
        aria-pressed={filter.state === 'on'}
        aria-label={`${label}, filter on`}
        title={`${filter.query}\n${filter.state === 'on' ? 'On: press to set it aside' : 'Set aside: press to use it'}`}
        onClick={() => set({ state: filter.state === 'on' ? 'off' : 'on' })}
      >
        <small>{KIND_WORDS[filter.kind]}</small>
        <span className="clip mono">{label}</span>
      </button>
      <button
        type="button"
        className="filter__side"
        aria-label={`Remove filter ${label}`}
        title="Remove"
        onClick={() => {
          search.getState().setFilters(filters.filter((one) => one.query !== filter.query));
          onGone();
        }}
      >
        <X className="icon" aria-hidden="true" />
      </button>
    </span>
  );
}

export function FilterChips({ onEmpty }: { readonly onEmpty: () => void }) {
  const { search } = useStores();
  const filters = useSearch((state) => state.filters);
  const row = useRef<HTMLDivElement>(null);
  if (filters.length === 0) return null;
  /** A chip that goes takes its button with it: the focus goes to its neighbour. */
  const moveFocus = (index: number) => {
    requestAnimationFrame(() => {
      const left = row.current?.querySelectorAll<HTMLElement>('.filter__label');
      const next = left?.[Math.min(index, left.length - 1)];
      if (next === undefined) onEmpty();
      else next.focus();
    });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row
    <div ref={row} className="filters" role="group" aria-label="Filters">
      {filters.map((filter, index) => (
        <Chip key={filter.query} filter={filter} onGone={() => moveFocus(index)} />
      ))}
      {filters.length > 1 ? (
        <button
          type="button"
          className="btn btn--s btn--quiet"
          onClick={() => {
            search.getState().setFilters([]);
            onEmpty();
          }}
        >
          Clear
        </button>
      ) : null}
    </div>
  );
}
