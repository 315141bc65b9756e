/**
 * How everything but store/ reads and writes captured text. Blocks, indexes and files on disk can change
 * beneath these interfaces without any parser, analyzer or host noticing.
 */
import type { BundleId, FileId } from './ids.ts';
import type { LineLevel } from './line-level.ts';
import type { Bundle, Severity, SourceFile } from './vocabulary.ts';

/** One line of a source file, without its line ending. Bytes that are not UTF-8 appear as U+FFFD. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Byte range in the source file, line ending excluded. */
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly text: string;
}

/** A run of whole lines of one source file, as raw bytes. */
export interface TextBlock {
  readonly fileId: FileId;
  /** Number of the first line in `bytes`, from 1. */
  readonly firstLine: number;
  readonly lines: number;
  /** Offset of bytes[0] in the source file. */
  readonly byteStart: number;
  /** Memory of their own unless the reader says otherwise: who has read them may give it back (give-back.ts). */
  readonly bytes: Uint8Array;
}

/** A block that may hold some of several texts. */
export interface CandidateBlock {
  readonly fileId: FileId;
  /** Read when it is asked for. */
  readonly block: TextBlock;
  /** Which of the wanted texts it may hold: their places in the list, ascending. */
  readonly mayHold: readonly number[];
}

/** A line that holds some of the literals that the import of the bundle looked for. */
export interface LiteralLine {
  /** From 0, in its block. */
  readonly line: number;
  /** Places of the literals in their list, in the order in which they stand in the line, as often as they do. */
  readonly literals: readonly number[];
  /** As it stands in its block without its line ending, cut at EXPRESSION_BYTES_MAX. */
  text(): string;
}

/** A block that holds some of them. */
export interface LiteralBlock {
  readonly fileId: FileId;
  /** Number of its first line, from 1. */
  readonly firstLine: number;
  readonly lines: number;
  /** Ascending; null when they are to be looked for in the block. Lines without literals follow one that may go on there. */
  readonly kept: readonly LiteralLine[] | null;
  /** Read when it is asked for. */
  readonly block: TextBlock;
}

/** What the import of a bundle looked for in every line, and the lines in which it stands. */
export interface LiteralLines {
  readonly literals: readonly string[];
  /**
   * Every text block of these files that holds a literal, in file order; folded duplicates have none. The text of its kept
   * lines is there until the next block is asked for.
   */
  blocks(files: ReadonlySet<FileId>): Iterable<LiteralBlock>;
}

/** Where a block stands and what is known of its lines without reading them. */
export interface BlockPlace {
  /** Ascending in file order. */
  readonly id: number;
  readonly fileId: FileId;
  /** Number of its first line, from 1. */
  readonly firstLine: number;
  readonly lines: number;
  /** Offset of its first byte in the file. */
  readonly byteStart: number;
  /** Of its text. */
  readonly bytes: number;
  /**
   * No line of it has an instant (ms since 1970) before or after these, those included that have it from a line before;
   * it may be that none comes near them. Both null when no line has one.
   */
  readonly timeMin: number | null;
  readonly timeMax: number | null;
  /** The same of the lines that have stamps of their own; both null when none has. */
  readonly ownTimeMin: number | null;
  readonly ownTimeMax: number | null;
  /** Lines of these severities. */
  readonly warnings: number;
  readonly errors: number;
}

/** The instant that lines without a stamp of their own have from a line before them. */
export interface CarriedTime {
  /** ms since 1970. */
  readonly time: number;
  /** Number of the line that has the stamp. */
  readonly line: number;
}

/** Words as the event index knows them: a literal is a phrase of whole words. ASCII letters in any case. */
export type WantedWords = string | { readonly all: readonly WantedWords[] } | { readonly any: readonly WantedWords[] };

/** One event: a message of severity warning or worse, or a section of a file without stamps. */
export interface EventRow {
  readonly fileId: FileId;
  readonly line: number;
  /** From `line` on. */
  readonly lines: number;
  /** bm25 by severity: how well it fits, how rare the words are, how bad it is. The higher, the better. */
  readonly score: number;
  /** Milliseconds since 1970 UTC, or null when the line carries no time. */
  readonly time: number | null;
  readonly severity: Severity;
}

