import { HeartPulse } from 'lucide-react';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { countBySeverity } from '../../model/derive.ts';
import { counted, sentenceCase } from '../../model/format.ts';
import type { Analysis, Finding, Severity } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import type { FindingFilters } from '../../stores/screens.ts';
import { useScreens, useStores } from '../../stores/stores.tsx';

function Choice({
  label,
  value,
  values,
  onChange,
}: {
  readonly label: string;
  readonly value: string | null;
  readonly values: readonly string[];
  readonly onChange: (value: string | null) => void;
}) {
  return (
    <select
      className="select"
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
    >
      <option value="">{label}: all</option>
      {values.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}

export function FilterBar({
  findings,
  shown,
  healthy,
}: {
  readonly findings: readonly Finding[];
  readonly shown: number;
  /** Nodes marked healthy; undefined: none is. */
  readonly healthy: Analysis['baseline'];
}) {
  const { screens } = useStores();
  const { filters, grouping } = useScreens((state) => state.findings);
  const counts = countBySeverity(findings);
  const set = (part: Partial<FindingFilters>) =>
    screens.getState().change('findings', { filters: { ...filters, ...part }, scroll: 0 });
  const toggle = (severity: Severity) => {
    const severities = new Set(filters.severities);
    if (!severities.delete(severity)) severities.add(severity);
    set({ severities });
  };
  const values = (of: (finding: Finding) => string) => [...new Set(findings.map(of))].sort();
  return (
    <div className="pane-head findings-head">
      <h1>Findings</h1>
      <span className="meta findings-head__count" role="status">
        {shown} shown{shown < findings.length ? ` of ${findings.length}` : ''}
      </span>
      <input
        className="input input--s findings-head__text"
        type="text"
        aria-label="Filter by text"
        placeholder="Filter"
        value={filters.text}
        onChange={(event) => set({ text: event.target.value })}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
      <span className="toggles" role="group" aria-label="Severities shown">
        {SEVERITY_ORDER.map((severity) => (
          <button
            key={severity}
            type="button"
            aria-pressed={filters.severities.has(severity)}
            aria-label={`${sentenceCase(severity)}, ${counts.get(severity) ?? 0}`}
            title={sentenceCase(severity)}
            onClick={() => toggle(severity)}
          >
            <SeverityMark mark={severity} label={null} />
            {counts.get(severity) ?? 0}
          </button>
        ))}
      </span>
      <Choice
        label="Owner"
        value={filters.owner}
        values={values((one) => one.owner)}
        onChange={(owner) => set({ owner })}
      />
      <Choice label="Area" value={filters.area} values={values((one) => one.area)} onChange={(area) => set({ area })} />
      <select
        className="select"
        aria-label="Marks"
        value={filters.marks}
        onChange={(event) => set({ marks: event.target.value as FindingFilters['marks'] })}
      >
        <option value="all">Marks: all</option>
        <option value="pinned">pinned</option>
        <option value="noted">with a note</option>
        <option value="unmarked">without noise</option>
        <option value="noise">noise</option>
      </select>
      {healthy === undefined ? null : (
        <button
          type="button"
          className="btn btn--s findings-head__healthy"
          aria-label="Not on healthy nodes"
          aria-pressed={filters.baseline === 'not-healthy'}
          title={`Not on healthy nodes: without what ${healthy.nodes.join(', ')} ${healthy.nodes.length === 1 ? 'has' : 'have'} as well: ${counted(healthy.findings, 'finding')}`}
          onClick={() => set({ baseline: filters.baseline === 'all' ? 'not-healthy' : 'all' })}
        >
          <HeartPulse className="icon" aria-hidden="true" />
          <span>Not on healthy nodes</span>
        </button>
      )}
      <select
        className="select"
        aria-label="Group"
        value={grouping}
        onChange={(event) =>
          screens.getState().change('findings', { grouping: event.target.value === 'none' ? 'none' : 'cause' })
        }
      >
        <option value="cause">Group: cause</option>
        <option value="none">Group: none</option>
      </select>
    </div>
  );
}
