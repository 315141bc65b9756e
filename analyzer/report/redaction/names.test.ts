/** Spellings of one value that belong together, and lines that only look as if they held one. */
import { expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';

const redactor = () =>
  createRedactor({
    key: new Uint8Array(32).fill(9),
    profiles: ['identifiers', 'network'],
    words: [],
    keep: [],
    networks: [],
  });

test('every spelling of a MAC becomes the same other MAC', () => {
  const one = redactor();
  const mac = one.redact('0a:0f:f9:7f:20:b7');
  const plain = mac.replaceAll(':', '');
  expect(mac).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
  expect(one.redact('enx0a0ff97f20b7')).toBe(`enx${plain}`);
  expect(one.redact('0a0f.f97f.20b7')).toBe(plain.replace(/....(?=.)/g, '$&.'));
  expect(one.redact('0A-0F-F9-7F-20-B7')).toBe(mac.replaceAll(':', '-').toUpperCase());
});

test('a public name of an instance holds the same other address as the address itself', () => {
  const one = redactor();
  const address = one.redact('52.1.2.3');
  expect(address).not.toBe('52.1.2.3');
  expect(one.redact('ec2-52-1-2-3.eu-west-1.compute.amazonaws.com')).toBe(
    `ec2-${address.replaceAll('.', '-')}.eu-west-1.compute.amazonaws.com`,
  );
});

test('the serial number of a disk is the id of its volume', () => {
  const one = redactor();
  const id = one.redact('vol-0a1b2c3d4e5f60718');
  expect(id).not.toBe('vol-0a1b2c3d4e5f60718');
  expect(one.redact('nvme1n1 vol0a1b2c3d4e5f60718')).toBe(`nvme1n1 ${id.replace('-', '')}`);
});

test('a node of a label is the host of the log', () => {
  const one = redactor();
  const host = /^Apr 28 02:05:27 (\S+) /.exec(one.redact('Apr 28 02:05:27 worker1 kubelet[1]: started'))?.[1];
  expect(one.redact('"nodeName":"worker1"')).toBe(`"nodeName":"${host}"`);
});

test.each([
  'daemon:x:2:2:daemon:/sbin:/sbin/nologin',
  'time="2024-04-28T02:05:27Z" level=info msg="Get user: ok"',
  'Apr 28 02:05:27 localhost systemd[1]: Started Session 3 of User root.',
  'Apr 28 02:05:27 localhost systemd[1]: Reached target Multi-User System.',
  'serviceaccount system:serviceaccount:kube-system:aws-node cannot list nodes',
  'kubernetes.io/cluster-service: "true"',
  'E0428 02:05:27.000000 1 x.go:1] secret "foo" not found for user request',
  'lookup redis.shop on localhost: no such host, run.sh main.rs lib.pl x.cc',
  'checkout-5d6b8c7f9d-abcde in namespace shop, node ready',
])('%s stays', (line) => {
  expect(redactor().redact(line)).toBe(line);
});

test('the numbers of a passwd line are no address', () => {
  expect(redactor().redact('jane77:x:1000:1000::/opt:/bin/bash')).toBe('user-1:x:1000:1000::/opt:/bin/bash');
});
