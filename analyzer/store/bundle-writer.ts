/** Reads the bytes of one bundle's members and tells a sink what is in them: blocks, events, sections, files. */
import { createHash, type Hash } from 'node:crypto';
import type { BundleSeal, BundleWriter, MemberStart, SealOutcome, WrittenFile } from '../core/case-reader.ts';
import { NO_CLOCK } from '../core/file-clock.ts';
import { FileId } from '../core/ids.ts';
import { SNIFF_BYTES } from '../core/limits.ts';
import type { FileCoverage, Gap } from '../core/vocabulary.ts';
import { LINE_SEVERITY, lineSeverity } from '../formats/severity.ts';
import { readStamp } from '../time/stamp.ts';
import { BlockCutter } from './block-cutter.ts';
import type { BundleSink, EventToStore, SectionToStore } from './bundle-sink.ts';

/** A stamp stands at the front of a line. */
const STAMP_BYTES = 256;
/** Lines looked at from each end of a block to find the file's first and last instant. */
const STAMP_LINES = 5;
/** Files without time stamps up to this size are indexed by sections: command outputs and configuration. */
const SECTIONED_BYTES_MAX = 1024 * 1024;
const SECTION_LINES = 50;
const NEWLINE = 10;

export interface BundleWriterOptions {
  readonly sink: BundleSink;
  /** Milliseconds since 1970 at which the bundle was collected, when its name says; see MemberStart.modified. */
  readonly collectedAt: number | null;
  readonly looksBinary: (head: Uint8Array) => boolean;
}

interface OpenFile {
  readonly id: FileId;
  readonly path: string;
  readonly modified: number | null;
  readonly hash: Hash;
  head: Buffer;
  kind: 'unknown' | 'text' | 'binary';
  bytes: number;
  lines: number;
  warnings: number;
  errors: number;
  firstTime: number | null;
  lastTime: number | null;
  /** Byte offset of the next block, and whether the last byte written was a line end. */
  byte0: number;
  sections: SectionToStore[] | null;
  sectionedBytes: number;
}

export class ScanningWriter implements BundleWriter {
  readonly #options: BundleWriterOptions;
  readonly #sink: BundleSink;
  readonly #cutter = new BlockCutter((block) => this.#takeBlock(block));
  readonly #firstByHash = new Map<string, FileId>();
  #file: OpenFile | null = null;
  #files = 0;
  /** Over all files. */
  lines = 0;
  bytes = 0;
  readonly gaps: Gap[] = [];

  constructor(options: BundleWriterOptions) {
    this.#options = options;
    this.#sink = options.sink;
  }

  startFile(member: MemberStart): FileId {
    this.#files += 1;
    const id = FileId.parse(this.#files);
    this.#file = {
      id,
      path: member.path,
      modified: member.modified,
      hash: createHash('sha256'),
      head: Buffer.alloc(0),
      kind: 'unknown',
      bytes: 0,
      lines: 0,
      warnings: 0,
      errors: 0,
      firstTime: null,
      lastTime: null,
      byte0: 0,
      sections: [],
      sectionedBytes: 0,
    };
    return id;
  }

  write(chunk: Uint8Array): void {
    const file = this.#opened();
    file.hash.update(chunk);
    file.bytes += chunk.length;
    if (file.head.length < SNIFF_BYTES) {
      file.head = Buffer.concat([file.head, chunk.subarray(0, SNIFF_BYTES - file.head.length)]);
    }
    if (file.kind === 'unknown' && file.bytes >= SNIFF_BYTES) this.#decideKind(file);
    this.#cutter.write(chunk);
  }

