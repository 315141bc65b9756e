/** What reading an archive does not do, whatever is in it: go past its limits, write, read on when told to end. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { inTemporaryFolder, tarGzOf, tarOf } from '../../test/support/archives.ts';
import { readArchive, readSource, zipOf } from '../../test/support/read-archive.ts';
import { FailureError, fail } from '../core/failure.ts';
import { ARCHIVE_LIMITS, Budget } from './budget.ts';
import { openSource } from './source.ts';
import { untar } from './untar.ts';

/** A million headers of empty members, packed a thousand at a time. */
async function emptyMembers(): Promise<Buffer> {
  const one = (await tarOf([{ name: 'empty' }])).subarray(0, 512);
  const thousand = gzipSync(Buffer.concat(Array.from({ length: 1000 }, () => one)));
  return Buffer.concat(Array.from({ length: 1000 }, () => thousand));
}

test('a million empty members: those up to the limit are read', async () => {
  const members = 20_000;
  const read = await readArchive(await emptyMembers(), 'bundle', { limits: { ...ARCHIVE_LIMITS, members } });
  expect(read.members).toHaveLength(members);
  expect(read.gaps).toMatchObject([{ kind: 'limit', weight: 'major', file: 'empty' }]);
});

test('nothing is written, whatever a member is called', async () => {
  await inTemporaryFolder(async (folder) => {
    const hostile = ['../escaped', '../../escaped', `${folder}/escaped`, 'escaped', './escaped/deep'];
    const members = hostile.map((name) => ({ name, body: 'x' }));
    writeFileSync(path.join(folder, 'a.tar'), await tarOf(members));
    writeFileSync(path.join(folder, 'b.zip'), zipOf(members));
    writeFileSync(path.join(folder, 'c.tar.gz'), await tarGzOf([{ name: '../x.tar', body: await tarOf(members) }]));
    const around = () => [
      readdirSync(folder),
      readdirSync(path.dirname(folder)).includes('escaped'),
      readdirSync('.').includes('escaped'),
    ];
    const before = around();
    for (const name of ['a.tar', 'b.zip', 'c.tar.gz']) {
      expect((await readSource(path.join(folder, name))).members).toHaveLength(hostile.length);
    }
    expect(around()).toEqual(before);
    expect(before[1]).toBe(false);
  });
});

test('reading a tar ends where its reader was told to', async () => {
  const tar = await tarOf([
    { name: 'a', body: 'x' },
    { name: 'after.txt', body: 'after' },
  ]);
  const budget = new Budget({ ...ARCHIVE_LIMITS, members: 1 });
  const parts = untar(
    (async function* () {
      yield tar;
    })(),
    (name) => budget.admit(name),
  );
  const seen: string[] = [];
  for await (const part of parts) seen.push(part.part);
  expect(seen).toEqual(['member', 'bytes', 'member-end']);
});

test('reading ends when it is told to, also while layers within give nothing', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = path.join(folder, 'a.lz4.gz');
    const nothing = Buffer.from('04224d1860707300000000', 'hex');
    writeFileSync(file, gzipSync(Buffer.concat(Array.from({ length: 300_000 }, () => nothing))));
    let asked = 0;
    const opened = await openSource(file, () => {
      asked += 1;
      if (asked > 3) throw new FailureError(fail('cancelled', 'cancelled').failure);
    });
    if (!opened.ok) throw new Error(opened.failure.message);
    await expect(opened.value.parts.next()).rejects.toThrow('cancelled');
  });
});
