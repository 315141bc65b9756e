/** Every kind of archive in which a bundle may arrive gives the same tree. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder, tarGzOf, tarOf } from '../../test/support/archives.ts';
import { type ReadSource, readArchive, readSource, zipOf } from '../../test/support/read-archive.ts';

const FIXTURES = path.join(import.meta.dirname, '../../fixtures/data');
const ARCHIVES = path.join(FIXTURES, 'archives');
const packed = (name: string) => readFileSync(path.join(ARCHIVES, name));

/** As the stored zip holds it: its bytes can be read with the naked eye. */
const stored = await readSource(path.join(ARCHIVES, 'tree-stored.zip'));
const bodyOf = (file: string) => stored.members.find((one) => one.path === file)?.body ?? Buffer.from('missing');
const MESSAGES = Array.from(
  { length: 40 },
  (_, minute) => `May  1 11:${String(minute).padStart(2, '0')}:00 ip-10-0-1-7 systemd[1]: Started session ${minute}.\n`,
).join('');
const KUBELET = bodyOf('kubelet/kubelet.log');
const IPTABLES = '*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n';

const TREE = [
  ['empty.txt', ''],
  ['kubelet/kubelet.log', KUBELET.toString()],
  ['networking/iptables-save.txt', IPTABLES],
  // A rotated log is read as text under its own name.
  ['var_log/messages-20240501.gz', MESSAGES],
];
const FILES = [
  { name: './empty.txt', body: '' },
  { name: './kubelet/kubelet.log', body: KUBELET },
  { name: './networking/iptables-save.txt', body: IPTABLES },
  { name: './var_log/messages-20240501.gz', body: gzipSync(MESSAGES) },
];

const tree = (read: ReadSource) =>
  read.members
    .map((one) => [one.path, one.body.toString()])
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
const below = (folder: string) => TREE.map(([file, body]) => [`${folder}/${file}`, body]);

/** As pigz, bgzip and `cat a.gz b.gz` write it. */
const inMembers = (tar: Buffer) =>
  Buffer.concat([tar.subarray(0, 700), tar.subarray(700, 6000), tar.subarray(6000)].map((part) => gzipSync(part)));
/** As pzstd writes it: frames, and a skippable one. */
const inFrames = (tar: Buffer) =>
  Buffer.concat([
    zstdCompressSync(tar.subarray(0, 900)),
    Buffer.from('502a4d1804000000deadbeef', 'hex'),
    zstdCompressSync(tar.subarray(900)),
  ]);

