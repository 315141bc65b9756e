import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { unzstd } from './codec-zstd.ts';

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(bytes: Uint8Array, chunk = 40_000) {
  const stream = unzstd(chunked(bytes, chunk));
  const parts: Uint8Array[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done) return { out: Buffer.concat(parts), damage: step.value.damage };
    parts.push(step.value);
  }
}

const checked = (bytes: Uint8Array) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
/** Does not pack, so that a block of 128 KB is as long when packed. */
const RANDOM = Buffer.alloc(700_000);
for (let at = 0, state = 7; at < RANDOM.length; at += 1) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  RANDOM[at] = state >>> 24;
}
const BLOCK = 128 * 1024;

describe('unzstd', () => {
  test('frames with and without checksum, skippable ones, in chunks of any size', async () => {
    const skippable = Buffer.from('5f2a4d1803000000aabbcc', 'hex');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 400 }),
        async (texts, chunk) => {
          const frames = texts.flatMap((text, at) => [
            at % 2 === 0 ? checked(text) : zstdCompressSync(text),
            skippable,
          ]);
          const { out, damage } = await unpack(Buffer.concat(frames), chunk);
          expect(damage).toBeNull();
          expect(out.equals(Buffer.concat(texts))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a small frame may unpack to much', async () => {
    for (const zeros of [100_000, 3_000_000]) {
      const packed = checked(Buffer.alloc(zeros));
      expect(packed.length).toBeLessThan(4096);
      const { out, damage } = await unpack(packed);
      expect({ damage, bytes: out.length }).toEqual({ damage: null, bytes: zeros });
    }
  });

  test('cut anywhere: whole blocks before the cut are given', async () => {
    const packed = checked(RANDOM);
    for (const length of [2, 7, 90_000, 200_000, 500_000, packed.length - 1]) {
      const { out, damage } = await unpack(packed.subarray(0, length));
      expect(damage).toEqual({ kind: 'truncated', byte: length });
      expect(RANDOM.subarray(0, out.length).equals(out)).toBe(true);
      expect(out.length).toBeGreaterThanOrEqual(Math.floor(Math.max(0, length - 12) / (BLOCK + 3)) * BLOCK);
    }
  });

  test('damage: what is before is given, the byte is that of the block', async () => {
    const text = Buffer.from(Array.from({ length: 60_000 }, (_, line) => `line ${line * 7919} of it\n`).join(''));
    const packed = checked(text);
    const bad = Buffer.from(packed);
    bad.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64);
    const { out, damage } = await unpack(bad);
    expect(damage?.kind).toBe('corrupt');
    expect(out.length).toBeGreaterThan(text.length / 4);
    expect(text.subarray(0, out.length - BLOCK).equals(out.subarray(0, out.length - BLOCK))).toBe(true);
  });

  test('a wrong checksum, junk behind, a reserved block, no zstd at all', async () => {
    const packed = checked(Buffer.from('some text'));
    const wrong = Buffer.from(packed);
    wrong[wrong.length - 1] = (wrong.at(-1) as number) ^ 1;
    expect(await unpack(wrong)).toMatchObject({ out: Buffer.from('some text'), damage: { kind: 'mismatch' } });
    const junk = await unpack(Buffer.concat([packed, Buffer.from('junk')]));
    expect(junk).toEqual({ out: Buffer.from('some text'), damage: { kind: 'trailing', byte: packed.length } });
    expect((await unpack(Buffer.from('28b52ffd2000ffffff', 'hex'))).damage?.kind).toBe('corrupt');
    expect((await unpack(Buffer.from('no zstd at all'))).damage).toEqual({ kind: 'corrupt', byte: 0 });
  });

  test('what it would need is said: a larger window, a dictionary', async () => {
    // Window descriptor f8: 2^41 bytes. Descriptor 23: a dictionary, one block of one byte.
    const window = await unpack(Buffer.from('28b52ffd00f8090000414141', 'hex'));
    expect(window.damage).toMatchObject({ kind: 'unsupported', why: 'it needs a window of more than 128 MB' });
    const dictionary = await unpack(Buffer.from('28b52ffd21050109000041', 'hex'));
    expect(dictionary.damage).toMatchObject({ kind: 'unsupported', why: 'it needs a dictionary' });
  });
});

test('a reader takes back what it lent too much of', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 50 }),
      fc.nat(300),
      async (bytes, chunk, wanted) => {
        const reader = new ByteReader(chunked(bytes, chunk));
        const skipped = Math.min(3, bytes.length);
        await reader.skip(skipped);
        const used = Math.min(wanted, bytes.length - skipped);
        const lent = reader.lend();
        let given = 0;
        for await (const piece of lent.pieces) {
          given += piece.length;
          if (given >= used) break;
        }
        lent.settle(used);
        expect(reader.offset).toBe(skipped + used);
        expect(Buffer.from(await reader.peek(1000)).equals(Buffer.from(bytes.subarray(skipped + used)))).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
