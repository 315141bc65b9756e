import { expect, test } from 'vitest';
import { FileId } from '../core/ids.ts';
import type { OneSide } from './odd-one.ts';
import { compareVocabulary, SHAPES_LISTED_MAX, type ShapeSeen, type VocabularyReading } from './vocabulary.ts';

const SIDES: readonly OneSide[] = [
  { label: 'n1', isAffected: true },
  { label: 'n2', isAffected: false },
];
const seen = (text: string, count = 1, level: ShapeSeen['level'] = 'error'): ShapeSeen => ({
  ...{ text, count, level },
  first: { fileId: FileId.parse(1), line: 7, endLine: 7 },
});

function log(role: string, shapes: readonly ShapeSeen[], cut: string | null = null): VocabularyReading {
  return { roles: new Map([[role, new Map(shapes.map((one) => [one.text, one]))]]), logs: new Set([role]), cut };
}

test('an error that one side only writes, with its count and its first line', () => {
  const { differences } = compareVocabulary(SIDES, [
    log('kubelet-log', [seen('cannot mount vol-7', 12), seen('usual')]),
    log('kubelet-log', [seen('usual', 3)]),
  ]);
  expect(differences.map(({ sentence }) => sentence)).toEqual([
    'On n1, not on n2: 12 lines of kubelet-log like “cannot mount vol-7”.',
  ]);
  expect(differences[0]?.because).toBe('errors like this stand on affected sides only: 12 lines');
  expect(differences[0]?.values.map(({ value, refs }) => [value, refs[0]?.line])).toEqual([
    ['12 lines', 7],
    ['none', undefined],
  ]);
});

test('affected sides are named only where there are some, and where no other side has the message', () => {
  const sides = ['n1', 'n2', 'n3'].map((label) => ({ label, isAffected: false }));
  const logs = [log('kubelet-log', [seen('x')]), log('kubelet-log', [seen('x')]), log('kubelet-log', [])];
  const because = (of: readonly OneSide[]): string | undefined => compareVocabulary(of, logs).differences[0]?.because;
  expect(because(sides)).toBe('errors like this stand on some sides only: 2 lines');
  const affected = sides.map((side) => ({ ...side, isAffected: side.label === 'n1' }));
  expect(because(affected)).toBe('errors like this stand on sides that are not affected: 2 lines');
});

test('where the log was not captured, or not read to its end, nothing is known of its words', () => {
  const one = log('kubelet-log', [seen('cannot mount vol-7')]);
  expect(compareVocabulary(SIDES, [one, log('kube-proxy-log', [])]).differences).toEqual([]);
  const cut = compareVocabulary(SIDES, [one, log('kubelet-log', [], 'only 64 MB were read')]);
  expect(cut.differences).toEqual([]);
  expect(cut.notCompared).toEqual([{ what: 'a part of the logs of n2', because: 'only 64 MB were read' }]);
});

test('what a component wrote into its own log is not told of syslog again', () => {
  const roles = new Map([
    ['kubelet-log', new Map([['x', seen('x')]])],
    [
      'system-log',
      new Map([
        ['x', seen('x')],
        ['y', seen('y')],
      ]),
    ],
  ]);
  const logs = new Set(roles.keys());
  const { differences } = compareVocabulary(SIDES, [
    { roles, logs, cut: null },
    { roles: new Map(), logs, cut: null },
  ]);
  expect(differences.map(({ id }) => id).sort()).toEqual(['vocabulary:kubelet-log:x', 'vocabulary:system-log:y']);
});

test('errors of the affected side first, then its warnings, then what the others write; many are cut', () => {
  const [many, other] = [
    Array.from({ length: 60 }, (_, at) => seen(`warning ${at}`, 1, 'warning')),
    seen('elsewhere', 900),
  ];
  const { differences, notListed } = compareVocabulary(SIDES, [
    log('kubelet-log', [...many, seen('error', 1), seen('often', 90)]),
    log('kubelet-log', [other]),
  ]);
  expect(differences.slice(0, 3).map(({ subject }) => subject)).toEqual(['often', 'error', 'elsewhere']);
  expect(differences).toHaveLength(SHAPES_LISTED_MAX);
  expect(notListed).toBe(63 - SHAPES_LISTED_MAX);
});
