import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseClockState } from './clock-state.ts';

test('timedatectl of two generations', () => {
  const text =
    '               Local time: Wed 2024-05-01 12:00:00 UTC\nSystem clock synchronized: no\n              NTP service: inactive\n';
  expect(parseClockState(text)).toEqual({
    synchronized: { value: false, line: 2 },
    offsetSeconds: null,
    silent: { value: 'NTP service: inactive', line: 3 },
  });
  expect(parseClockState('     NTP enabled: yes\nNTP synchronized: yes\n')).toMatchObject({
    synchronized: { value: true },
    silent: null,
  });
});

test('chronyc tracking', () => {
  const text =
    'Reference ID    : 00000000 ()\nStratum         : 0\nSystem time     : 12.500000000 seconds slow of NTP time\nLeap status     : Not synchronised\n';
  expect(parseClockState(text)).toEqual({
    synchronized: { value: false, line: 4 },
    offsetSeconds: { value: 12.5, line: 3 },
    silent: null,
  });
  expect(parseClockState('506 Cannot talk to daemon\n')).toMatchObject({ silent: { line: 1 } });
});

test('another text is none; any text is taken', () => {
  expect(parseClockState('Wed May  1 12:00:00 UTC 2024\n')).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => parseClockState(text) === null));
});
