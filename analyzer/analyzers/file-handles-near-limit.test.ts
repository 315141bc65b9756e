import { expect, test } from 'vitest';
import { check, severities } from '../../test/support/node-check.ts';
import { fileHandlesNearLimit } from './file-handles-near-limit.ts';

test.each([
  ['3616\t0\t783052', []],
  ['3616 0 9223372036854775807', []],
  ['699 0 1000', []],
  ['700 0 1000', ['medium']],
  ['900 0 1000', ['high']],
] as const)('%s: %o', (value, expected) => {
  expect(severities(fileHandlesNearLimit, { 'sysctl.txt': `fs.file-max = 1000\nfs.file-nr = ${value}\n` })).toEqual(
    expected,
  );
});

test('another form is not read', () => {
  expect(check(fileHandlesNearLimit, { 'sysctl.txt': 'fs.file-nr = many\n' })).toMatchObject({ outcome: 'skipped' });
});
