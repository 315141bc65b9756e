import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK_BYTES } from '../core/limits.ts';
import { GRAM_HASHES, hashGram, markGrams, type Plane, PlaneBuilder } from './gram-marks.ts';
import { SLAB_PADDING } from './slab.ts';

/** Bytes at an offset of a slab whose other bytes are not zero. */
function slabOf(text: Uint8Array, start: number): { readonly words: Int32Array; readonly end: number } {
  const words = new Int32Array((Math.ceil((start + text.length) / 4) * 4 + SLAB_PADDING) / 4).fill(0x5a5a5a5a);
  new Uint8Array(words.buffer).set(text, start);
  return { words, end: start + text.length };
}

/** The definition: four bytes at every position, capitals made small by bit 5. */
function naiveHashes(bytes: Uint8Array): ReadonlySet<number> {
  const hashes = new Set<number>();
  for (let at = 0; at + 4 <= bytes.length; at++) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 4);
    hashes.add(Math.imul(view.getUint32(0, true) | 0x20202020, 0x9e3779b1) >>> 16);
  }
  return hashes;
}

function marked(table: Uint8Array, bit: number): ReadonlySet<number> {
  const hashes = new Set<number>();
  for (let hash = 0; hash < table.length; hash++) if (((table[hash] as number) & bit) !== 0) hashes.add(hash);
  return hashes;
}

function columnHas(plane: Plane, column: number, word: string): boolean {
  return ((plane.bits[hashGram(Buffer.from(word).readInt32LE(0))] as number) & (1 << column)) !== 0;
}

const bytes = fc.uint8Array({ maxLength: 200 });

describe('markGrams', () => {
  test('marks every four bytes inside, at any alignment, and none but those that touch the range', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 7 }), (text, start, column) => {
        const { words, end } = slabOf(text, start);
        const table = new Uint8Array(GRAM_HASHES);
        markGrams(words, start, end, table, 1 << column);
        const found = marked(table, 1 << column);
        const around = new Uint8Array(words.buffer, Math.max(0, start - 3), Math.min(3, start) + text.length + 6);
        expect([...naiveHashes(text)].filter((hash) => !found.has(hash))).toEqual([]);
        expect([...found].filter((hash) => !naiveHashes(around).has(hash))).toEqual([]);
        expect(marked(table, 255 & ~(1 << column)).size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('keeps the bits of other blocks', () => {
    const { words, end } = slabOf(Buffer.from('kube-proxy'), 0);
    const table = new Uint8Array(GRAM_HASHES).fill(0b101);
    markGrams(words, 0, end, table, 0b10);
    expect(new Set(table)).toEqual(new Set([0b101, 0b111]));
  });

  test('case of ASCII letters does not matter', () => {
    expect(hashGram(Buffer.from('KUBE').readInt32LE(0))).toBe(hashGram(Buffer.from('kube').readInt32LE(0)));
    expect(hashGram(Buffer.from('KUBE').readInt32LE(0))).not.toBe(hashGram(Buffer.from('cube').readInt32LE(0)));
  });
});

describe('PlaneBuilder', () => {
  const large = Buffer.alloc(BLOCK_BYTES, 'filler ');
  const addText = (builder: PlaneBuilder, id: number, text: Uint8Array): void => {
    const { words, end } = slabOf(text, 0);
    builder.add(id, words, 0, end);
  };

  test('gives a plane for every eight columns, and the rest at the end', () => {
    const builder = new PlaneBuilder();
    for (let id = 0; id < 8; id++) {
      addText(builder, id, large);
      expect(builder.takeFull()).toBeNull();
    }
    addText(builder, 8, large);
    const plane = builder.takeFull();
    expect(plane?.ids).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    expect(plane?.counts).toEqual(new Int32Array(8).fill(1));
    expect(builder.takeFull()).toBeNull();
    expect(builder.takeRest()?.ids).toEqual(Int32Array.of(8, -1, -1, -1, -1, -1, -1, -1));
    expect(builder.takeRest()).toBeNull();
  });

  test('small blocks that follow each other share a column, up to the size of one block', () => {
    const builder = new PlaneBuilder();
    addText(builder, 3, Buffer.from('alpha'));
    addText(builder, 4, Buffer.from('bravo'));
    addText(builder, 6, Buffer.from('charlie'));
    addText(builder, 7, large);
    const plane = builder.takeRest() as Plane;
    expect(plane.ids.slice(0, 4)).toEqual(Int32Array.of(3, 6, 7, -1));
    expect(plane.counts.slice(0, 4)).toEqual(Int32Array.of(2, 1, 1, 0));
    expect(['alph', 'brav', 'char', 'fill'].map((word) => [0, 1, 2].map((at) => columnHas(plane, at, word)))).toEqual([
      [true, false, false],
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
  });

  test('keeps full planes for who asks late, in their order', () => {
    const builder = new PlaneBuilder();
    for (let id = 0; id < 17; id++) addText(builder, id, large);
    expect([...(builder.takeFull()?.ids ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...(builder.takeFull()?.ids ?? [])]).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });
});
