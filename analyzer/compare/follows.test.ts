import { expect, test } from 'vitest';
import type { DraftDifference } from './draft.ts';
import { withConsequences } from './follows.ts';

const difference = (id: string, values: readonly (string | null)[]): DraftDifference => ({
  ...{
    id,
    kind: 'fact',
    area: 'chains',
    subject: id,
    sentence: '',
    weight: 392,
    because: 'it matters',
    severity: 'high',
  },
  values: values.map((value) => ({ value, because: null, refs: [] })),
  findings: [],
});
const MODE = difference('fact:kube-proxy:mode', ['ipvs', 'iptables', 'iptables']);
const weighed = (...all: readonly DraftDifference[]) => withConsequences(all).map(({ weight }) => weight);

test('chains that differ as the mode does follow from it', () => {
  const chain = difference('fact:chain IPv4 nat:KUBE-SERVICES', ['9 rules', '6 rules', '6 rules']);
  const [mode, follows] = withConsequences([MODE, chain]);
  expect(mode).toBe(MODE);
  expect(follows).toMatchObject({ weight: 140, because: 'it follows from the mode of kube-proxy', severity: null });
});

test('what differs between other sides, or is none of its consequences, does not', () => {
  expect(weighed(MODE, difference('fact:chain IPv4 nat:KUBE-SERVICES', ['9 rules', '6 rules', 'no rules']))).toEqual([
    392, 392,
  ]);
  expect(weighed(MODE, difference('fact:sysctl:net.ipv4.ip_forward', ['0', '1', '1']))).toEqual([392, 392]);
  expect(weighed(difference('fact:chain IPv4 nat:KUBE-SERVICES', ['9 rules', '6 rules', '6 rules']))).toEqual([392]);
});

test('what is not known of a side says nothing against it', () => {
  expect(weighed(MODE, difference('fact:ipset:KUBE-CLUSTER-IP', ['5 entries', null, 'no such set']))).toEqual([
    392, 140,
  ]);
});
