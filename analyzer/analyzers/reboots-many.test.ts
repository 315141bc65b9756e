import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { rebootsMany } from './reboots-many.ts';

const boot = (time: string, ended: string) => `reboot   system boot  5.10.228-219.884 ${time} ${ended}\n`;
const NAME = 'eks_i-0abc12345_2024-11-22_1200-UTC_0.7.9.tar.gz';
const files = (...lines: readonly string[]) => ({ 'last_reboot.txt': `${lines.join('')}\nwtmp begins x\n` });
const A = boot('Thu Nov 21 10:03', '  still running');
const B = boot('Thu Nov 21 08:00', '- 10:02  (02:02)');
const C = boot('Wed Nov 20 10:04', '- 07:00  (20:56)');
const C_CRASH = boot('Wed Nov 20 10:04', '- crash  (21:56)');

test.each([
  ['one', [A], []],
  ['two', [A, B], []],
  ['three, one of them more than a day before', [A, B, boot('Wed Nov 20 10:02', '- 07:00  (20:58)')], []],
  ['three within a day', [A, B, C], ['low']],
  ['three, and a crash', [A, B, C_CRASH], ['medium']],
  ['long ago', [A, ...[1, 2, 3].map((hour) => boot(`Mon Mar  4 0${hour}:00`, '- crash (00:30)'))], ['low']],
] as const)('%s', (_what, lines, expected) => {
  expect(severities(rebootsMany, files(...lines), NAME)).toEqual(expected);
});

test('the boots are cited, newest first', () => {
  expect(found(rebootsMany, files(A, B, C), NAME)[0]).toMatchObject({
    count: 3,
    evidence: [{ line: 1 }, { line: 2 }, { line: 3 }],
  });
});

test('without the list it is skipped', () => {
  expect(check(rebootsMany, files())).toMatchObject({ outcome: 'skipped' });
});
