/** How an import writes one bundle: the text of one file after the other, then what was learned of them, then the seal. */
import type { FileClock } from './file-clock.ts';
import type { FileTotals } from './file-totals.ts';
import type { FileId } from './ids.ts';
import type { FileCoverage, Gap } from './vocabulary.ts';

/** What an import looks for in every line, to keep the lines that hold it apart. */
export interface WantedLiterals {
  /** Case counts; no two are the same. */
  readonly literals: readonly string[];
  /** Places in the list of those whose next line is kept as well: their message may go on there. */
  readonly continued: readonly number[];
}

export const NO_LITERALS: WantedLiterals = { literals: [], continued: [] };

export interface FileToWrite {
  /** From 1, in archive order. */
  readonly id: FileId;
  readonly kind: 'text' | 'binary';
  /** Stamps without a year get the latest one that does not put them a day behind this (ms since 1970). */
  readonly yearReference: number;
}

/** A file as the bundle keeps it. */
export interface SealedFile {
  readonly id: FileId;
  readonly path: string;
  readonly role: string;
  readonly because: string;
  readonly format: string;
  readonly encoding: string;
  readonly clock: FileClock;
  /** Its stamps were read with a year reference that turned out wrong: this one is right (ms since 1970). */
  readonly redate: number | null;
  /** Bytes of the member as archived, and their hash in hex. */
  readonly bytes: number;
  readonly sha256: string;
  /** The first file with the same bytes, whose text answers for this one. */
  readonly aliasOf: FileId | null;
  readonly coverage: FileCoverage;
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
  /** In archive order; gone through once. */
  readonly files: Iterable<SealedFile>;
}

/** `already-there`: another import of the same bytes was faster; nothing was kept of this one. */
export type SealOutcome = 'sealed' | 'already-there';

/** Write side of one bundle while it is imported. */
export interface BundleWriter {
  /** Lines read so far; what is on its way is not counted yet. */
  readonly lines: number;
  startFile(file: FileToWrite): void;
  write(chunk: Uint8Array): void;
  /** The line that begins `offset` bytes into what is written next is of this severity (see LINE_SEVERITY), whatever it says. */
  mark(offset: number, severity: number): void;
  /** @returns how often a line was too long and had to be split. */
  endFile(): { readonly splitLines: number };
  /** The file that ended last is a copy of another: drops its text if that is still at hand. What is not is dropped by the seal. */
  takeBack(): void;
  /** Resolves when more may be written without piling it up in memory; rejects when something could not be stored. */
  ready(): Promise<void>;
  /** After the last file: resolves when all text is stored. */
  finish(): Promise<FileTotals>;
  /** Completes, checks, gives it its final name. After this the bundle is read-only for ever. */
  seal(seal: BundleSeal): Promise<SealOutcome>;
  /** Deletes whatever was written. */
  abandon(): Promise<void>;
}
