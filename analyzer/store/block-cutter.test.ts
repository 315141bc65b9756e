import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_BYTES, LINE_BYTES_MAX } from '../core/limits.ts';
import { BlockCutter } from './block-cutter.ts';

function cut(chunks: readonly Uint8Array[]): { blocks: Buffer[]; split: number } {
  const blocks: Buffer[] = [];
  const cutter = new BlockCutter((block) => blocks.push(Buffer.from(block)));
  for (const chunk of chunks) cutter.write(chunk);
  const split = cutter.splitLines;
  cutter.end();
  return { blocks, split };
}

test('blocks joined are the file, whatever the chunks; every block but the last ends at a line end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 1, max: 40 })), { maxLength: 12 }),
      fc.integer({ min: 1, max: 300_000 }),
      (runs, chunkSize) => {
        const file = Buffer.concat(
          runs.flatMap(([length, times]) => Array(times).fill(Buffer.from(`${'x'.repeat(length % 9000)}\n`))),
        );
        const chunks: Buffer[] = [];
        for (let at = 0; at < file.length; at += chunkSize) chunks.push(file.subarray(at, at + chunkSize));
        const { blocks, split } = cut(chunks);
        expect(Buffer.concat(blocks).equals(file)).toBe(true);
        expect(split).toBe(0);
        for (const block of blocks) {
          expect(block.length).toBeLessThanOrEqual(BLOCK_BYTES);
          expect(block.at(-1)).toBe(10);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a line longer than a block stays whole, one longer than the limit is split and counted', () => {
  const long = Buffer.alloc(BLOCK_BYTES * 3, 'a');
  const whole = cut([long, Buffer.from('\nnext\n')]);
  expect(whole.blocks[0]?.length).toBe(long.length + 1);
  expect(whole.split).toBe(0);
  const huge = cut([Buffer.alloc(LINE_BYTES_MAX * 2 + 5, 'b'), Buffer.from('\n')]);
  expect(huge.split).toBe(2);
  expect(Buffer.concat(huge.blocks).length).toBe(LINE_BYTES_MAX * 2 + 6);
});
