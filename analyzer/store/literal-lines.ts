/**
 * Lines that hold one of the literals of the rules, kept apart while a block is indexed: an analysis reads them instead of
 * unpacking nearly every block of the logs. A bundle says with them which text stands where, and nothing of rules.
 *
 * One frame a slab that holds any. Unpacked it is 32-bit numbers (little-endian), then the text of the lines:
 *
 *   count                         of the numbers that follow
 *   block, lines                  id of a block and number of its kept lines; -1: too many, they are in the block
 *     line, bytes, hits, literal...   of each line: place in the block, of its text, and the literals as they stand in it
 */
import type { WantedLiterals } from '../core/case-writer.ts';
import { EXPRESSION_BYTES_MAX } from '../core/limits.ts';
import { hitAt, hitLiteral, LiteralTable } from '../core/literal-table.ts';
import { GRAM_BYTES, gramHashes, type PlaneBuilder } from './gram-marks.ts';
import type { SlabBlock } from './slab.ts';

/** A block whose kept lines would be half of it is read as fast by itself; a small one is not worth unpacking. */
const KEPT_SHARE_MAX = 1 / 2;
const KEPT_BYTES_FREE = 4 * 1024;
/** Literals found in one block: text that repeats one of them is looked through when somebody wants to know. */
const HITS_MAX = 4096;
/** In the place of a number of lines. */
const TOO_MANY = -1;
const CARRIAGE_RETURN = 13;
const NUMBER_BYTES = 4;

/** A block as it was scanned: `newlines` are the ends of its lines in the slab. */
export interface ScannedBlock {
  readonly block: SlabBlock;
  readonly lines: number;
  readonly newlines: Int32Array;
}

/** Collects the lines of one slab after the other. */
export class LiteralLineFinder {
  readonly #table: LiteralTable;
  /** Of each literal what a block marks that holds it. */
  readonly #hashes: readonly (readonly number[])[];
  readonly #continued: ReadonlySet<number>;
  #numbers: number[] = [];
  #texts: Uint8Array[] = [];

  constructor({ literals, continued }: WantedLiterals) {
    const bytes = literals.map((literal) => Buffer.from(literal));
    this.#table = new LiteralTable(bytes);
    this.#hashes = bytes.map((literal) => (literal.length < GRAM_BYTES ? [] : gramHashes(literal)));
    this.#continued = new Set(continued);
  }

