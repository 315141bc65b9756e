import { expect, test } from 'vitest';
import type { Comparison } from '../../core/comparison.ts';
import { ok } from '../../core/failure.ts';
import { BundleId, FileId } from '../../core/ids.ts';
import type { Bundle, Evidence } from '../../core/vocabulary.ts';
import { type TestWorld, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => BundleId.parse(digit.repeat(64))) as [BundleId, BundleId, BundleId];
const bundle = (id: BundleId, node: string): Bundle => ({ ...WHOLE_BUNDLE, id, node, name: `${node}.tar.gz` });
const BUNDLES = [bundle(A, 'n1'), bundle(B, 'n2'), bundle(C, 'n3')];

const evidence = (of: BundleId, line: number): Evidence => ({
  ...{ bundle: of, node: null, fileId: FileId.parse(1), file: 'networking/iptables-save.txt', line, endLine: line },
  ...{ byteStart: 0, byteEnd: 1, sha256: 'x', text: '*nat', note: null },
});

const COMPARISON: Comparison = {
  sides: BUNDLES.map(({ id, node }) => ({ bundle: id, label: node ?? '', node, collectedAt: null, part: 'unknown' })),
  sentence: 'IPv4 nat KUBE-SERVICES: no rules only on n1; 13 rules on the 2 others. Besides: 2 other differences.',
  isSame: false,
  decisive: ['fact:x'],
  differences: [
    {
      ...{
        id: 'fact:x',
        kind: 'fact',
        area: 'chains',
        subject: 'KUBE-SERVICES',
        weight: 392,
        severity: 'high',
        findings: [],
      },
      sentence: 'IPv4 nat KUBE-SERVICES: no rules only on n1; 13 rules on the 2 others.',
      because: 'packets to Services meet their rules here',
      values: [
        { bundle: A, value: 'no rules', because: null, evidence: [evidence(A, 7)] },
        { bundle: B, value: '13 rules', because: null, evidence: [evidence(B, 9)] },
        { bundle: C, value: '13 rules', because: null, evidence: [evidence(C, 11)] },
      ],
    },
    {
      ...{ id: 'fact:y', kind: 'fact', area: 'system', subject: 'memory', weight: 200, severity: null, findings: [] },
      ...{ sentence: 'memory: 8 GiB on n1; 16 GiB on n2.', because: 'not known to matter by itself', values: [] },
    },
  ],
  notListed: 1,
  common: [{ rule: 'r', title: 'R', findings: [] }],
  ...{ facts: 10, sameFacts: 8 },
  texts: [
    {
      ...{ role: 'iptables-save', title: 'IPv4 rules' },
      files: [A, B].map((id) => ({ bundle: id, file: 'networking/iptables-save.txt', lines: 3 })),
    },
  ],
  notes: ['No side is known to be affected.'],
  notCompared: [{ what: 'Services of n3', because: 'no Service rules were captured' }],
};

const testWorld = testWorlds({ cases: [''] });
let world: TestWorld;

function ofCase(): TestWorld {
  world = testWorld({
    bundles: BUNDLES,
    answers: {
      'compare.run': () => ok(COMPARISON),
      'compare.text': () =>
        ok({
          hunks: [
            { kind: 'same', left: 1, right: 1, lines: ['*nat', 'COMMIT'], leftOut: 4 },
            { kind: 'only-right', left: null, right: 7, lines: ['-A X -j Y'], leftOut: 0 },
          ],
          ...{ onlyLeft: 0, onlyRight: 1, cut: null },
        }),
    },
  });
  return world;
}

test('the answer, what decides with its places, the rest as sentences, what was not compared', async () => {
  expect(await ofCase().run('compare', '.')).toBe(0);
  expect(world.out()).toBe(
    [
      'IPv4 nat KUBE-SERVICES: no rules only on n1; 13 rules on the 2 others. Besides: 2 other differences.',
      '',
      '[high] IPv4 nat KUBE-SERVICES: no rules only on n1; 13 rules on the 2 others.',
      '  n1      no rules  networking/iptables-save.txt:7',
      '  n2, n3  13 rules  networking/iptables-save.txt:9',
      '  packets to Services meet their rules here',
      '',
      'Other differences',
      '  - memory: 8 GiB on n1; 16 GiB on n2.',
      '  and 1 more difference (--json lists them, --limit shows more)',
      '',
      'Compared: 10 facts, 8 of them the same; 1 kind of findings on every side.',
      'Texts that differ (--text ROLE shows them): iptables-save.',
      'Not compared: Services of n3: no Service rules were captured',
      'No side is known to be affected.',
      '',
    ].join('\n'),
  );
});

test('--json is what the engine answers; --node and --affected choose', async () => {
  expect(await ofCase().run('compare', '.', '--json', '--node', 'n1', '--node', 'n3', '--affected', 'n3')).toBe(0);
  expect(JSON.parse(world.out())).toEqual({ ...COMPARISON, bundlesNotOpened: [] });
  const asked = world.calls.find(({ method }) => method === 'compare.run')?.input;
  expect(asked).toMatchObject({ bundles: [A, C], affected: [C] });
});

test('--limit leaves out, and counts', async () => {
  expect(await ofCase().run('compare', '.', '--limit', '1')).toBe(0);
  expect(world.out()).not.toContain('memory: 8 GiB');
  expect(world.out()).toContain('and 2 more differences');
});

test('--text shows both texts', async () => {
  expect(await ofCase().run('compare', '.', '--text', 'iptables-save')).toBe(0);
  expect(world.out().split('\n').slice(0, 8)).toEqual([
    '--- n1: networking/iptables-save.txt',
    '+++ n2: networking/iptables-save.txt',
    '@@ 1 1 @@',
    ' *nat',
    '  (4 lines the same)',
    ' COMMIT',
    '+-A X -j Y',
    '0 lines only left, 1 line only right.',
  ]);
});

test.each([
  [['compare', '.', '--node', 'n1'], 'Two bundles at least'],
  [['compare', '.', '--node', 'n1', '--node', 'n2', '--affected', 'n3'], 'not among those that are compared'],
  [['compare', '.', '--affected', 'n9'], 'No bundle of this case is of this node'],
  [['compare', '.', '--text', 'nft-ruleset'], 'No captured text of this role differs'],
  [['compare', '.', '--limit', '0'], 'Expected a whole number'],
  [['compare', '.', 'missing.tar.gz'], 'There is no such file'],
  [['compare', '.', '.'], 'A case is a target of its own'],
  [['compare', '.', '--case', 'x'], 'The target is a case already'],
])('%j is wrong usage', async (words, message) => {
  expect(await ofCase().run(...words)).toBe(2);
  expect(world.err()).toContain(message);
  expect(world.out()).toBe('');
  expect(world.enginesOpen()).toBe(0);
});
