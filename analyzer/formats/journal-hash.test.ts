import { describe, expect, test } from 'vitest';
import { lookup3, sipHash24 } from './journal-hash.ts';

const hex = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  [high, low].map((half) => half.toString(16).padStart(8, '0')).join('');

describe('hashes of journals', () => {
  /** Of the reference implementation: key 00 to 0f, message 00, 01, 02 and so on. */
  test.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
  ])('SipHash-2-4 of %i bytes', (length, expected) => {
    const counting = Uint8Array.from({ length: 64 }, (_, at) => at);
    const hash = { low: 0, high: 0 };
    sipHash24(new DataView(counting.buffer, 0, 16), counting, 0, length, hash);
    expect(hex(hash)).toBe(expected);
  });

  /** Of the driver of lookup3.c, with both seeds 0. */
  test.each([
    ['', 'deadbeefdeadbeef'],
    ['Four score and seven years ago', '17770551ce7226e6'],
  ])('lookup3 of "%s"', (text, expected) => {
    const bytes = Buffer.from(`..${text}..`);
    const hash = { low: 0, high: 0 };
    lookup3(bytes, 2, bytes.length - 2, hash);
    expect(hex(hash)).toBe(expected);
  });
});