describe('the same tree comes out of', () => {
  test('what the tests take for it', () => {
    expect(KUBELET.toString()).toMatch(/^May 01 12:00:00 .*\n(?:May 01 12:0.*\n){118}May 01 12:01:59 .*\n$/);
    expect(tree(stored)).toEqual(TREE);
  });

  test.each<readonly [string, string, () => Buffer | Promise<Buffer>]>([
    ['tar', 'tar', () => tarOf(FILES)],
    ['tar.gz', 'gzip', () => tarGzOf(FILES)],
    ['tar.gz of several gzip members', 'gzip', async () => inMembers(await tarOf(FILES))],
    ['tar.zst', 'zstd', async () => zstdCompressSync(await tarOf(FILES))],
    ['tar.zst of several frames', 'zstd', async () => inFrames(await tarOf(FILES))],
    ['tar.zst of the zstd program', 'zstd', () => packed('tree.tar.zst')],
    ['tar.bz2', 'bzip2', () => packed('tree.tar.bz2')],
    ['tar.xz', 'xz', () => packed('tree.tar.xz')],
    ['tar.lz4', 'lz4', () => packed('tree.tar.lz4')],
    ['zip', 'zip', () => packed('tree.zip')],
    ['zip of stored members', 'zip', () => packed('tree-stored.zip')],
    ['zip64', 'zip', () => packed('tree-zip64.zip')],
    ['zip written to a pipe', 'zip', () => packed('tree-streamed.zip')],
    ['zip made here', 'zip', () => zipOf(FILES)],
    ['zip without its central directory', 'zip', () => withoutDirectory(packed('tree.zip'))],
    [
      'zip written to a pipe, without its central directory',
      'zip',
      () => withoutDirectory(packed('tree-streamed.zip')),
    ],
    ['stored zip with descriptors, without its central directory', 'zip', () => withoutDirectory(storedStream())],
  ])('%s', async (what, kind, archive) => {
    const read = await readArchive(await archive());
    expect(tree(read)).toEqual(TREE);
    expect(read.kind).toBe(kind);
    expect(read.members.every((one) => one.end === 'whole')).toBe(true);
    expect(read.gaps.map((gap) => gap.kind)).toEqual(what.includes('without its') ? ['truncated'] : []);
  });

  test('a folder', () =>
    inTemporaryFolder(async (folder) => {
      for (const { name, body } of FILES) {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        writeFileSync(path.join(folder, name), body);
      }
      const read = await readSource(folder);
      expect([read.kind, tree(read), read.gaps]).toEqual(['folder', TREE, []]);
    }));

  test.each<readonly [string, () => Buffer | Promise<Buffer>]>([
    ['inner.tar', () => tarOf(FILES)],
    ['inner.tar.gz', () => tarGzOf(FILES)],
    ['inner.tar.zst', () => packed('tree.tar.zst')],
    ['inner.tar.bz2', () => packed('tree.tar.bz2')],
    ['inner.tar.xz', () => packed('tree.tar.xz')],
    ['inner.tar.lz4', () => packed('tree.tar.lz4')],
    ['inner.zip', () => packed('tree.zip')],
    ['stored.zip', () => packed('tree-stored.zip')],
    ['streamed.zip', () => packed('tree-streamed.zip')],
    ['stored-stream.zip', storedStream],
    ['zip64.zip', () => packed('tree-zip64.zip')],
    ['without-a-telling-name', () => packed('tree.tar.xz')],
  ])('%s inside each kind of archive and inside a folder', async (name, archive) => {
    const inner = { name: `bottlerocket/${name}`, body: await archive() };
    const note = { name: 'note.txt', body: 'after' };
    const wanted = [...below(inner.name), ['note.txt', 'after']];
    for (const outer of [
      await tarGzOf([inner, note]),
      await tarOf([inner, note]),
      zstdCompressSync(await tarOf([inner, note])),
      zipOf([inner, note]),
      zipOf([{ ...inner, method: 0, flags: 8 }, note]),
    ]) {
      const read = await readArchive(outer);
      expect(tree(read)).toEqual(wanted);
      expect(read.gaps).toEqual([]);
    }
    await inTemporaryFolder(async (folder) => {
      mkdirSync(path.join(folder, 'bottlerocket'));
      for (const { name: file, body } of [inner, note]) writeFileSync(path.join(folder, file), body);
      const read = await readSource(folder);
      expect([tree(read), read.gaps]).toEqual([wanted, []]);
    });
  });

  test('a bundle of bundles: paths say where each file is', async () => {
    const logdog = await tarGzOf(FILES);
    const diagnostic = await tarGzOf([{ name: './bottlerocket/logdog/bottlerocket-logs.tar.gz', body: logdog }]);
    const read = await readArchive(zipOf([{ name: 'node-1.tar.gz', body: diagnostic }]));
    expect(tree(read)).toEqual(below('node-1.tar.gz/bottlerocket/logdog/bottlerocket-logs.tar.gz'));
  });
});

describe('a single file', () => {
  const lines = Array.from({ length: 300 }, (_, line) => `line ${line}\n`).join('');
  test.each<readonly [string, string, () => Buffer]>([
    ['messages', 'file', () => Buffer.from(lines)],
    ['messages.gz', 'gzip', () => gzipSync(lines)],
    ['messages.zst', 'zstd', () => zstdCompressSync(lines)],
    ['twice.gz', 'gzip', () => gzipSync(gzipSync(lines))],
  ])('%s keeps its name and gives its text', async (name, kind, file) => {
    const read = await readArchive(file(), name);
    expect(read).toMatchObject({ kind, gaps: [] });
    expect(read.members.map((one) => [one.path, one.body.toString(), one.end])).toEqual([[name, lines, 'whole']]);
  });

  test.each(['tree.tar.bz2', 'tree.tar.xz', 'tree.tar.lz4'])('%s in a gzip is unpacked twice', async (name) => {
    expect(tree(await readArchive(gzipSync(packed(name))))).toEqual(TREE);
  });

  test('text that begins like a packed file is text', async () => {
    for (const text of ['BZhello\n', 'BZh9 is not a block\n', 'PK is short\n', '\x04\x22 odd\n', 'P']) {
      const read = await readArchive(Buffer.from(text, 'latin1'), 'notes.txt');
      expect(read.members.map((one) => [one.path, one.body.toString('latin1')])).toEqual([['notes.txt', text]]);
      expect(read.gaps).toEqual([]);
    }
  });
});

