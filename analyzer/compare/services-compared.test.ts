import { expect, test } from 'vitest';
import { FileId } from '../core/ids.ts';
import type { OneSide } from './odd-one.ts';
import type { ServicesReading } from './services.ts';
import { compareServices } from './services-compared.ts';

const line = (at: number) => ({ fileId: FileId.parse(1), line: at, endLine: at });

/** @param endpoints by name of the service. */
function node(endpoints: Readonly<Record<string, readonly string[]>>): ServicesReading {
  return {
    services: new Map(
      Object.entries(endpoints).map(([name, list], at) => [
        `10.0.0.${name}`,
        { name, endpoints: list, refs: [line(at + 2)] },
      ]),
    ),
    rules: line(1),
    notKnown: null,
  };
}

const NOTHING: ServicesReading = { services: new Map(), rules: null, notKnown: 'no Service rules were captured' };
const SIDES: readonly OneSide[] = ['n1', 'n2', 'n3'].map((label) => ({ label, isAffected: label === 'n1' }));
const compare = (readings: readonly ServicesReading[], clusters = readings.map(() => 0)) =>
  compareServices(SIDES.slice(0, readings.length), { readings, clusters, bundles: [], findings: [] });

test('a Service with another endpoint on one of three nodes', () => {
  const [stale, fresh] = [{ 'a/web': ['1.1.1.1:80', '2.2.2.2:80'] }, { 'a/web': ['1.1.1.1:80', '3.3.3.3:80'] }];
  const { differences, compared } = compare([node(stale), node(fresh), node(fresh)]);
  expect(differences.map(({ sentence }) => sentence)).toEqual([
    'a/web: 2 endpoints: 2.2.2.2:80, 1.1.1.1:80 only on n1; 2 endpoints: 3.3.3.3:80, 1.1.1.1:80 on the 2 others.',
  ]);
  expect(differences[0]).toMatchObject({ kind: 'service', severity: 'medium', subject: 'a/web' });
  expect(compared).toBe(1);
});

test('a Service that is not in the rules, and one without endpoints, are worse; the rules themselves show it', () => {
  const whole = { 'a/web': ['1.1.1.1:80'], 'a/api': ['1.1.1.2:80'] };
  const { differences } = compare([node({ 'a/api': [] }), node(whole)]);
  expect(differences.map(({ severity, values }) => [severity, values[0]?.value])).toEqual([
    ['high', 'no endpoints'],
    ['high', 'not in its rules'],
  ]);
  expect(differences[1]?.values[0]?.refs).toEqual([line(1)]);
});

test('many Services that differ alike are one difference, and each is still listed below it', () => {
  const names = Array.from({ length: 9 }, (_, at) => `a/s${at}`);
  const whole = Object.fromEntries(names.map((name) => [name, ['1.1.1.1:80']]));
  const { differences } = compare([node({ 'a/other': ['1.1.1.9:80'] }), node({ ...whole, 'a/other': ['1.1.1.9:80'] })]);
  const [first, ...rest] = differences.toSorted((one, two) => two.weight - one.weight);
  expect(first?.sentence).toBe(
    '9 Services (a/s0, a/s1, a/s2, a/s3, a/s4 and 4 more): 9 Services not in its rules on n1; endpoints for all 9 on n2.',
  );
  expect(first?.weight).toBeGreaterThan(500);
  expect(rest).toHaveLength(9);
  expect(rest.every(({ weight }) => weight < 300)).toBe(true);
});

test('what is not known of a node is no difference', () => {
  const one = compare([node({ 'a/web': ['1.1.1.1:80'] }), NOTHING]);
  expect(one.differences).toEqual([]);
  expect(one.notCompared).toEqual([{ what: 'Services of n2', because: 'no Service rules were captured' }]);
  expect(compare([NOTHING, NOTHING]).notCompared).toHaveLength(2);
});

test('nodes of two clusters are not held against each other', () => {
  const [one, two] = [node({ 'a/web': ['1.1.1.1:80'] }), node({ 'a/web': ['9.9.9.9:80'] })];
  const { differences, notCompared } = compare([one, two], [0, 1]);
  expect(differences).toEqual([]);
  expect(notCompared[0]?.because).toContain('no two nodes are known to be of one cluster');
  const three = compare([one, two, two], [0, 1, 1]);
  expect(three.differences).toEqual([]);
  expect(three.notCompared).toEqual([
    { what: 'Services of n1', because: 'not known to be of the same cluster as the others' },
  ]);
  expect(three.note).toBe('n2 and n3 are of one cluster: their Services have the same addresses.');
});
