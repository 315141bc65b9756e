/**
 * What the decoders written in JavaScript share. A decoder is a synchronous generator over a Feed: it asks for more
 * bytes, hands out unpacked ones, and ends with an UnpackEnd. So the same code unpacks a stream that arrives in
 * chunks and an object that is in memory.
 */
import { setImmediate } from 'node:timers/promises';
import type { UnpackEnd } from './unpacker.ts';

/** Unpacked bytes handed out at once, at most. */
export const OUTPUT_CHUNK = 1024 * 1024;
/** After so many unpacked bytes the event loop gets its turn: about 20 ms of the slowest decoder. */
const BREATH_BYTES = OUTPUT_CHUNK / 2;

/** What a decoder yields when it cannot go on with the bytes it has. */
export const MORE = 'more';
export type Decoding<End = UnpackEnd> = Generator<Uint8Array | typeof MORE, End>;

/** Packed bytes on their way into a decoder: `bytes[at..end]` are there and not used yet. */
export class Feed {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  /** No more bytes will come. */
  ended = false;
  #base = 0;
  #owned = false;

  get available(): number {
    return this.end - this.at;
  }

  /** Offset in the input of the next byte. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** Bytes of input seen so far: its length, once it has ended. */
  get seen(): number {
    return this.#base + this.end;
  }

  push(chunk: Uint8Array): void {
    const left = this.available;
    if (left === 0) {
      this.#base += this.end;
      this.#replace(chunk, chunk.length);
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.end + chunk.length > this.bytes.length) {
      const room = this.#owned && (left + chunk.length) * 2 <= this.bytes.length;
      const target = room ? this.bytes : new Uint8Array((left + chunk.length) * 2);
      target.set(this.bytes.subarray(this.at, this.end));
      this.#base += this.at;
      this.#replace(target, left);
      this.#owned = true;
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  #replace(bytes: Uint8Array, end: number): void {
    this.bytes = bytes;
    this.at = 0;
    this.end = end;
  }

  finish(): void {
    this.ended = true;
  }

  /** Asks for more until `count` bytes are there. @returns false when the input ends before. */
  *need(count: number): Generator<typeof MORE, boolean> {
    while (this.available < count && !this.ended) yield MORE;
    return this.available >= count;
  }

  /** The next bytes, little-endian, without using them up; they must be there. */
  peekU32(ahead = 0): number {
    const { bytes } = this;
    const at = this.at + ahead;
    return (
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24)) >>>
      0
    );
  }
}

/** Drives a decoder with bytes that arrive in chunks. Never throws for bad data; an input that throws is passed on. */
export async function* decodeStream(
  input: AsyncIterable<Uint8Array>,
  decode: (feed: Feed) => Decoding,
): AsyncGenerator<Uint8Array, UnpackEnd> {
  const feed = new Feed();
  const decoding = decode(feed);
  const source = input[Symbol.asyncIterator]();
  let sinceBreath = 0;
  try {
    for (;;) {
      const step = decoding.next();
      if (step.done) return step.value;
      if (step.value === MORE) {
        const chunk = await source.next();
        if (chunk.done) feed.finish();
        else feed.push(chunk.value);
        continue;
      }
      sinceBreath += step.value.length;
      yield step.value;
      if (sinceBreath < BREATH_BYTES) continue;
      sinceBreath = 0;
      await setImmediate();
    }
  } finally {
    await source.return?.();
  }
}

/** @returns all that `bytes` unpack to, or null when they are damaged or unpack to more than `maxBytes`. */
export function decodeWhole(bytes: Uint8Array, maxBytes: number, decode: (feed: Feed) => Decoding): Uint8Array | null {
  const feed = new Feed();
  feed.push(bytes);
  feed.finish();
  const pieces: Uint8Array[] = [];
  let total = 0;
  const decoding = decode(feed);
  for (;;) {
    const step = decoding.next();
    if (step.done) return step.value.damage === null ? joined(pieces, total) : null;
    if (step.value === MORE) return null;
    total += step.value.length;
    if (total > maxBytes) return null;
    pieces.push(step.value);
  }
}

function joined(pieces: readonly Uint8Array[], total: number): Uint8Array {
  if (pieces.length === 1) return pieces[0] as Uint8Array;
  const all = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

export const WHOLE: UnpackEnd = { damage: null };

export const truncated = (feed: Feed): UnpackEnd => ({ damage: { kind: 'truncated', byte: feed.seen } });

export const corrupt = (byte: number): UnpackEnd => ({ damage: { kind: 'corrupt', byte } });

export const mismatch = (byte: number): UnpackEnd => ({ damage: { kind: 'mismatch', byte } });

/** @param why a clause that tells what the stream needs, e.g. `it needs filter x86`. */
export const unsupported = (byte: number, why: string): UnpackEnd => ({ damage: { kind: 'unsupported', byte, why } });

/**
 * @returns how input ends that goes on behind a whole stream with no further one: cut inside the next stream's magic
 * bytes, or something that was appended.
 */
export function endBehindStream(feed: Feed, magic: readonly number[]): UnpackEnd {
  for (let index = 0; index < Math.min(feed.available, magic.length); index++) {
    if (feed.bytes[feed.at + index] !== magic[index]) return { damage: { kind: 'trailing', byte: feed.offset } };
  }
  return truncated(feed);
}
