/** The instant that a line without a stamp has from the lines before it. */
import type { BundleReader } from '../core/case-reader.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { LOOK_BACK_LINES } from './look-back.ts';
import { readStamp, type Stamp } from './stamp.ts';

/** Read at once on the way back: few, because the stamp is mostly near; and never more than one call for lines gives. */
const STEP_LINES = 8;

export interface CarriedStamp extends Stamp {
  /** Number of the line it stands in. */
  readonly line: number;
}

/** @returns the nearest stamp that tells an instant, of the LOOK_BACK_LINES before this line (from 1). */
export function stampBefore(reader: Pick<BundleReader, 'lines'>, file: SourceFile, line: number): CarriedStamp | null {
  const first = Math.max(1, line - LOOK_BACK_LINES);
  for (let end = line; end > first; end -= STEP_LINES) {
    const from = Math.max(first, end - STEP_LINES);
    for (const one of [...reader.lines(file.id, from, end - from)].reverse()) {
      const stamp = readStamp(one.text, file.clock);
      if (stamp !== null) return { ...stamp, line: one.number };
    }
  }
  return null;
}
