import { expect, it } from 'vitest';
import { hexLines } from './file-bytes.ts';

it('prints sixteen bytes a line with their offset', () => {
  const bytes = Buffer.from('E0501 12:00:00.0\u001bmore\n');
  expect(hexLines(bytes, 0x1f0)).toEqual([
    '000001f0  45 30 35 30 31 20 31 32  3a 30 30 3a 30 30 2e 30  |E0501 12:00:00.0|',
    `00000200  1b 6d 6f 72 65 0a${' '.repeat(33)}|.more.|`,
  ]);
  expect(hexLines(Buffer.alloc(0), 0)).toEqual([]);
  expect(hexLines(Buffer.from([255]), 2 ** 33)[0]).toMatch(/^200000000 {2}ff /);
});
