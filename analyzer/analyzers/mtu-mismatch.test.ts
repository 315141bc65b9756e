import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { mtuMismatch } from './mtu-mismatch.ts';

const node = (primary: number, pod: number, name = 'eni0abc0f@if3') => ({
  'iproute.txt': 'default via 10.0.3.1 dev eth0\n10.0.3.7 dev eni0abc0f scope link\n',
  'ip-addr.txt': `1: lo: <LOOPBACK,UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <UP> mtu ${primary}\n    inet 10.0.3.2/24 scope global eth0\n4: ${name}: <UP> mtu ${pod}\n    inet6 fe80::1/64 scope link\n`,
});

test.each([
  [9001, 9001, []],
  [9001, 1450, []],
  [1500, 9001, ['medium']],
] as const)('node %i, pod %i: %o', (primary, pod, expected) => {
  expect(severities(mtuMismatch, node(primary, pod))).toEqual(expected);
});

test('the pod is cited first, then the node', () => {
  expect(found(mtuMismatch, node(1500, 9001))[0]).toMatchObject({
    count: 1,
    entities: [
      { kind: 'interface', name: 'eth0' },
      { kind: 'veth', name: 'eni0abc0f' },
    ],
    evidence: [{ line: 5 }, { line: 3 }],
  });
});

test('other interfaces are no pods, and without a default route nothing is said', () => {
  expect(check(mtuMismatch, node(1500, 9001, 'docker0'))).toMatchObject({ outcome: 'skipped' });
  expect(
    check(mtuMismatch, { ...node(1500, 9001), 'iproute.txt': '10.0.3.7 dev eni0abc0f scope link\n' }),
  ).toMatchObject({ outcome: 'skipped' });
});
