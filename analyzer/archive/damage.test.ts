/** Archives of every kind cut and damaged everywhere: what is before the damage stays, and the damage is said. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tarGzOf, tarOf } from '../../test/support/archives.ts';
import { type ReadSource, readArchive, zipOf } from '../../test/support/read-archive.ts';
import { grouped } from '../core/grouped.ts';

const packed = (name: string) => readFileSync(path.join(import.meta.dirname, '../../fixtures/data/archives', name));

/** Text that packs to a third, so that damage lies in content more than in headers. */
function noise(bytes: number, seed: number): string {
  let state = seed;
  let text = '';
  while (text.length < bytes) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += `line ${state.toString(36)} ${(state >>> 7).toString(36)}\n`;
  }
  return text;
}
const LOGS = [1, 2, 3].map((seed) => ({ name: `log-${seed}.txt`, body: noise(9_000, seed) }));

const KINDS: readonly (readonly [
  string,
  () => Buffer | Promise<Buffer>,
  'checked' | 'unchecked',
  'bytes' | 'blocks',
])[] = [
  ['tar', () => tarOf(LOGS), 'unchecked', 'bytes'],
  ['tar.gz', () => tarGzOf(LOGS), 'checked', 'bytes'],
  ['tar.zst', () => packed('tree.tar.zst'), 'checked', 'blocks'],
  ['tar.bz2', () => packed('tree.tar.bz2'), 'checked', 'blocks'],
  ['tar.xz', () => packed('tree.tar.xz'), 'checked', 'bytes'],
  ['tar.lz4', () => packed('tree.tar.lz4'), 'checked', 'blocks'],
  ['zip', () => zipOf(LOGS), 'checked', 'bytes'],
  ['zip of a pipe', () => packed('tree-streamed.zip'), 'checked', 'bytes'],
  ['stored zip', () => zipOf(LOGS.map((log) => ({ ...log, method: 0 }))), 'checked', 'bytes'],
  ['tar.gz in a tar.gz', async () => tarGzOf([{ name: 'in.tar.gz', body: await tarGzOf(LOGS) }]), 'checked', 'bytes'],
  [
    'damaged tar.gz in a tar',
    async () => tarOf([{ name: 'in.tar.gz', body: await tarGzOf(LOGS) }]),
    'unchecked',
    'bytes',
  ],
  ['damaged zip in a tar', async () => tarOf([{ name: 'in.zip', body: zipOf(LOGS) }]), 'unchecked', 'bytes'],
];

describe.each(KINDS)('damage to a %s', (_kind, archive, checks, comes) => {
  test('cut at each 50th of its length: what is before stays, and the cut is said', async () => {
    const whole = await archive();
    const good = await readArchive(whole);
    expect(good.gaps).toEqual([]);
    let readable = 0;
    for (let part = 1; part < 50; part += 1) {
      const read = await readArchive(whole.subarray(0, Math.floor((whole.length * part) / 50)));
      for (const [index, member] of read.members.entries()) {
        const wanted = good.members.find((one) => one.path === member.path);
        // Of a packed file that is cut in its first bytes nothing tells that it is one.
        if (member.end === 'cut' && member.body.length < 4) continue;
        if (wanted === undefined) expect(['bundle', 'in.tar.gz', 'in.zip']).toContain(member.path);
        else if (member.end === 'whole') expect(member.body.equals(wanted.body), `${part} of 50`).toBe(true);
        else expect(wanted.body.subarray(0, member.body.length).equals(member.body)).toBe(true);
        if (member.end === 'cut') expect(index).toBe(read.members.length - 1);
      }
      const lost = read.members.length < good.members.length || read.members.some((one) => one.end === 'cut');
      if (lost && read.members[0]?.path !== 'bundle')
        expect(
          read.gaps.map((gap) => gap.kind),
          `${part} of 50`,
        ).toContain('truncated');
      readable += read.bytes;
    }
    // Half of it, were content spread evenly. What is packed in one block comes whole or not at all.
    if (comes === 'bytes') expect(readable).toBeGreaterThan(good.bytes * 12);
  });

  test('a bit turned in many places: no throw, no hang, and nothing wrong without a gap', async () => {
    const whole = await archive();
    const good = await readArchive(whole);
    const step = Math.max(1, Math.floor(whole.length / 60));
    for (let at = 0; at < whole.length; at += step) {
      const bad = Buffer.from(whole);
      bad[at] = (bad[at] as number) ^ (1 << (at % 8));
      const read = await readArchive(bad);
      if (checks === 'checked' && read.gaps.length === 0 && read.kind === good.kind) {
        expect(bodies(read), `byte ${at}`).toEqual(bodies(good));
      }
      if (at > whole.length / 2 && read.gaps.length > 0) expect(read.members.length, `byte ${at}`).toBeGreaterThan(0);
    }
  });
});

