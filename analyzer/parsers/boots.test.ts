import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBoots } from './boots.ts';

const at = (text: string) => Date.parse(text);

test('years are counted back from the collection', () => {
  const text = `reboot   system boot  5.10.228-219.884 Thu Jan  2 10:03   still running
reboot   system boot  5.10.228-219.884 Wed Jan  1 08:00 - 10:02  (1+02:02)
reboot   system boot  5.10.228-219.884 Tue Dec 31 23:59 - crash  (08:00)
reboot   system boot  5.10.228-219.884 Tue Mar  5 07:00 - 08:00  (01:00)

wtmp begins Tue Mar  5 07:00:00 2024
`;
  expect(parseBoots(text, at('2025-01-02T12:00:00Z'))).toEqual([
    { line: 1, time: at('2025-01-02T10:03:00Z'), crashed: false },
    { line: 2, time: at('2025-01-01T08:00:00Z'), crashed: false },
    { line: 3, time: at('2024-12-31T23:59:00Z'), crashed: true },
    { line: 4, time: at('2024-03-05T07:00:00Z'), crashed: false },
  ]);
});

test('last -F prints the year', () => {
  const text =
    'reboot   system boot  6.1.102-111.182.a Wed Nov 20 08:00:11 2024 - crash                     (1+00:00)\n';
  expect(parseBoots(text, at('2026-01-01T00:00:00Z'))).toEqual([
    { line: 1, time: at('2024-11-20T08:00:11Z'), crashed: true },
  ]);
});

test('any text is taken', () => {
  fc.assert(
    fc.property(fc.string(), (text) => parseBoots(`reboot   system boot  5 Thu Nov 21 10:03 ${text}`, 0).length <= 1),
  );
});
