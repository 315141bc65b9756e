import { expect, test } from 'vitest';
import { addressTaken, portTaken, prefixHolds, splitEndpoint } from './rule-match.ts';

test.each([
  ['10.0.0.0/8', '10.244.1.1', true],
  ['10.244.1.0/24', '10.244.10.1', false],
  ['10.0.0.1', '10.0.0.10', false],
  ['10.0.0.0/9', '10.128.0.0', false],
  ['0.0.0.0/0', '10.0.0.0/8', true],
  ['10.0.0.0/16', '10.0.0.0/8', false],
  ['fd00:10::/32', 'fd00:10:244::b', true],
  ['::/0', '10.0.0.1', false],
  ['nonsense', '10.0.0.1', false],
  ['10.0.0.0/99', '10.0.0.1', false],
])('%s holds %s: %s', (outer, inner, expected) => {
  expect(prefixHolds(outer, inner)).toBe(expected);
});

test('a negated address takes what is certainly outside', () => {
  expect(addressTaken({ not: true, value: '10.0.0.0/8' }, '192.168.0.1')).toBe(true);
  expect(addressTaken({ not: true, value: '10.0.0.0/8' }, '10.1.1.1')).toBe(false);
  expect(addressTaken({ not: true, value: '10.0.0.0/8' }, '0.0.0.0/0')).toBe(false);
});

test('ports: lists, ranges, whole numbers', () => {
  expect(portTaken({ not: false, value: '53' }, 5353)).toBe(false);
  expect(portTaken({ not: false, value: '80,8000:9000' }, 8080)).toBe(true);
  expect(portTaken({ not: true, value: '80' }, 443)).toBe(true);
  expect(portTaken({ not: false, value: 'http' }, 80)).toBe(false);
});

test('endpoints', () => {
  expect(splitEndpoint('10.0.0.1:80')).toEqual({ address: '10.0.0.1', port: 80 });
  expect(splitEndpoint('[fd00::1]:80')).toEqual({ address: 'fd00::1', port: 80 });
  expect(splitEndpoint('fd00::1')).toEqual({ address: 'fd00::1', port: null });
  expect(splitEndpoint('10.0.0.1-10.0.0.9:80')).toBeNull();
});
