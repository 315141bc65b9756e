import { describe, expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { resolvConf } from './resolv-conf.ts';

const servers = (...addresses: readonly string[]) => addresses.map((one) => `nameserver ${one}\n`).join('');
const file = (text: string) => ({ 'resolv.conf': text, 'system/instance-id.txt': 'i-0abc\n' });

test('a plain one passes', () => {
  expect(check(resolvConf, file(`search a.internal\n${servers('10.0.0.2')}`))).toMatchObject({ outcome: 'pass' });
  expect(severities(resolvConf, file(servers('10.0.0.2', '10.0.0.3', '10.0.0.4')))).toEqual([]);
});

test('a fourth name server is never asked', () => {
  const [one, ...more] = found(resolvConf, file(servers('10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5')));
  expect(more).toEqual([]);
  expect(one).toMatchObject({ severity: 'low', entities: [{ name: '10.0.0.5' }], evidence: [{ line: 4 }, {}, {}, {}] });
});

test('search domains by number and by length', () => {
  const line = (count: number, name = 'a.example') =>
    `search ${Array.from({ length: count }, (_, at) => `${at}.${name}`).join(' ')}\n${servers('10.0.0.2')}`;
  expect(severities(resolvConf, file(line(6)))).toEqual([]);
  expect(severities(resolvConf, file(line(7)))).toEqual(['low']);
  expect(severities(resolvConf, file(line(3, 'a'.repeat(90))))).toEqual(['low']);
});

test('no name server', () => {
  expect(severities(resolvConf, file('search a.example\n'))).toEqual(['medium']);
});

describe('a stub on the loopback address', () => {
  const config = (more: object) => ({
    'kubelet/config.json': `${JSON.stringify({ kind: 'KubeletConfiguration', ...more })}\n`,
  });
  const stub = file(servers('127.0.0.53'));
  test('is right where kubelet hands on another file', () => {
    expect(severities(resolvConf, { ...stub, ...config({ resolvConf: '/run/systemd/resolve/resolv.conf' }) })).toEqual(
      [],
    );
  });
  test('is wrong where it does not, and only noted where that is not known', () => {
    expect(severities(resolvConf, { ...stub, ...config({}) })).toEqual(['medium']);
    expect(severities(resolvConf, { ...stub, ...config({ resolvConf: '/etc/resolv.conf' }) })).toEqual(['medium']);
    expect(severities(resolvConf, stub)).toEqual(['info']);
  });
  test('beside another server it is harmless', () => {
    expect(severities(resolvConf, { ...file(servers('127.0.0.53', '10.0.0.2')), ...config({}) })).toEqual([]);
  });
});

test('without the file it is skipped', () => {
  expect(check(resolvConf, {})).toMatchObject({ outcome: 'skipped' });
});
