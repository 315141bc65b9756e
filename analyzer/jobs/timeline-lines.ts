/** Lines of all files of a case in the order of time: one page, from an instant or from where another page ended. */
import type { MethodArguments } from '../contract/contract.ts';
import { FailureError, fail } from '../core/failure.ts';
import { BundleId, FileId } from '../core/ids.ts';
import { MERGED_TEXT_MAX, type MergedLine, type MergedPage } from '../core/timeline.ts';
import { type Severity, type SourceFile, severityRank } from '../core/vocabulary.ts';
import { type LineKey, type MergeBlock, type MergedKey, mergeLines } from '../correlate/merge-lines.ts';
import { isoInstant } from '../correlate/window.ts';
import { readStamp } from '../time/stamp.ts';
import type { Pause } from './resident-task.ts';
import { SEVERITY_OF_LEVEL } from './search-facets.ts';
import type { TimelineBlocks } from './timeline-blocks.ts';
import { narrowBlock, type TimedBlock, type TimelineBundle } from './timeline-bundle.ts';
import { givenInstant } from './timeline-instant.ts';

export type LinesAsk = MethodArguments<'timeline.lines'>;

/** Lines that are made to be shown between two pauses: to ask for one takes as long as making a line. */
const LINES_A_PAUSE = 50;

/** A block as one question sees it. */
class AskedBlock implements MergeBlock {
  readonly bundle: number;
  readonly block: TimedBlock;

  constructor(bundle: number, block: TimedBlock) {
    this.bundle = bundle;
    this.block = block;
  }

  get file(): number {
    return this.block.place.fileId;
  }
  get firstLine(): number {
    return this.block.place.firstLine;
  }
  get lines(): number {
    return this.block.place.lines;
  }
  get timeMin(): number {
    return this.block.timeMin;
  }
  get timeMax(): number {
    return this.block.timeMax;
  }
}

/** @param bundles in case order. Fails with `wrong-usage` for what is no instant, and no cursor of these bundles. */
export async function linesOf(
  ask: LinesAsk,
  bundles: readonly TimelineBundle[],
  blocks: TimelineBlocks,
  pause: Pause,
): Promise<MergedPage> {
  const from = 'time' in ask.at ? beforeInstant(givenInstant(ask.at.time)) : keyOfCursor(ask.at.cursor, bundles);
  const least = leastLevel(ask.severity);
  const readerOf = ({ bundle }: AskedBlock) => (bundles[bundle] as TimelineBundle).reader;
  const found = await mergeLines<AskedBlock>({
    blocks: askedBlocks(bundles, ask, least, from),
    from,
    direction: ask.direction,
    count: ask.count,
    narrow: (asked) => {
      const { before, place } = asked.block;
      // Its own lines are all on the other side: what it may inherit is at the end of a block that is read anyway.
      const isBehind = ask.direction === 'before' && (place.ownTimeMin ?? from.time) >= from.time;
      if (isBehind && before !== null && before.lastTime === null) blocks.lines(readerOf(asked), before);
      return narrowBlock(asked.block);
    },
    read: (asked) => {
      const { times } = blocks.lines(readerOf(asked), asked.block);
      if (least === 0) return times;
      const levels = blocks.levels(readerOf(asked), asked.block);
      const wanted = new Float64Array(times.length).fill(Number.NaN);
      for (let at = 0; at < times.length; at++) if ((levels[at] as number) >= least) wanted[at] = times[at] as number;
      return wanted;
    },
    pause,
  });
  const until = ask.until === null ? Number.POSITIVE_INFINITY : givenInstant(ask.until);
  const wanted = ask.direction === 'before' ? found : found.filter(({ time }) => time < until);
  const lines: MergedLine[] = [];
  for (const [nth, key] of wanted.entries()) {
    if (nth % LINES_A_PAUSE === 0) await pause();
    lines.push(shownLine(key, bundles[key.bundle] as TimelineBundle, blocks));
  }
  const [first] = wanted;
  const last = wanted.at(-1);
  return {
    lines,
    before: first === undefined ? null : cursorOf(first, bundles),
    after: last === undefined ? null : cursorOf(last, bundles),
  };
}

/** Lines at the instant are behind it. */
function beforeInstant(time: number): LineKey {
  return { time, bundle: -1, file: 0, line: 0 };
}

