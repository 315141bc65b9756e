/** What a route of Timeline says: the span that is looked at, and the pivot. Pure. */

import { queryTime } from '../model/time-window.ts';
import type { Span } from '../model/timeline-view.ts';
import type { BundleId, FindingId } from '../model/types.ts';
import type { Route } from './navigation.ts';

export type PivotQuestion =
  | { readonly kind: 'line'; readonly bundle: BundleId; readonly file: string; readonly line: number }
  | { readonly kind: 'finding'; readonly finding: FindingId }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'time'; readonly time: string };

export interface TimelinePlace {
  /** All there is when null; around the pivot, when there is one. */
  readonly view: Span | null;
  readonly pivot: PivotQuestion | null;
  /** ms before and after the pivot. */
  readonly windowMs: number;
}

export const PIVOT_WINDOWS_MS: readonly number[] = [60_000, 300_000, 900_000, 3_600_000];
const PIVOT_WINDOW_MS = 300_000;
export const NO_PLACE: TimelinePlace = { view: null, pivot: null, windowMs: PIVOT_WINDOW_MS };

/** @returns the place of a route's parameters; what is no place is left out. */
export function timelinePlace(params: Route['params']): TimelinePlace {
  const [from, to] = [Date.parse(params.from ?? ''), Date.parse(params.to ?? '')];
  const windowMs = Number(params.window);
  return {
    view: from < to ? { from, to } : null,
    pivot: pivotOf(params),
    windowMs: PIVOT_WINDOWS_MS.includes(windowMs) ? windowMs : PIVOT_WINDOW_MS,
  };
}

/** @returns the route that timelinePlace reads back. */
export function timelineRoute({
  view = null,
  pivot = null,
  windowMs = PIVOT_WINDOW_MS,
}: Partial<TimelinePlace>): Route {
  return {
    screen: 'timeline',
    params: {
      ...(view === null ? {} : { from: queryTime(view.from), to: queryTime(view.to) }),
      ...(pivot === null ? {} : pivotParams(pivot)),
      ...(pivot === null || windowMs === PIVOT_WINDOW_MS ? {} : { window: String(windowMs) }),
    },
  };
}

function pivotOf({ bundle, file, line, finding, text, at }: Route['params']): PivotQuestion | null {
  if (finding !== undefined) return { kind: 'finding', finding: finding as FindingId };
  if (text !== undefined && text !== '') return { kind: 'text', text };
  if (at !== undefined && !Number.isNaN(Date.parse(at))) return { kind: 'time', time: at };
  const number = Number(line);
  if (bundle === undefined || file === undefined || !Number.isInteger(number) || number < 1) return null;
  return { kind: 'line', bundle: bundle as BundleId, file, line: number };
}

function pivotParams(pivot: PivotQuestion): Route['params'] {
  switch (pivot.kind) {
    case 'line':
      return { bundle: pivot.bundle, file: pivot.file, line: String(pivot.line) };
    case 'finding':
      return { finding: pivot.finding };
    case 'text':
      return { text: pivot.text };
    case 'time':
      return { at: pivot.time };
  }
}