/** Lines of one file in one bucket of time. */
export interface TimeBucket {
  /** Start of the bucket, ms since 1970 UTC; buckets are whole in stored time, so a shift of the clock moves their start. */
  readonly time: number;
  /** Lines of no severity, and of severity info, warning, error. */
  readonly counts: readonly [none: number, low: number, warning: number, error: number];
}

/** What a text must hold: a literal, all of several, any of several. ASCII letters in any case. */
export type WantedText = Uint8Array | { readonly all: readonly WantedText[] } | { readonly any: readonly WantedText[] };

/** Read side of one sealed bundle. Synchronous: call it from a worker for anything larger than a page of lines. */
export interface BundleReader {
  readonly bundle: Bundle;
  /** All source files in archive order, folded duplicates included (aliasOf set). */
  files(): readonly SourceFile[];
  file(id: FileId): SourceFile | null;
  fileByPath(path: string): SourceFile | null;
  /** Up to `count` lines from line number `from` (from 1); fewer at the end of the file or after LINES_BYTES_MAX, none beyond it. */
  lines(id: FileId, from: number, count: number): readonly Line[];
  /** Raw blocks in order. */
  blocks(id: FileId): Iterable<TextBlock>;
  /**
   * Every text block that may hold all that is wanted, in file order; folded duplicates and binary files are left out.
   * May yield blocks that do not hold it, never misses one that does. Literals under four bytes narrow nothing.
   * @param files only these, when given.
   */
  blocksWith(wanted: readonly WantedText[], files?: ReadonlySet<FileId>): Iterable<TextBlock>;
  /** The same for texts of which one is enough: for who looks for many, and in each block only for what may be there. */
  blocksWithAny(wanted: readonly WantedText[], files?: ReadonlySet<FileId>): Iterable<CandidateBlock>;
  /** null when its import looked for no literals, or it is not known any more what it found. */
  literalLines(): LiteralLines | null;
  /**
   * Where the text blocks are that may hold what is wanted (all text blocks when it is null), in file order; as
   * `blocksWith`, without reading them.
   */
  candidates(wanted: WantedText | null, files?: ReadonlySet<FileId>): readonly BlockPlace[];
  /** The text of a block. Do not change or hand over its bytes: they may be handed out again. */
  block(place: BlockPlace): TextBlock;
  /** The same for the caller alone, who may `giveBack` its bytes. */
  ownBlock(place: BlockPlace): TextBlock;
  /**
   * Levels that the lines themselves do not show: in a file that has such (a journal) those of all its lines of level
   * warning and worse, by line number; other lines have the level of their text. null for any other file.
   */
  severitiesOf(id: FileId, firstLine: number, lines: number): ReadonlyMap<number, LineLevel> | null;
  /** The nearest stamped line before the block, at most LOOK_BACK_LINES (time/look-back.ts) back. */
  carriedInto(place: BlockPlace): CarriedTime | null;
  /** Bytes of any file as they are stored (text as UTF-8), and how many there are; fewer at its end. */
  bytes(id: FileId, from: number, count: number): { readonly size: number; readonly bytes: Uint8Array };
  /** The file's text up to `maxBytes`, cut at a line end; `truncated` says whether more follows. */
  text(id: FileId, maxBytes?: number): { readonly text: string; readonly truncated: boolean };
  /** Lines by time and severity in buckets of 10 s (level 0), 2 min (1) or 30 min (2), ascending; none without instants. */
  histogram(id: FileId, level: 0 | 1 | 2): readonly TimeBucket[];
  /** Best matches in the event index (FTS5), best first; none when nothing is asked for, or once `isStopped` says so. */
  bestMatches(words: WantedWords, limit: number, isStopped?: () => boolean): readonly EventRow[];
  close(): void;
}

export interface CaseReader {
  readonly dir: string;
  readonly title: string;
  bundles(): readonly BundleReader[];
  bundle(id: BundleId): BundleReader | null;
  close(): void;
}
