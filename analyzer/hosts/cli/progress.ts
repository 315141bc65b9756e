/** One line of progress on stderr: redrawn on a terminal, a sparse line now and then elsewhere. */

import type { SearchAnswer } from '../../contract/search.ts';
import { grouped } from '../../core/grouped.ts';
import type { Job } from '../../core/job.ts';
import { counted } from '../../report/model.ts';
import { bytesWords, visible } from './text.ts';
import type { Sink } from './world.ts';

/** A person reads no faster. */
const REDRAW_MILLISECONDS = 100;
/** Enough to see that it is alive, few enough for a build log. */
const SPARSE_MILLISECONDS = 10_000;
/** What is over before this needs no line in a build log. */
const SPARSE_AFTER_MILLISECONDS = 2_000;

const CLEAR_LINE = '\r\u001b[2K';

/** @returns what a job is doing, on one line of at most `width` characters. */
export function progressLine(job: Job, width: number): string {
  const { progress } = job;
  const total = progress.bytesTotal;
  const parts = [
    `${job.title}: ${progress.phase}`,
    // An analysis counts its steps, not bytes.
    ...(job.kind === 'import' && (progress.bytesDone > 0 || total !== null)
      ? [total === null ? bytesWords(progress.bytesDone) : `${bytesWords(progress.bytesDone)} of ${bytesWords(total)}`]
      : []),
    ...(progress.files > 0 ? [counted(progress.files, 'file')] : []),
    ...(progress.lines > 0 ? [counted(progress.lines, 'line')] : []),
    ...(progress.bytesPerSecond > 0 ? [`${bytesWords(progress.bytesPerSecond)}/s`] : []),
  ];
  return clipped(visible(parts.join(', ')), width);
}

/** @returns how far a search has come, on one line of at most `width` characters. */
export function searchLine({ total, blocksDone, blocks }: SearchAnswer, width: number): string {
  const lines = `${grouped(total)} matching ${total === 1 ? 'line' : 'lines'}`;
  const read = blocks === 0 ? '' : `, ${Math.floor((100 * blocksDone) / blocks)}% of the text looked at`;
  return clipped(`Search: ${lines}${read}`, width);
}

function clipped(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 3))}...`;
}

export interface Progress {
  update(job: Job): void;
  searching(answer: SearchAnswer): void;
  /** Takes the line away. */
  clear(): Promise<void>;
}

/** @param now milliseconds of any steady clock. */
export function createProgress(sink: Sink, notes: 'shown' | 'silent', now: () => number): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let phase = '';
  let drawn = false;
  const startedAt = now();
  /** @param key of what is going on: another one is shown at once. */
  const show = (key: string, lineOf: (width: number) => string): void => {
    if (notes === 'silent') return;
    const at = now();
    if (sink.kind === 'stream' && at - startedAt < SPARSE_AFTER_MILLISECONDS) return;
    const wait = sink.kind === 'terminal' ? REDRAW_MILLISECONDS : SPARSE_MILLISECONDS;
    if (phase === key && at - drawnAt < wait) return;
    phase = key;
    drawnAt = at;
    if (sink.kind === 'terminal') {
      drawn = true;
      // Some terminals say that they have no columns at all.
      void sink.write(CLEAR_LINE + lineOf((sink.columns || 80) - 1));
    } else void sink.write(`${lineOf(200)}\n`);
  };
  return {
    update(job) {
      if (job.state === 'running') show(`${job.id} ${job.progress.phase}`, (width) => progressLine(job, width));
    },
    searching(answer) {
      show('search', (width) => searchLine(answer, width));
    },
    async clear() {
      if (drawn) await sink.write(CLEAR_LINE);
      drawn = false;
    },
  };
}
