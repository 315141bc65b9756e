import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectEncoding, utf8Census } from './encoding.ts';
import { encoded, encodingsUnderTest, SAMPLE_TEXTS } from './encodings.fixture.ts';
import { Transcoder } from './transcoder.ts';

/** What tests of detection need: more than one line, and more than a word a line. */
const log = (text: string) => `2024-05-01 12:00:00 [ERROR] start\n${`${text}\n`.repeat(4)}`;

describe('detectEncoding', () => {
  test.each(SAMPLE_TEXTS)('%s by its characters', (encoding, text) => {
    expect(detectEncoding(encoded(log(text), encoding)).encoding).toBe(encoding);
  });

  test.each([
    ['utf-16le', 2],
    ['utf-16be', 2],
    ['utf-32le', 4],
    ['utf-32be', 4],
    ['utf-8', 3],
  ])('%s by its byte order mark', (encoding, bom) => {
    const found = detectEncoding(encoded('\ufeffGrüße', encoding));
    expect(found).toEqual({ encoding, bom, because: `byte order mark of ${encoding}` });
  });

  test.each([
    'Größe',
    'Straße',
    'für',
    'Español',
    'año',
    'Køb',
    'Noël',
    '25°C',
    '5 µs',
    'åtkomst nekad',
    'café',
    '“no”',
  ])('few letters say nothing against windows-1252: %s', (text) => {
    for (const content of [`${text}\n`, `node=1\nlabel=${text}\n`, `E0501 12:00:00 a.go:1] "${text}"\n`]) {
      expect(detectEncoding(encoded(content, 'windows-1252')).encoding).toBe('windows-1252');
    }
  });

  test('few letters that windows-1252 does not have tell another encoding', () => {
    expect(detectEncoding(encoded('エラー\n', 'shift_jis')).encoding).toBe('shift_jis');
  });

  test('the zeros of UTF-16 tell it, in scripts beyond Latin too', () => {
    for (const encoding of ['utf-16le', 'utf-16be']) {
      expect(detectEncoding(encoded('E0501 12:00:00 failed\r\n', encoding)).encoding).toBe(encoding);
      expect(detectEncoding(encoded('12:00:00 ошибка сети\r\n', encoding)).encoding).toBe(encoding);
    }
    expect(detectEncoding(Buffer.from(`one${'\0'.repeat(300)}two\n`)).encoding).toBe('utf-8');
  });

  test('UTF-8 with a few wrong bytes stays UTF-8; with a character cut at the end it is whole', () => {
    const good = Buffer.from('Größe überschritten, Straße gesperrt\n'.repeat(3));
    expect(detectEncoding(good)).toMatchObject({ encoding: 'utf-8', because: 'valid UTF-8' });
    expect(detectEncoding(Buffer.concat([good, Buffer.from([0xff, 10])])).because).toBe('UTF-8 with 1 malformed place');
    expect(detectEncoding(Buffer.from('Grü').subarray(0, -1)).because).toBe('ASCII');
    const ascii = Buffer.from('E0501 12:00:00 plain\n'.repeat(400));
    ascii[777] = 0xfc;
    expect(detectEncoding(ascii).encoding).toBe('utf-8');
    expect(detectEncoding(new Uint8Array()).encoding).toBe('utf-8');
  });

  test('malformed forms of UTF-8 are counted as the standard has them', () => {
    for (const bad of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe0, 0x80, 0x80], [0x80]]) {
      expect(utf8Census(Uint8Array.from([...bad, 0x41])).bad).toBeGreaterThan(0);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const beyond = [...text].filter((letter) => (letter.codePointAt(0) as number) > 127).length;
        expect(utf8Census(Buffer.from(text))).toEqual({ good: beyond, bad: 0 });
      }),
    );
  });

  test('any bytes have an encoding that can be decoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const { encoding, because } = detectEncoding(bytes);
        expect(because).not.toBe('');
        const transcoder = new Transcoder(encoding);
        const out = Buffer.concat([...transcoder.write(bytes), ...transcoder.end()]);
        expect(utf8Census(out).bad).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('Transcoder', () => {
  test.each(encodingsUnderTest().map(({ encoding, letters }) => [encoding, letters] as const))(
    '%s: what was encoded comes back, however it is cut',
    (encoding, letters) => {
      const text = fc.array(fc.constantFrom(...letters), { maxLength: 60 }).map((parts) => parts.join(''));
      fc.assert(
        fc.property(text, fc.array(fc.nat(7), { maxLength: 200 }), (source, cuts) => {
          const bytes = encoded(source, encoding);
          const transcoder = new Transcoder(encoding);
          const out: Uint8Array[] = [];
          let at = 0;
          for (const cut of cuts) {
            out.push(...transcoder.write(bytes.subarray(at, at + cut)));
            at += cut;
          }
          out.push(...transcoder.write(bytes.subarray(at)), ...transcoder.end());
          expect(Buffer.concat(out).toString('utf8')).toBe(source);
          expect(transcoder.replaced).toBe(0);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('every letter of every encoding that is tested is there', () => {
    const counts = Object.fromEntries(encodingsUnderTest().map(({ encoding, letters }) => [encoding, letters.length]));
    expect(counts['windows-1252']).toBeGreaterThan(240);
    expect(counts.shift_jis).toBeGreaterThan(6000);
    expect(counts.gb18030).toBeGreaterThan(20_000);
  });

  test('marks are dropped, malformed places are counted', () => {
    for (const encoding of ['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be']) {
      const transcoder = new Transcoder(encoding);
      const out = transcoder.write(Buffer.concat([encoded('\ufeffa', encoding), Uint8Array.of(1)]));
      out.push(...transcoder.end());
      expect(Buffer.concat(out).toString()).toBe('a\ufffd');
      expect(transcoder.replaced).toBe(1);
    }
    const lone = new Transcoder('utf-16le');
    expect(Buffer.concat(lone.write(Uint8Array.of(0x00, 0xd8, 0x41, 0x00))).toString()).toBe('\ufffdA');
    const beyond = new Transcoder('utf-32le');
    expect(Buffer.concat(beyond.write(Uint8Array.of(0, 0, 0x11, 0))).toString()).toBe('\ufffd');
  });

  test('a name that nothing decodes is read as windows-1252', () => {
    expect(Buffer.concat(new Transcoder('ebcdic').write(Uint8Array.of(0x80, 0xfc))).toString()).toBe('€ü');
  });
});