describe('a cut zip says what is missing', () => {
  const whole = zipOf(LOGS);
  const directory = whole.indexOf('PK\u0001\u0002');
  const [second, third] = [whole.indexOf('log-2.txt') - 30, whole.indexOf('log-3.txt') - 30];

  test.each<readonly [string, number, string]>([
    [
      'in a file',
      third - 1000,
      'log-2.txt is cut off after BYTES bytes, and any files behind it and the list of files are missing',
    ],
    ['in a header', second + 20, 'any files behind log-1.txt and the list of files are missing'],
    ['between two files', second, 'any files behind log-1.txt and the list of files are missing'],
    ['behind the last file', directory, 'any files behind log-3.txt and the list of files are missing'],
    ['in the list of files', directory + 60, 'the list of files is cut off'],
  ])('%s', async (_where, byte, missing) => {
    const cut = whole.subarray(0, byte);
    const read = await readArchive(cut);
    const last = read.members.at(-1);
    const message = missing.replace('BYTES', grouped(last?.body.length ?? 0));
    const gap = { kind: 'truncated', weight: 'major' };
    expect(read.gaps).toEqual([
      { ...gap, message: `archive is truncated: it ends at byte ${grouped(byte)}; ${message}`, file: null, byte },
    ]);
    expect(last?.end).toBe(missing.includes('BYTES') ? 'cut' : 'whole');
    const inside = await readArchive(await tarOf([{ name: 'in.zip', body: cut }]));
    expect(inside.gaps).toEqual([{ ...gap, message: `archive is truncated: ${message}`, file: 'in.zip', byte: null }]);
  });
});

describe('behind the list of files of a zip', () => {
  const [first, ...others] = LOGS;
  const minor = (kind: string, message: string) => [{ kind, weight: 'minor', message, file: null, byte: null }];

  test('another zip is read as well: `cat` makes one of two', async () => {
    const read = await readArchive(Buffer.concat([zipOf([first as (typeof LOGS)[number]]), zipOf(others)]));
    expect(read.members.map((member) => member.path)).toEqual(LOGS.map((log) => log.name));
    expect(read.gaps).toEqual([]);
  });

  test.each(['tree.zip', 'tree-zip64.zip'])('a cut record at the end of %s is told', async (name) => {
    const whole = packed(name);
    const sound = await readArchive(whole);
    for (const missing of [1, 8, 18]) {
      const read = await readArchive(whole.subarray(0, -missing));
      expect(read.members).toEqual(sound.members);
      const message = 'the record at its end is cut off; its files and the list of them are whole';
      expect(read.gaps).toEqual([...sound.gaps, ...minor('truncated', message)]);
    }
  });

  test('something else is told', async () => {
    const zip = zipOf(LOGS);
    // More than a comment can be hides the list from who looks for it from the end.
    const [little, much] = [1, 70_000].map((bytes) => Buffer.concat([zip, Buffer.alloc(bytes, 'x')]));
    const known = await readArchive(little as Buffer);
    expect(known.gaps).toMatchObject([{ message: expect.stringContaining('something else'), byte: zip.length }]);
    const read = await readArchive(much as Buffer);
    expect(read.members.map((member) => member.path)).toEqual(LOGS.map((log) => log.name));
    expect(read.gaps).toEqual(
      minor('corrupt', 'behind the end of the archive there is something else, which was not read'),
    );
  });
});

test('a zip whose list of files is damaged is not told to end there', async () => {
  const bad = zipOf(LOGS);
  bad.write('XX', bad.lastIndexOf('PK\u0001\u0002'));
  const inside = await readArchive(await tarOf([{ name: 'in.zip', body: bad }]));
  expect(inside.members.every(({ end }) => end === 'whole')).toBe(true);
  expect(inside.gaps).toMatchObject([{ kind: 'corrupt', message: 'the list of files at its end is damaged' }]);
});

