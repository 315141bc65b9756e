/** An archive with noise in it gives the text that it held, or says that something is wrong; whatever it is, it is read to an end. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tarOf } from '../support/archives.ts';
import { type ReadSource, readArchive, zipOf } from '../support/read-archive.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', 'fixtures', 'data', 'archives');
const packed = (name: string): Buffer => readFileSync(path.join(FOLDER, name));

const text = (seed: number) =>
  Array.from(
    { length: 120 },
    (_, nth) => `I0501 10:05:00.000000 1 a.go:1] line ${(nth * 7919 * seed) % 104_729}\n`,
  ).join('');
const LOGS = [1, 2, 3].map((nth) => ({ name: `kubelet/log-${nth}.txt`, body: text(nth) }));
/** Names that need an extended header. */
const LONG = LOGS.map(({ name, body }) => ({ name: `${'folder/'.repeat(25)}${name}`, body }));

/** Formats that have checksums of what they hold, so that nothing of it can change unnoticed. */
const CHECKED: readonly (readonly [string, () => Buffer | Promise<Buffer>])[] = [
  ['tar.gz', async () => gzipSync(await tarOf(LONG))],
  ['tar.bz2', () => packed('tree.tar.bz2')],
  ['tar.xz', () => packed('tree.tar.xz')],
  ['tar.zst', () => packed('tree.tar.zst')],
  ['tar.lz4', () => packed('tree.tar.lz4')],
  ['zip', () => zipOf(LOGS)],
  ['stored zip', () => packed('tree-stored.zip')],
  ['zip64', () => packed('tree-zip64.zip')],
  ['streamed zip', () => packed('tree-streamed.zip')],
  ['tar.gz in a zip', async () => zipOf([{ name: 'in.tar.gz', body: gzipSync(await tarOf(LOGS)) }])],
];

type Noise = (bytes: Buffer) => Buffer;
const place = fc.noBias(fc.nat(2 ** 31 - 1)).map((at) => at / 2 ** 31);
const length = fc.nat(2_000).map((bytes) => bytes + 1);
const at = (bytes: Buffer, where: number): number => Math.floor(where * bytes.length);

const noise: fc.Arbitrary<Noise> = fc.oneof(
  fc.array(place, { minLength: 1, maxLength: 8 }).map(
    (places): Noise =>
      (bytes) => {
        for (const where of places) {
          const bit = Math.floor(where * bytes.length * 8);
          bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        }
        return bytes;
      },
  ),
  place.map(
    (end): Noise =>
      (bytes) =>
        bytes.subarray(0, at(bytes, end) + 1),
  ),
  fc.tuple(place, length).map(
    ([from, count]): Noise =>
      (bytes) =>
        bytes.fill(0, at(bytes, from), Math.min(bytes.length, at(bytes, from) + count)),
  ),
  fc.tuple(place, length).map(
    ([from, count]): Noise =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, at(bytes, from)), bytes.subarray(at(bytes, from) + count)]),
  ),
  fc.tuple(place, length).map(
    ([from, count]): Noise =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, at(bytes, from) + count), bytes.subarray(at(bytes, from))]),
  ),
);

/** @returns paths of members that are not there as they were, when nothing at all is said of that. */
function untold(read: ReadSource, sound: ReadSource): readonly string[] {
  // Its first bytes were lost: it is one binary file, and the import says so.
  if (read.kind === 'file' || read.gaps.length > 0 || read.members.some(({ end }) => end === 'cut')) return [];
  const there = new Set(read.members.map(({ path: name, body }) => `${name}\0${body.toString('latin1')}`));
  return sound.members
    .filter((one) => !there.has(`${one.path}\0${one.body.toString('latin1')}`))
    .map((one) => one.path);
}

describe('noise in', () => {
  test.each(CHECKED)('a %s is told where it changes what is read', async (_, make) => {
    const bytes = await make();
    const sound = await readArchive(bytes);
    expect(sound.gaps).toEqual([]);
    await fc.assert(
      fc.asyncProperty(noise, async (change) => {
        expect(untold(await readArchive(change(Buffer.from(bytes))), sound)).toEqual([]);
      }),
      { numRuns: 80, seed: 20_260_502 },
    );
  });

  test('the headers of a tar costs no member silently, and no name', async () => {
    const bytes = await tarOf(LONG);
    const sound = await readArchive(bytes);
    const headers: number[] = [];
    // A header, the extended one before it, and its body: all that is no content.
    for (let block = 0; block < bytes.length; block += 512)
      if (bytes.toString('latin1', block + 257, block + 262) === 'ustar') headers.push(block);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...headers), fc.noBias(fc.nat(511)), fc.nat(7), async (header, byte, bit) => {
        const damaged = Buffer.from(bytes);
        damaged[header + byte] = (damaged[header + byte] as number) ^ (1 << bit);
        expect(untold(await readArchive(damaged), sound)).toEqual([]);
      }),
      { numRuns: 150, seed: 20_260_503 },
    );
  });

  test('a packed log inside leaves the others as they are', async () => {
    const others = LOGS.map(({ name, body }) => ({ name, body }));
    const packedLog = gzipSync(text(9));
    await fc.assert(
      fc.asyncProperty(noise, async (change) => {
        const read = await readArchive(
          await tarOf([{ name: 'old.log.gz', body: change(Buffer.from(packedLog)) }, ...others]),
        );
        for (const { name, body } of others)
          expect(read.members.find((one) => one.path === name)?.body.toString()).toBe(body);
        const log = read.members.find((one) => one.path.startsWith('old.log'));
        const told = read.gaps.length > 0 || log?.end === 'cut' || log?.path === 'old.log.gz';
        expect(log?.body.toString() === text(9) || told).toBe(true);
      }),
      { numRuns: 80, seed: 20_260_504 },
    );
  });
});
