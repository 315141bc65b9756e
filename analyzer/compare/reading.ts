/** What one bundle says of a kind of fact, subject by subject, before it is held against others. */
import type { LineRef } from '../core/vocabulary.ts';

export interface Said {
  /** As people read it. */
  readonly value: string;
  /** Nodes that have the same here do not differ: the value without what is a node's own. */
  readonly meaning: string;
  /** Lines that show it; none where no single line does. */
  readonly refs: readonly LineRef[];
}

/** What it means that a subject is not among those that were said. */
export type Absent =
  /** A whole list was captured, and it is not in it. */
  | { readonly known: 'absent'; readonly said: Said }
  /** The same, as far as the same files were collected: known only beside bundles of the same layout. */
  | { readonly known: 'absent-in-layout'; readonly layout: string; readonly said: Said; readonly because: string }
  | { readonly known: 'nothing'; readonly because: string };

export interface GroupReading {
  readonly said: ReadonlyMap<string, Said>;
  readonly absent: Absent;
}

/** Subjects of one group that are kept of a bundle: a node has some thousand sysctl keys, a hostile one millions. */
export const SUBJECTS_MAX = 20_000;

/** @returns a value that is compared as it reads. */
export function said(value: string, refs: readonly LineRef[] = []): Said {
  return { value, meaning: value, refs };
}

/** @returns a reading of which nothing is known. */
export function notKnown(because: string): GroupReading {
  return { said: new Map(), absent: { known: 'nothing', because } };
}

/** @returns a reading of these; subjects beyond the limit are not known, and neither is what is absent then. */
export function reading(entries: Iterable<readonly [string, Said]>, absent: Absent): GroupReading {
  const kept = new Map<string, Said>();
  for (const [subject, value] of entries) {
    if (kept.size >= SUBJECTS_MAX && !kept.has(subject)) {
      return { said: kept, absent: { known: 'nothing', because: `more than ${SUBJECTS_MAX} were captured` } };
    }
    kept.set(subject, value);
  }
  return { said: kept, absent };
}

/** @returns a whole list, from its first to its last line, as what shows that something is not in it. */
export function wholeList(
  value: string,
  fileId: LineRef['fileId'],
  lines: readonly number[],
  note: string,
): Absent & { readonly known: 'absent' } {
  const from = lines.reduce((least, line) => Math.min(least, line), Number.POSITIVE_INFINITY);
  const to = lines.reduce((most, line) => Math.max(most, line), 0);
  const refs = to === 0 ? [] : [{ fileId, line: Math.max(1, from), endLine: Math.max(1, to), note }];
  return { known: 'absent', said: { value, meaning: value, refs } };
}