describe('a list of files that does not fit the zip', () => {
  const END_RECORD = Buffer.from('PK\u0005\u0006');
  const changed = (change: (zip: Buffer, end: number) => void): Buffer => {
    const zip = zipOf(LOGS);
    change(zip, zip.indexOf(END_RECORD));
    return zip;
  };

  test.each([
    ['of no files', (zip: Buffer, end: number) => zip.fill(0, end + 8, end + 16)],
    [
      'of no files that has a byte',
      (zip: Buffer, end: number) => zip.fill(0, end + 8, end + 16).writeUInt8(1, end + 12),
    ],
  ])('%s: what stands before it is read', async (_, change) => {
    const read = await readArchive(changed(change));
    expect(read.members.map(({ path, end }) => [path, end])).toEqual(LOGS.map(({ name }) => [name, 'whole']));
  });

  test('another name than the file has itself', async () => {
    const read = await readArchive(changed((zip) => zip.write('dog-2', zip.lastIndexOf('log-2'))));
    expect(read.members.map(({ path }) => path)).toEqual(['log-1.txt', 'dog-2.txt', 'log-3.txt']);
    const message = 'the header before it calls it "log-2.txt": one of the names is damaged';
    expect(read.gaps).toEqual([{ kind: 'corrupt', weight: 'minor', message, file: 'dog-2.txt', byte: null }]);
    const zip = changed((bytes) => bytes.write('dog-2', bytes.lastIndexOf('log-2')));
    const inside = await readArchive(await tarOf([{ name: 'in.zip', body: zip }]));
    const listed = 'the list of files calls it "dog-2.txt": one of the names is damaged';
    const file = 'in.zip/log-2.txt';
    expect(inside.gaps).toEqual([{ kind: 'corrupt', weight: 'minor', message: listed, file, byte: null }]);
  });
});

describe('packed bytes that unpack to something else', () => {
  /** Unpacks to `garbled`; its checksum is that of `plain`. */
  const garbledGzip = (plain: Buffer, garbled: Buffer) =>
    Buffer.concat([gzipSync(garbled).subarray(0, -8), gzipSync(plain).subarray(-8)]);
  const garbled = (plain: Buffer, instead: string) => {
    const at = plain.indexOf('log-2.txt') + 3000;
    return Buffer.concat([plain.subarray(0, at), Buffer.from(instead), plain.subarray(at + 10)]);
  };
  const ends = (read: ReadSource) => read.members.map((one) => [one.path, one.end]);
  const MISMATCH =
    /^archive is damaged before byte ([\d,]+): its checksum there does not match, so text before it may be wrong/;

  test('the checksum tells: text may be wrong, nobody knows in which file', async () => {
    const plain = await tarOf(LOGS);
    const bytes = garbledGzip(plain, garbled(plain, 'ten others'));
    const read = await readArchive(bytes);
    expect(ends(read).map(([, end]) => end)).toEqual(['whole', 'whole', 'whole']);
    expect(read.gaps).toMatchObject([{ kind: 'corrupt', weight: 'major', file: null }]);
    const [, byte] = MISMATCH.exec(read.gaps[0]?.message ?? '') ?? [];
    expect(byte).toBe(grouped(read.gaps[0]?.byte ?? 0));
    expect(read.gaps[0]?.byte).toBeGreaterThan(bytes.length - 8);
    expect(read.gaps[0]?.message).not.toContain('log-');
  });

  test.each(['', 'more than ten'])('a member that does not end where its header says is cut: %j', async (instead) => {
    const plain = await tarOf(LOGS);
    const read = await readArchive(garbledGzip(plain, garbled(plain, instead)));
    expect(ends(read)).toEqual([
      ['log-1.txt', 'whole'],
      ['log-2.txt', 'cut'],
    ]);
    expect(read.gaps).toMatchObject([{ kind: 'corrupt', weight: 'major', file: null }]);
    expect(read.gaps[0]?.message).toMatch(MISMATCH);
    expect(read.gaps[0]?.message).toContain('behind member log-2.txt');
  });

  test('the member at which unpacking fails is cut, also right behind its last byte', async () => {
    const plain = await tarOf(LOGS);
    const third = plain.indexOf('log-3.txt');
    for (const until of [third - 2000, third - 100, third, third + 100]) {
      const good = gzipSync(plain.subarray(0, until), { finishFlush: constants.Z_SYNC_FLUSH });
      // No block has this type.
      const read = await readArchive(Buffer.concat([good, Buffer.alloc(64, 0x07)]));
      expect(ends(read).slice(0, 2)).toEqual([
        ['log-1.txt', 'whole'],
        ['log-2.txt', 'cut'],
      ]);
      expect(read.gaps).toMatchObject([{ kind: 'corrupt', weight: 'major' }]);
      expect(read.gaps[0]?.message).toMatch(
        /^archive is damaged at or before byte [\d,]+, so text before it may be wrong; .*log-2\.txt/,
      );
    }
  });

  test('a member of a zip that does not fit its checksum is cut, and named', async () => {
    const [first, ...others] = LOGS as [(typeof LOGS)[0], ...typeof LOGS];
    const read = await readArchive(zipOf([{ ...first, lies: { crc: 1 } }, ...others]));
    expect(ends(read)).toEqual([
      ['log-1.txt', 'cut'],
      ['log-2.txt', 'whole'],
      ['log-3.txt', 'whole'],
    ]);
    expect(read.gaps).toMatchObject([{ kind: 'corrupt', weight: 'major', file: 'log-1.txt' }]);
  });
});

const bodies = (read: ReadSource) => read.members.map((one) => one.body.toString('latin1')).sort();
