/** What an index worker hands to the sink: everything that is stored of a slab, ready to be inserted. */
import type { FileId } from '../core/ids.ts';
import type { Plane } from './gram-marks.ts';
import type { BlockKind } from './slab.ts';

/** One block; its runs, events and their text follow each other in the slab's arrays, in block order. */
export interface IndexedBlock {
  readonly id: number;
  readonly file: FileId;
  readonly kind: BlockKind;
  readonly byte0: number;
  readonly bytes: number;
  readonly lines: number;
  readonly warnings: number;
  readonly errors: number;
  /** Stored times in ms, NaN without stamps; see LineScan. */
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  /** See LineScan. */
  readonly carried: number;
  readonly zoned: number;
  readonly zoneless: number;
  readonly yearless: number;
  readonly boot: number;
  readonly runs: number;
  readonly events: number;
  /** Sections of a block without stamps, behind its events in the same arrays: severity 0. */
  readonly sections: number;
}

/** A zstd frame of the text of some blocks that follow each other. */
export interface IndexedFrame {
  /** Of the first of them. */
  readonly id: number;
  /** How many they are: more than one when they are small files. */
  readonly blocks: number;
  /** Bytes of the frame. */
  readonly packed: number;
  /** bytesCheck of the frame. */
  readonly crc: number;
}

/** Int32 fields of an event on its way to the sink: line (from 0 in the block), lines, severity, bytes of its text. */
export const STORED_EVENT_FIELDS = 4;

export interface IndexedSlab {
  readonly seq: number;
  readonly blocks: readonly IndexedBlock[];
  readonly frames: readonly IndexedFrame[];
  /** The frames, one behind the other. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** Frame of the lines that hold a literal (literal-lines.ts); empty when there are none. */
  readonly literalLines: Uint8Array<ArrayBuffer>;
  /** RUN_FIELDS each, see LineScan. */
  readonly runs: Int32Array<ArrayBuffer>;
  /** STORED_EVENT_FIELDS each. */
  readonly events: Int32Array<ArrayBuffer>;
  /** Stored time in ms of each event; NaN when the line before it decides. */
  readonly eventTimes: Float64Array<ArrayBuffer>;
  readonly eventText: Uint8Array<ArrayBuffer>;
  readonly planes: readonly Plane[];
}
