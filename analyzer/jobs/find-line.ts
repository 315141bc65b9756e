/** Finds a line of a file by the hash of its bytes: the nearest to where it is thought to be. */
import { createHash } from 'node:crypto';
import type { BundleReader, TextBlock } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import { LINES_BYTES_MAX } from '../core/limits.ts';

/** Lines to both sides that are looked at first: most changes to a file move a line by less. */
export const NEAR_LINES = 5_000;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** @returns lower-case hex sha256 of a line's bytes without its line ending; null beyond the file. */
export function lineHash(reader: BundleReader, id: FileId, number: number): string | null {
  const [line] = reader.lines(id, number, 1);
  if (line === undefined) return null;
  const hash = createHash('sha256');
  for (let from = line.byteStart; from < line.byteEnd; from += LINES_BYTES_MAX) {
    hash.update(reader.bytes(id, from, Math.min(LINES_BYTES_MAX, line.byteEnd - from)).bytes);
  }
  return hash.digest('hex');
}

/**
 * @param prefix first hex digits of the line's hash. @param checkCancelled called for each block; throws to end it.
 * @returns number of the line with this hash that is nearest to `number`, the earlier of two; null when there is none.
 */
export function nearestLine(
  reader: BundleReader,
  id: FileId,
  number: number,
  prefix: string,
  checkCancelled: () => void = () => undefined,
): number | null {
  const near = nearestIn(blocksAround(reader, id, number), number, prefix, checkCancelled);
  // These blocks reach farther on one side than on the other: there a line is not the nearest yet.
  if (near !== null && Math.abs(near - number) <= NEAR_LINES) return near;
  return nearestIn(reader.blocks(id), number, prefix, checkCancelled);
}

function* blocksAround(reader: BundleReader, id: FileId, number: number): Iterable<TextBlock> {
  for (const place of reader.candidates(null, new Set([id]))) {
    const behind = place.firstLine + place.lines;
    if (place.firstLine <= number + NEAR_LINES && behind > number - NEAR_LINES) yield reader.block(place);
  }
}

function nearestIn(
  blocks: Iterable<TextBlock>,
  number: number,
  prefix: string,
  checkCancelled: () => void,
): number | null {
  let nearest: number | null = null;
  for (const block of blocks) {
    checkCancelled();
    for (const line of linesWith(block, prefix)) {
      if (nearest === null || Math.abs(line - number) < Math.abs(nearest - number)) nearest = line;
      // What follows is farther away.
      if (line >= number) return nearest;
    }
  }
  return nearest;
}

/** Numbers of the lines of a block whose hash begins so, ascending. */
function* linesWith({ bytes, firstLine }: TextBlock, prefix: string): Iterable<number> {
  let number = firstLine;
  for (let start = 0; start < bytes.length; number++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const stop = newline < 0 ? bytes.length : newline;
    const end = stop > start && bytes[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
    if (createHash('sha256').update(bytes.subarray(start, end)).digest('hex').startsWith(prefix)) yield number;
    start = stop + 1;
  }
}
