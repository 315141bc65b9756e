import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { type FileToSeal, SHA, sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';
import { SLAB_BYTES } from './slab.ts';

/** Rows of the bundle that these files make. */
function rowsOf(files: readonly FileToSeal[], select: string): Promise<unknown[]> {
  return inTemporaryFolder(async (folder) => {
    await sealFiles(writerIn(folder), files);
    const db = new Database(path.join(folder, `${SHA}.bundle`), { readonly: true });
    const rows = db.prepare(select).raw().all();
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
