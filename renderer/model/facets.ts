/** Counts of matching lines as rows that can be put in or out. Pure; every count is the engine's own, which is exact. */
import type { LineLevel } from '../../analyzer/query/query.ts';
import { type FilterKind, NO_TIME } from './filters.ts';
import { baseName } from './format.ts';
import { exactPlace } from './places.ts';
import { queryTime, windowLabel } from './time-window.ts';
import type { SearchAnswer, Severity } from './types.ts';

export interface FacetRow {
  /** What tells it from the other rows of its facet. */
  readonly key: string;
  readonly label: string;
  /** The whole name, for the tooltip and screen readers. */
  readonly name: string;
  readonly count: number;
  /**
   * @returns the filter that means exactly these lines; null when no query can say it. To be asked of rows that are
   * shown: a name has to be told from all others, and there may be tens of thousands.
   */
  readonly query: () => string | null;
}

export interface Facet {
  readonly kind: FilterKind;
  readonly title: string;
  readonly rows: readonly FacetRow[];
}

const HOUR_MS = 3_600_000;
/** Rows of hours; a case that spans more is counted by days. */
const HOURS_SHOWN = 48;

/** The level a line's severity is searched by. */
export const LEVEL_OF: Readonly<Record<Severity, LineLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'info',
  info: 'info',
};
const LEVELS = [
  ['error', 'error'],
  ['warning', 'warning'],
  ['info', 'info'],
  ['none', 'no severity'],
] as const satisfies readonly (readonly [LineLevel, string])[];

/** Names of what is in the case, which a filter must tell apart. */
export interface CaseNames {
  readonly nodes: readonly string[];
  readonly files: readonly string[];
}

/** @returns node, source file, severity and hour, each with its rows; rows of the same name are counted together. */
export function facetsOf(answer: SearchAnswer, names: CaseNames): readonly Facet[] {
  return [
    { kind: 'node', title: 'Node', rows: nodeRows(answer, names) },
    { kind: 'severity', title: 'Severity', rows: severityRows(answer) },
    { kind: 'file', title: 'Source file', rows: fileRows(answer, names) },
    { kind: 'time', title: answer.facets.hour.length > HOURS_SHOWN ? 'Day, UTC' : 'Hour, UTC', rows: hourRows(answer) },
  ];
}

/**
 * @returns the rows with those seen before for the same words added with a count of nothing: filters have left none of
 * their lines, and who put them out must be able to take them in again.
 */
export function withSeen(rows: readonly FacetRow[], seen: readonly FacetRow[]): readonly FacetRow[] {
  const present = new Set(rows.map((row) => row.key));
  return [...rows, ...seen.filter((row) => !present.has(row.key)).map((row) => ({ ...row, count: 0 }))];
}

function summed<T>(things: readonly T[], keyOf: (thing: T) => string, countOf: (thing: T) => number) {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(keyOf(thing), (counts.get(keyOf(thing)) ?? 0) + countOf(thing));
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function nodeRows({ facets }: SearchAnswer, names: CaseNames): readonly FacetRow[] {
  return summed(
    facets.node,
    (one) => one.node ?? '',
    (one) => one.count,
  ).map(([node, count]) =>
    node === ''
      ? { key: '', label: 'not known', name: 'archives whose node is not known', count, query: () => null }
      : { key: node, label: node, name: node, count, query: () => exactPlace('node', node, names.nodes) },
  );
}

function fileRows({ facets }: SearchAnswer, names: CaseNames): readonly FacetRow[] {
  const counts = summed(
    facets.file,
    (one) => one.file,
    (one) => one.count,
  );
  const sameName = new Map<string, number>();
  for (const [file] of counts) sameName.set(baseName(file), (sameName.get(baseName(file)) ?? 0) + 1);
  return counts.map(([file, count]) => ({
    key: file,
    // The folder tells files of one name apart.
    label: sameName.get(baseName(file)) === 1 ? baseName(file) : file.split('/').slice(-2).join('/'),
    name: file,
    count,
    query: () => exactPlace('file', file, names.files),
  }));
}

function severityRows({ facets }: SearchAnswer): readonly FacetRow[] {
  return LEVELS.flatMap(([level, label]) => {
    const count = facets.severity
      .filter((one) => (one.severity === null ? 'none' : LEVEL_OF[one.severity]) === level)
      .reduce((sum, one) => sum + one.count, 0);
    return count === 0 ? [] : [{ key: level, label, name: label, count, query: () => `sev:${level}` }];
  });
}

function hourRows({ facets }: SearchAnswer): readonly FacetRow[] {
  const step = facets.hour.length > HOURS_SHOWN ? 24 * HOUR_MS : HOUR_MS;
  const spans = new Map<number | null, number>();
  for (const { hour, count } of facets.hour) {
    const from = hour === null ? null : Math.floor(Date.parse(hour) / step) * step;
    spans.set(from, (spans.get(from) ?? 0) + count);
  }
  return [...spans].map(([from, count]) => {
    if (from === null) return { key: '', label: 'no time', name: 'lines without a time', count, query: () => NO_TIME };
    const start = windowLabel({ from, to: null }).replace(/^from /, '');
    return {
      key: String(from),
      label: step === HOUR_MS ? start : start.replace(/ 00:00$/, ''),
      name: windowLabel({ from, to: from + step }),
      count,
      query: () => `after:${queryTime(from)} before:${queryTime(from + step)}`,
    };
  });
}
