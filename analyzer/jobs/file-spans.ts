/** When a file has lines, as a few spans with nothing between them, from its histogram. */
import { FILE_SPANS_MAX } from '../contract/files.ts';
import type { BundleReader, TimeBucket } from '../core/case-reader.ts';
import type { SourceFile } from '../core/vocabulary.ts';

export interface Span {
  /** ms since 1970, end exclusive. */
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

/** Width of a bucket at each level of the histogram, in ms. */
const WIDTHS = [10_000, 120_000, 1_800_000] as const;

/** Buckets of the finest level that is used: eight for each span that is kept. */
const BUCKETS_MAX = 8 * FILE_SPANS_MAX;

export function fileSpans(reader: BundleReader, { id, firstTime, lastTime }: SourceFile): readonly Span[] {
  if (firstTime === null || lastTime === null) return [];
  const duration = Math.abs(Date.parse(lastTime) - Date.parse(firstTime));
  const level = duration <= BUCKETS_MAX * WIDTHS[0] ? 0 : duration <= BUCKETS_MAX * WIDTHS[1] ? 1 : 2;
  return spansOf(reader.histogram(id, level), WIDTHS[level], FILE_SPANS_MAX);
}

/** @param buckets ascending. @returns at most `most` spans: where there would be more, the shortest gaps are left out. */
export function spansOf(buckets: readonly TimeBucket[], width: number, most: number): readonly Span[] {
  const spans: Span[] = [];
  for (const { time, counts } of buckets) {
    const lines = counts[0] + counts[1] + counts[2] + counts[3];
    const last = spans.at(-1);
    if (last !== undefined && last.to >= time) {
      spans[spans.length - 1] = { from: last.from, to: time + width, lines: last.lines + lines };
    } else spans.push({ from: time, to: time + width, lines });
  }
  if (spans.length <= most) return spans;
  const gaps = spans.slice(1).map((span, nth) => ({ nth, gap: span.from - (spans[nth] as Span).to }));
  gaps.sort((one, two) => two.gap - one.gap || one.nth - two.nth);
  const ends = gaps.slice(0, most - 1).map(({ nth }) => nth);
  const joined: Span[] = [];
  let first = 0;
  for (const end of [...ends.sort((one, two) => one - two), spans.length - 1]) {
    const run = spans.slice(first, end + 1);
    const [from, to] = [(run[0] as Span).from, (run.at(-1) as Span).to];
    joined.push({ from, to, lines: run.reduce((sum, { lines }) => sum + lines, 0) });
    first = end + 1;
  }
  return joined;
}
