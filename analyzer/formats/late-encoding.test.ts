import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encoded } from './encodings.fixture.ts';
import { LateEncoding } from './late-encoding.ts';

const PLAIN = 'I0501 12:00:00.000000 1 a.go:1] nothing to see\n'.repeat(400);
const GERMAN = 'E0501 12:00:01.000000 1 a.go:2] Zugriff für Müller verweigert\n'.repeat(300);
const RUSSIAN = 'E0501 12:00:01.000000 1 a.go:2] ошибка сети: не удалось подключиться к серверу\n'.repeat(300);

/** @param piece bytes that are written at once. */
function read(bytes: Uint8Array, piece: number) {
  const late = new LateEncoding();
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    for (const one of late.write(bytes.subarray(at, at + piece))) out.push(Buffer.from(one));
  }
  for (const one of late.end()) out.push(Buffer.from(one));
  return { bytes: Buffer.concat(out), encoding: late.encoding, replaced: late.replaced };
}

describe('LateEncoding', () => {
  test.each([
    ['windows-1252', GERMAN],
    ['windows-1251', RUSSIAN],
  ])('%s behind kilobytes of ASCII', (encoding, text) => {
    const whole = PLAIN + text + PLAIN;
    for (const piece of [1000, 8192, 1 << 20]) {
      const found = read(encoded(whole, encoding), piece);
      expect(found).toMatchObject({ encoding, replaced: 0 });
      expect(found.bytes.toString()).toBe(whole);
    }
  });

  test('a last word is enough', () => {
    const found = read(encoded(`${PLAIN}Müller`, 'windows-1252'), 5000);
    expect(found.bytes.toString()).toBe(`${PLAIN}Müller`);
  });

  test('UTF-8, ASCII, isolated wrong bytes and what is no text stay as they are', () => {
    const wrong = Buffer.from(PLAIN);
    wrong[9000] = 0xfc;
    const blob = Buffer.concat([
      Buffer.from(PLAIN),
      Buffer.from([0x80, 1, 2, 3, 0xfe, 5, 6, 0x90, 1, 1]),
      Buffer.from('x'),
    ]);
    for (const bytes of [Buffer.from(PLAIN + GERMAN), Buffer.from(PLAIN), wrong, blob, new Uint8Array()]) {
      expect(read(bytes, 5000)).toEqual({ bytes: Buffer.from(bytes), encoding: 'utf-8', replaced: 0 });
    }
  });

  test('what it tells does not depend on how the text is cut', () => {
    const texts = fc.array(fc.constantFrom('plain\n', 'Müller\n', 'für Größe\n', `${'x'.repeat(3000)}\n`), {
      maxLength: 12,
    });
    const piece = fc.integer({ min: 1, max: 9000 });
    fc.assert(
      fc.property(texts, fc.constantFrom('windows-1252', 'utf-8'), piece, piece, (parts, encoding, one, other) => {
        const bytes = encoded(parts.join(''), encoding);
        expect(read(bytes, one)).toEqual(read(bytes, other));
      }),
      { numRuns: 60 },
    );
  });
});
