import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { sealed } from '../../test/support/sealed-bundle.ts';
import type { FileId } from '../core/ids.ts';
import { lineHash, NEAR_LINES, nearestLine } from './find-line.ts';

const A = 1 as FileId;
const sha = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const prefix = (text: string): string => sha(text).slice(0, 16);

describe('the hash of a line', () => {
  it('is that of its bytes without the line ending', async () => {
    const bytes = Buffer.concat([Buffer.from('one\r\n'), Buffer.from([0xff, 0xfe, 0x41, 10]), Buffer.from('\nlast')]);
    const hashes = await sealed([{ name: 'a.log', bytes, format: 'text' }], (reader) =>
      [1, 2, 3, 4, 5].map((line) => lineHash(reader, A, line)),
    );
    expect(hashes).toEqual([sha('one'), sha(Buffer.from([0xff, 0xfe, 0x41])), sha(''), sha('last'), null]);
  });
});

describe('nearestLine', () => {
  it('is the nearest with the hash, the earlier of two', () => {
    const line = fc.constantFrom('a', 'b', 'c\r');
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (lines, from) => {
        const reader = memoryBundle({ 'a.log': `${lines.join('\n')}\n` });
        const distances = lines.flatMap((text, nth) => (text === 'a' ? [Math.abs(nth + 1 - from)] : []));
        const found = nearestLine(reader, A, from, prefix('a'));
        expect(found === null ? null : lines[found - 1]).toBe(distances.length === 0 ? null : 'a');
        if (found !== null) expect(Math.abs(found - from)).toBe(Math.min(...distances));
        if (found !== null && found > from) expect(lines[from - (found - from) - 1]).not.toBe('a');
      }),
    );
  });

  it('is found across the whole of a file of many blocks', async () => {
    const lines = Array.from({ length: 40_000 }, (_, nth) => `line ${nth % 13_000} ${'x'.repeat(20)}`);
    await sealed({ 'a.log': Buffer.from(`${lines.join('\n')}\n`) }, (reader) => {
      const text = lines[12_999] as string;
      expect(nearestLine(reader, A, 1, prefix(text))).toBe(13_000);
      expect(nearestLine(reader, A, 39_000, prefix(text))).toBe(39_000);
      expect(nearestLine(reader, A, 13_000 + NEAR_LINES + 1, prefix(text))).toBe(13_000);
      expect(nearestLine(reader, A, 99_999_999, prefix(text))).toBe(39_000);
      expect(nearestLine(reader, A, 1, prefix('nowhere'))).toBeNull();
    });
  });

  it('ends when it is cancelled', () => {
    const reader = memoryBundle({ 'a.log': 'one\n' });
    const cancel = (): never => {
      throw new Error('cancelled');
    };
    expect(() => nearestLine(reader, A, 1, prefix('two'), cancel)).toThrow('cancelled');
  });
});
