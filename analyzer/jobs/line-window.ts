/** Single lines by their numbers, read some hundred at a time: for who goes to and fro around one place. */
import type { BundleReader, Line } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';

const PIECE_LINES = 250;
/** Each holds LINES_BYTES_MAX of text at most. */
const PIECES_KEPT = 4;

export class LineWindow {
  readonly #reader: BundleReader;
  readonly #file: FileId;
  /** The one used last at the end. */
  #pieces: readonly (readonly Line[])[] = [];

  constructor(reader: BundleReader, file: FileId) {
    this.#reader = reader;
    this.#file = file;
  }

  /** @param number from 1. @returns null beyond the file. */
  readonly at = (number: number): string | null => {
    if (number < 1) return null;
    const known = this.#pieces.find((piece) => lineIn(piece, number) !== null);
    const piece = known ?? this.#read(number);
    this.#pieces = [...this.#pieces.filter((one) => one !== piece), piece].slice(-PIECES_KEPT);
    return lineIn(piece, number);
  };

  #read(number: number): readonly Line[] {
    // Pieces begin at fixed places, so that going back does not read one for each line; long lines come in smaller ones.
    const from = number - ((number - 1) % PIECE_LINES);
    const piece = this.#reader.lines(this.#file, from, PIECE_LINES);
    return lineIn(piece, number) === null ? this.#reader.lines(this.#file, number, PIECE_LINES) : piece;
  }
}

function lineIn(piece: readonly Line[], number: number): string | null {
  const first = piece[0]?.number ?? Number.POSITIVE_INFINITY;
  return piece[number - first]?.text ?? null;
}
