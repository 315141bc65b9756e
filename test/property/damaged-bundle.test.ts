/** A sealed bundle with noise in it answers as before, or fails as damaged: never with less, and never with something else. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BundleReader } from '../../analyzer/core/case-reader.ts';
import { FailureError } from '../../analyzer/core/failure.ts';
import type { FileId } from '../../analyzer/core/ids.ts';
import { LINE_SEVERITY } from '../../analyzer/formats/severity.ts';
import { openBundle } from '../../analyzer/store/bundle-reader.ts';
import { inTemporaryFolder } from '../support/archives.ts';
import { type FileToSeal, SHA, sealFiles, writerIn } from '../support/sealed-bundle.ts';

const PAGE = 4096;
const LITERALS = ['connection refused', 'no space left'];
const WORDS = ['connection refused', 'no space left', 'pod-000017', 'E0501', 'never said'];

/** Blocks enough for an n-gram index, which small bundles have not. */
function logOf(lines: number, seed: number): Buffer {
  const all = Array.from({ length: lines }, (_, nth) => {
    const level = nth % 9 === 0 ? 'E' : 'I';
    const words = nth % 500 === 3 ? LITERALS[nth % 2] : `sync of pod-${String(nth * seed).padStart(6, '0')} done`;
    const minute = String(Math.floor(nth / 600) % 60).padStart(2, '0');
    return `${level}0501 10:${minute}:${String(nth % 60).padStart(2, '0')}.000000       1 a.go:1] ${words} ${'x'.repeat(60)}\n`;
  });
  return Buffer.from(all.join(''));
}

const JOURNAL = Buffer.from(
  Array.from({ length: 40 }, (_, nth) => `2024-05-01T10:00:${nth}+0000 host unit: ${nth}\n`).join(''),
);

const FILES: readonly FileToSeal[] = [
  { name: 'a.log', bytes: logOf(20_000, 1) },
  { name: 'copy.log', bytes: logOf(20_000, 1) },
  { name: 'b.log', bytes: logOf(3_000, 7), redate: Date.UTC(2021, 5, 1) },
  { name: 'x.journal', bytes: JOURNAL, format: 'journal', marks: [{ start: 0, severity: LINE_SEVERITY.error }] },
  { name: 'core', bytes: Buffer.from([0, 1, 2, 3, 0, 255]) },
  ...Array.from({ length: 30 }, (_, nth) => ({ name: `etc/${nth}.conf`, bytes: Buffer.from(`setting = ${nth}\n`) })),
];

const hash = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

function* lineHits(reader: BundleReader, word: string): Generator<string> {
  for (const { fileId, firstLine, bytes } of reader.blocksWith([Buffer.from(word)])) {
    for (const [nth, line] of Buffer.from(bytes).toString().split('\n').entries())
      if (line.includes(word)) yield `${fileId}:${firstLine + nth}`;
  }
}

/** What is told of a bundle. Best matches are not among it: they are an order in which matches are shown, and need not be all. */
const QUESTIONS: Readonly<Record<string, (reader: BundleReader) => unknown>> = {
  bundle: ({ bundle: { storedBytes: _, ...bundle } }) => bundle,
  files: (reader) => reader.files(),
  lines: (reader) => reader.files().map(({ id, lines }) => reader.lines(id, Math.max(1, lines - 20), 20)),
  text: (reader) => reader.files().map(({ id }) => hash(reader.text(id).text)),
  bytes: (reader) => reader.files().map(({ id }) => reader.bytes(id, 100, 5000)),
  places: (reader) => reader.candidates(null).map((place) => [place, reader.carriedInto(place)]),
  histogram: (reader) => reader.files().map(({ id }) => [reader.histogram(id, 0), reader.histogram(id, 2)]),
  levels: (reader) => [...(reader.severitiesOf(4 as FileId, 1, 40) ?? [])],
  literals: (reader) => {
    const kept = reader.literalLines();
    if (kept === null) return literalHits(reader);
    const found: string[] = [];
    for (const { fileId, firstLine, kept: lines, block } of kept.blocks(new Set(reader.files().map(({ id }) => id)))) {
      if (lines !== null) for (const { line } of lines) found.push(`${fileId}:${firstLine + line}`);
      else {
        for (const [nth, line] of Buffer.from(block.bytes).toString().split('\n').entries())
          if (LITERALS.some((one) => line.includes(one))) found.push(`${fileId}:${firstLine + nth}`);
      }
    }
    return found.sort();
  },
  search: (reader) => WORDS.map((word) => [...lineHits(reader, word)]),
};

