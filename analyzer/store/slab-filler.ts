/** Fills slabs with the text of one file after the other and cuts it into blocks of whole lines. */
import type { FileId } from '../core/ids.ts';
import { BLOCK_BYTES, LINE_BYTES_MAX } from '../core/limits.ts';
import { type BlockKind, type SeverityMark, SLAB_BYTES, SLAB_PADDING, type Slab, type SlabBlock } from './slab.ts';

const NEWLINE = 10;
/** A million tiny files make a million blocks; a slab is handed over before its list of them weighs more than its text. */
const BLOCKS_PER_SLAB_MAX = 4096;

/** A file whose text begins. */
export interface FileToFill {
  readonly id: FileId;
  readonly kind: BlockKind;
  readonly yearReference: number;
}

export interface SlabFillerOptions {
  /** An empty buffer of SLAB_BYTES + SLAB_PADDING to fill next. */
  readonly take: () => ArrayBuffer;
  /** Gets each full slab; the buffer is no longer touched. */
  readonly handOver: (slab: Slab) => void;
}

/** @returns a buffer for a slab. */
export function newSlabBuffer(): ArrayBuffer {
  return new ArrayBuffer(SLAB_BYTES + SLAB_PADDING);
}

export class SlabFiller {
  readonly #options: SlabFillerOptions;
  #bytes: Buffer;
  #filled = 0;
  /** Where the next block starts. */
  #start = 0;
  #blocks: SlabBlock[] = [];
  #marks: SeverityMark[] = [];
  /** Marks of bytes that come with the next write, by their offset in it. */
  #coming: SeverityMark[] = [];
  #nextBlock = 0;
  #nextSlab = 0;
  #file: FileToFill | null = null;
  /** Bytes of the file in blocks so far. */
  #byte0 = 0;
  /** Where the file began, while all of it is still in this slab. */
  #mark: { readonly filled: number; readonly blocks: number; readonly nextBlock: number } | null = null;
  /** How often a line of the file was cut because it is longer than LINE_BYTES_MAX. */
  splitLines = 0;

  constructor(options: SlabFillerOptions) {
    this.#options = options;
    this.#bytes = Buffer.from(options.take());
  }

  /** Slabs handed over so far. */
  get slabs(): number {
    return this.#nextSlab;
  }

  startFile(file: FileToFill): void {
    this.#file = file;
    this.#byte0 = 0;
    this.splitLines = 0;
    if (this.#blocks.length >= BLOCKS_PER_SLAB_MAX) this.#handOver();
    this.#mark = { filled: this.#filled, blocks: this.#blocks.length, nextBlock: this.#nextBlock };
  }

  /** The line that begins `offset` bytes into the next chunk is of this severity, whatever it says. Ascending. */
  mark(offset: number, severity: number): void {
    this.#coming.push({ start: offset, severity });
  }

  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + SLAB_BYTES - this.#filled);
      if (this.#coming.length > 0) this.#placeMarks(at, piece.length);
      this.#bytes.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === SLAB_BYTES) {
        this.#cut('more-follows');
        this.#handOver();
      }
    }
  }

  /** Cuts what is left of the file. */
  endFile(): void {
    this.#cut('file-ends');
    this.#file = null;
  }

  /** Takes back the file that ended last. @returns false when a part of it has been handed over already. */
  takeBack(): boolean {
    if (this.#mark === null) return false;
    this.#filled = this.#mark.filled;
    this.#start = this.#mark.filled;
    this.#blocks.length = this.#mark.blocks;
    this.#marks = this.#marks.filter((mark) => mark.start < this.#filled);
    this.#nextBlock = this.#mark.nextBlock;
    return true;
  }

  /** Hands over the last slab. Call once, after the last file. */
  end(): void {
    if (this.#blocks.length > 0) this.#handOver();
  }

  /** Marks within the `count` bytes from `at` of the chunk, which are about to be put behind what is filled. */
  #placeMarks(at: number, count: number): void {
    const upTo = this.#coming.findIndex((mark) => mark.start >= at + count);
    const placed = this.#coming.splice(0, upTo < 0 ? this.#coming.length : upTo);
    for (const { start, severity } of placed) this.#marks.push({ start: this.#filled + start - at, severity });
  }

  #cut(end: 'more-follows' | 'file-ends'): void {
    const stop = this.#filled;
    while (this.#start < stop) {
      const length = blockLength(this.#bytes, this.#start, stop, this.#file?.kind ?? 'text', end);
      if (length === 0) return;
      const last = this.#start + length - 1;
      const split = this.#file?.kind === 'text' && length >= LINE_BYTES_MAX - 3 && this.#bytes[last] !== NEWLINE;
      if (split && !(end === 'file-ends' && last + 1 === stop)) this.splitLines += 1;
      this.#addBlock(length);
    }
  }

  #addBlock(length: number): void {
    const file = this.#file;
    if (file === null) throw new Error('no file has been started');
    this.#blocks.push({
      id: this.#nextBlock,
      file: file.id,
      kind: file.kind,
      start: this.#start,
      end: this.#start + length,
      byte0: this.#byte0,
      yearReference: file.yearReference,
    });
    this.#nextBlock += 1;
    this.#byte0 += length;
    this.#start += length;
  }

  /** What has not been cut yet moves on to the next slab. */
  #handOver(): void {
    const full = this.#bytes;
    const rest = full.subarray(this.#start, this.#filled);
    const next = Buffer.from(this.#options.take());
    next.set(rest, 0);
    const moving = this.#start;
    const marks = this.#marks.filter((mark) => mark.start < moving);
    this.#marks = this.#marks.slice(marks.length).map(({ start, severity }) => ({ start: start - moving, severity }));
    const slab = { seq: this.#nextSlab, buffer: full.buffer as ArrayBuffer, blocks: this.#blocks, marks };
    this.#nextSlab += 1;
    this.#bytes = next;
    this.#filled = rest.length;
    this.#start = 0;
    this.#blocks = [];
    // A file of which nothing was cut yet moves as a whole.
    this.#mark = this.#file === null || this.#byte0 > 0 ? null : { filled: 0, blocks: 0, nextBlock: this.#nextBlock };
    this.#options.handOver(slab);
  }
}

/** @returns bytes of the block that starts at `start`: 0 when its end has not come yet. */
function blockLength(
  bytes: Buffer,
  start: number,
  stop: number,
  kind: BlockKind,
  end: 'more-follows' | 'file-ends',
): number {
  const there = stop - start;
  if (there <= BLOCK_BYTES) return end === 'file-ends' ? there : 0;
  if (kind === 'binary') return BLOCK_BYTES;
  const before = bytes.lastIndexOf(NEWLINE, start + BLOCK_BYTES - 1);
  if (before >= start) return before + 1 - start;
  const behind = bytes.indexOf(NEWLINE, start + BLOCK_BYTES);
  const line = behind < 0 || behind >= stop ? there : behind + 1 - start;
  if (line > LINE_BYTES_MAX) return characterEnd(bytes, start + LINE_BYTES_MAX) - start;
  if (behind >= 0 && behind < stop) return line;
  return end === 'file-ends' ? there : 0;
}

/** @returns `at`, or the start of the UTF-8 character that `at` would cut (RFC 3629: at most three bytes before). */
function characterEnd(bytes: Buffer, at: number): number {
  let first = at;
  while (first > at - 3 && ((bytes[first] as number) & 0xc0) === 0x80) first -= 1;
  return ((bytes[first] as number) & 0xc0) === 0xc0 ? first : at;
}
