import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { type FileToSeal, SHA, sealed, sealFiles, UTC_CLOCK, writerIn } from '../../test/support/sealed-bundle.ts';
import { type FileClock, NO_CLOCK } from '../core/file-clock.ts';
import { FileId } from '../core/ids.ts';
import { LINE_SEVERITY } from '../formats/severity.ts';
import { SLAB_BYTES } from './slab.ts';

/** Rows of the bundle that these files make. */
async function rowsOf(files: readonly FileToSeal[], select: string): Promise<unknown[]> {
  const [rows] = await allRowsOf(files, [select]);
  return rows ?? [];
}

/** @returns rows for each of these. */
function allRowsOf(files: readonly FileToSeal[], selects: readonly string[]): Promise<unknown[][]> {
  return inTemporaryFolder(async (folder) => {
    await sealFiles(writerIn(folder), files);
    const db = new Database(path.join(folder, `${SHA}.bundle`), { readonly: true });
    const rows = selects.map((select) => db.prepare(select).raw().all());
    db.close();
    return rows;
  });
}

const line = (stamp: string, words: string) => `E${stamp}.000000       1 a.go:1] ${words}\n`;
const log = (...lines: readonly string[]) => Buffer.from(lines.join(''));
const at = (iso: string) => Date.parse(iso);

test('a new year for one file leaves the events and blocks of the others as they are', async () => {
  const files = [
    { name: 'a.log', bytes: log(line('0501 10:00:00', 'one')) },
    {
      name: 'b.log',
      bytes: log(line('0501 10:00:00', 'two'), line('0501 10:00:01', 'three')),
      redate: at('2021-06-01Z'),
    },
    { name: 'c.log', bytes: log(line('0501 10:00:00', 'four')) },
    { name: 'd.log', bytes: log(line('0501 10:00:00', 'five')), redate: at('2020-06-01Z') },
  ];
  expect(await rowsOf(files, 'SELECT file, time FROM events ORDER BY id')).toEqual([
    [1, at('2024-05-01T10:00:00Z')],
    [2, at('2021-05-01T10:00:00Z')],
    [2, at('2021-05-01T10:00:01Z')],
    [3, at('2024-05-01T10:00:00Z')],
    [4, at('2020-05-01T10:00:00Z')],
  ]);
  expect(await rowsOf(files, 'SELECT file, time_min, time_max FROM blocks ORDER BY id')).toEqual([
    [1, at('2024-05-01T10:00:00Z'), at('2024-05-01T10:00:00Z')],
    [2, at('2021-05-01T10:00:00Z'), at('2021-05-01T10:00:01Z')],
    [3, at('2024-05-01T10:00:00Z'), at('2024-05-01T10:00:00Z')],
    [4, at('2020-05-01T10:00:00Z'), at('2020-05-01T10:00:00Z')],
  ]);
});

test('the span of a block holds all of its lines, also when the year now changes within it', async () => {
  // By the end of 2021 these are: December of 2021, January of 2021, February of 2021.
  const bytes = log(line('1231 10:00:00', 'one'), line('0101 10:00:00', 'two'), line('0201 10:00:00', 'three'));
  const files = [{ name: 'a.log', bytes, redate: at('2021-12-31Z') }];
  const times = (await rowsOf(files, 'SELECT time FROM events ORDER BY id')) as number[][];
  expect(times.flat()).toEqual([at('2021-12-31T10:00:00Z'), at('2021-01-01T10:00:00Z'), at('2021-02-01T10:00:00Z')]);
  const [[min, max]] = (await rowsOf(files, 'SELECT time_min, time_max FROM blocks')) as [[number, number]];
  expect(min).toBeLessThanOrEqual(Math.min(...times.flat()));
  expect(max).toBeGreaterThanOrEqual(Math.max(...times.flat()));
});

