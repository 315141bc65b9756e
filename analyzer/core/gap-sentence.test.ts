import { expect, it } from 'vitest';
import { gapByte } from './gap-sentence.ts';

it.each([
  ['archive is truncated: it ends at byte 28,860; the list of files is missing', 28_860, null],
  ['archive is truncated: it ends at byte 28,860', 28_860, null],
  ['archive is truncated: it ends at byte 28,860,112', 28_860, 'byte 28,860'],
  ['not opened: a key is needed', 1_204, 'byte 1,204'],
  ['not text', null, null],
])('a byte that the sentence says is not said again: %s', (message, byte, said) => {
  expect(gapByte({ message, byte })).toBe(said);
});
