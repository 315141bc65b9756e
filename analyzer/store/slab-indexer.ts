/** Turns a slab of text into what is stored of it: frames, n-gram planes, line counts, times, events. */
import { constants, zstdCompressSync } from 'node:zlib';
import { NO_LITERALS, type WantedLiterals } from '../core/case-writer.ts';
import { giveBack } from '../core/give-back.ts';
import { BLOCK_BYTES } from '../core/limits.ts';
import { unstopped } from '../core/thread-end.ts';
import { LINE_SEVERITY } from '../formats/severity.ts';
import { type Plane, PlaneBuilder } from './gram-marks.ts';
import type { IndexedBlock, IndexedFrame, IndexedSlab } from './indexed-slab.ts';
import { emptyLineScan, ScanState, scanLines } from './line-scan.ts';
import { LiteralLineFinder } from './literal-lines.ts';
import { bytesCheck } from './row-check.ts';
import { EVENT_FIELDS, type LineScan, RUN_FIELDS, type Slab, type SlabBlock } from './slab.ts';

/**
 * zstd level 1: level 3 costs twice the CPU for 8 % less disk on log text (measured). A frame of a block is a fifth of it, so in one
 * piece as a rule, and more than half of that: its memory can be given back.
 */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 32 * 1024 };

/** Text of one event that the full-text index sees: longer messages repeat themselves, and every byte is searchable. */
const EVENT_TEXT_BYTES = 1024;
/**
 * Command outputs and configuration have no stamps; so much of the start of a file is indexed, section by section. Only
 * dumps are larger (conntrack, iptables-save): their lines are alike, and ranking them costs more than all events do.
 */
const SECTIONED_BYTES_MAX = 256 * 1024;
export const SECTION_LINES = 50;
const NEWLINE = 10;

export interface Indexed {
  readonly slab: IndexedSlab;
  /** Buffers that may be handed over with it. */
  readonly transfer: readonly ArrayBuffer[];
}

export class SlabIndexer {
  readonly #planes = new PlaneBuilder();
  readonly #scan: LineScan = emptyLineScan();
  readonly #state = new ScanState();
  readonly #literals: LiteralLineFinder | null;

  /** @param wanted the lines that hold one of these are kept apart. */
  constructor(wanted: WantedLiterals = NO_LITERALS) {
    this.#literals = wanted.literals.length === 0 ? null : new LiteralLineFinder(wanted);
  }

