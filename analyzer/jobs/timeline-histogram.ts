/** Lines by time and severity, in lanes: from the histograms that bundles keep, and below 10 s from the lines themselves. */

import type { MethodArguments } from '../contract/contract.ts';
import { grouped } from '../core/grouped.ts';
import type { TimelineGap, TimelineLane } from '../core/timeline.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { addBuckets, type Columns, columnsOf, FINEST_BUCKET_MS, LaneCount } from '../correlate/histogram-view.ts';
import { type LaneHead, laneRank } from '../correlate/lanes.ts';
import { type ChosenWindow, chooseWindow, isoInstant, type Span, windowStatement } from '../correlate/window.ts';
import type { Pause } from './resident-task.ts';
import type { TimelineBlocks } from './timeline-blocks.ts';
import type { TimedBlock, TimelineBundle } from './timeline-bundle.ts';
import { givenInstant, givenWindow } from './timeline-instant.ts';
import type { HistogramPart } from './timeline-protocol.ts';

export type HistogramAsk = MethodArguments<'timeline.histogram'>;

/**
 * Lanes counted by themselves: 4,000 columns take 128 kB each. The others, those with the fewest lines, are one lane:
 * more than that no screen shows, and an archive may hold 200,000 files.
 */
export const LANES_MAX = 500;
/** Blocks read for columns below 10 s: 64 MB of text, a third of a second. A window with more gets columns of 10 s. */
const READ_BLOCKS_MAX = 512;

/** @param bundles in case order. Fails with `wrong-usage` for what is no instant, and for an end that is not after the start. */
export async function histogramOf(
  ask: HistogramAsk,
  bundles: readonly TimelineBundle[],
  blocks: TimelineBlocks,
  gapsOf: (bundle: TimelineBundle) => Promise<readonly TimelineGap[]>,
  pause: Pause,
): Promise<HistogramPart> {
  const incident = ask.incident === null ? null : givenInstant(ask.incident);
  const given = { ...givenWindow(ask), incident };
  const whole = await wholeOf(bundles, pause);
  const chosen = chooseWindow(given, whole);
  const lanes = await lanesOf(bundles, ask.lanes, pause);
  const totals = linesOf(bundles, lanes);
  const shared = {
    whole: whole === null ? null : { from: isoInstant(whole.from), to: isoInstant(whole.to) },
  };
  if (chosen.span === null) {
    const counts = { ...totals, inside: 0, outside: totals.dated };
    const window = windowStatement(chosen, whole, counts, 'exactly');
    return { window, start: 0, bucketMs: FINEST_BUCKET_MS, columns: 0, lanes: [], gaps: [], ...shared };
  }
  const { span } = chosen;
  const near = blocksIn(bundles, span);
  const columns = columnsOf(span, ask.columns, near.length <= READ_BLOCKS_MAX ? 0 : FINEST_BUCKET_MS);
  const counting = new Counting(lanes, columns);
  const counted =
    columns.bucketMs < FINEST_BUCKET_MS
      ? await countLines(near, span, blocks, counting, pause)
      : await countBuckets(bundles, countedSpan(given, chosen), columns, counting, pause);
  const inside = counting.lanes.reduce((sum, { lines }) => sum + lines, 0);
  const counts = { ...totals, inside, outside: Math.max(0, totals.dated - inside) };
  const gaps: TimelineGap[] = [];
  for (const bundle of bundles) gaps.push(...(await gapsOf(bundle)).filter((gap) => reachesInto(gap, span)));
  return {
    window: windowStatement(chosen, whole, counts, counted),
    start: columns.start,
    bucketMs: columns.bucketMs,
    columns: columns.count,
    lanes: counting.lanes,
    gaps,
    ...shared,
  };
}

async function wholeOf(bundles: readonly TimelineBundle[], pause: Pause): Promise<Span | null> {
  let whole: Span | null = null;
  for (const bundle of bundles) {
    await pause();
    const own = bundle.whole;
    if (own === null) continue;
    whole = whole === null ? own : { from: Math.min(whole.from, own.from), to: Math.max(whole.to, own.to) };
  }
  return whole;
}

/** What is counted where an end is open: buckets reach over the first and the last line. */
function countedSpan(
  given: { readonly from: number | null; readonly to: number | null },
  { span, because }: ChosenWindow,
): Span {
  const open = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  if (span === null || because === 'whole') return open;
  if (because === 'incident') return span;
  return { from: given.from ?? open.from, to: given.to ?? open.to };
}

interface Lanes {
  /** In the order in which they are shown. */
  readonly heads: readonly LaneHead[];
  readonly ofFile: ReadonlyMap<SourceFile, string>;
}

