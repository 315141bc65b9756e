import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { literalFinder } from './literal-finder.ts';

/** Bytes in a buffer that goes on behind them, with what would complete a literal. */
function searched(bytes: Uint8Array, behind: Uint8Array = bytes) {
  const words = new Int32Array(Math.ceil((bytes.length + behind.length) / 4) + 1);
  const all = new Uint8Array(words.buffer);
  all.set(bytes);
  all.set(behind, bytes.length);
  return { bytes: all.subarray(0, bytes.length), words: words.subarray(0, Math.ceil(bytes.length / 4)) };
}

const fold = (bytes: Uint8Array) => Buffer.from(bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)));

/** The definition: the first place in the range, by a folded copy. */
function naive(bytes: Uint8Array, literal: Uint8Array, from: number, to: number): number {
  const at = fold(bytes.subarray(0, to)).indexOf(fold(literal), from);
  return at >= 0 && at + literal.length <= to ? at : -1;
}

/** Few different bytes, so that almost-matches are frequent: what folds, what only looks as if it did, and others. */
const byte = fc.constantFrom(0x41, 0x61, 0x42, 0x62, 0x40, 0x60, 0x5b, 0x7b, 0x0a, 0x2a, 0xc1, 0xe1, 0x00, 0x20);
const bytes = fc.array(byte, { minLength: 1, maxLength: 90, size: 'max' }).map((list) => Uint8Array.from(list));

describe('literalFinder', () => {
  test('finds the first place a folded copy finds, in any range, for any length', () => {
    let found = 0;
    const cases = bytes.chain((text) =>
      fc.record({
        text: fc.constant(text),
        literal: fc.oneof(
          fc.array(byte, { minLength: 1, maxLength: 24 }).map((list) => Uint8Array.from(list)),
          fc.tuple(fc.nat(80), fc.integer({ min: 1, max: 40 })).map(([at, length]) => {
            const piece = text.slice(at % Math.max(1, text.length), (at % Math.max(1, text.length)) + length);
            return piece.length === 0 ? Uint8Array.of(0x61) : piece;
          }),
        ),
        flip: fc.boolean(),
        from: fc.oneof(fc.constant(0), fc.nat(90)),
        cut: fc.oneof(fc.constant(0), fc.nat(20)),
      }),
    );
    fc.assert(
      fc.property(cases, ({ text, literal, flip, from, cut }) => {
        const wanted = flip
          ? literal.map((one) => (/[a-zA-Z]/.test(String.fromCharCode(one)) ? one ^ 32 : one))
          : literal;
        const to = Math.max(0, text.length - cut);
        const start = Math.min(from, to);
        const place = literalFinder(wanted).find(searched(text, wanted), start, to);
        if (place >= 0) found += 1;
        expect(place).toBe(naive(text, wanted, start, to));
      }),
      { numRuns: 5_000 },
    );
    expect(found).toBeGreaterThan(500);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 18, 19, 23, 40])('of %i bytes, at every place of a text', (length) => {
    const literal = Buffer.from(Array.from({ length }, (_, at) => 0x41 + (at % 26)));
    const text = Buffer.alloc(100, '.');
    const finder = literalFinder(literal);
    for (let at = 0; at + length <= text.length; at++) {
      const copy = Buffer.from(text);
      copy.write(literal.toString().toLowerCase(), at);
      const places = [finder.find(searched(copy), 0, 100), finder.find(searched(copy), at, at + length)];
      const beside = [finder.find(searched(copy), at + 1, 100), finder.find(searched(copy), 0, at + length - 1)];
      expect([places, beside]).toEqual([
        [at, at],
        [-1, -1],
      ]);
    }
  });

  test('bytes that only look alike with the bit of the case set are told apart', () => {
    const look = (text: string, literal: string) =>
      literalFinder(Buffer.from(literal)).find(searched(Buffer.from(text)), 0, text.length);
    expect(look('x@[x@[x@[x@[x@[', '`{')).toBe(-1);
    expect(look('a*b*c*d*e*f*g*h*', 'd\ne\nf\ng\nh')).toBe(-1);
    expect(look('KUBE-PROXY', 'kube-proxy')).toBe(0);
  });
});
