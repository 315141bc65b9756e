import { describe, expect, it } from 'vitest';
import { asciiText, hexDump, hexRows, hexText, offsetText, parseOffset, rowsOfBase64 } from './hex.ts';

const BYTES = Uint8Array.from({ length: 20 }, (_, nth) => nth * 13);

describe('bytes as rows', () => {
  it('are sixteen a row, the last one shorter but as wide', () => {
    const rows = rowsOfBase64(btoa(String.fromCharCode(...BYTES)));
    expect(rows.map((row) => row.length)).toEqual([16, 4]);
    expect([...(rows[1] ?? [])]).toEqual([...BYTES.subarray(16)]);
    expect(hexText(rows[1] ?? BYTES)).toHaveLength(hexText(rows[0] ?? BYTES).length);
    expect(hexRows(0)).toBe(0);
  });

  it('look as hexdump -C shows them', () => {
    const text = new TextEncoder().encode('\u007fELF and 16 byte');
    expect(hexDump([text.subarray(0, 16)], 1, 16)).toBe(
      '00000000  7f 45 4c 46 20 61 6e 64  20 31 36 20 62 79 74 65  |.ELF and 16 byte|\n',
    );
    expect(asciiText(Uint8Array.of(0x1f, 0x20, 0x7e, 0x7f, 0xff))).toBe('. ~..');
  });

  it('have offsets with as many digits as the file needs', () => {
    expect(offsetText(2, 100)).toBe('00000010');
    expect(offsetText(2, 2 ** 36)).toBe('000000010');
  });

  it.each([
    ['0', 1],
    ['16', 2],
    ['0x1F', 2],
    ['+0x20', 7],
    ['-32', 3],
    ['100%', 63],
    ['50%', 32],
    ['999999', 63],
  ])('%s is a place', (text, row) => {
    expect(parseOffset(text, 5, 1_000)).toBe(row);
  });

  it.each(['', 'x', '0x', '1f', '12:03'])('%s is none', (text) => {
    expect(parseOffset(text, 5, 1_000)).toBeNull();
  });
});