  index(slab: Slab): Indexed {
    const out = new SlabOutput(slab.buffer);
    const words = new Int32Array(slab.buffer);
    const planes: Plane[] = [];
    this.#state.severityMarks = slab.marks;
    const blocks: IndexedBlock[] = [];
    let framed = 0;
    for (const [at, block] of slab.blocks.entries()) {
      if (framed === at) {
        framed += blocksOfFrame(slab.blocks, at);
        const { end } = slab.blocks[framed - 1] as SlabBlock;
        // Compressed while its text is in the cache of this core: see test/bench/NOTES.md.
        out.frame(block.id, framed - at, packed(out.bytes.subarray(block.start, end)));
      }
      blocks.push(out.block(block, this.#scanned(block, out.bytes, words)));
      const plane = this.#planes.takeFull();
      if (plane !== null) planes.push(plane);
    }
    const found = this.#literals?.take() ?? null;
    return out.finish(slab.seq, blocks, planes, found === null ? new Uint8Array(0) : new Uint8Array(packed(found)));
  }

  /** @returns what its lines say, until the next block; null for what is no text. */
  #scanned(block: SlabBlock, bytes: Buffer, words: Int32Array): LineScan | null {
    if (block.kind === 'binary') return null;
    this.#planes.add(block.id, words, block.start, block.end);
    scanLines(bytes, block.start, block.end, block.yearReference, this.#state, this.#scan);
    const scanned = { block, lines: this.#scan.lines, newlines: this.#state.newlines };
    this.#literals?.add(bytes, scanned, this.#planes);
    return this.#scan;
  }

  /** @returns the plane that is not full yet, at the end of the bundle. */
  end(): Plane | null {
    return this.#planes.takeRest();
  }
}

/** Objects and command outputs hold a time here and there; of a log's lines at least every tenth begins with one. */
export function isStateText(stamped: number, lines: number): boolean {
  return stamped * 10 < lines || lines === 0;
}

/**
 * Small files share a frame: their lines are alike, and beginning a frame takes longer than filling it with one of them. A file of more
 * than one block keeps its own, so that a copy that is folded late can be taken out.
 * @returns of how many blocks, from `at` on, one frame is made.
 */
function blocksOfFrame(blocks: readonly SlabBlock[], at: number): number {
  const { start } = blocks[at] as SlabBlock;
  let count = 0;
  while (isWholeFile(blocks, at + count) && (blocks[at + count] as SlabBlock).end - start <= BLOCK_BYTES) count += 1;
  return Math.max(1, count);
}

/** Of the last block of a slab only the next one tells. */
function isWholeFile(blocks: readonly SlabBlock[], at: number): boolean {
  const [block, next] = [blocks[at], blocks[at + 1]];
  return block !== undefined && next !== undefined && block.byte0 === 0 && next.file !== block.file;
}

/** @returns one zstd frame. */
function packed(bytes: Uint8Array): Buffer {
  return unstopped(() => zstdCompressSync(bytes, ZSTD));
}

/** Collects what the blocks of one slab leave behind. */
class SlabOutput {
  readonly bytes: Buffer;
  readonly #frames: IndexedFrame[] = [];
  readonly #packed: Uint8Array[] = [];
  #packedBytes = 0;
  readonly #runs: Int32Array[] = [];
  readonly #events: number[] = [];
  readonly #times: number[] = [];
  readonly #text: Uint8Array[] = [];
  #textBytes = 0;

  constructor(buffer: ArrayBuffer) {
    this.bytes = Buffer.from(buffer);
  }

  /** @param id of the first of the blocks that it holds. */
  frame(id: number, blocks: number, frame: Uint8Array): void {
    this.#frames.push({ id, blocks, packed: frame.length, crc: bytesCheck(id, frame) });
    this.#packed.push(frame);
    this.#packedBytes += frame.length;
  }

  block(block: SlabBlock, scan: LineScan | null): IndexedBlock {
    const { id, file, kind, byte0, start, end } = block;
    const place = { id, file, kind, byte0, bytes: end - start };
    if (scan === null) return { ...place, ...NOTHING_SCANNED };
    this.#runs.push(scan.runs.slice(0, scan.runCount * RUN_FIELDS));
    for (let event = 0; event < scan.eventCount; event++) this.#addEvent(scan, event);
    const stamped = scan.zoned + scan.zoneless + scan.yearless + scan.boot;
    return {
      ...place,
      lines: scan.lines,
      warnings: scan.warnings,
      errors: scan.errors,
      first: scan.first,
      last: scan.last,
      min: scan.min,
      max: scan.max,
      carried: scan.carried,
      zoned: scan.zoned,
      zoneless: scan.zoneless,
      yearless: scan.yearless,
      boot: scan.boot,
      runs: scan.runCount,
      events: scan.eventCount,
      sections:
        isStateText(stamped, scan.lines) && byte0 + end - start <= SECTIONED_BYTES_MAX
          ? this.#addSections(start, end)
          : 0,
    };
  }

  finish(
    seq: number,
    blocks: readonly IndexedBlock[],
    planes: readonly Plane[],
    literalLines: Uint8Array<ArrayBuffer>,
  ): Indexed {
    const packed = joined(this.#packed, this.#packedBytes);
    for (const frame of this.#packed) giveBack(frame);
    const runs = joinedRuns(this.#runs);
    const events = Int32Array.from(this.#events);
    const eventTimes = Float64Array.from(this.#times);
    const eventText = joined(this.#text, this.#textBytes);
    const buffers = [packed, literalLines, runs, events, eventTimes, eventText, ...planes.map((plane) => plane.bits)];
    return {
      slab: { seq, blocks, frames: this.#frames, packed, literalLines, runs, events, eventTimes, eventText, planes },
      transfer: buffers.map((array) => array.buffer),
    };
  }

  #addEvent(scan: LineScan, event: number): void {
    const at = event * EVENT_FIELDS;
    const start = scan.events[at + 1] as number;
    const end = scan.events[at + 2] as number;
    const lines = scan.events[at + 4] as number;
    this.#add(scan.events[at] as number, lines, scan.events[at + 3] as number, start, end);
    this.#times.push(scan.eventTimes[event] as number);
  }

  #addSections(start: number, end: number): number {
    let line = 0;
    let sections = 0;
    for (let at = start; at < end; sections++) {
      let stop = at;
      let lines = 0;
      for (; stop < end && lines < SECTION_LINES; lines++) {
        const newline = this.bytes.indexOf(NEWLINE, stop);
        stop = newline < 0 || newline >= end ? end : newline + 1;
      }
      this.#add(line, lines, LINE_SEVERITY.none, at, stop);
      this.#times.push(Number.NaN);
      line += lines;
      at = stop;
    }
    return sections;
  }

  #add(line: number, lines: number, severity: number, start: number, end: number): void {
    const limit = severity === LINE_SEVERITY.none ? SECTIONED_BYTES_MAX : EVENT_TEXT_BYTES;
    const text = this.bytes.subarray(start, Math.min(end, start + limit));
    this.#events.push(line, lines, severity, text.length);
    this.#text.push(text);
    this.#textBytes += text.length;
  }
}

const NOTHING_SCANNED = {
  lines: 0,
  warnings: 0,
  errors: 0,
  first: Number.NaN,
  last: Number.NaN,
  min: Number.NaN,
  max: Number.NaN,
  carried: 0,
  zoned: 0,
  zoneless: 0,
  yearless: 0,
  boot: 0,
  runs: 0,
  events: 0,
  sections: 0,
} as const;

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function joinedRuns(parts: readonly Int32Array[]): Int32Array<ArrayBuffer> {
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