/** Lanes with any dated line, wherever: they stay where they are while one zooms. */
async function lanesOf(bundles: readonly TimelineBundle[], kind: HistogramAsk['lanes'], pause: Pause): Promise<Lanes> {
  const heads = new Map<string, { readonly head: LaneHead; readonly bundle: number; lines: number }>();
  const ofFile = new Map<SourceFile, string>();
  for (const [at, bundle] of bundles.entries()) {
    for (const file of bundle.dated) {
      await pause();
      const lines = bundle.datedLines(file.id);
      if (lines === 0) continue;
      const head = bundle.lane(file, kind);
      const known = heads.get(head.id) ?? { head, bundle: at, lines: 0 };
      known.lines += lines;
      heads.set(head.id, known);
      ofFile.set(file, head.id);
    }
  }
  const ordered = [...heads.values()].sort(
    (one, other) => one.bundle - other.bundle || laneRank(one.head) - laneRank(other.head),
  );
  if (ordered.length <= LANES_MAX) return { heads: ordered.map(({ head }) => head), ofFile };
  const own = new Set([...ordered].sort((one, other) => other.lines - one.lines).slice(0, LANES_MAX - 1));
  const rest = restLane(ordered.length - own.size);
  const kept = ordered.filter((one) => own.has(one)).map(({ head }) => head);
  const keptIds = new Set(kept.map(({ id }) => id));
  for (const [file, id] of ofFile) if (!keptIds.has(id)) ofFile.set(file, rest.id);
  return { heads: [...kept, rest], ofFile };
}

function restLane(count: number): LaneHead {
  return { id: 'rest', bundle: null, node: null, component: `${grouped(count)} more`, file: null };
}

function linesOf(
  bundles: readonly TimelineBundle[],
  { ofFile }: Lanes,
): { readonly dated: number; readonly undated: number; readonly copied: number } {
  let [all, dated, copied] = [0, 0, 0];
  for (const bundle of bundles) {
    all += bundle.lines;
    copied += bundle.copiedLines;
    for (const file of bundle.dated) if (ofFile.has(file)) dated += bundle.datedLines(file.id);
  }
  return { dated, undated: Math.max(0, all - dated), copied };
}

class Counting {
  readonly #heads: readonly LaneHead[];
  readonly #ofFile: Lanes['ofFile'];
  readonly #counts: ReadonlyMap<string, LaneCount>;

  constructor({ heads, ofFile }: Lanes, columns: Columns) {
    this.#heads = heads;
    this.#ofFile = ofFile;
    this.#counts = new Map(heads.map(({ id }) => [id, new LaneCount(columns)]));
  }

  of(file: SourceFile): LaneCount | null {
    return this.#counts.get(this.#ofFile.get(file) ?? '') ?? null;
  }

  get lanes(): readonly TimelineLane[] {
    return this.#heads.map((head) => {
      const count = this.#counts.get(head.id);
      return { ...head, lines: count?.lines ?? 0, cells: count?.cells() ?? [] };
    });
  }
}

async function countBuckets(
  bundles: readonly TimelineBundle[],
  span: Span,
  columns: Columns,
  counting: Counting,
  pause: Pause,
): Promise<'exactly' | 'to 10 s'> {
  let counted: 'exactly' | 'to 10 s' = 'exactly';
  for (const bundle of bundles) {
    for (const file of bundle.dated) {
      const into = counting.of(file);
      if (into === null) continue;
      await pause();
      const edges = addBuckets((level) => bundle.table(file.id, level), span, columns, into);
      if (edges === 'to 10 s') counted = edges;
    }
  }
  return counted;
}

interface NearBlock {
  readonly bundle: TimelineBundle;
  readonly block: TimedBlock;
}

/** Blocks that may hold lines of the span; one more than are ever read says that there are too many. */
function blocksIn(bundles: readonly TimelineBundle[], { from, to }: Span): readonly NearBlock[] {
  const near: NearBlock[] = [];
  for (const bundle of bundles) {
    for (const block of bundle.blocks) {
      if (block.timeMax < from || block.timeMin >= to) continue;
      near.push({ bundle, block });
      if (near.length > READ_BLOCKS_MAX) return near;
    }
  }
  return near;
}

async function countLines(
  near: readonly NearBlock[],
  { from, to }: Span,
  blocks: TimelineBlocks,
  counting: Counting,
  pause: Pause,
): Promise<'exactly'> {
  for (const { bundle, block } of near) {
    const into = counting.of(block.source);
    if (into === null) continue;
    await pause();
    const { times } = blocks.lines(bundle.reader, block);
    if (block.timeMax < from || block.timeMin >= to) continue;
    const levels = blocks.levels(bundle.reader, block);
    for (const [at, time] of times.entries()) {
      if (time >= from && time < to) into.add(time, levels[at] as number, 1);
    }
  }
  return 'exactly';
}

function reachesInto(gap: TimelineGap, { from, to }: Span): boolean {
  return Date.parse(gap.to) >= from && (gap.from === null || Date.parse(gap.from) < to);
}
