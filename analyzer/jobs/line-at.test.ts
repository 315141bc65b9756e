import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { SHA, sealFiles, UTC_CLOCK, writerIn } from '../../test/support/sealed-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { openBundle } from '../store/bundle-reader.ts';
import { lineAt } from './line-at.ts';
import { timedLines } from './timed-lines.ts';

const START = Date.UTC(2024, 4, 1);

/** @param seconds of each line since START, null: a line without a stamp. */
async function withLog<T>(
  seconds: readonly (number | null)[],
  width: number,
  look: (reader: BundleReader, file: SourceFile) => Promise<T>,
): Promise<T> {
  const rest = 'x'.repeat(width);
  const lines = seconds.map((second) =>
    second === null ? `\tat ${rest}` : `${new Date(START + second * 1000).toISOString()} ${rest}`,
  );
  return inTemporaryFolder(async (folder) => {
    const clock = { ...UTC_CLOCK, stamps: 'zoned', zoneMinutes: null, zoneFrom: null, yearReference: null } as const;
    await sealFiles(writerIn(folder), [{ name: 'a.log', bytes: Buffer.from(`${lines.join('\n')}\n`), clock }]);
    const opened = openBundle(`${folder}/${SHA}.bundle`);
    if (!opened.ok) throw new Error(opened.failure.message);
    try {
      return await look(opened.value, opened.value.file(1 as FileId) as SourceFile);
    } finally {
      opened.value.close();
    }
  });
}

/** The same by reading every line. */
function naive(reader: BundleReader, file: SourceFile, time: number): number | null {
  const lines = timedLines(reader, file, 1, file.lines);
  const found = lines.find((line) => line.time !== null && Date.parse(line.time) >= time);
  if (found !== undefined) return found.number;
  return lines.some((line) => line.time !== null) ? file.lines : null;
}

describe('lineAt', () => {
  it('is the first line from the start of the file, whatever the order of its lines', async () => {
    const second = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 60 }) },
      { weight: 2, arbitrary: fc.constant(null) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(second, { minLength: 1, maxLength: 40 }),
        // Some lines fill a block of their own.
        fc.constantFrom(10, 40_000, 140_000),
        fc.integer({ min: -5, max: 65 }),
        (seconds, width, asked) =>
          withLog(seconds, width, async (reader, file) => {
            const time = START + asked * 1000;
            expect((await lineAt(reader, file, time)).line).toBe(naive(reader, file, time));
          }),
      ),
      { numRuns: 40 },
    );
  });

  it('reads a few blocks of many', async () => {
    const seconds = Array.from({ length: 30_000 }, (_, nth) => nth);
    await withLog(seconds, 100, async (inner, file) => {
      const blocks = inner.candidates(null);
      expect(blocks.length).toBeGreaterThan(25);
      let read = 0;
      const reader = new Proxy(inner, {
        get: (target, name) => {
          if (name === 'lines') read += 1;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      expect((await lineAt(reader, file, START + 25_000_500)).line).toBe(25_002);
      expect(read).toBeLessThan(4);
    });
  });
});