/** Lines of a program that writes stamps of two kinds, some lines without, some that nothing but a mark makes an error. */
const twoKinds = fc
  .array(
    fc.record({
      stamp: fc.constantFrom('yearless', 'zoned', 'boot', 'none'),
      day: fc.integer({ min: 0, max: 500 }),
      words: fc.constantFrom('fine', 'error: it failed', 'warning: slow', 'x'.repeat(3000)),
      isMarked: fc.boolean(),
      repeated: fc.constantFrom(1, 1, 1, 60),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((drawn) => {
    const lines = drawn.flatMap(({ repeated, ...one }) => Array.from({ length: repeated }, () => one));
    const marks: { start: number; severity: number }[] = [];
    let text = '';
    for (const { stamp, day, words, isMarked } of lines) {
      const time = new Date(Date.UTC(2023, 0, 1 + day, 10)).toISOString();
      if (isMarked) marks.push({ start: text.length, severity: LINE_SEVERITY.error });
      const klog = `I${time.slice(5, 7)}${time.slice(8, 10)} 10:00:00.000000       1 a.go:1] `;
      text += `${{ yearless: klog, zoned: `${time} `, boot: `[${day}.000000] `, none: '' }[stamp]}${words}\n`;
    }
    return { bytes: Buffer.from(text), marks };
  });

test('a file with stamps of two kinds is stored with a new year as if that had been known from the start', async () => {
  const selects = ['events', 'blocks', 'histogram', 'files'].map((table) => `SELECT * FROM ${table} ORDER BY 1, 2`);
  await fc.assert(
    fc.asyncProperty(twoKinds, fc.integer({ min: 0, max: 900 }), async (log, days) => {
      const redate = at('2022-06-01Z') + days * 86_400_000;
      // A stamp with a year, so that the file is never one of yearless stamps alone.
      const bytes = Buffer.concat([log.bytes, Buffer.from('2023-03-01T10:00:00Z the end\n')]);
      const beside = { name: 'b.log', bytes: Buffer.from(line('0501 10:00:00', 'beside')) };
      const clock = { ...UTC_CLOCK, yearReference: redate };
      const file = { name: 'a.log', bytes, marks: log.marks, clock };
      const late = await allRowsOf([beside, { ...file, redate }], selects);
      expect(late).toEqual(await allRowsOf([beside, { ...file, yearReference: redate }], selects));
    }),
    { numRuns: 60 },
  );
});

const NOON = at('2024-05-01T12:00:00Z');
const dated = (second: number) => `${new Date(NOON + second * 1000).toISOString()} stderr F error: dated\n`;
const sinceBoot = (second: number) => `[${second.toFixed(6).padStart(12)}] error: since boot\n`;

test.each<[string, FileClock, string, readonly (readonly [second: number, lines: number])[]]>([
  [
    'seconds since boot among dated lines are not of 1970: they have the time of the line before',
    { ...NO_CLOCK, stamps: 'zoned' },
    `${sinceBoot(7)}${dated(0)}${dated(20)}${sinceBoot(8)}${sinceBoot(9)}`,
    [
      [0, 1],
      [20, 3],
    ],
  ],
  [
    'a date above seconds since boot is not of another century',
    { ...NO_CLOCK, stamps: 'boot', boot: NOON - 90_000 },
    `${dated(100)}${sinceBoot(0)}${sinceBoot(30)}${sinceBoot(90)}`,
    [
      [-90, 1],
      [-60, 1],
      [0, 1],
      [100, 1],
    ],
  ],
  [
    'a line of a local log that carries its zone is not hours off',
    { ...UTC_CLOCK, zoneMinutes: -420, zoneFrom: 'inferred' },
    `${dated(0)}${line('0501 05:00:10', 'local').repeat(30)}`,
    [
      [0, 1],
      [10, 30],
    ],
  ],
])('%s', async (_, clock, text, expected) => {
  const file = { name: 'a.log', bytes: Buffer.from(text), clock };
  const found = await sealed([file], (reader) => ({
    counted: reader
      .histogram(FileId.parse(1), 0)
      .map(({ time, counts }) => [(time - NOON) / 1000, counts.reduce((sum, one) => sum + one, 0)]),
    files: reader.files().map(({ firstTime, lastTime }) => [firstTime, lastTime]),
  }));
  expect(found.counted).toEqual(expected);
  // Its first and last stamped lines, in file order.
  const [first, last] = clock.stamps === 'boot' ? [100, 0] : [expected[0]?.[0] ?? 0, expected.at(-1)?.[0] ?? 0];
  const iso = (second: number) => new Date(NOON + second * 1000).toISOString();
  expect(found.files).toEqual([[iso(first), iso(last)]]);
});

test('of thousands of small files with stamps of two kinds each is put right in its time', {
  timeout: 8_000,
}, async () => {
  const count = 6_000;
  const files = Array.from({ length: count }, (_, nth) => ({
    name: `${nth}.log`,
    bytes: Buffer.from(`${dated(nth)}${sinceBoot(7)}`),
    clock: { ...NO_CLOCK, stamps: 'zoned' as const },
  }));
  const ends = await sealed(files, (reader) => reader.files().map(({ lastTime }) => lastTime));
  expect(ends).toEqual(files.map((_, nth) => new Date(NOON + nth * 1000).toISOString()));
});

test('a copy that was stored before it was known is dropped, and nothing else is', async () => {
  const large = Buffer.alloc(
    2 * SLAB_BYTES,
    `${'I0501 10:00:00.000000       1 a.go:1] fine\n'.repeat(200)}${line('0501 10:00:00', 'large')}`,
  );
  const small = log(line('0501 10:00:00', 'small'));
  const files = [large, small, large, Buffer.from(`${small}again\n`)].map((bytes, nth) => ({
    name: `${nth}.log`,
    bytes,
  }));
  expect(await rowsOf(files, 'SELECT DISTINCT file FROM blocks ORDER BY file')).toEqual([[1], [2], [4]]);
  expect(await rowsOf(files, 'SELECT DISTINCT file FROM events ORDER BY file')).toEqual([[1], [2], [4]]);
  expect(await rowsOf(files, 'SELECT DISTINCT file FROM histogram ORDER BY file')).toEqual([[1], [2], [4]]);
  expect(await rowsOf(files, 'SELECT id FROM block_text EXCEPT SELECT id FROM blocks')).toEqual([]);
});
