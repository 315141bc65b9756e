import { expect, test } from 'vitest';
import { giveBack } from './give-back.ts';

test('frees memory of its own', () => {
  const bytes = Buffer.allocUnsafe(200_000);
  giveBack(bytes);
  expect(bytes.length).toBe(0);
});

test.each([1, 1_000, Buffer.poolSize / 2 - 1])('leaves the pool of small buffers alone: %d bytes', (size) => {
  const bytes = Buffer.allocUnsafe(size).fill(7);
  giveBack(bytes);
  expect(bytes.equals(Buffer.alloc(size, 7))).toBe(true);
});

test('leaves memory alone that threads share', () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(100_000));
  giveBack(bytes);
  expect(bytes.length).toBe(100_000);
});