const literalHits = (reader: BundleReader) =>
  [...new Set(LITERALS.flatMap((word) => [...lineHits(reader, word)]))].sort();

function answersOf(reader: BundleReader, file: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(QUESTIONS).map(([name, ask]) => {
      try {
        return [name, hash(JSON.stringify(ask(reader)))];
      } catch (error) {
        if (!(error instanceof FailureError)) throw error;
        expect(error.failure).toMatchObject({ code: 'corrupt', where: file });
        return [name, 'corrupt'];
      }
    }),
  );
}

type Noise =
  | { readonly kind: 'bits'; readonly places: readonly number[] }
  | { readonly kind: 'page'; readonly place: number; readonly byte: number };

/** Anywhere in the file, as likely here as there. */
const place = fc.noBias(fc.nat(2 ** 31 - 1)).map((at) => at / 2 ** 31);
const noise: fc.Arbitrary<Noise> = fc.oneof(
  fc.record({
    kind: fc.constant('bits' as const),
    places: fc.oneof(fc.array(place, { minLength: 1, maxLength: 2 }), fc.array(place, { minLength: 1, maxLength: 64 })),
  }),
  fc.record({ kind: fc.constant('page' as const), place, byte: fc.constantFrom(0, 0xa5) }),
);

function noisy(sound: Buffer, noise: Noise): Buffer {
  const bytes = Buffer.from(sound);
  if (noise.kind === 'page') {
    const page = Math.floor((noise.place * bytes.length) / PAGE) * PAGE;
    return bytes.fill(noise.byte, page, page + PAGE);
  }
  for (const at of noise.places) {
    const bit = Math.floor(at * bytes.length * 8);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  }
  return bytes;
}

test('noise in a bundle is told, or changes no answer', () =>
  inTemporaryFolder(async (folder) => {
    await sealFiles(writerIn(folder, 'x.partial', { literals: LITERALS, continued: [] }), FILES);
    const file = path.join(folder, `${SHA}.bundle`);
    const sound = readFileSync(file);
    const asked = (): Record<string, string> | 'refused' => {
      const opened = openBundle(file);
      if (!opened.ok) {
        expect(opened.failure).toMatchObject({ code: 'corrupt', where: file });
        return 'refused';
      }
      try {
        return answersOf(opened.value, file);
      } finally {
        opened.value.close();
      }
    };
    const whole = asked() as Record<string, string>;
    expect(Object.values(whole)).not.toContain('corrupt');
    expect(whole.literals).toBe(hash(JSON.stringify(naiveHits())));
    let told = 0;
    fc.assert(
      fc.property(noise, (one) => {
        writeFileSync(file, noisy(sound, one));
        const answers = asked();
        if (answers === 'refused') {
          told += 1;
          return;
        }
        const wrong = Object.keys(whole).filter((name) => answers[name] !== whole[name] && answers[name] !== 'corrupt');
        expect(wrong).toEqual([]);
        if (Object.values(answers).includes('corrupt')) told += 1;
      }),
      { numRuns: 150, seed: 20_260_501 },
    );
    expect(told).toBeGreaterThan(15);
  }));

/** Lines that hold a literal, by the texts that were sealed. */
function naiveHits(): readonly string[] {
  return FILES.flatMap(({ bytes }, at) =>
    at === 1
      ? []
      : Buffer.from(bytes)
          .toString()
          .split('\n')
          .flatMap((line, nth) => (LITERALS.some((one) => line.includes(one)) ? [`${at + 1}:${nth + 1}`] : [])),
  ).sort();
}
