/** What is marked in a file: in its text and on its scroll bar. */
import type { Severity } from '../../model/types.ts';

export interface LineMarks {
  /** Lines that findings cite, with the worst severity that cites them. */
  readonly cited: ReadonlyMap<number, Severity>;
  /** Matches of the last search: ranges of UTF-16 units by line. */
  readonly ranges: ReadonlyMap<number, readonly (readonly [number, number])[]>;
}
