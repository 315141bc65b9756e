/**
 * gzip and deflate as async iterables that hand out everything that can be unpacked, also from truncated or damaged
 * files. Node's own stream loses what it has buffered when it fails: up to a whole output chunk, and more in its queue.
 */
import { lend } from './lent-memory.ts';
import type { Unpacked } from './unpacker.ts';
import { OUTPUT_CHUNK, ZlibSteps } from './zlib-steps.ts';

/** After damage the chunk that failed is fed again in pieces this small: only the last one's output is lost. */
const RECOVERY_PIECE = 16;
/**
 * Up to so many compressed bytes it is fed again in smaller and smaller pieces, each time from the one that failed: in
 * the end byte by byte, and nothing is lost.
 */
const EXACT_BYTES_MAX = 16 * 1024 * 1024;
const EXACT_PIECES = [2048, 32, 1];
/** What zlib says when all could be unpacked, but not to what the end of the gzip member states. */
const MISMATCHES = ['incorrect data check', 'incorrect length check'];

/**
 * Packed bytes fed at once. What they unpack to is held, 1,032 times as much at most, and that of the piece before as well: a
 * chunk of an archive in an archive has a megabyte.
 */
const FED_BYTES_MAX = 128 * 1024;
/** Where they unpack to so much, few are fed. */
const MUCH_UNPACKED = 8 * 1024 * 1024;
const FED_BYTES_OF_MUCH = 8 * 1024;

/** Opens the packed bytes again, from their start; null when nobody has them any more. Only used after damage. */
export type Again = () => AsyncIterable<Uint8Array> | null;

/**
 * Unpacks one or more gzip members. Memory is bounded by that of FED_BYTES_MAX unpacked. Without the bytes again, damage costs up to a megabyte of what stands before it.
 * @param input the compressed bytes, once.
 * @param spent gets each chunk of the input that is not looked at any more, but for the last ones.
 * @returns the generator's return value says whether the stream was whole, its byte within RECOVERY_PIECE bytes.
 */
export function gunzip(
  input: AsyncIterable<Uint8Array>,
  again: Again,
  spent: (chunk: Uint8Array) => void = () => undefined,
): Unpacked {
  return inflate({ format: 'gzip', input, packedBytes: null, again, spent, ended: () => undefined });
}

/**
 * Unpacks deflate (RFC 1951) without a header, as in a zip. What follows its end is no damage.
 * @param packedBytes how many there are; null when only their end tells.
 * @param ended gets the number of packed bytes that were used, once their end was seen.
 */
export function inflateRaw(
  input: AsyncIterable<Uint8Array>,
  packedBytes: number | null,
  again: Again,
  ended: (used: number) => void,
): Unpacked {
  return inflate({ format: 'deflate', input, packedBytes, again, spent: () => undefined, ended });
}

interface Inflating {
  readonly format: 'gzip' | 'deflate';
  readonly input: AsyncIterable<Uint8Array>;
  readonly packedBytes: number | null;
  readonly again: Again;
  readonly spent: (chunk: Uint8Array) => void;
  readonly ended: (used: number) => void;
}

async function* inflate({ format, input, packedBytes, again, spent, ended }: Inflating): Unpacked {
  const inflater = new ZlibSteps(format, packedBytes);
  let fed = 0;
  let delivered = 0;
  const handOut = function* (chunks: readonly Uint8Array[]): Generator<Uint8Array> {
    for (const chunk of chunks) {
      delivered += chunk.length;
      if (inflater.ownMemory) lend(chunk);
      yield chunk;
    }
  };
  try {
    // One chunk is inflated in the thread pool while the consumer works on the output of the one before.
    let pending: Promise<void> | null = null;
    let feeding: Uint8Array | null = null;
    let pendingFrom = 0;
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length; ) {
        if (pending !== null) await pending;
        if (inflater.state !== 'open') break;
        if (at === 0 && feeding !== null) spent(feeding);
        feeding = chunk;
        const output = inflater.take();
        const piece = chunk.subarray(at, at + fedAtOnce(output.length * OUTPUT_CHUNK));
        at += piece.length;
        pendingFrom = fed;
        fed += piece.length;
        pending = inflater.feed(piece);
        yield* handOut(output);
      }
      if (inflater.state !== 'open') break;
    }
    if (pending !== null) await pending;
    if (inflater.state === 'open') await inflater.finish();
    yield* handOut(inflater.take());
    if (inflater.error === null) {
      ended(inflater.used);
      return { damage: null };
    }
    if (inflater.error.code === 'Z_BUF_ERROR') return { damage: { kind: 'truncated', byte: fed } };
    let found: Found = { byte: fed, pieceFrom: pendingFrom, unpacked: delivered };
    for (const piece of fed > EXACT_BYTES_MAX ? [RECOVERY_PIECE] : EXACT_PIECES) {
      const packed = again();
      if (packed === null) break;
      const known = { failedFrom: found.pieceFrom, delivered: found.unpacked, piece };
      found = yield* recover(packed, format, known);
    }
    // Headers stand at the start of a member: a bad one behind good members is something that was appended.
    const trailing = inflater.error.message === 'incorrect header check' && found.unpacked > 0;
    if (trailing) return { damage: { kind: 'trailing', byte: found.byte } };
    const kind = MISMATCHES.includes(inflater.error.message) ? 'mismatch' : 'corrupt';
    return { damage: { kind, byte: found.byte } };
  } finally {
    inflater.close();
  }
}

/** @param unpacked bytes that the piece before gave. @returns how many packed ones are fed next. */
const fedAtOnce = (unpacked: number): number => (unpacked > MUCH_UNPACKED ? FED_BYTES_OF_MUCH : FED_BYTES_MAX);

interface Recovery {
  /** Compressed bytes before this one are known to be good. */
  readonly failedFrom: number;
  /** Unpacked bytes that were handed out already. */
  readonly delivered: number;
  /** Bytes fed at once from there on. */
  readonly piece: number;
}

interface Found {
  /** Offset in the compressed bytes behind the piece that failed, and of its first byte. */
  readonly byte: number;
  readonly pieceFrom: number;
  readonly unpacked: number;
}

/** Unpacks again up to the damage and gives what lies behind the delivered bytes. @returns where the damage is. */
async function* recover(
  input: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'deflate',
  { failedFrom, delivered, piece: pieceBytes }: Recovery,
): AsyncGenerator<Uint8Array, Found> {
  const inflater = new ZlibSteps(format, null);
  let fed = 0;
  let pieceFrom = 0;
  let unpacked = 0;
  try {
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length && inflater.state === 'open'; ) {
        const size = fed < failedFrom ? Math.min(failedFrom - fed, chunk.length - at) : pieceBytes;
        pieceFrom = fed;
        const piece = chunk.subarray(at, at + size);
        await inflater.feed(piece);
        at += piece.length;
        fed += piece.length;
        for (const output of inflater.take()) {
          const known = Math.max(0, Math.min(output.length, delivered - unpacked));
          unpacked += output.length;
          if (known < output.length) yield output.subarray(known);
        }
      }
      if (inflater.state !== 'open') break;
    }
    return { byte: fed, pieceFrom, unpacked: Math.max(unpacked, delivered) };
  } finally {
    inflater.close();
  }
}
