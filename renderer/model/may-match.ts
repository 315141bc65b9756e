/** What can be told of a query by one line alone, before anything is marked in it. Pure. */
import type { QueryNode } from '../../analyzer/query/query.ts';
import { matchRanges } from '../../analyzer/query/ranges.ts';
import type { Range } from './line-marks.ts';

type Tells = 'yes' | 'no' | 'maybe';

export interface KnownLine {
  readonly text: string;
  /** ms since 1970; null when it is not known. */
  readonly time: number | null;
}

const NOT: Readonly<Record<Tells, Tells>> = { yes: 'no', no: 'yes', maybe: 'maybe' };

/** @returns `no` only when the line cannot match; what a line does not tell (severity, findings, its file) is `maybe`. */
export function mayMatch(line: KnownLine, query: QueryNode): Tells {
  switch (query.kind) {
    case 'all': {
      const parts = query.parts.map((part) => mayMatch(line, part));
      return parts.includes('no') ? 'no' : parts.includes('maybe') ? 'maybe' : 'yes';
    }
    case 'any': {
      const parts = query.parts.map((part) => mayMatch(line, part));
      return parts.includes('yes') ? 'yes' : parts.includes('maybe') ? 'maybe' : 'no';
    }
    case 'not':
      return NOT[mayMatch(line, query.part)];
    case 'text':
      return matchRanges(line.text, query).length > 0 ? 'yes' : 'no';
    case 'pattern':
      // A pattern may match nothing, which is a match, and has a bounded effort.
      return matchRanges(line.text, query).length > 0 ? 'yes' : 'maybe';
    case 'time': {
      if (line.time === null) return 'maybe';
      return (query.from === null || line.time >= query.from) && (query.to === null || line.time < query.to)
        ? 'yes'
        : 'no';
    }
    default:
      return 'maybe';
  }
}

/** @returns what of the line matches; nothing in a line that does not match as a whole. */
export function rangesIn(line: KnownLine, query: QueryNode | null): readonly Range[] {
  return query === null || mayMatch(line, query) === 'no' ? [] : matchRanges(line.text, query);
}
