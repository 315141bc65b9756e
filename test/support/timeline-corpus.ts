/** Random corpora for the timeline: several bundles with several clocks, and all their lines in order, told without it. */
import path from 'node:path';
import fc from 'fast-check';
import type { ClockOverride } from '../../analyzer/core/clock-override.ts';
import { type FileClock, instantOffset, NO_CLOCK } from '../../analyzer/core/file-clock.ts';
import { LINE_LEVELS, type LineLevel } from '../../analyzer/core/line-level.ts';
import { lineSeverity } from '../../analyzer/formats/severity.ts';
import { type BundleRef, openRef } from '../../analyzer/jobs/bundle-ref.ts';
import { timedLines } from '../../analyzer/jobs/timed-lines.ts';
import { inTemporaryFolder } from './archives.ts';
import { type FileToSeal, sealFiles, UTC_CLOCK, writerIn } from './sealed-bundle.ts';

const NOON = Date.UTC(2024, 4, 1, 12);
const two = (value: number): string => String(value).padStart(2, '0');

/** How a line of each kind says its second of the day. */
const STYLES: readonly {
  readonly clock: FileClock;
  readonly role: string;
  readonly stamp: (second: number) => string;
}[] = [
  {
    clock: { ...NO_CLOCK, stamps: 'zoned' },
    role: 'container-log',
    stamp: (second) => `${new Date(NOON + second * 1000).toISOString()} stderr F`,
  },
  {
    clock: UTC_CLOCK,
    role: 'kubelet-log',
    stamp: (second) => `I0501 12:${two(Math.floor(second / 60))}:${two(second % 60)}.123456       1 a.go:1]`,
  },
  {
    clock: { ...NO_CLOCK, stamps: 'zoneless', zoneMinutes: 120, zoneFrom: 'inferred' },
    role: 'container-runtime-log',
    stamp: (second) => new Date(NOON + second * 1000).toISOString().slice(0, 19).replace('T', ' '),
  },
  {
    clock: { ...NO_CLOCK, stamps: 'boot', boot: NOON - 7_200_000 },
    role: 'kernel-log',
    stamp: (second) => `[${(7_200 + second).toFixed(6).padStart(12)}]`,
  },
  { clock: NO_CLOCK, role: 'other', stamp: () => 'nothing dated' },
];

const LINE = fc.record({
  /** null: a line without a stamp. */
  second: fc.oneof({ weight: 6, arbitrary: fc.nat(900) }, { weight: 2, arbitrary: fc.constant(null) }),
  level: fc.constantFrom('', 'INFO', 'WARN', 'ERROR'),
});

const FILE = fc.record({
  style: fc.nat(STYLES.length - 1),
  order: fc.constantFrom('in order', 'in order', 'as it comes'),
  /** Bytes behind each message: blocks hold 128 kB. */
  padding: fc.constantFrom(0, 900, 9_000),
  copy: fc.constantFrom('no', 'no', 'no', 'of the first file'),
  lines: fc.array(LINE, { maxLength: 60 }),
});

export const CORPUS = fc.array(
  fc.record({
    files: fc.array(FILE, { minLength: 1, maxLength: 4 }),
    shift: fc.constantFrom(null, '+90s', '-3s'),
  }),
  { minLength: 1, maxLength: 3 },
);
type Corpus = typeof CORPUS extends fc.Arbitrary<infer T> ? T : never;

function textOf({ style, order, padding, lines }: Corpus[number]['files'][number], file: number): Buffer {
  const stamp = (STYLES[style] as (typeof STYLES)[number]).stamp;
  const seconds = lines.flatMap(({ second }) => second ?? []);
  if (order === 'in order') seconds.sort((one, other) => one - other);
  let next = 0;
  const text = lines.map(({ second, level }, at) => {
    const front = second === null ? '  at' : `${stamp(seconds[next++] ?? 0)} ${level}`;
    return `${front} message ${at} of file ${file} ${'x'.repeat(padding)}\n`;
  });
  return Buffer.from(text.join(''));
}

/** A line as a plain reading of the bundle tells it. */
export interface PlainLine {
  readonly time: number;
  readonly bundle: number;
  readonly file: string;
  readonly fileId: number;
  readonly role: string;
  readonly line: number;
  readonly level: LineLevel;
}

export interface SealedCorpus {
  readonly refs: readonly BundleRef[];
  /** Every line with an instant, in the order of (instant, bundle, file, line). */
  readonly lines: readonly PlainLine[];
  /** Lines of text in all, each copy once. */
  readonly total: number;
}

/** Seals the bundles, hands them to `look`, and takes them away. */
export function withCorpus<T>(corpus: Corpus, look: (sealed: SealedCorpus) => Promise<T>): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const refs: BundleRef[] = [];
    for (const [at, { files, shift }] of corpus.entries()) {
      const sha = String(at + 1).repeat(64);
      const sealing = files.map((own, nth): FileToSeal => {
        const file = own.copy === 'no' ? own : (files[0] ?? own);
        const { clock, role } = STYLES[file.style] as (typeof STYLES)[number];
        return { name: `${role}-${nth}.log`, bytes: textOf(file, files.indexOf(file)), clock, role };
      });
      await sealFiles(writerIn(folder, `${at}.partial`), sealing, sha);
      const override = { id: 1, what: 'shift', value: shift ?? '', file: null, node: null, bundle: null, setAt: '' };
      const overrides = shift === null ? [] : [override as ClockOverride];
      refs.push({ file: path.join(folder, `${sha}.bundle`), marked: null, overrides });
    }
    return look({ refs, ...plainLines(refs) });
  });
}

function plainLines(refs: readonly BundleRef[]): { readonly lines: readonly PlainLine[]; readonly total: number } {
  const lines: PlainLine[] = [];
  let total = 0;
  for (const [bundle, ref] of refs.entries()) {
    const reader = openRef(ref);
    for (const file of reader.files()) {
      if (file.aliasOf !== null || file.format === 'binary') continue;
      total += file.lines;
      if (instantOffset(file.clock) === null) continue;
      for (let from = 1; from <= file.lines; ) {
        const page = timedLines(reader, file, from, file.lines - from + 1);
        for (const { number, text, time } of page) {
          if (time === null) continue;
          const level = LINE_LEVELS[lineSeverity(Buffer.from(text), 0, Buffer.byteLength(text))] ?? 'none';
          const { path: name, id, role } = file;
          lines.push({ time: Date.parse(time), bundle, file: name, fileId: id, role, line: number, level });
        }
        from += page.length;
      }
    }
    reader.close();
  }
  lines.sort(
    (one, other) =>
      one.time - other.time || one.bundle - other.bundle || one.fileId - other.fileId || one.line - other.line,
  );
  return { lines, total };
}
