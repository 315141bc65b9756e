/**
 * How the engine and its search workers talk. Every worker that takes part in a search makes the same list of candidate
 * blocks, and takes chunks of it by a counter that all share; each chunk is answered by one message.
 */
import type { SearchMatch } from '../contract/search.ts';
import type { Failure } from '../core/failure.ts';
import type { FileId } from '../core/ids.ts';
import type { QueryNode } from '../query/query.ts';
import type { BundleRef } from './bundle-ref.ts';

/** `file`, `time`: see SearchOrder. `backwards`: as `file`, from the end to the beginning. */
export type ReadingOrder = 'file' | 'time' | 'backwards';

/** Place of a line in the case. */
export interface LinePlace {
  /** Place of its bundle in `SearchAsk.bundles`. */
  readonly bundle: number;
  readonly file: FileId;
  readonly line: number;
}

/** Lines of one file that are evidence of a finding, both included. */
export interface CitedLines extends Omit<LinePlace, 'line'> {
  readonly from: number;
  readonly to: number;
}

export interface SearchAsk {
  /** In case order. */
  readonly bundles: readonly BundleRef[];
  readonly query: QueryNode;
  readonly order: ReadingOrder;
  /** Only this file of the only bundle. */
  readonly file: FileId | null;
  /** Only lines behind this place in the order; `when` is their instant in order of time, Infinity for lines without one. */
  readonly behind: (LinePlace & { readonly when: number }) | null;
  /** First lines to find. */
  readonly first: number;
  /** Lines around each of them. */
  readonly context: number;
  /** What is counted of each matching line, besides their number; `parts`: of the file's lines. */
  readonly tally: 'facets' | 'nothing' | { readonly parts: number };
  /** Best matches of each bundle to look for. */
  readonly best: number;
  readonly cited: readonly CitedLines[];
}

/** Order of lines: by `when`, then `seq`, then `nth`. */
export interface LineKey {
  /** Instant in order of time (Infinity without one); 0 in other orders. */
  readonly when: number;
  /** Place of its block among the candidates in file order (backwards: from the end). */
  readonly seq: number;
  /** Its line number, negative when reading backwards. */
  readonly nth: number;
}

export interface FoundLine extends LineKey, LinePlace {
  readonly shown: SearchMatch;
}

/** Counts of matching lines. */
export interface Tally {
  readonly files: readonly (Omit<LinePlace, 'line'> & { readonly path: string; readonly count: number })[];
  /** In the order of LINE_LEVELS. */
  readonly levels: readonly number[];
  /** By hours since 1970; null: no instant. */
  readonly hours: readonly (readonly [hour: number | null, count: number])[];
  /** Of each part of the file; empty unless asked for. */
  readonly parts: readonly number[];
}

export interface ChunkPart {
  readonly chunk: number;
  /** `stopped`: blocks were left out because nobody waits for them any more. */
  readonly read: 'whole' | 'stopped';
  /** Blocks that were looked at. */
  readonly blocks: number;
  /** Lines that match. */
  readonly lines: number;
  readonly tally: Tally | null;
  /** The first lines of this chunk in the order, as many as could be among the first of all. */
  readonly found: readonly FoundLine[];
  /** No line behind this chunk comes before this; null at the end. */
  readonly next: Pick<LineKey, 'when' | 'seq'> | null;
}

export interface BestLine {
  /** The higher, the better; comparable across bundles. */
  readonly score: number;
  readonly match: SearchMatch;
}

export type ToSearchWorker =
  /** These will be searched soon. */
  | { readonly type: 'open'; readonly bundles: readonly BundleRef[] }
  /** Take part. @param worker its number among all. */
  | {
      readonly type: 'search';
      readonly id: number;
      readonly ask: SearchAsk;
      readonly shared: SharedArrayBuffer;
      readonly worker: number;
    }
  /** Do these again: whoever had taken them is gone. */
  | {
      readonly type: 'again';
      readonly id: number;
      readonly chunks: readonly number[];
      readonly best: readonly number[];
    }
  /** It is over. */
  | { readonly type: 'forget'; readonly id: number };

export type FromSearchWorker =
  | { readonly type: 'ready' }
  /** What there is to do; sent before any chunk. */
  | { readonly type: 'planned'; readonly id: number; readonly blocks: number; readonly chunks: number }
  | { readonly type: 'chunk'; readonly id: number; readonly part: ChunkPart }
  /** @param bundle its place in `SearchAsk.bundles`. */
  | { readonly type: 'best'; readonly id: number; readonly bundle: number; readonly lines: readonly BestLine[] }
  /** Nothing is left to take, or the search was stopped: no more comes unless asked. */
  | { readonly type: 'rested'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure };

export function compareKeys(one: LineKey, other: LineKey): number {
  // Infinity less Infinity is NaN, and as good as equal.
  return one.when - other.when || one.seq - other.seq || one.nth - other.nth;
}

/** Blocks of each chunk: few at first, so that a first page is there soon; then as many as keep a worker busy for a while. */
const FIRST_CHUNK_BLOCKS = 4;
const CHUNK_BLOCKS_MAX = 32;
/** So many chunks of each size, before the size doubles. */
const CHUNKS_OF_SIZE = 4;

/** @returns where each chunk of so many blocks starts, and the end. */
export function chunkStarts(blocks: number): readonly number[] {
  const starts: number[] = [0];
  let size = FIRST_CHUNK_BLOCKS;
  for (let at = 0; at < blocks; ) {
    at = Math.min(blocks, at + size);
    starts.push(at);
    if (starts.length % CHUNKS_OF_SIZE === 1) size = Math.min(CHUNK_BLOCKS_MAX, size * 2);
  }
  return starts;
}
