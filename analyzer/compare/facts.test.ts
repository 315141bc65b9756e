import { expect, test } from 'vitest';
import { FileId } from '../core/ids.ts';
import { compareGroup } from './facts.ts';
import type { OneSide } from './odd-one.ts';
import { type Absent, type GroupReading, notKnown, reading, SUBJECTS_MAX, said, wholeList } from './reading.ts';

const SIDES: readonly OneSide[] = ['a', 'b', 'c'].map((label) => ({ label, isAffected: label === 'a' }));
const group = (id: string) => ({ id, area: 'area', title: 'things', read: () => notKnown('unused') });
const silent: Absent = { known: 'nothing', because: 'not among those that were captured' };
const of = (values: Readonly<Record<string, string>>, absent: Absent = silent): GroupReading =>
  reading(
    Object.entries(values).map(([key, value]) => [key, said(value)] as const),
    absent,
  );
const differing = (id: string, readings: readonly GroupReading[]) =>
  compareGroup(group(id), SIDES.slice(0, readings.length), readings);

test('what is not known on one side is no difference, and said to be not compared', () => {
  const one = differing('sysctl', [of({ 'kernel.pid_max': '1' }), notKnown('no kernel settings were captured')]);
  expect(one).toMatchObject({ differences: [], facts: 0, sameFacts: 0 });
  expect(one.notCompared).toEqual([{ what: 'things of b', because: 'no kernel settings were captured' }]);
  const some = differing('sysctl', [of({ 'a.x': '1', 'a.y': '1' }), of({ 'a.x': '1' })]);
  expect(some).toMatchObject({ differences: [], facts: 1, sameFacts: 1 });
  expect(some.notCompared).toEqual([{ what: 'some things', because: '1 of them was captured on one side only' }]);
  expect(differing('sysctl', [notKnown('x'), notKnown('y')]).notCompared).toEqual([]);
});

test('of three sides the one that does not tell has its reason, and the others are compared', () => {
  const { differences } = differing('sysctl', [
    of({ 'net.ipv4.ip_forward': '0' }),
    of({ 'net.ipv4.ip_forward': '1' }),
    notKnown('no kernel settings were captured'),
  ]);
  expect(differences.map(({ sentence }) => sentence)).toEqual(['net.ipv4.ip_forward: 0 on a; 1 on b.']);
  expect(differences[0]?.values[2]).toEqual({ value: null, because: 'no kernel settings were captured', refs: [] });
});

test('that a whole list lacks something is known, and its lines show it', () => {
  const list = wholeList('not loaded', FileId.parse(1), [4, 2, 9], 'the whole list');
  const { differences } = differing('module', [of({ ip_vs: 'loaded' }), of({ overlay: 'loaded' }, list)]);
  expect(differences.map(({ id }) => id)).toEqual(['fact:module:ip_vs']);
  expect(differences[0]?.values[1]).toEqual({
    value: 'not loaded',
    because: null,
    refs: [{ fileId: 1, line: 2, endLine: 9, note: 'the whole list' }],
  });
});

test('that a setting is absent is known only where the same files were collected', () => {
  const absent = (layout: string): Absent => ({
    ...{ known: 'absent-in-layout', layout, said: said('not set'), because: 'collected in different ways' },
  });
  const alike = [of({ ENABLE_X: 'true' }, absent('eks')), of({ OTHER: '1' }, absent('eks'))];
  expect(differing('cni-setting', alike).differences.map(({ sentence }) => sentence)).toEqual([
    'ENABLE_X: true on a; not set on b.',
    'OTHER: not set on a; 1 on b.',
  ]);
  const apart = [of({ ENABLE_X: 'true' }, absent('eks')), of({ OTHER: '1' }, absent('sosreport'))];
  expect(differing('cni-setting', apart)).toMatchObject({ differences: [], facts: 0 });
});

test('the same meaning is no difference, whatever it reads like', () => {
  const value = (text: string): GroupReading =>
    reading([['hostname', { value: text, meaning: '<node>', refs: [] }]], silent);
  expect(differing('kube-proxy', [value('n1'), value('n2')])).toMatchObject({
    differences: [],
    facts: 1,
    sameFacts: 1,
  });
});

test('what is a node’s own is not even counted', () => {
  const one = differing('sysctl', [of({ 'kernel.hostname': 'a' }), of({ 'kernel.hostname': 'b' })]);
  expect(one).toEqual({ differences: [], notCompared: [], facts: 0, sameFacts: 0 });
});

test('what is known to matter weighs more, and less where it does not tell the affected side apart', () => {
  const weigh = (id: string, subject: string, values: readonly string[]): number =>
    differing(
      id,
      values.map((value) => of({ [subject]: value })),
    ).differences[0]?.weight ?? 0;
  const matters = weigh('sysctl', 'net.ipv4.ip_forward', ['0', '1', '1']);
  const other = weigh('sysctl', 'kernel.sysrq', ['0', '1', '1']);
  const mixed = weigh('sysctl', 'net.ipv4.ip_forward', ['0', '1', '0']);
  expect(matters).toBeGreaterThan(300);
  expect(mixed).toBeLessThan(300);
  expect(mixed).toBeGreaterThan(other);
});

test('a hostile number of subjects is cut, and then nothing is said to be absent', () => {
  const many = reading(
    Array.from({ length: SUBJECTS_MAX + 5 }, (_, at) => [`k${at}`, said('1')] as const),
    { known: 'absent', said: said('not there') },
  );
  expect(many.said.size).toBe(SUBJECTS_MAX);
  expect(many.absent).toEqual({ known: 'nothing', because: `more than ${SUBJECTS_MAX} were captured` });
});
