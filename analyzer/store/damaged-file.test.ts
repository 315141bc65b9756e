/** Files of which a page was overwritten. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { SHA, sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { FailureError } from '../core/failure.ts';
import { openBundle } from './bundle-reader.ts';

const PAGE = 4096;

/** Bytes as random as any, the same in each run. */
function noise(seed: number): Buffer {
  const parts = Array.from({ length: PAGE / 64 }, (_, nth) => createHash('sha512').update(`${seed} ${nth}`).digest());
  return Buffer.concat(parts);
}

/** Writes `sound` to `file` with one page of noise. */
function damagePage(file: string, sound: Buffer, page: number): void {
  const bytes = Buffer.from(sound);
  noise(page).copy(bytes, page * PAGE);
  writeFileSync(file, bytes);
}

/** A log whose text does not shrink to a few blocks. */
function log(seed: number): Buffer {
  const lines = Array.from({ length: 500 }, (_, nth) => {
    const id = createHash('sha256').update(`${seed} ${nth}`).digest('hex');
    return `E0501 10:${String(nth % 60).padStart(2, '0')}:00.000000       1 a.go:1] kubelet ${id}\n`;
  });
  return Buffer.from(lines.join(''));
}

/** Everything that a bundle answers. */
const QUESTIONS: Readonly<Record<string, (reader: BundleReader) => unknown>> = {
  files: (reader) => reader.files(),
  lines: (reader) => reader.files().map(({ id }) => reader.lines(id, 1, 1_000)),
  blocks: (reader) => reader.files().map(({ id }) => [...reader.blocks(id)]),
  bytes: (reader) => reader.files().map(({ id }) => reader.bytes(id, 0, 1e6)),
  text: (reader) => reader.files().map(({ id }) => reader.text(id)),
  histogram: (reader) => reader.files().map(({ id }) => reader.histogram(id, 0)),
  candidates: (reader) => reader.candidates(null).map((place) => [reader.carriedInto(place), reader.ownBlock(place)]),
  'best matches': (reader) => reader.bestMatches('kubelet', 10),
};

describe('a bundle of which a page was overwritten', () => {
  test('answers, or fails as damaged and names its file: whatever page it is, whatever it is asked', () =>
    inTemporaryFolder(async (folder) => {
      await sealFiles(writerIn(folder), [
        { name: 'a.log', bytes: log(1) },
        { name: 'b.log', bytes: log(2) },
      ]);
      const file = path.join(folder, `${SHA}.bundle`);
      const sound = readFileSync(file);
      const failed = new Set<string>();
      for (let page = 0; page < sound.length / PAGE; page++) {
        damagePage(file, sound, page);
        const opened = openBundle(file);
        if (!opened.ok) {
          expect(opened.failure, `page ${page}`).toMatchObject({ code: 'corrupt', where: file });
          continue;
        }
        for (const [name, ask] of Object.entries(QUESTIONS)) {
          const failure = failureOf(() => ask(opened.value));
          if (failure === null) continue;
          expect(failure, `page ${page}, ${name}`).toMatchObject({
            code: 'corrupt',
            message: expect.stringMatching(/^(the bundle is damaged: |block \d+ of the bundle is damaged$)/),
            where: file,
            advice: 'Delete the file, and import the archive again.',
          });
          failed.add(name);
        }
        opened.value.close();
      }
      expect([...failed]).toEqual(expect.arrayContaining(['files', 'lines', 'blocks', 'bytes', 'text', 'candidates']));
    }));
});

function failureOf(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
}
