/**
 * Filters of a search: pieces of the query language that can be put in or out, on or off, beside what is typed. Pure.
 * What is sent is one query: what is typed AND every filter AND the window of time.
 */
import { allOf, anyOf, not } from '../../analyzer/query/normal.ts';
import { parseQuery } from '../../analyzer/query/parse.ts';
import { printQuery } from '../../analyzer/query/print.ts';
import type { LineLevel, QueryError, QueryNode } from '../../analyzer/query/query.ts';
import { baseName } from './format.ts';
import { type TimeWindow, windowLabel } from './time-window.ts';

const FILTER_KINDS = ['text', 'severity', 'time', 'file', 'node'] as const;
export type FilterKind = (typeof FILTER_KINDS)[number];

export interface Filter {
  readonly kind: FilterKind;
  /** A query of its own; it tells this filter from the others. */
  readonly query: string;
  readonly side: 'in' | 'out';
  readonly state: 'on' | 'off';
}

/** @returns the filters with one more; one with the same query is turned on and to the side asked for instead. */
export function addFilter(filters: readonly Filter[], added: Omit<Filter, 'state'>): readonly Filter[] {
  const filter: Filter = { ...added, state: 'on' };
  return filters.some((one) => one.query === added.query)
    ? filters.map((one) => (one.query === added.query ? filter : one))
    : [...filters, filter];
}

/** @returns the filters with a part of one changed. */
export function changeFilter(
  filters: readonly Filter[],
  query: string,
  part: Partial<Pick<Filter, 'side' | 'state'>>,
): readonly Filter[] {
  return filters.map((one) => (one.query === query ? { ...one, ...part } : one));
}

const LEVEL_NAMES: Readonly<Record<LineLevel, string>> = {
  none: 'no severity',
  info: 'info',
  warning: 'warning',
  error: 'error',
};

/** Any instant at all: whoever has none matches neither half. */
const SOME_TIME: QueryNode = {
  kind: 'any',
  parts: [
    { kind: 'time', from: 0, to: null },
    { kind: 'time', from: null, to: 0 },
  ],
};

/** Lines without an instant, as a query. */
export const NO_TIME: string = printQuery({ kind: 'not', part: SOME_TIME });

/** @returns the query of a window; null when it is open on both sides. */
function windowQuery({ from, to }: TimeWindow): QueryNode | null {
  const ends: readonly QueryNode[] = [
    ...(from === null ? [] : [{ kind: 'time', from, to: null } as const]),
    ...(to === null ? [] : [{ kind: 'time', from: null, to } as const]),
  ];
  return all(ends);
}

/** @returns a filter in a few words, e.g. "kube-proxy.log", "error", "14 Oct 10:00 to 11:00"; the query when it says more. */
export function filterLabel(filter: Filter): string {
  if (filter.query === NO_TIME) return 'no time';
  const parsed = parseQuery(filter.query);
  if (!parsed.ok) return filter.query;
  const node = parsed.query;
  switch (node.kind) {
    case 'text':
      return `"${node.text}"`;
    case 'place':
      return node.field === 'file' ? baseName(node.name) : node.name;
    case 'severity':
      return node.from === node.to ? LEVEL_NAMES[node.from] : filter.query;
    case 'all':
      return spanLabel(node.parts) ?? filter.query;
    default:
      return filter.query;
  }
}

function spanLabel(parts: readonly QueryNode[]): string | null {
  const [first, second] = parts;
  if (parts.length !== 2 || first?.kind !== 'time' || second?.kind !== 'time') return null;
  return windowLabel({ from: first.from ?? second.from, to: first.to ?? second.to });
}

export type Composed =
  /** `query` is empty when nothing was asked for. */
  | { readonly ok: true; readonly query: string }
  /** What is typed is at fault; positions are in it. */
  | { readonly ok: false; readonly error: QueryError };

/**
 * @returns what is typed, the filters that are on and the window as one query. Filters in of one kind are alternatives
 * (two files: lines of either), but texts, which may stand in one line together, must all be there.
 */
export function composeQuery(draft: string, filters: readonly Filter[], window: TimeWindow | null): Composed {
  const on = filters.filter((one) => one.state === 'on');
  const typed = draft.trim() === '' ? null : parseQuery(draft);
  if (typed !== null && !typed.ok) return typed;
  if (typed === null && on.length === 0) return { ok: true, query: '' };
  const parts: QueryNode[] = typed === null ? [] : [typed.query];
  for (const kind of FILTER_KINDS) {
    const wanted = on.filter((one) => one.kind === kind && one.side === 'in').flatMap(nodeOf);
    if (kind === 'text') parts.push(...wanted);
    else if (wanted[0] !== undefined) parts.push(anyOf([wanted[0], ...wanted.slice(1)]));
  }
  for (const one of on) if (one.side === 'out') parts.push(...nodeOf(one).map(not));
  const span = window === null ? null : windowQuery(window);
  if (span !== null) parts.push(span);
  const whole = all(parts);
  return { ok: true, query: whole === null ? '' : printQuery(whole) };
}

function nodeOf(filter: Filter): readonly QueryNode[] {
  const parsed = parseQuery(filter.query);
  return parsed.ok ? [parsed.query] : [];
}

/** @returns the parts joined by AND; null when there are none. */
function all([first, ...rest]: readonly QueryNode[]): QueryNode | null {
  return first === undefined ? null : allOf([first, ...rest]);
}

/** Filters as a route keeps them: one a line, `+` in or `-` out, `!` when off, its kind, a colon, its query. */
export function formatFilters(filters: readonly Filter[]): string {
  return filters
    .map((one) => `${one.side === 'in' ? '+' : '-'}${one.state === 'on' ? '' : '!'}${one.kind}:${one.query}`)
    .join('\n');
}

/** @returns the filters of a route; what cannot be read is left out. */
export function parseFilters(text: string): readonly Filter[] {
  return text.split('\n').flatMap((line): readonly Filter[] => {
    const found = /^([+-])(!?)(\w+):(.+)$/.exec(line);
    const kind = FILTER_KINDS.find((known) => known === found?.[3]);
    if (found === null || kind === undefined || !parseQuery(found[4] as string).ok) return [];
    return [
      { kind, query: found[4] as string, side: found[1] === '+' ? 'in' : 'out', state: found[2] === '' ? 'on' : 'off' },
    ];
  });
}
