import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileId } from '../core/ids.ts';
import { BLOCK_BYTES, LINE_BYTES_MAX } from '../core/limits.ts';
import { SLAB_BYTES, type Slab } from './slab.ts';
import { newSlabBuffer, SlabFiller } from './slab-filler.ts';

interface Cut {
  readonly id: number;
  readonly file: number;
  readonly byte0: number;
  readonly bytes: Buffer;
}

/** Fills the files in chunks of this size. @returns every block, copied as it was handed over. */
function cut(files: readonly Uint8Array[], chunk: number, kind: 'text' | 'binary' = 'text') {
  const blocks: Cut[] = [];
  const seqs: number[] = [];
  const filler = new SlabFiller({
    take: newSlabBuffer,
    handOver: (slab: Slab) => {
      seqs.push(slab.seq);
      for (const { id, file, byte0, start, end } of slab.blocks) {
        blocks.push({ id, file, byte0, bytes: Buffer.from(Buffer.from(slab.buffer).subarray(start, end)) });
      }
    },
  });
  let splits = 0;
  for (const [index, bytes] of files.entries()) {
    filler.startFile({ id: FileId.parse(index + 1), kind, yearReference: 0 });
    for (let at = 0; at < bytes.length; at += chunk) filler.write(bytes.subarray(at, at + chunk));
    filler.endFile();
    splits += filler.splitLines;
  }
  filler.end();
  expect(seqs).toEqual(seqs.map((_, index) => index));
  expect(blocks.map((block) => block.id)).toEqual(blocks.map((_, index) => index));
  return { blocks, splits };
}

function textOf(blocks: readonly Cut[], file: number): Buffer {
  return Buffer.concat(blocks.filter((block) => block.file === file).map((block) => block.bytes));
}

/** Bytes that compare quickly and differ everywhere: lines of all lengths around a mean. */
function text(size: number, mean: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size, 'x');
  let state = seed;
  for (let at = 0; at < size; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    at += 1 + (state % (2 * mean));
    if (at < size) bytes[at] = 10;
    bytes.writeUInt32LE(state & 0x7f7f7f7f, Math.min(Math.max(0, at - 5), Math.max(0, size - 4)));
  }
  return bytes;
}

