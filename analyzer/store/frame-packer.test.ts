import { Transform } from 'node:stream';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FramePacker } from './frame-packer.ts';

async function packed(packer: FramePacker, bytes: Uint8Array): Promise<Buffer> {
  return Buffer.concat(await packer.pack(bytes));
}

test('whatever is packed comes back, each from a frame of its own', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 }), async (blocks) => {
      const packer = new FramePacker();
      for (const block of blocks) {
        const frame = await packed(packer, block);
        expect(Uint8Array.from(zstdDecompressSync(frame))).toEqual(block);
      }
    }),
  ));

test('blocks packed at once come back each as its own, however many contexts there are', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      async (blocks, contexts) => {
        const packer = new FramePacker(undefined, contexts);
        const frames = await Promise.all(blocks.map((block) => packed(packer, block)));
        expect(frames.map((frame) => Uint8Array.from(zstdDecompressSync(frame)))).toEqual(blocks);
        expect(packer.room()).toBeNull();
      },
    ),
  ));

test('there is room until every context has a block, and again as soon as one is done', async () => {
  const packer = new FramePacker(undefined, 2);
  const one = packer.pack(Buffer.from('one'));
  expect(packer.room()).toBeNull();
  const two = packer.pack(Buffer.from('two'));
  const room = packer.room();
  expect(room).not.toBeNull();
  await room;
  expect(packer.room()).toBeNull();
  await Promise.all([one, two]);
});

test('a block that does not get smaller takes more pieces than one, and the next begins behind them', async () => {
  const packer = new FramePacker();
  let seed = 1;
  const noise = Uint8Array.from({ length: 300_000 }, () => {
    seed = Math.imul(seed, 1_103_515_245) + 12_345;
    return seed >>> 16;
  });
  const pieces = await packer.pack(noise);
  expect(pieces.length).toBeGreaterThan(1);
  expect(zstdDecompressSync(Buffer.concat(pieces)).equals(noise)).toBe(true);
  expect(zstdDecompressSync(await packed(packer, Buffer.from('next'))).toString()).toBe('next');
});

test('a frame tells its size in front, as one made at once does', async () => {
  const text = Buffer.from('kubelet: a line of a log\n'.repeat(4000));
  const frame = await packed(new FramePacker(), text);
  // RFC 8878, 3.1.1.1.1: the two upper bits of the descriptor, or its bit 5, tell that the size is there.
  expect((frame[4] as number) & 0b1110_0000).toBe((zstdCompressSync(text)[4] as number) & 0b1110_0000);
  expect((frame[4] as number) & 0b1110_0000).not.toBe(0);
});

test('a compressor that fails without calling back its write fails the block, and those behind it', async () => {
  const failing = new Transform({
    transform() {
      this.destroy(new Error('not enough memory'));
    },
  });
  const packer = new FramePacker(() => failing, 1);
  await expect(packer.pack(Buffer.from('one'))).rejects.toThrow('not enough memory');
  await expect(packer.pack(Buffer.from('two'))).rejects.toThrow();
});