/** @returns the least place in LINE_LEVELS whose lines are shown as this severe or worse; none is for `critical`. */
function leastLevel(severity: Severity | null): number {
  if (severity === null) return 0;
  const at = SEVERITY_OF_LEVEL.findIndex((one) => one !== null && severityRank(one) >= severityRank(severity));
  return at < 0 ? SEVERITY_OF_LEVEL.length : at;
}

function* askedBlocks(
  bundles: readonly TimelineBundle[],
  { lanes, direction }: LinesAsk,
  least: number,
  from: LineKey,
): Iterable<AskedBlock> {
  const [warning, error] = [SEVERITY_OF_LEVEL.indexOf('medium'), SEVERITY_OF_LEVEL.indexOf('high')];
  if (least > error) return;
  for (const [at, bundle] of bundles.entries()) {
    const wanted = filesIn(bundle, lanes);
    for (const block of bundle.blocks) {
      if (direction === 'after' ? block.timeMax < from.time : block.timeMin > from.time) continue;
      if (wanted?.has(block.source) === false) continue;
      const { warnings, errors } = block.place;
      if (least === error && errors === 0) continue;
      if (least === warning && warnings + errors === 0) continue;
      yield new AskedBlock(at, block);
    }
  }
}

/** @returns null: every file. */
function filesIn(bundle: TimelineBundle, lanes: LinesAsk['lanes']): ReadonlySet<SourceFile> | null {
  if (lanes === null) return null;
  const wanted = new Set(lanes);
  return new Set(bundle.dated.filter((file) => wanted.has(bundle.lane(file, 'component').id)));
}

/** Bytes that certainly hold as many characters as are shown: UTF-8 takes three for one UTF-16 unit at most. */
const SHOWN_BYTES = 3 * (MERGED_TEXT_MAX + 1);

function shownLine(key: MergedKey<AskedBlock>, bundle: TimelineBundle, blocks: TimelineBlocks): MergedLine {
  const { reader } = bundle;
  const { block } = key.block;
  const { source, place } = block;
  const { bytes, starts, ends } = blocks.lines(reader, block);
  const at = key.line - place.firstLine;
  const [start, end] = [starts[at] as number, ends[at] as number];
  const shown = bytes.toString('utf8', start, Math.min(end, start + SHOWN_BYTES));
  // A stamp may stand at the end of a line as well.
  const whole = end - start <= SHOWN_BYTES ? shown : bytes.toString('utf8', start, end);
  const isCut = whole.length > MERGED_TEXT_MAX;
  return {
    bundle: reader.bundle.id,
    node: reader.bundle.node,
    file: source.path,
    line: key.line,
    time: isoInstant(key.time),
    timeBasis: readStamp(whole, source.clock)?.basis ?? 'inherited',
    severity: SEVERITY_OF_LEVEL[blocks.level(reader, block, at)] ?? null,
    component: bundle.lane(source, 'component').component,
    // A character that is cut in two would be no text.
    text: isCut ? shown.slice(0, MERGED_TEXT_MAX).replace(/[\uD800-\uDBFF]$/, '') : shown,
    isCut,
  };
}

const CURSOR = /^([-+.e\d]{1,30}) ([0-9a-f]{64}) (\d{1,10}) (\d{1,15})$/;

function cursorOf({ time, bundle, file, line }: LineKey, bundles: readonly TimelineBundle[]): string {
  const id = (bundles[bundle] as TimelineBundle).reader.bundle.id;
  return Buffer.from([time, id, file, line].join(' ')).toString('base64url');
}

function keyOfCursor(text: string, bundles: readonly TimelineBundle[]): LineKey {
  const [, time, bundle, file, line] = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  const id = BundleId.safeParse(bundle);
  const fileId = FileId.safeParse(Number(file));
  const at = bundles.findIndex(({ reader }) => reader.bundle.id === bundle);
  if (!id.success || !fileId.success || at < 0 || !Number.isFinite(Number(time))) {
    const advice = 'Ask from an instant, or with the cursor of a page about the same nodes.';
    throw new FailureError(
      fail('wrong-usage', 'No page of these lines ended here.', text.slice(0, 100), advice).failure,
    );
  }
  return { time: Number(time), bundle: at, file: fileId.data, line: Number(line) };
}