describe('zip', () => {
  test('times, names of three encodings, links, folders', async () => {
    const read = await readArchive(
      zipOf([
        { name: 'folder/', method: 0 },
        { name: 'größe.txt', body: 'utf-8' },
        { name: 'ärger.txt', body: 'utf-8 without its flag', flags: 0 },
        { name: Buffer.from([0x84, 0x72, 0x67, 0x65, 0x72]), body: 'cp437', flags: 0 },
        { name: 'windows\\path.txt', body: 'backslash' },
        { name: 'link', body: '/etc/shadow', mode: 0o120777 },
        { name: 'pipe', mode: 0o010644 },
      ]),
    );
    expect(read.members.map((one) => one.path)).toEqual(['größe.txt', 'ärger.txt', 'ärger', 'windows/path.txt']);
    expect(read.members[0]?.modified).toBe(Date.UTC(2024, 4, 1));
    expect(read.gaps.map((gap) => [gap.kind, gap.file])).toEqual([
      ['link', 'link'],
      ['special-file', 'pipe'],
    ]);
  });

  test('zip of Linux: its time is exact, its link is not followed', async () => {
    expect((await readArchive(packed('tree.zip'))).members[0]?.modified).toBe(Date.UTC(2024, 4, 1, 12));
    const link = await readArchive(packed('tree-link.zip'));
    expect(link.members.map((one) => one.path)).toEqual(['empty.txt']);
    expect(link.gaps).toMatchObject([{ kind: 'link', file: 'var_log/link' }]);
  });

  test('in a stream a link is known too late: it is kept as the text it holds, and said', async () => {
    const read = await readArchive(await tarOf([{ name: 'inner.zip', body: packed('tree-link.zip') }]));
    expect(read.members.map((one) => [one.path, one.body.toString()])).toEqual([
      ['inner.zip/empty.txt', ''],
      ['inner.zip/var_log/link', '../empty.txt'],
    ]);
    expect(read.gaps).toMatchObject([{ kind: 'link', file: 'inner.zip/var_log/link' }]);
  });

  test('encrypted members are a gap each', async () => {
    for (const archive of [packed('tree-encrypted.zip'), withoutDirectory(packed('tree-encrypted.zip'))]) {
      const read = await readArchive(archive);
      expect(read.members.every((one) => one.body.length === 0)).toBe(true);
      expect(read.gaps.filter((gap) => gap.kind === 'unsupported').length).toBeGreaterThanOrEqual(3);
      expect(read.gaps[0]).toMatchObject({
        weight: 'major',
        file: 'networking/iptables-save.txt',
        message: 'protected by a password',
        advice: 'Unpack it and import the folder, or ask for it without a password',
      });
    }
  });

  test('a member that was deleted from the directory stays deleted', async () => {
    const [one, two] = [zipOf([{ name: 'old.txt', body: 'old' }]), zipOf([{ name: 'new.txt', body: 'new' }])];
    const gone = one.subarray(0, one.indexOf('PK\u0001\u0002'));
    const archive = Buffer.concat([gone, two]);
    const at = archive.indexOf('PK\u0001\u0002');
    archive.writeUInt32LE(gone.length, at + 42);
    archive.writeUInt32LE(at, archive.length - 6);
    expect((await readArchive(archive)).members.map((member) => member.path)).toEqual(['new.txt']);
  });
});

describe('must-gather archives of omc', () => {
  test.each(['tar', 'tar.gz', 'tar.xz', 'zip'])('%s gives the tree of all four', async (kind) => {
    const read = await readSource(path.join(FIXTURES, 'real', `omc-must-gather.${kind}`));
    expect(tree(read)).toEqual([['must-gather.sample/event-filter.html', '']]);
    expect(read.members[0]?.modified).toBeGreaterThanOrEqual(Date.UTC(2023, 10, 10));
    expect(read.gaps).toEqual([]);
  });
});

function withoutDirectory(zip: Buffer): Buffer {
  return zip.subarray(0, zip.indexOf('PK\u0001\u0002'));
}

function storedStream(): Buffer {
  return zipOf(FILES.map((file) => ({ ...file, method: 0, flags: 0x808 })));
}
