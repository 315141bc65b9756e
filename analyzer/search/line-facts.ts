/** Instants and levels of lines that were found, for counts by hour and level and for the order of time. */
import type { TextBlock } from '../core/case-reader.ts';
import type { FileClock } from '../core/file-clock.ts';
import { LINE_LEVELS } from '../core/line-level.ts';
import { wordSeverity } from '../formats/severity.ts';
import type { LineFacts, LineHit, LineKnowledge } from './file-query.ts';
import { LineTimes } from './line-times.ts';
import { WordView } from './word-view.ts';

/** Blocks that are no multiple of four are copied into it. */
const WORDS = new WordView();

/**
 * @param hits lines of the block, ascending.
 * @param clock of the block's file.
 * @param known `carried` and `levels` are used.
 */
export function lineFacts(
  block: TextBlock,
  hits: readonly LineHit[],
  clock: FileClock,
  known: Pick<LineKnowledge, 'carried' | 'levels'>,
): LineFacts {
  const times = new Float64Array(hits.length);
  const levels = new Uint8Array(hits.length);
  const { bytes, words } = WORDS.of(block.bytes);
  const read = new LineTimes(clock);
  read.begin(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), block.firstLine, known);
  const outsideOf = known.levels;
  for (let index = 0; index < hits.length; index++) {
    const hit = hits[index] as LineHit;
    const { start, end } = hit;
    const own = read.ownTimeOf(start, end);
    times[index] = Number.isNaN(own) ? read.inheritedTimeOf(hit.line, start) : own;
    const outside = outsideOf?.get(hit.line);
    levels[index] =
      outside === undefined ? wordSeverity(bytes, words, start, end, start) : LINE_LEVELS.indexOf(outside);
  }
  return { times, levels };
}