  /** @param bytes of the slab; kept lines are parts of it until `take`. @param planes to which the block was added last. */
  add(bytes: Buffer, scanned: ScannedBlock, planes: PlaneBuilder): void {
    const among: number[] = [];
    for (let nth = 0; nth < this.#hashes.length; nth++) {
      if (planes.mayHold(this.#hashes[nth] as readonly number[])) among.push(nth);
    }
    if (among.length === 0) return;
    const { start, end, id } = scanned.block;
    const hits = this.#table.find(bytes.subarray(start, end), among);
    if (hits.length === 0) return;
    const at = this.#numbers.length;
    const texts = this.#texts.length;
    this.#numbers.push(id, 0);
    const kept = hits.length > HITS_MAX ? TOO_MANY : this.#keep(bytes, scanned, hits);
    this.#numbers[at + 1] = kept;
    if (kept !== TOO_MANY) return;
    this.#numbers.length = at + 2;
    this.#texts.length = texts;
  }

  /** @returns what was found since the last call, packed but not compressed; null when nothing was. */
  take(): Uint8Array | null {
    if (this.#numbers.length === 0) return null;
    const count = this.#numbers.length;
    const textAt = (1 + count) * NUMBER_BYTES;
    const whole = new Uint8Array(this.#texts.reduce((sum, text) => sum + text.length, textAt));
    const numbers = new Int32Array(whole.buffer, 0, 1 + count);
    numbers[0] = count;
    numbers.set(this.#numbers, 1);
    let at = textAt;
    for (const text of this.#texts) {
      whole.set(text, at);
      at += text.length;
    }
    this.#numbers = [];
    this.#texts = [];
    return whole;
  }

  /** @returns how many lines were kept. */
  #keep(bytes: Buffer, { block, lines, newlines }: ScannedBlock, hits: readonly number[]): number {
    const { start, end } = block;
    let left = Math.max(KEPT_BYTES_FREE, (end - start) * KEPT_SHARE_MAX);
    let kept = 0;
    let current = -1;
    let hitsOfLine = -1;
    let goesOn = false;
    const keepLine = (line: number): void => {
      const text = lineOf(bytes, line === 0 ? start : (newlines[line - 1] as number) + 1, newlines[line] as number);
      this.#texts.push(text);
      hitsOfLine = this.#numbers.push(line, text.length, 0) - 1;
      left -= text.length;
      kept += 1;
      current = line;
    };
    for (const hit of hits) {
      let line = Math.max(0, current);
      while ((newlines[line] as number) < start + hitAt(hit)) line += 1;
      if (line !== current) {
        if (goesOn && line > current + 1) keepLine(current + 1);
        keepLine(line);
        goesOn = false;
        if (left < 0) return TOO_MANY;
      }
      const literal = hitLiteral(hit);
      this.#numbers.push(literal);
      this.#numbers[hitsOfLine] = (this.#numbers[hitsOfLine] as number) + 1;
      goesOn ||= this.#continued.has(literal);
    }
    if (goesOn && current + 1 < lines) keepLine(current + 1);
    return left < 0 ? TOO_MANY : kept;
  }
}

function lineOf(bytes: Buffer, start: number, newline: number): Uint8Array {
  const end = bytes[newline - 1] === CARRIAGE_RETURN && newline - 1 > start ? newline - 1 : newline;
  return bytes.subarray(start, Math.min(end, start + EXPRESSION_BYTES_MAX));
}

/** What a sealed bundle says of its literal lines, in meta; without it, or with another number of frames, there are none. */
export interface StoredLiterals {
  readonly literals: readonly string[];
  /** Checksum of the first and last blocks of all frames. */
  readonly ranges: number;
}

/** The kept lines of one block; see LiteralBlock. */
export interface KeptBlock {
  readonly id: number;
  readonly lines: readonly KeptLine[] | null;
}

/** One line, decoded when its text is asked for. */
export class KeptLine {
  readonly line: number;
  readonly literals: readonly number[];
  readonly #unpacked: Buffer;
  readonly #start: number;
  readonly #end: number;

  constructor(line: number, literals: readonly number[], unpacked: Buffer, start: number, end: number) {
    this.line = line;
    this.literals = literals;
    this.#unpacked = unpacked;
    this.#start = start;
    this.#end = end;
  }

  text(): string {
    return this.#unpacked.toString('utf8', this.#start, this.#end);
  }
}

/**
 * @param unpacked what `take` gave. @param literals how many there are in the list.
 * @returns the blocks in it; null when it is not whole.
 */
export function keptBlocks(unpacked: Buffer, literals: number): readonly KeptBlock[] | null {
  const numbers = numbersOf(unpacked);
  if (numbers === null) return null;
  const blocks: KeptBlock[] = [];
  let textAt = (1 + numbers.length) * NUMBER_BYTES;
  // A number behind the end is undefined, which no comparison takes for anything.
  for (let at = 0; at < numbers.length; ) {
    const id = numbers[at++] as number;
    const count = numbers[at++] as number;
    if (!(count >= TOO_MANY)) return null;
    const lines: KeptLine[] = [];
    let before = -1;
    for (let nth = 0; nth < count; nth++) {
      const line = numbers[at++] as number;
      const bytes = numbers[at++] as number;
      const hits = numbers[at++] as number;
      if (!(line > before && bytes >= 0 && hits >= 0 && at + hits <= numbers.length)) return null;
      const found: number[] = [];
      for (const end = at + hits; at < end; at++) {
        const literal = numbers[at] as number;
        if (literal < 0 || literal >= literals) return null;
        found.push(literal);
      }
      lines.push(new KeptLine(line, found, unpacked, textAt, textAt + bytes));
      textAt += bytes;
      before = line;
    }
    blocks.push({ id, lines: count === TOO_MANY ? null : lines });
  }
  return textAt === unpacked.length ? blocks : null;
}

/** @returns the numbers at the start of a frame, without their count; null when there are fewer. */
function numbersOf(unpacked: Buffer): Int32Array | null {
  const count = unpacked.length < NUMBER_BYTES ? -1 : unpacked.readInt32LE(0);
  if (count < 0 || (1 + count) * NUMBER_BYTES > unpacked.length) return null;
  // A copy of its own: pieces of a pool lie anywhere.
  return new Int32Array(Uint8Array.from(unpacked.subarray(NUMBER_BYTES, (1 + count) * NUMBER_BYTES)).buffer);
}
