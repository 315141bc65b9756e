/** The frames of a bundle back to bytes. A bundle may have been changed since it was sealed: sizes are not believed. */
import { zstdDecompressSync } from 'node:zlib';
import { FailureError } from '../core/failure.ts';
import { LINE_BYTES_MAX } from '../core/limits.ts';
import { unstopped } from '../core/thread-end.ts';
import type { BlockRow } from './bundle-rows.ts';
import { damagedBundle } from './damaged-file.ts';
import { SLAB_BYTES } from './slab.ts';
import { PACKED_BYTES_MAX } from './time-histogram.ts';

/**
 * @param file of the bundle. @param frame what stands in it for the block. @param bytes of the block, by its row.
 * @throws FailureError `corrupt` when they are not those of one block.
 */
export function unpackBlock(file: string, frame: unknown, { id, bytes }: Pick<BlockRow, 'id' | 'bytes'>): Buffer {
  if (frame instanceof Uint8Array && Number.isInteger(bytes) && bytes > 0 && bytes <= LINE_BYTES_MAX) {
    // One output chunk of the right size: zlib joins nothing, and a frame that lies about its size is refused.
    const unpacked = unpack(frame, bytes, Math.max(64, bytes + 1));
    if (unpacked?.length === bytes) return unpacked;
  }
  throw new FailureError(damagedBundle(file, `block ${id} of the bundle is damaged`));
}

/** @returns the packed histogram; null when it is damaged. */
export function unpackHistogram(frame: Uint8Array): Uint8Array | null {
  return unpack(frame, PACKED_BYTES_MAX);
}

/** A slab of text in which literals stand as close as they can; more is read from the blocks. */
const LITERAL_LINES_BYTES_MAX = 8 * SLAB_BYTES;
/** A slab's lines in one piece, as a rule. */
const LITERAL_LINES_CHUNK = 128 * 1024;

/** @returns the packed literal lines of a slab; null when they are damaged. */
export function unpackLiteralLines(frame: unknown): Buffer | null {
  return frame instanceof Uint8Array ? unpack(frame, LITERAL_LINES_BYTES_MAX, LITERAL_LINES_CHUNK) : null;
}

function unpack(frame: Uint8Array, bytesMax: number, chunkSize = 64 * 1024): Buffer | null {
  try {
    return unstopped(() => zstdDecompressSync(frame, { chunkSize, maxOutputLength: bytesMax }));
  } catch {
    return null;
  }
}
