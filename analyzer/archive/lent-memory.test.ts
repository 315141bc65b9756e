import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tarGzOf, tarOf } from '../../test/support/archives.ts';
import { readArchive, zipOf } from '../../test/support/read-archive.ts';
import { giveBack } from '../core/give-back.ts';
import { gunzip } from './codec-gzip.ts';
import { lend, release } from './lent-memory.ts';
import { untar } from './untar.ts';

/** More than one of the pieces in which gunzip hands out what it unpacked. */
const LONG = Array.from({ length: 250_000 }, (_, nth) => `line ${nth}`).join('\n');

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe('lent memory', () => {
  test('is freed with its last piece, in whatever order they are released', () => {
    const memory = new Uint8Array(100);
    lend(memory.subarray(0, 40));
    lend(memory.subarray(40));
    release(memory.subarray(60));
    release(memory.subarray(0, 40));
    expect(memory.length).toBe(100);
    release(memory.subarray(40, 60));
    expect(memory.length).toBe(0);
  });

  test('stays when a piece of it was never released, or when it was not lent', () => {
    const held = new Uint8Array(100);
    lend(held);
    release(held.subarray(1));
    expect(held.length).toBe(100);
    const own = new Uint8Array(100);
    release(own);
    expect(own.length).toBe(100);
  });

  test('is given back by a reader of a tar.gz, but for what was unpacked last', async () => {
    const lent: Uint8Array[] = [];
    const unpacked = gunzip(chunks(await tarGzOf([{ name: 'a', body: LONG }])), () => null);
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const chunk of unpacked) {
        lent.push(chunk);
        yield chunk;
      }
    }
    for await (const part of untar(watched(), () => 'yes')) if (part.part === 'bytes') release(part.bytes);
    expect(lent.length).toBeGreaterThan(2);
    // What is unpacked of one piece of the input goes on in the memory where that of the piece before ended.
    const last = lent.at(-1)?.buffer;
    const before = lent.filter(({ buffer }) => buffer !== last);
    expect(before.length).toBeGreaterThan(1);
    expect(before.every((chunk) => chunk.length === 0)).toBe(true);
  });

  test('is little at any time, also where a chunk unpacks to a thousand times as much', async () => {
    // Looked at again at the end, so that it is not freed while memory is measured.
    const zeros = Buffer.alloc(384 * 1024 * 1024);
    const packed = gzipSync(zeros);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let unpacked = 0;
    for await (const chunk of gunzip(chunks(packed), () => null)) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      unpacked += chunk.length;
      release(chunk);
    }
    expect(unpacked).toBe(zeros.length);
    expect(most).toBeLessThan(zeros.length * 0.6);
  });

  test('of Node’s pool, which little content is unpacked into, is nobody’s to give back', async () => {
    const members = Array.from({ length: 20 }, (_, nth) => ({ name: `${nth}`, body: `line ${nth}\n`.repeat(9_000) }));
    const read = await readArchive(zipOf(members));
    expect(read.gaps).toEqual([]);
    expect(read.members.map(({ body }) => body.toString())).toEqual(members.map(({ body }) => body));
  });

  test('is not given back while an archive inside still needs it', async () => {
    const plain = { name: 'plain.log', body: LONG };
    const inner = [
      plain,
      { name: 'rotated.gz', body: gzipSync(LONG) },
      { name: 'tar.gz', body: await tarGzOf([plain, plain]) },
      { name: 'tar', body: await tarOf([plain, plain]) },
      { name: 'zip', body: zipOf([plain, { ...plain, method: 0 }, plain]) },
      plain,
    ];
    const read = await readArchive(gzipSync(await tarOf(inner)));
    expect(read.gaps).toEqual([]);
    expect(read.members.length).toBe(10);
    expect(read.members.every(({ body }) => body.toString() === LONG)).toBe(true);
  });

  test.each([
    ['whole', 0],
    ['damaged further on', 64],
  ])(
    'of packed chunks is given back while a %s archive is read, and nothing before the damage is lost',
    async (_, damaged) => {
      const body = Buffer.from(
        Array.from({ length: 60_000 }, (_, nth) => `${(nth * 2654435761) % 4294967296}`).join('\n'),
      );
      const packed = gzipSync(body);
      const damagedAt = Math.floor(packed.length * 0.8);
      packed.fill(0xff, damagedAt, damagedAt + damaged);
      const given: readonly Uint8Array[] = Array.from({ length: 8 }, (_, nth) =>
        Uint8Array.from(packed.subarray((nth * packed.length) / 8, ((nth + 1) * packed.length) / 8)),
      );
      async function* input(): AsyncGenerator<Uint8Array> {
        yield* given;
      }
      const spent: number[] = [];
      const unpacked = gunzip(
        input(),
        () => chunks(packed),
        (chunk) => {
          spent.push(given.indexOf(chunk));
          giveBack(chunk);
        },
      );
      const pieces: Buffer[] = [];
      for await (const piece of unpacked) pieces.push(Buffer.from(piece));
      // The damage lies behind four fifths of the packed bytes, so behind three quarters of the text.
      const good = damaged === 0 ? body.length : Math.floor(body.length * 0.75);
      expect(Buffer.concat(pieces).subarray(0, good).equals(body.subarray(0, good))).toBe(true);
      expect(spent.length).toBeGreaterThan(4);
      expect(spent).toEqual([...spent.keys()]);
      expect(spent.every((nth) => given[nth]?.length === 0)).toBe(true);
    },
  );
});
