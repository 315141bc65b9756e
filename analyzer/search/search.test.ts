import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileId } from '../core/ids.ts';
import { foldAscii, matchRanges, parseQuery } from '../query/plain.ts';
import { blockScanner } from './scan.ts';

const fileId = FileId.parse(1);
const terms = (text: string) => {
  const parsed = parseQuery(text);
  return parsed.ok ? parsed.query.terms : parsed;
};

describe('query', () => {
  test.each([
    ['kube-proxy sync', ['kube-proxy', 'sync']],
    ['"Sync failed" 10.0.0.1', ['Sync failed', '10.0.0.1']],
    ['a"b c"d', ['a', 'b c', 'd']],
    ['  one   one ', ['one']],
  ])('%s', (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  test('says where a quote was left open, and that nothing was asked', () => {
    expect(terms('error "sync')).toEqual({ ok: false, position: 6, message: 'this quote is never closed' });
    expect(terms(' "" ')).toMatchObject({ ok: false });
  });

  test('ranges of several terms are joined where they overlap', () => {
    expect(matchRanges('Sync FAILED, sync', { terms: ['sync fail', 'failed', 'SYNC'] })).toEqual([
      [0, 11],
      [13, 17],
    ]);
  });
});

describe('scan', () => {
  const alphabet = fc.constantFrom('a', 'A', 'b', '.', ' ', '\n', 'é', 'É', 'ſ', 'K', '\0', '\r');
  const text = fc.array(alphabet, { maxLength: 120 }).map((parts) => parts.join(''));
  const term = fc
    .array(fc.constantFrom('a', 'A', 'b', '.', 'é', 'K'), { minLength: 1, maxLength: 9 })
    .map((parts) => parts.join(''));

  /** At any offset of a buffer, with or without bytes behind. */
  function placed(content: string, offset: number, behind: number): Uint8Array {
    const bytes = Buffer.from(content);
    const whole = new Uint8Array(new ArrayBuffer(offset + bytes.length + behind)).fill(0x61);
    whole.set(bytes, offset);
    return whole.subarray(offset, offset + bytes.length);
  }

  test('finds exactly the lines a naive scan finds', () => {
    const wants = fc.array(term, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(text, wants, fc.nat(5), fc.nat(4), (content, wanted, offset, behind) => {
        const bytes = placed(content, offset, behind);
        const naive = content
          .split('\n')
          .flatMap((line, index) =>
            wanted.every((one) => foldAscii(line).includes(foldAscii(one))) ? [index + 1] : [],
          );
        const found = blockScanner({ terms: wanted }).scan({ fileId, firstLine: 1, lines: 0, byteStart: 0, bytes });
        expect(found).toEqual(naive);
      }),
      { numRuns: 2000 },
    );
  });

  test('line numbers continue from the block before', () => {
    const bytes = Buffer.from('x\nfoo\nbar foo foo\n');
    expect(blockScanner({ terms: ['foo'] }).scan({ fileId, firstLine: 101, lines: 3, byteStart: 0, bytes })).toEqual([
      102, 103,
    ]);
  });
});
