/** The same files are the same bundle, however they are packed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tarOf } from '../support/archives.ts';
import { type ReadMember, readArchive, zipOf } from '../support/read-archive.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const SAMPLE = path.resolve('fixtures/sample.tar.gz');

let session: EngineSession;
let members: readonly ReadMember[];
beforeAll(async () => {
  session = await startEngine();
  members = (await readArchive(readFileSync(SAMPLE))).members;
});
afterAll(() => session?.close());

/** @returns of each file what an import makes of it, by path. */
async function imported(source: string) {
  const { caseId, job } = await session.importNew([source]);
  expect(job.imports.map(({ outcome, failure }) => ({ outcome, failure: failure ?? null }))).toEqual([
    { outcome: 'imported', failure: null },
  ]);
  const files = await session.ask('file.list', { caseId });
  return files
    .map(({ path: name, bytes, lines, role, format, coverage, sha256 }) => ({
      name,
      bytes,
      lines,
      role,
      format,
      coverage,
      sha256,
    }))
    .toSorted((one, two) => (one.name < two.name ? -1 : 1));
}

const packed = () => members.map(({ path: name, body }) => ({ name, body }));

test.each([
  ['tar', 'tar', () => tarOf(packed())],
  ['tar.zst', 'tar.zst', async () => zstdCompressSync(await tarOf(packed()))],
  ['zip, deflated', 'zip', () => Promise.resolve(zipOf(packed()))],
  ['zip, stored', 'zip', () => Promise.resolve(zipOf(packed().map((member) => ({ ...member, method: 0 as const }))))],
  [
    'zip, lengths behind the content',
    'zip',
    () => Promise.resolve(zipOf(packed().map((member) => ({ ...member, flags: 0x808 })))),
  ],
])('%s', async (_, suffix, make) => {
  const source = path.join(session.folder, `sample.${suffix}`);
  writeFileSync(source, await make());
  const expected = await imported(SAMPLE);
  expect(expected.length).toBeGreaterThan(5);
  expect(await imported(source)).toEqual(expected);
});

test('folder', async () => {
  const folder = path.join(session.folder, 'sample');
  for (const { path: name, body } of members) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), body);
  }
  expect(await imported(folder)).toEqual(await imported(SAMPLE));
});

test('a packed file whose first bytes were lost is told, others with such names are not', async () => {
  const zip = () => zipOf([{ name: 'a.log', body: 'one\n'.repeat(400) }]);
  const source = path.join(session.folder, 'packed-names.tar');
  const files = [
    { name: 'sound.zip', body: zip() },
    { name: 'lost.zip', body: zip().fill(0, 0, 2) },
    { name: 'profile.gz', body: gzipSync(Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919) % 251))) },
    { name: 'text.gz', body: 'unpacked on its way\n' },
  ];
  writeFileSync(source, await tarOf(files));
  const { caseId } = await session.importNew([source]);
  const { bundles } = await session.ask('case.open', { caseId });
  expect(bundles[0]?.gaps.map(({ kind, weight, file }) => [kind, weight, file])).toEqual([
    ['corrupt', 'major', 'lost.zip'],
  ]);
});
