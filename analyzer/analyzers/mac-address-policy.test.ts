import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { macAddressPolicy } from './mac-address-policy.ts';

const link = (policy: string, names = '*') => ({
  'system/instance-id.txt': 'i-0abc\n',
  'networking/systemd-network/99-default.link': `[Match]\nOriginalName=${names}\n[Link]\nMACAddressPolicy=${policy}\n`,
});

test('none is right, anything else a note', () => {
  expect(severities(macAddressPolicy, link('none'))).toEqual([]);
  expect(found(macAddressPolicy, link('persistent'))).toMatchObject([{ severity: 'low', evidence: [{ line: 4 }] }]);
});

test('a file for network cards alone says nothing of pods', () => {
  expect(check(macAddressPolicy, link('persistent', 'ens*'))).toMatchObject({ outcome: 'skipped' });
  expect(check(macAddressPolicy, {})).toMatchObject({ outcome: 'skipped' });
});
