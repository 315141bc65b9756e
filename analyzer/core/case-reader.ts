/**
 * How everything but store/ reads and writes captured text. Blocks, indexes and files on disk can change
 * beneath these interfaces without any parser, analyzer or host noticing.
 */
import type { BundleId, FileId } from './ids.ts';
import type { Bundle, Gap, Severity, SourceFile } from './vocabulary.ts';

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
  readonly bytes: Uint8Array;
}

/** One parsed message: a line of severity warning or worse, or one that a rule's literal matched. */
export interface EventRow {
  readonly fileId: FileId;
  readonly line: number;
  /** Milliseconds since 1970 UTC, or null when the line carries no time. */
  readonly time: number | null;
  readonly severity: Severity;
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
  /** The file's text up to `maxBytes`, cut at a line end; `truncated` says whether more follows. */
  text(id: FileId, maxBytes?: number): { readonly text: string; readonly truncated: boolean };
  /** Best matches of plain words in the event index, best first (FTS5, bm25 weighted by severity). */
  bestMatches(words: readonly string[], limit: number): readonly EventRow[];
  close(): void;
}

export interface CaseReader {
  readonly dir: string;
  readonly title: string;
  bundles(): readonly BundleReader[];
  bundle(id: BundleId): BundleReader | null;
  close(): void;
}

/** What is known of a member when its first byte arrives. */
export interface MemberStart {
  readonly path: string;
  /** Milliseconds since 1970 UTC at which the member was last written: gives stamps without a year theirs. */
  readonly modified: number | null;
}

/** What the writer learned of a file; `head` are its first SNIFF_BYTES. */
export interface WrittenFile {
  readonly id: FileId;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly head: Uint8Array;
  readonly modified: number | null;
}

/** What ingest learned about the bundle as a whole; written when it is sealed. */
export interface BundleSeal {
  readonly sha256: string;
  readonly name: string;
  readonly layout: string;
  readonly layoutBecause: string;
  readonly node: string | null;
  readonly nodeBecause: string;
  readonly collectedAt: string | null;
  readonly gaps: readonly Gap[];
  readonly gapsNotListed: number;
  readonly roles: ReadonlyMap<FileId, { readonly role: string; readonly because: string; readonly format: string }>;
}

/** `already-there`: another import of the same bytes was faster; nothing was kept of this one. */
export type SealOutcome = 'sealed' | 'already-there';

/** Write side of one bundle while it is imported: members one after the other, then `seal` or `abandon`. */
export interface BundleWriter {
  startFile(member: MemberStart): FileId;
  write(chunk: Uint8Array): void;
  /** @param end `cut` when the archive ended inside the member. */
  endFile(end: 'whole' | 'cut'): WrittenFile;
  /** Resolves when more may be written without piling it up in memory; rejects when something could not be stored. */
  ready(): Promise<void>;
  /** Completes, checks, gives it its final name. After this the bundle is read-only for ever. */
  seal(seal: BundleSeal): Promise<SealOutcome>;
  /** Deletes whatever was written. */
  abandon(): Promise<void>;
}
