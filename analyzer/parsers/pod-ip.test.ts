import { expect, test } from 'vitest';
import { parsePodIp } from './pod-ip.ts';

test.each([
  ['POD_IP=10.4.198.175\n', { address: '10.4.198.175', line: 1 }],
  ['# pod\r\nPOD_IP=fd00::1\r\n', { address: 'fd00::1', line: 2 }],
  ['POD_IP="10.0.0.1"', { address: '10.0.0.1', line: 1 }],
  ['POD_IP=\n', null],
  ['POD_IP=10.0.0.999\n', null],
  ['', null],
])('%j', (text, expected) => {
  expect(parsePodIp(text)).toEqual(expected);
});
