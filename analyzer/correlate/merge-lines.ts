/**
 * Lines of many files in one order: by instant, then bundle in case order, file in archive order, line. Lines that have
 * the instant of a line before them thereby stay behind it. Blocks of lines are read in the order in which their lines can
 * come; a line is final once no block that is still unread may hold one before it.
 */

/** What orders lines. */
export interface LineKey {
  /** ms since 1970. */
  readonly time: number;
  /** Place among the bundles of the question. */
  readonly bundle: number;
  readonly file: number;
  readonly line: number;
}

export function compareLines(one: LineKey, other: LineKey): number {
  return one.time - other.time || one.bundle - other.bundle || one.file - other.file || one.line - other.line;
}

/** A block of lines of one file. */
export interface MergeBlock {
  readonly bundle: number;
  readonly file: number;
  readonly firstLine: number;
  readonly lines: number;
  /** No line of it has an instant before or after these; they may become narrower while lines are merged. */
  readonly timeMin: number;
  readonly timeMax: number;
}

export type Direction = 'after' | 'before';

export interface MergeRequest<B extends MergeBlock> {
  readonly blocks: Iterable<B>;
  /** Lines on this side of it are wanted, it itself is not. */
  readonly from: LineKey;
  readonly direction: Direction;
  readonly count: number;
  /** Tells more of when lines of the block are, without reading it. @returns whether its bounds became narrower. */
  readonly narrow: (block: B) => boolean;
  /** Instants of its lines in order, NaN for lines that are not wanted. */
  readonly read: (block: B) => Float64Array;
  /** Called before each block is read; may throw to end it. */
  readonly pause: () => Promise<void>;
}

export interface MergedKey<B extends MergeBlock> extends LineKey {
  readonly block: B;
}

/** @returns the nearest lines on the wanted side, at most `count`, ascending. */
export async function mergeLines<B extends MergeBlock>(request: MergeRequest<B>): Promise<readonly MergedKey<B>[]> {
  const { direction, count } = request;
  const side = direction === 'after' ? 1 : -1;
  const queue = new BlockQueue<B>(direction, wantedBlocks(request));
  let found: MergedKey<B>[] = [];
  for (let block = queue.first; block !== undefined; block = queue.first) {
    const last = found.length < count ? undefined : found[count - 1];
    if (last !== undefined && side * compareLines(edgeOf(block, direction), last) > 0) break;
    if (request.narrow(block)) {
      if (isWanted(block, request)) queue.firstMoved();
      else queue.takeFirst();
      continue;
    }
    queue.takeFirst();
    await request.pause();
    const more = linesOf(block, request, last);
    if (more.length === 0) continue;
    found = [...found, ...more].sort((one, other) => side * compareLines(one, other)).slice(0, count);
  }
  return direction === 'after' ? found : found.reverse();
}

function* wantedBlocks<B extends MergeBlock>(request: MergeRequest<B>): Iterable<B> {
  for (const block of request.blocks) if (isWanted(block, request)) yield block;
}

/** @returns false when all of its lines are on the other side. */
function isWanted<B extends MergeBlock>(block: B, { from, direction }: MergeRequest<B>): boolean {
  return direction === 'after'
    ? compareLines(edgeOf(block, 'before'), from) > 0
    : compareLines(edgeOf(block, 'after'), from) < 0;
}

/** @returns the first key that a line of the block can have in this direction. */
function edgeOf({ bundle, file, firstLine, lines, timeMin, timeMax }: MergeBlock, direction: Direction): LineKey {
  return direction === 'after'
    ? { time: timeMin, bundle, file, line: firstLine }
    : { time: timeMax, bundle, file, line: firstLine + lines - 1 };
}

/** @param last of the lines found so far, when there are enough: what comes behind it is not wanted. */
function linesOf<B extends MergeBlock>(
  block: B,
  { from, direction, read }: MergeRequest<B>,
  last: LineKey | undefined,
): readonly MergedKey<B>[] {
  const side = direction === 'after' ? 1 : -1;
  const times = read(block);
  const { bundle, file, firstLine } = block;
  const wanted: MergedKey<B>[] = [];
  const bound = last === undefined ? Number.POSITIVE_INFINITY : side * last.time;
  for (let at = 0; at < times.length; at++) {
    const time = times[at] as number;
    // Also false for lines without an instant.
    if (!(side * time >= side * from.time && side * time <= bound)) continue;
    const key = { time, bundle, file, line: firstLine + at, block };
    if (side * compareLines(key, from) > 0) wanted.push(key);
  }
  return wanted;
}

/** Blocks by the first line that they can hold: a binary heap, of which few are ever taken. */
class BlockQueue<B extends MergeBlock> {
  readonly #direction: Direction;
  readonly #heap: B[];

  constructor(direction: Direction, blocks: Iterable<B>) {
    this.#direction = direction;
    this.#heap = [...blocks];
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  get first(): B | undefined {
    return this.#heap[0];
  }

  takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  /** Its bounds became narrower. */
  firstMoved(): void {
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const child = right < heap.length && this.#isBefore(heap[right] as B, heap[left] as B) ? right : left;
      if (!this.#isBefore(heap[child] as B, heap[at] as B)) return;
      [heap[at], heap[child]] = [heap[child] as B, heap[at] as B];
      at = child;
    }
  }

  #isBefore(one: B, other: B): boolean {
    const time = this.#direction === 'after' ? one.timeMin - other.timeMin : other.timeMax - one.timeMax;
    if (time !== 0) return time < 0;
    const place = one.bundle - other.bundle || one.file - other.file || one.firstLine - other.firstLine;
    return this.#direction === 'after' ? place < 0 : place > 0;
  }
}
