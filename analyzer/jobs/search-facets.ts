/** Counts of the matching lines of a search, exact, by all that the screen can narrow it down by. */
import type { SearchFacets } from '../contract/search.ts';
import type { BundleId } from '../core/ids.ts';
import { LINE_LEVELS } from '../core/line-level.ts';
import type { Severity } from '../core/vocabulary.ts';
import { GrowingCounts } from './growing-counts.ts';
import type { Tally } from './search-protocol.ts';

/** Severities as they are shown, in the order of LINE_LEVELS. */
export const SEVERITY_OF_LEVEL: readonly (Severity | null)[] = [null, 'info', 'medium', 'high'];

const HOUR_MS = 3_600_000;
/** ECMA-262, 21.4.1.1: a Date holds no time beyond. */
const DATE_MAX_MS = 8.64e15;

/**
 * Hours counted apart: eleven years. Text with made-up stamps could name millions; the lines of further hours count as
 * lines without an hour.
 */
export const FACET_HOURS_MAX = 100_000;

/** A bundle as facets name it. */
export interface FacetBundle {
  readonly id: BundleId;
  readonly node: string | null;
}

/** Files and hours in an answer on the way: more than a screen shows, and made and sent ten times a second. */
export const PARTIAL_COUNTS_MAX = 1_000;

/** A file with its place in the search. */
interface CountedFile {
  readonly bundle: number;
  readonly file: number;
  readonly path: string;
}

export class FacetCount {
  readonly #bundles: number[] = [];
  readonly #files = new GrowingCounts<CountedFile>(
    PARTIAL_COUNTS_MAX,
    (one, other) => one.bundle - other.bundle || one.file - other.file,
  );
  readonly #levels = LINE_LEVELS.map(() => 0);
  readonly #hours = new GrowingCounts<number | null>(PARTIAL_COUNTS_MAX, compareHours);
  #parts: number[] = [];

  add({ files, levels, hours, parts }: Tally): void {
    for (const { bundle, file, path, count } of files) {
      this.#files.add(`${bundle} ${file}`, { bundle, file, path }, count);
      this.#bundles[bundle] = (this.#bundles[bundle] ?? 0) + count;
    }
    for (const [level, count] of levels.entries()) this.#levels[level] = (this.#levels[level] ?? 0) + count;
    for (const [hour, count] of hours) {
      const kept = this.#hours.has(hour) || this.#hours.size < FACET_HOURS_MAX ? hour : null;
      this.#hours.add(kept, kept, count);
    }
    if (this.#parts.length === 0) this.#parts = [...parts];
    else for (const [part, count] of parts.entries()) this.#parts[part] = (this.#parts[part] ?? 0) + count;
  }

  /** Of each part of the one file that was searched; empty before the first chunk. */
  get parts(): readonly number[] {
    return this.#parts;
  }

  /** @param bundles in the order of the search. @param which files and hours: of the largest PARTIAL_COUNTS_MAX or all. */
  facets(bundles: readonly FacetBundle[], which: 'all' | 'largest'): SearchFacets {
    const file = (which === 'all' ? this.#files.all() : this.#files.largest()).flatMap(({ key, count }) => {
      const known = bundles[key.bundle];
      return known === undefined ? [] : [{ bundle: known.id, node: known.node, file: key.path, count }];
    });
    const node = bundles.map(({ id, node: name }, at) => ({ bundle: id, node: name, count: this.#bundles[at] ?? 0 }));
    const severity = this.#levels.map((count, level) => ({ severity: SEVERITY_OF_LEVEL[level] ?? null, count }));
    const hour = [...(which === 'all' ? this.#hours.all() : this.#hours.largest())]
      .sort((one, other) => compareHours(one.key, other.key))
      .map(({ key, count }) => ({ hour: key === null ? null : new Date(key * HOUR_MS).toISOString(), count }));
    return { node: largestFirst(node), file, severity: largestFirst(severity), hour };
  }
}

/** Lines without an hour come last. */
function compareHours(one: number | null, other: number | null): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  return one - other;
}

/** @param hour since 1970. */
export function addHour(hours: Map<number | null, number>, hour: number | null, count: number): void {
  const key = hours.has(hour) || hours.size < FACET_HOURS_MAX ? hour : null;
  hours.set(key, (hours.get(key) ?? 0) + count);
}

/** @param time instant in ms, NaN: none. */
export function isoOf(time: number): string | null {
  return Math.abs(time) <= DATE_MAX_MS ? new Date(time).toISOString() : null;
}

/** @param time instant in ms, NaN: none. @returns hours since 1970; null too for what is no Date. */
export function hourOf(time: number): number | null {
  return Math.abs(time) <= DATE_MAX_MS ? Math.floor(time / HOUR_MS) : null;
}

function largestFirst<T extends { readonly count: number }>(counts: readonly T[]): readonly T[] {
  return counts.filter(({ count }) => count > 0).sort((one, other) => other.count - one.count);
}
