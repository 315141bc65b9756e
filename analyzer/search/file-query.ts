/**
 * What is asked of text: of a bundle as a whole (which blocks are worth reading), of one file, and of one of its blocks.
 * `compile-query.ts` makes these from a query; `line-facts.ts` tells more about the lines they find.
 */
import type { BlockPlace, CarriedTime, TextBlock, WantedText } from '../core/case-reader.ts';
import type { FileClock } from '../core/file-clock.ts';
import type { LineLevel } from '../core/line-level.ts';

export interface QueryNeeds {
  /** `yes`: terms ask for instants, so that `LineKnowledge.carried` must be true. */
  readonly time: 'yes' | 'no';
  /** `yes`: terms ask for evidence of findings, so that `LineKnowledge.cited` must be true. */
  readonly findings: 'yes' | 'no';
  /** `scan`: a pattern may be tried on every line. `with literals`: only on lines that hold a literal. */
  readonly pattern: 'none' | 'with literals' | 'scan';
}

export interface CompiledQuery {
  /** What a block must hold to have a matching line; null when nothing is known of it. */
  readonly wanted: WantedText | null;
  readonly needs: QueryNeeds;
  /** @returns null when no line of the file can match. */
  forFile(place: FilePlace): FileQuery | null;
}

/** What a query may ask of a file. */
export interface FilePlace {
  readonly node: string | null;
  /** Its own path, then those of the copies that are folded into it. */
  readonly paths: readonly string[];
  readonly role: string;
  readonly format: string;
  readonly clock: FileClock;
}

/** Keeps what it read of the last block: use it for one block at a time, in any order of blocks. */
export interface FileQuery {
  /** @returns false when no line of the block can match, from what is known without reading it. */
  mayMatch(block: BlockPlace): boolean;
  /**
   * @returns all matching lines in ascending order.
   * @throws FailureError `wrong-usage` when a pattern needs more memory on one line than there is.
   */
  scan(block: TextBlock, known: LineKnowledge): readonly LineHit[];
}

/** What the lines of a block do not tell themselves; each is asked for only when a line needs it. */
export interface LineKnowledge {
  /** The nearest stamped line before the block. */
  readonly carried: CarriedTime | null;
  /** Levels from outside the text, by line number; other lines have that of their text. */
  readonly levels: ReadonlyMap<number, LineLevel> | null;
  /** Whether the line (its number) is evidence of a finding. */
  readonly cited: (line: number) => boolean;
}

export interface LineHit {
  /** Number in the file, from 1. May be counted when it is asked for, in the text of the block. */
  readonly line: number;
  /** Byte range in `TextBlock.bytes`, line ending excluded, as `BundleReader.lines` has it. */
  readonly start: number;
  readonly end: number;
}

/** One entry for each hit, in their order. */
export interface LineFacts {
  /** Instants, ms since 1970; NaN for a line that has none. */
  readonly times: Float64Array;
  /** Places in LINE_LEVELS. */
  readonly levels: Uint8Array;
}
