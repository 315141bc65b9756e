/** What a route of Files says: the file that is shown, and one beside it. Pure. */
import type { BundleId } from '../model/types.ts';
import type { Route } from './navigation.ts';

/** A file in a pane, and the lines that are chosen in it. */
export interface PanePlace {
  readonly bundle: BundleId;
  readonly file: string;
  readonly line: number | null;
  /** The last chosen line; that of `line` when it is one. */
  readonly end: number | null;
}

export interface FilesPlace {
  readonly main: PanePlace | null;
  readonly beside: PanePlace | null;
}

export type Side = 'main' | 'beside';

/** Parameters of the file beside the first one have this behind their name. */
const BESIDE = '2';

/** @returns the place of a route's parameters; numbers that are none are left out. */
export function filesPlace(params: Route['params']): FilesPlace {
  return { main: paneOf(params, ''), beside: paneOf(params, BESIDE) };
}

/** @returns the route that filesPlace reads back. */
export function filesRoute({ main, beside }: FilesPlace): Route {
  return { screen: 'files', params: { ...paramsOf(main, ''), ...paramsOf(beside, BESIDE) } };
}

function paneOf(params: Route['params'], suffix: string): PanePlace | null {
  const bundle = params[`bundle${suffix}`];
  const file = params[`file${suffix}`];
  if (bundle === undefined || file === undefined) return null;
  const line = positive(params[`line${suffix}`]);
  const end = positive(params[`end${suffix}`]);
  return { bundle: bundle as BundleId, file, line, end: line === null ? null : Math.max(line, end ?? line) };
}

function paramsOf(place: PanePlace | null, suffix: string): Route['params'] {
  if (place === null) return {};
  const { bundle, file, line, end } = place;
  return {
    [`bundle${suffix}`]: bundle,
    [`file${suffix}`]: file,
    ...(line === null ? {} : { [`line${suffix}`]: String(line) }),
    ...(line === null || end === null || end <= line ? {} : { [`end${suffix}`]: String(end) }),
  };
}

function positive(text: string | undefined): number | null {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : null;
}
