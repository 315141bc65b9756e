/**
 * zstd (RFC 8878). Frames and blocks are told apart here and unpacked by node:zlib one block a write: its stream would
 * stop behind the first frame, and would lose up to a megabyte before damage.
 *
 * frame: magic 28 b5 2f fd, descriptor, [window], [dictionary], [content size], blocks, [checksum of 4 bytes]
 * block: 3 bytes little-endian: bit 0 last, bits 1-2 type (0 raw, 1 one byte repeated, 2 compressed), size above
 * skippable frame: magic 5? 2a 4d 18, size of 4 bytes, that many bytes of no meaning
 */
import { ByteReader } from './byte-reader.ts';
import type { UnpackEnd, Unpacked } from './unpacker.ts';
import { ZlibSteps } from './zlib-steps.ts';

export const ZSTD_MAGIC = 0xfd2fb528;
/** First byte 50 to 5f. */
export const SKIPPABLE_MAGIC = 0x184d2a50;
const HEADER_BYTES_MAX = 18;
/** Block_Maximum_Size of RFC 8878, also for packed blocks. */
const BLOCK_BYTES_MAX = 128 * 1024;
/** Blocks unpacked at once: a megabyte of output. */
const BLOCKS_A_STEP = 8;
const RLE = 1;
const RESERVED = 3;

/** Unpacks one or more frames. Memory: the window of a frame, 128 MB at most (node:zlib refuses larger ones). */
export async function* unzstd(input: AsyncIterable<Uint8Array>): Unpacked {
  const reader = new ByteReader(input);
  for (let frames = 0; ; ) {
    const head = await reader.peek(8);
    if (head.length === 0) return frames === 0 ? ended(reader, 'truncated') : { damage: null };
    if (head.length < 4) {
      if (frames > 0 && !mayBegin(head)) return ended(reader, 'trailing');
      await reader.skip(head.length);
      return ended(reader, 'truncated');
    }
    const magic = head.readUInt32LE(0);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      const wanted = head.length < 8 ? 8 : 8 + head.readUInt32LE(4);
      const from = reader.offset;
      await reader.skip(wanted);
      if (reader.offset - from < wanted) return ended(reader, 'truncated');
    } else if (magic !== ZSTD_MAGIC) {
      return ended(reader, frames === 0 ? 'corrupt' : 'trailing');
    } else {
      const end = yield* unpackFrame(reader);
      if (end.damage !== null) return end;
    }
    frames += 1;
  }
}

/** Zeros behind the last frame are padding of a tape or disk, and no magic; they are `trailing` all the same. */
function mayBegin(head: Buffer): boolean {
  return head.every((byte, at) => byte === (ZSTD_MAGIC >>> (8 * at)) % 256);
}

function ended(reader: ByteReader, kind: 'truncated' | 'corrupt' | 'trailing'): UnpackEnd {
  return { damage: { kind, byte: reader.offset } };
}

async function* unpackFrame(reader: ByteReader): Unpacked {
  const head = await reader.peek(HEADER_BYTES_MAX);
  const descriptor = head[4] ?? 0;
  const headerBytes = frameHeaderBytes(descriptor);
  let read = await blockBytes(reader, headerBytes);
  const only = typeof read !== 'string' && read.last === 'yes' ? read.bytes.length : null;
  const steps = new ZlibSteps('zstd', only);
  try {
    let pieces: Uint8Array[] = [];
    let ends: number[] = [];
    for (;;) {
      if (typeof read === 'string') {
        yield* unpackPieces(steps, pieces);
        return ended(reader, read);
      }
      pieces.push(read.bytes);
      await reader.skip(read.bytes.length);
      ends.push(reader.offset);
      if (read.last === 'yes') break;
      if (pieces.length >= BLOCKS_A_STEP) {
        const failedAt = yield* unpackPieces(steps, pieces);
        if (failedAt !== null) return failed(steps, ends[failedAt] ?? reader.offset);
        pieces = [];
        ends = [];
      }
      read = await blockBytes(reader, 0);
    }
    const checksum = (descriptor & 4) === 0 ? 0 : 4;
    if (checksum > 0) pieces.push(await reader.peek(checksum));
    const failedAt = yield* unpackPieces(steps, pieces);
    await reader.skip(checksum);
    if (failedAt !== null) return failed(steps, ends[failedAt] ?? reader.offset);
    if (checksum > 0 && (pieces.at(-1) as Uint8Array).length < checksum) return ended(reader, 'truncated');
    return { damage: null };
  } finally {
    steps.close();
  }
}

function failed(steps: ZlibSteps, byte: number): UnpackEnd {
  if (steps.error?.code === 'ZSTD_error_frameParameter_windowTooLarge') {
    return { damage: { kind: 'unsupported', byte, why: 'it needs a window of more than 128 MB' } };
  }
  if (steps.error?.code === 'ZSTD_error_dictionary_wrong') {
    return { damage: { kind: 'unsupported', byte, why: 'it needs a dictionary' } };
  }
  return { damage: { kind: steps.error?.code === 'ZSTD_error_checksum_wrong' ? 'mismatch' : 'corrupt', byte } };
}

/** @returns the index of the piece that failed, or null. */
async function* unpackPieces(
  steps: ZlibSteps,
  pieces: readonly Uint8Array[],
): AsyncGenerator<Uint8Array, number | null> {
  if (pieces.length === 0) return null;
  const before = steps.done;
  await steps.feed(...pieces);
  yield* steps.take();
  return steps.state === 'failed' ? steps.done - before : null;
}

function frameHeaderBytes(descriptor: number): number {
  const single = (descriptor >> 5) & 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
  const contentSize = [single, 2, 4, 8][descriptor >> 6] as number;
  return 5 + (1 - single) + dictionary + contentSize;
}

type Block = { readonly bytes: Buffer; readonly last: 'yes' | 'no' };

/** @returns the next `before` bytes with the block behind them, not taken yet, or what is wrong with it. */
async function blockBytes(reader: ByteReader, before: number): Promise<Block | 'truncated' | 'corrupt'> {
  const head = await reader.peek(before + 3);
  if (head.length < before + 3) {
    await reader.skip(head.length);
    return 'truncated';
  }
  const header = head.readUIntLE(before, 3);
  const type = (header >> 1) & 3;
  const size = header >> 3;
  if (type === RESERVED || (type !== RLE && size > BLOCK_BYTES_MAX)) return 'corrupt';
  const wanted = before + 3 + (type === RLE ? 1 : size);
  const bytes = await reader.peek(wanted);
  if (bytes.length === wanted) return { bytes, last: (header & 1) === 1 ? 'yes' : 'no' };
  await reader.skip(bytes.length);
  return 'truncated';
}