  endFile(end: 'whole' | 'cut'): WrittenFile {
    const file = this.#opened();
    if (file.kind === 'unknown') this.#decideKind(file);
    if (this.#cutter.splitLines > 0) {
      this.gaps.push({
        kind: 'limit',
        weight: 'minor',
        message: `a line is longer than 1 MB and was split (${this.#cutter.splitLines} times)`,
        file: file.path,
        byte: null,
      });
    }
    this.#cutter.end();
    for (const section of file.sections ?? []) this.#sink.section(section);
    const sha256 = file.hash.digest();
    const key = `${file.bytes}:${sha256.toString('hex')}`;
    const first = file.bytes > 0 ? this.#firstByHash.get(key) : undefined;
    if (first === undefined) this.#firstByHash.set(key, file.id);
    this.#sink.file({
      id: file.id,
      path: file.path,
      format: file.kind === 'binary' ? 'binary' : 'text',
      bytes: file.bytes,
      lines: file.lines,
      firstTime: file.firstTime,
      lastTime: file.lastTime,
      warnings: file.warnings,
      errors: file.errors,
      sha256,
      aliasOf: first ?? null,
      coverage: coverageOf(file, end),
    });
    this.bytes += file.bytes;
    this.lines += file.lines;
    this.#file = null;
    return {
      id: file.id,
      path: file.path,
      bytes: file.bytes,
      sha256: sha256.toString('hex'),
      head: file.head,
      modified: file.modified,
    };
  }

  /** With those of the member that is being read. */
  get linesSoFar(): number {
    return this.lines + (this.#file?.lines ?? 0);
  }

  get files(): number {
    return this.#files;
  }

  ready(): Promise<void> {
    return this.#sink.ready();
  }

  seal(seal: BundleSeal): Promise<SealOutcome> {
    return this.#sink.seal(seal, { files: this.#files, lines: this.lines, bytes: this.bytes });
  }

  abandon(): Promise<void> {
    return this.#sink.abandon();
  }

  #opened(): OpenFile {
    if (this.#file === null) throw new Error('no member has been started');
    return this.#file;
  }

  #decideKind(file: OpenFile): void {
    file.kind = this.#options.looksBinary(file.head) ? 'binary' : 'text';
    if (file.kind === 'binary') file.sections = null;
  }

  #takeBlock(block: Uint8Array): void {
    const file = this.#opened();
    if (file.kind === 'unknown') this.#decideKind(file);
    const line0 = file.lines;
    const warnings = file.warnings;
    const errors = file.errors;
    const events: EventToStore[] = [];
    if (file.kind === 'text') this.#scanLines(file, block, events);
    this.#sink.block({
      file: file.id,
      line0,
      lines: file.lines - line0,
      byte0: file.byte0,
      warnings: file.warnings - warnings,
      errors: file.errors - errors,
      // A copy: the cutter's buffer is filled again, and a buffer of its own can change threads.
      text: new Uint8Array(block),
      events,
    });
    file.byte0 += block.length;
  }

  #scanLines(file: OpenFile, block: Uint8Array, events: EventToStore[]): void {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
    let start = 0;
    let line = 0;
    let lastStart = 0;
    while (start < bytes.length) {
      let end = bytes.indexOf(NEWLINE, start);
      if (end < 0) end = bytes.length;
      if (line < STAMP_LINES && file.firstTime === null) this.#noteTime(file, bytes, start, end);
      const severity = lineSeverity(bytes, start, end);
      if (severity >= LINE_SEVERITY.warning) {
        if (severity === LINE_SEVERITY.error) file.errors += 1;
        else file.warnings += 1;
        const time = this.#timeOf(file, bytes, start, end);
        if (time !== null) {
          file.firstTime ??= time;
          file.lastTime = time;
        }
        events.push({ line: file.lines + line + 1, time, severity, start, end });
      }
      line += 1;
      lastStart = start;
      start = end + 1;
    }
    this.#noteTime(file, bytes, lastStart, bytes.length);
    this.#collectSections(file, bytes);
    file.lines += line;
  }

  #timeOf(file: OpenFile, bytes: Buffer, start: number, end: number): number | null {
    const text = bytes.toString('latin1', start, Math.min(end, start + STAMP_BYTES));
    return readStamp(text, { ...NO_CLOCK, yearReference: this.#options.collectedAt ?? file.modified })?.time ?? null;
  }

  #noteTime(file: OpenFile, bytes: Buffer, start: number, end: number): void {
    const time = this.#timeOf(file, bytes, start, end);
    if (time === null) return;
    file.firstTime ??= time;
    file.lastTime = time;
  }

  /** Keeps the sections of a file that has shown no time stamp yet; dropped as soon as it is a log or too large. */
  #collectSections(file: OpenFile, bytes: Buffer): void {
    if (file.sections === null) return;
    file.sectionedBytes += bytes.length;
    if (file.firstTime !== null || file.sectionedBytes > SECTIONED_BYTES_MAX) {
      file.sections = null;
      return;
    }
    let start = 0;
    let line = file.lines;
    while (start < bytes.length) {
      let end = start;
      let count = 0;
      while (end < bytes.length && count < SECTION_LINES) {
        const next = bytes.indexOf(NEWLINE, end);
        end = next < 0 ? bytes.length : next + 1;
        count += 1;
      }
      file.sections.push({ file: file.id, line: line + 1, text: new Uint8Array(bytes.subarray(start, end)) });
      line += count;
      start = end;
    }
  }
}

function coverageOf(file: OpenFile, end: 'whole' | 'cut'): FileCoverage {
  if (end === 'cut') return 'truncated';
  if (file.bytes === 0) return 'empty';
  return file.kind === 'binary' ? 'binary' : 'read';
}
