import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { clockUnsynchronised } from './clock-unsynchronised.ts';

const timedatectl = (synchronized: string, service = 'active') => ({
  'timedatectl.txt': `               Local time: Wed 2024-05-01 12:00:00 UTC\nSystem clock synchronized: ${synchronized}\n              NTP service: ${service}\n`,
});
const chronyc = (offset: string, leap = 'Normal') => ({
  'chronyc_tracking.txt': `Stratum         : 4\nSystem time     : ${offset} seconds slow of NTP time\nLeap status     : ${leap}\n`,
});

test.each([
  ['synchronised', timedatectl('yes'), []],
  ['synchronised by a service timedatectl does not know', timedatectl('yes', 'inactive'), []],
  ['not synchronised', timedatectl('no'), ['medium']],
  ['chronyd follows', chronyc('0.000012345'), []],
  ['chronyd follows from afar', chronyc('12.500000000'), ['low']],
  ['minutes away', chronyc('612.500000000'), ['medium']],
  ['chronyd has no source', chronyc('0.000000000', 'Not synchronised'), ['medium']],
  ['chronyd does not run', { 'chronyc.txt': '506 Cannot talk to daemon\n' }, ['low']],
] as const)('%s', (_what, files, expected) => {
  expect(severities(clockUnsynchronised, files)).toEqual(expected);
});

test('the line that says it is cited', () => {
  expect(found(clockUnsynchronised, timedatectl('no', 'inactive'))[0]?.evidence).toMatchObject([
    { line: 2 },
    { line: 3 },
  ]);
});

test('a date alone says nothing', () => {
  expect(check(clockUnsynchronised, { 'date.txt': 'Wed May  1 12:00:00 UTC 2024\n' })).toMatchObject({
    outcome: 'skipped',
  });
});
