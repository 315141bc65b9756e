import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { unitsFailed } from './units-failed.ts';

const units = (...lines: readonly string[]) => ({
  'services.txt': `  UNIT LOAD ACTIVE SUB DESCRIPTION\n${lines.map((line) => `${line}\n`).join('')}  sshd.service loaded active running OpenSSH\n`,
});

test.each([
  ['none', [], []],
  ['kubelet failed', ['● kubelet.service loaded failed failed Kubernetes Kubelet'], ['high']],
  ['containerd is started again', ['● containerd.service loaded activating auto-restart containerd'], ['high']],
  ['kubelet is starting', ['  kubelet.service loaded activating start Kubernetes Kubelet'], []],
  ['others', ['● postfix.service loaded failed failed Postfix', '● a.mount loaded failed failed A'], ['low']],
  ['not found', ['● auditd.service not-found inactive dead auditd.service'], []],
] as const)('%s', (_what, lines, expected) => {
  expect(severities(unitsFailed, units(...lines))).toEqual(expected);
});

test('units and lines are named', () => {
  const [one] = found(unitsFailed, units('● a.service loaded failed failed A', '● b.service loaded failed failed B'));
  expect(one).toMatchObject({
    count: 2,
    entities: [{ kind: 'unit', name: 'a.service' }, { name: 'b.service' }],
    evidence: [{ line: 2 }, { line: 3 }],
  });
});

test('without the list it is skipped', () => {
  expect(check(unitsFailed, { 'services.txt': '\n' })).toMatchObject({ outcome: 'skipped' });
});
