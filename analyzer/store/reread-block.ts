/**
 * The lines of a stored block once more, with other years or with what the clock of their file says. Of a file with stamps of
 * two kinds, what was stored of a block does not tell which of the two a time came from; only its text does.
 */
import { LINE_SEVERITY } from '../formats/severity.ts';
import type { BlockEvent } from './event-rows.ts';
import { emptyLineScan, ScanState, scanLines } from './line-scan.ts';
import { type LineScan, type SeverityMark, SLAB_PADDING } from './slab.ts';

const LINE_FEED = 10;

export class BlockRereader {
  readonly #state = new ScanState();
  readonly #scan = emptyLineScan();

  /**
   * @param text of one block. @param line0 its first line in its file, from 0. @param events of it: severities that no line shows
   *   (those of a journal) are known from them. @param yearReference see SlabBlock. @param shifts see ScanState.
   * @returns what its lines say, until the next call.
   */
  scan(
    text: Uint8Array,
    line0: number,
    events: readonly BlockEvent[],
    yearReference: number,
    shifts: ArrayLike<number>,
  ): LineScan {
    const bytes = new Uint8Array(Math.ceil(text.length / 4) * 4 + SLAB_PADDING);
    bytes.set(text);
    this.#state.severityMarks = marksOf(text, line0, events);
    this.#state.shifts = shifts;
    scanLines(bytes, 0, text.length, yearReference, this.#state, this.#scan);
    return this.#scan;
  }
}

/** @returns where the first lines of messages begin. Sections, which stand behind them and have no severity, are left out. */
function marksOf(text: Uint8Array, line0: number, events: readonly BlockEvent[]): readonly SeverityMark[] {
  let line = line0 + 1;
  let start = 0;
  const marks: SeverityMark[] = [];
  for (const event of events) {
    if (event.severity === LINE_SEVERITY.none) break;
    for (; line < event.line; line++) start = text.indexOf(LINE_FEED, start) + 1;
    marks.push({ start, severity: event.severity });
  }
  return marks;
}
