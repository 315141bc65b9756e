/** The same files are the same bundle, however they are packed. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

test('files of one name are told apart, each with its own lines', async () => {
  const texts = ['one', 'two', 'three'].map((word) => `May  1 12:00:00 node kubelet[1]: ${word}\n`);
  const source = path.join(session.folder, 'appended.tar');
  writeFileSync(source, await tarOf(texts.map((body) => ({ name: 'var_log/messages', body }))));
  const { caseId, job } = await session.importNew([source]);
  const files = await session.ask('file.list', { caseId });
  expect(files.map(({ path: name, role }) => [name, role])).toEqual([
    ['var_log/messages', 'system-log'],
    ['var_log/messages (2)', 'system-log'],
    ['var_log/messages (3)', 'system-log'],
  ]);
  for (const [nth, { bundle, path: file }] of files.entries()) {
    const { lines } = await session.ask('file.lines', { caseId, bundle, file, from: 1, count: 5 });
    expect(lines.map(({ text }) => `${text}\n`)).toEqual([texts[nth]]);
  }
  expect(job.imports[0]?.bundle?.gaps.map(({ file, message }) => [file, message])).toEqual(
    ['var_log/messages (2)', 'var_log/messages (3)'].map((file) => [file, expect.stringContaining('same name')]),
  );
});

test('a folder without files says what it holds instead', async () => {
  const source = path.join(session.folder, 'linked');
  mkdirSync(source);
  symlinkSync(SAMPLE, path.join(source, 'latest'));
  const { job } = await session.importNew([source]);
  expect(job.failure).toMatchObject({
    code: 'empty',
    message: 'linked holds no files: symbolic link not followed (latest)',
  });
});
