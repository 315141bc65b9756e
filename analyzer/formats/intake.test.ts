import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encoded, SAMPLE_TEXTS } from './encodings.fixture.ts';
import { intakeOf } from './intake.ts';

const log = 'E0501 12:00:00.123456       1 proxier.go:12] "Sync failed"\n'.repeat(40);

test.each([
  ['ASCII', Buffer.from(log), 'utf-8'],
  ['nothing', new Uint8Array(), 'utf-8'],
  ['one byte', Buffer.from('1'), 'utf-8'],
  ['colours of a terminal', Buffer.from('\u001b[31mred\u001b[0m text\n'), 'utf-8'],
  ['a few NULs', Buffer.from(`${log}${'\0'.repeat(200)}${log}`), 'utf-8'],
  ['NULs of a crash, more than text', Buffer.from(`${'\0'.repeat(4096)}${log}`), 'utf-8'],
  ['NULs between words, as in /proc/1/environ', Buffer.from('A=1\0B=2\0HOME=/root\0'), 'utf-8'],
  ['UTF-16LE with its mark', encoded(`\ufeff${log}`, 'utf-16le'), 'utf-16le'],
  ['UTF-16BE without one', encoded(log, 'utf-16be'), 'utf-16be'],
  ['UTF-32LE with its mark', encoded(`\ufeff${log}`, 'utf-32le'), 'utf-32le'],
  ['UTF-16LE cut inside a character', encoded(`\ufeff${log}😀`, 'utf-16le').subarray(0, -1), 'utf-16le'],
])('%s is text', (_, bytes, encoding) => {
  expect(intakeOf(bytes)).toMatchObject({ kind: 'text', encoding });
});

test.each(SAMPLE_TEXTS)('text in %s is text', (encoding, text) => {
  expect(intakeOf(encoded(`${text}\n`.repeat(4), encoding))).toMatchObject({ kind: 'text', encoding });
});

const random = fc.sample(fc.uint8Array({ minLength: 512, maxLength: 512 }), { seed: 7, numRuns: 1 })[0] as Uint8Array;

test.each([
  ['signature of PDF', Buffer.from('%PDF-1.7\n1 0 obj\n')],
  ['signature of PNG image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13])],
  ['signature of ELF program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])],
  ['signature of gzip', gzipSync(log)],
  ['signature of zstd', zstdCompressSync(log)],
  ['next to nothing but zeros', Buffer.alloc(4096)],
  ['control characters, which text does not have', Uint8Array.from({ length: 300 }, (_, index) => (index * 7) % 31)],
  ['not the utf-16le that its first bytes say', Buffer.from([0xff, 0xfe, ...Array(400).fill(0xd8)])],
])('%s', (because, bytes) => {
  expect(intakeOf(bytes)).toEqual({ kind: 'binary', encoding: 'binary', because });
});

test('bytes without pattern are binary', () => {
  expect(intakeOf(random).kind).toBe('binary');
});

test('a record of utmp is binary, although most of it is zeros', () => {
  // struct utmp of glibc: type 7, a pid, line, id, user and host in fields padded with zeros, seconds and address.
  const record = Buffer.alloc(384);
  record.writeInt32LE(7, 0);
  record.writeInt32LE(1234, 4);
  record.write('pts/0', 8);
  record.write('ts/0', 40);
  record.write('ec2-user', 44);
  record.write('10.0.1.2', 76);
  record.writeInt32LE(1714564800, 340);
  expect(intakeOf(Buffer.concat(Array(20).fill(record))).kind).toBe('binary');
});

test('a log of a few lines and then nothing but zeros is a log; zeros with a byte here and there are none', () => {
  const crashed = Buffer.alloc(8192);
  crashed.write('E0501 12:00:00.000000       1 a.go:1] the last line before the crash\n');
  expect(intakeOf(crashed)).toMatchObject({ kind: 'text', encoding: 'utf-8' });
  const numbers = Buffer.alloc(8192);
  for (let at = 0; at < 20; at++) numbers.writeInt32LE(10, at * 16);
  expect(intakeOf(numbers).kind).toBe('binary');
});

test('a journal of systemd has its own kind', () => {
  expect(intakeOf(Buffer.from(`LPKSHHRH${'\0'.repeat(200)}`)).kind).toBe('journal');
});

test('any bytes are one of the kinds, and the reason is said', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const { kind, encoding, because } = intakeOf(bytes);
      expect(['text', 'binary', 'journal']).toContain(kind);
      expect(kind === 'text').toBe(encoding !== 'binary');
      expect(because).not.toBe('');
    }),
  );
});
