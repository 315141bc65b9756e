/** A BundleReader over texts in memory, for unit tests of parsers, facts, analyzers and rules. */
import { createHash } from 'node:crypto';
import type { BlockPlace, BundleReader, Line, WantedText } from '../../analyzer/core/case-reader.ts';
import { type FileClock, NO_CLOCK } from '../../analyzer/core/file-clock.ts';
import { BundleId, FileId } from '../../analyzer/core/ids.ts';
import type { Bundle, SourceFile } from '../../analyzer/core/vocabulary.ts';
import { LINE_SEVERITY, lineSeverity } from '../../analyzer/formats/severity.ts';
import { recogniseLayout } from '../../analyzer/layouts/recognise.ts';
import { readStamp } from '../../analyzer/time/stamp.ts';

function folded(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)));
}

/** Exact, where an index may let more through: what a reader needs and did not ask for is missing here. */
function holds(text: Buffer, wanted: WantedText): boolean {
  if (wanted instanceof Uint8Array) return wanted.length === 0 || text.includes(folded(wanted));
  if ('all' in wanted) return wanted.all.every((part) => holds(text, part));
  return wanted.any.some((part) => holds(text, part));
}

/** How ingest reads stamps when nothing but the collection time is known. */
export function assumedClock(collectedAt: string | null): FileClock {
  if (collectedAt === null) return NO_CLOCK;
  const yearReference = Date.parse(collectedAt);
  return { ...NO_CLOCK, stamps: 'yearless', zoneMinutes: 0, zoneFrom: 'assumed', yearReference };
}

/** Each file is one block. */
function placeOf(file: SourceFile, lines: readonly Line[]): BlockPlace {
  const times = lines.flatMap(({ text }) => readStamp(text, file.clock)?.time ?? []);
  const levels = lines.map(({ text }) => lineSeverity(Buffer.from(text), 0, Buffer.byteLength(text)));
  const { id, bytes } = file;
  const [timeMin, timeMax] =
    times.length === 0
      ? [null, null]
      : [times.reduce((one, two) => Math.min(one, two)), times.reduce((one, two) => Math.max(one, two))];
  return {
    id,
    fileId: id,
    firstLine: 1,
    lines: lines.length,
    byteStart: 0,
    bytes,
    ...{ timeMin, timeMax, ownTimeMin: timeMin, ownTimeMax: timeMax },
    warnings: levels.filter((level) => level === LINE_SEVERITY.warning).length,
    errors: levels.filter((level) => level === LINE_SEVERITY.error).length,
  };
}

/** @param texts path in the bundle -> content. @returns a reader that recognises roles as a real import does. */
export function memoryBundle(texts: Readonly<Record<string, string>>, name = 'memory'): BundleReader {
  const paths = Object.keys(texts);
  const content = paths.map((path) => Buffer.from(texts[path] ?? ''));
  const recognised = recogniseLayout(
    paths.map((path, index) => ({
      path,
      head: (content[index] as Buffer).subarray(0, 8192),
      bytes: (content[index] as Buffer).length,
    })),
    name,
    null,
  );
  const id = BundleId.parse(createHash('sha256').update(JSON.stringify(texts)).digest('hex'));
  const lineStarts = content.map((bytes) => {
    const starts: number[] = bytes.length > 0 ? [0] : [];
    for (let at = bytes.indexOf(10); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(10, at + 1))
      starts.push(at + 1);
    return starts;
  });
  const clock = assumedClock(recognised.collectedAt);
  const files: SourceFile[] = paths.map((path, index) => ({
    id: FileId.parse(index + 1),
    bundle: id,
    path,
    role: recognised.files[index]?.role ?? 'other',
    roleBecause: recognised.files[index]?.because ?? '',
    format: 'text',
    encoding: 'utf-8',
    clock,
    bytes: (content[index] as Buffer).length,
    lines: (lineStarts[index] as number[]).length,
    firstTime: null,
    lastTime: null,
    warnings: 0,
    errors: 0,
    sha256: createHash('sha256')
      .update(content[index] as Buffer)
      .digest('hex'),
    aliasOf: null,
    coverage: (content[index] as Buffer).length === 0 ? 'empty' : 'read',
  }));
  const bundle: Bundle = {
    id,
    sha256: id,
    name,
    layout: recognised.layout,
    layoutBecause: recognised.because,
    node: recognised.node,
    nodeBecause: recognised.nodeBecause,
    collectedAt: recognised.collectedAt,
    importedAt: '2026-01-01T00:00:00.000Z',
    files: files.length,
    lines: files.reduce((sum, file) => sum + file.lines, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    storedBytes: 0,
    outcome: 'complete',
    gaps: [],
    gapsNotListed: 0,
    markedHealthy: false,
  };
  const lines = (fileId: FileId, from: number, count: number): Line[] => {
    const bytes = content[fileId - 1] as Buffer;
    const starts = lineStarts[fileId - 1] as number[];
    return starts.slice(from - 1, from - 1 + count).map((start, offset) => {
      const next = starts[from + offset] ?? (bytes.at(-1) === 10 ? bytes.length : bytes.length + 1);
      const end = bytes[next - 2] === 13 ? next - 2 : next - 1;
      return { number: from + offset, byteStart: start, byteEnd: end, text: bytes.toString('utf8', start, end) };
    });
  };
  return {
    bundle,
    files: () => files,
    file: (fileId) => files[fileId - 1] ?? null,
    fileByPath: (path) => files.find((file) => file.path === path) ?? null,
    lines,
    *blocks(fileId) {
      const bytes = Uint8Array.from(content[fileId - 1] as Buffer);
      if (bytes.length > 0)
        yield { fileId, firstLine: 1, lines: (lineStarts[fileId - 1] as number[]).length, byteStart: 0, bytes };
    },
    *blocksWith(wanted, only) {
      for (const file of this.files()) {
        if (file.aliasOf !== null || file.format === 'binary' || only?.has(file.id) === false) continue;
        for (const block of this.blocks(file.id)) if (holds(folded(block.bytes), { all: wanted })) yield block;
      }
    },
    *blocksWithAny(wanted, only) {
      for (const block of this.blocksWith([], only)) {
        const text = folded(block.bytes);
        const mayHold = [...wanted.keys()].filter((nth) => holds(text, wanted[nth] as WantedText));
        if (mayHold.length > 0) yield { fileId: block.fileId, block, mayHold };
      }
    },
    literalLines: () => null,
    candidates(wanted, only) {
      const blocks = this.blocksWith(wanted === null ? [] : [wanted], only);
      return [...blocks].map(({ fileId }) => placeOf(files[fileId - 1] as SourceFile, lines(fileId, 1, Infinity)));
    },
    block({ fileId }) {
      const [block] = this.blocks(fileId);
      if (block === undefined) throw new Error(`file ${fileId} is empty`);
      return block;
    },
    ownBlock(place) {
      const block = this.block(place);
      return { ...block, bytes: Uint8Array.from(block.bytes) };
    },
    severitiesOf: () => null,
    carriedInto: () => null,
    bytes(fileId, from, count) {
      const whole = content[fileId - 1] as Buffer;
      return { size: whole.length, bytes: whole.subarray(from, from + count) };
    },
    text: (fileId) => ({ text: (content[fileId - 1] as Buffer).toString('utf8'), truncated: false }),
    histogram: () => [],
    bestMatches: () => [],
    close: () => {},
  };
}