describe('slabs', () => {
  test('hold every byte of every file once, in order, in blocks of whole lines', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            size: fc.oneof(fc.integer({ min: 4, max: 400_000 }), fc.integer({ min: 4, max: 3 * SLAB_BYTES })),
            mean: fc.constantFrom(3, 80, 5_000, 200_000, 900_000),
            seed: fc.integer({ min: 1, max: 1e9 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        fc.integer({ min: 1_000, max: 2_500_000 }),
        (shapes, chunk) => {
          const files = shapes.map(({ size, mean, seed }) => text(size, mean, seed));
          const { blocks } = cut(files, chunk);
          for (const [index, bytes] of files.entries()) {
            const own = blocks.filter((block) => block.file === index + 1);
            expect(textOf(blocks, index + 1).equals(bytes)).toBe(true);
            let byte0 = 0;
            for (const [nth, block] of own.entries()) {
              expect(block.byte0).toBe(byte0);
              byte0 += block.bytes.length;
              const last = nth === own.length - 1;
              if (!last && block.bytes.length < LINE_BYTES_MAX - 3) expect(block.bytes.at(-1)).toBe(10);
              // Larger than a block only when it is one line.
              if (block.bytes.length > BLOCK_BYTES) {
                expect(block.bytes.subarray(0, -1).includes(10)).toBe(false);
                expect(block.bytes.length).toBeLessThanOrEqual(LINE_BYTES_MAX);
              }
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('split a line of 5 MB at characters, and count it', () => {
    const bytes = Buffer.from(`${'ä€😀'.repeat(600_000)}\nnext\n`);
    const { blocks, splits } = cut([bytes], 100_000);
    expect(textOf(blocks, 1).equals(bytes)).toBe(true);
    expect(splits).toBe(Math.floor((bytes.length - 6) / (LINE_BYTES_MAX - 3)));
    for (const block of blocks) expect(block.bytes.toString('utf8')).not.toContain('\ufffd');
  });

  test('cut binary files at block borders', () => {
    const { blocks } = cut([Buffer.alloc(300_000, 10)], 7_777, 'binary');
    expect(blocks.map((block) => block.bytes.length)).toEqual([BLOCK_BYTES, BLOCK_BYTES, 300_000 - 2 * BLOCK_BYTES]);
  });

  test('carry marks to the slab that their line lands in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 700_000 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        (chunks, picks) => {
          const found: string[] = [];
          const filler = new SlabFiller({
            take: newSlabBuffer,
            handOver: ({ buffer, blocks, marks }) => {
              const bytes = Buffer.from(buffer);
              for (const { start, severity } of marks) {
                expect(blocks.some((block) => block.start <= start && start < block.end)).toBe(true);
                found.push(`${bytes.toString('latin1', start, start + 8)} ${severity}`);
              }
            },
          });
          filler.startFile({ id: FileId.parse(1), kind: 'text', yearReference: 0 });
          const expected: string[] = [];
          for (const [nth, size] of chunks.entries()) {
            const lines = Math.floor(size / 10);
            const name = (line: number) => `${nth.toString(36)}${line.toString(36).padStart(7, '0')}`;
            for (const line of new Set(picks.map((pick) => pick % lines).sort((a, b) => a - b))) {
              filler.mark(line * 10, 3);
              expected.push(`${name(line)} 3`);
            }
            filler.write(Buffer.from(Array.from({ length: lines }, (_, line) => `${name(line)}x\n`).join('')));
          }
          filler.endFile();
          filler.end();
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('forget a file that is taken back, when none of it was handed over', () => {
    const slabs: Slab[] = [];
    const filler = new SlabFiller({ take: newSlabBuffer, handOver: (slab) => slabs.push(slab) });
    const fill = (id: number, bytes: Buffer) => {
      filler.startFile({ id: FileId.parse(id), kind: 'text', yearReference: 0 });
      filler.write(bytes);
      filler.endFile();
    };
    fill(1, Buffer.from('one\n'));
    fill(2, Buffer.from('two\n'));
    expect(filler.takeBack()).toBe(true);
    fill(3, Buffer.from('three\n'));
    fill(4, Buffer.alloc(SLAB_BYTES, 'x\n'));
    expect(filler.takeBack()).toBe(false);
    filler.end();
    const [first] = slabs;
    const kept = (first as Slab).blocks.slice(0, 2);
    expect(kept.map((block) => [block.id, block.file])).toEqual([
      [0, 1],
      [1, 3],
    ]);
    const bytes = Buffer.from((first as Slab).buffer);
    expect(kept.map((block) => bytes.toString('utf8', block.start, block.end))).toEqual(['one\n', 'three\n']);
  });

  test('takes back a small file that moved to the next slab', () => {
    const slabs: Slab[] = [];
    const filler = new SlabFiller({ take: newSlabBuffer, handOver: (slab) => slabs.push(slab) });
    const fill = (file: number, text: Buffer): void => {
      filler.startFile({ id: FileId.parse(file), kind: 'text', yearReference: 0 });
      filler.write(text);
      filler.endFile();
    };
    fill(1, Buffer.alloc(SLAB_BYTES - 10, 'x\n'));
    fill(2, Buffer.from('begins before the end of the first slab\n'));
    expect(slabs).toHaveLength(1);
    expect(filler.takeBack()).toBe(true);
    fill(3, Buffer.from('three\n'));
    filler.end();
    const [, next] = slabs as [Slab, Slab];
    expect(next.blocks).toMatchObject([{ id: slabs[0]?.blocks.length, file: 3, start: 0, byte0: 0 }]);
    expect(Buffer.from(next.buffer).toString('utf8', 0, 6)).toBe('three\n');
  });
});
