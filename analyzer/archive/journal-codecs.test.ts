import { readFileSync } from 'node:fs';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lz4Object, xzObject, zstdObject } from './journal-codecs.ts';

const FOLDER = path.join(import.meta.dirname, '../../fixtures/data/codecs');
const SAMPLE = readFileSync(path.join(FOLDER, 'sample.bin'));
/** Magic, descriptor and size of the only block of `no-content-check.lz4`; its end mark has four bytes. */
const FRAME_FRONT = 4 + 3 + 4;

function sizedBlock(): Buffer {
  const frame = readFileSync(path.join(FOLDER, 'no-content-check.lz4'));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(SAMPLE.length));
  return Buffer.concat([size, frame.subarray(FRAME_FRONT, -4)]);
}

const OBJECTS = [
  ['xz', xzObject, readFileSync(path.join(FOLDER, 'check-none.xz'))],
  ['lz4', lz4Object, sizedBlock()],
  ['zstd', zstdObject, zstdCompressSync(SAMPLE)],
] as const;

test.each(OBJECTS)('%s: whole up to the limit, null beyond it', (_name, codec, packed) => {
  expect(Buffer.from(codec(packed, SAMPLE.length) ?? []).equals(SAMPLE)).toBe(true);
  expect(codec(packed, SAMPLE.length - 1)).toBeNull();
});

test.each(OBJECTS)('%s: cut anywhere it is null, and wrong bytes never throw', (_name, codec, packed) => {
  for (let cut = 0; cut < packed.length; cut += 61) expect(codec(packed.subarray(0, cut), 1 << 20)).toBeNull();
  fc.assert(
    fc.property(fc.nat({ max: packed.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 9 }), (at, wrong) => {
      const damaged = Buffer.from(packed);
      damaged.set(wrong.subarray(0, packed.length - at), at);
      expect(codec(damaged, 1 << 16)?.length ?? 0).toBeLessThanOrEqual(1 << 16);
    }),
  );
});

test('a size that lies takes no memory', () => {
  const lie = Buffer.alloc(40);
  lie.writeBigUInt64LE(1n << 40n);
  expect(lz4Object(lie, Number.MAX_SAFE_INTEGER)).toBeNull();
});
