/** Matching lines of a block: literals lead to the lines that may match, or every line is looked at. */
import type { TextBlock } from '../core/case-reader.ts';
import { driverOf } from './drivers.ts';
import type { LineHit, LineKnowledge } from './file-query.ts';
import { NumberedHit } from './line-numbers.ts';
import { type LineTest, lineTest } from './line-tests.ts';
import type { LineTimes } from './line-times.ts';
import type { LineView } from './line-view.ts';
import { type LiteralHits, literalHits } from './literal-hits.ts';
import type { Plan } from './query-plan.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export class PlanScan {
  readonly #view: LineView;
  readonly #hits: LiteralHits | null;
  readonly #test: LineTest;

  /** @param plan without terms about the file. @param view used while a block is scanned, and free between. */
  constructor(plan: Plan, view: LineView) {
    const driver = driverOf(plan);
    this.#view = view;
    this.#hits = driver === null ? null : literalHits(driver.literals);
    this.#test = lineTest(driver === null ? plan : driver.rest);
  }

  scan(block: TextBlock, known: LineKnowledge, times: LineTimes | null): readonly LineHit[] {
    this.#view.begin(block, known, times);
    return this.#hits === null ? this.#everyLine(block) : this.#linesWith(this.#hits, block);
  }

  #everyLine({ bytes }: TextBlock): readonly LineHit[] {
    const found: LineHit[] = [];
    const { buffer } = this.#view;
    const size = bytes.length;
    for (let start = 0; start < size; ) {
      const feed = buffer.indexOf(LINE_FEED, start);
      const stop = feed < 0 ? size : feed;
      this.#look(start, stop, found);
      start = stop + 1;
    }
    return found;
  }

  /** Lines between those with a literal are passed over, and not even counted. */
  #linesWith(hits: LiteralHits, { bytes }: TextBlock): readonly LineHit[] {
    const found: LineHit[] = [];
    const { buffer, text } = this.#view;
    const size = bytes.length;
    hits.begin(text, size);
    let behind = 0;
    for (let at = hits.next(0); at >= 0; at = hits.next(behind)) {
      // A negative place would be counted from the end.
      const start = at === 0 ? 0 : buffer.lastIndexOf(LINE_FEED, at - 1) + 1;
      const feed = buffer.indexOf(LINE_FEED, at);
      const stop = feed < 0 ? size : feed;
      this.#look(start, stop, found);
      behind = stop + 1;
    }
    return found;
  }

  #look(start: number, stop: number, found: LineHit[]): void {
    const view = this.#view;
    // Before an empty line stands a line feed.
    const end = view.buffer[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
    view.move(start, end);
    if (this.#test(view)) found.push(new NumberedHit(start, end, view.numbers));
  }
}
