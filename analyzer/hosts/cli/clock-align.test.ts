import { expect, it } from 'vitest';
import { ok } from '../../core/failure.ts';
import { BundleId, FileId } from '../../core/ids.ts';
import type { ClockAlignment, ClockAlignments } from '../../core/timeline.ts';
import { type TestWorld, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const testWorld = testWorlds({ cases: ['mine'], archives: ['three nodes.tar.gz'] });

const BUNDLES = ['n1', 'n2', 'n3'].map((node, index) => ({
  ...WHOLE_BUNDLE,
  id: BundleId.parse(String(index).repeat(64)),
  node,
}));
const evidence = (node: string, file: string, line: number) => ({
  ...{ bundle: WHOLE_BUNDLE.id, node, fileId: FileId.parse(1), file, line, endLine: line },
  ...{ byteStart: 0, byteEnd: 1, sha256: 'a'.repeat(64), text: 'x', note: null },
});
const clock = (index: number, over: Partial<ClockAlignment>): ClockAlignment => ({
  ...{ bundle: BUNDLES[index]?.id ?? WHOLE_BUNDLE.id, node: BUNDLES[index]?.node ?? null, outcome: 'aligned' },
  ...{ offsetMs: 0, spreadMs: 100, anchors: [], anchorCount: 0, shiftMs: 0, sentence: `clock ${index}` },
  ...over,
});
const ANCHOR = {
  kind: 'api-date',
  ...{ what: 'answer of the API server', offsetMs: 89_974 },
  ...{ here: evidence('n2', 'curl.txt', 3), there: evidence('n2', 'curl.txt', 9) },
} as const;

function alignWorld(nodes: readonly ClockAlignment[]): TestWorld {
  const answer: ClockAlignments = { reference: 'n1', nodes, sentence: 'All clocks are told.' };
  return testWorld({ bundles: BUNDLES, answers: { 'clocks.align': () => ok(answer) } });
}

const AHEAD = clock(1, { offsetMs: 89_974, anchors: [ANCHOR], anchorCount: 21 });

it('says how each clock stands, and what would move it; nothing is set', async () => {
  const here = alignWorld([clock(0, { outcome: 'reference' }), AHEAD, clock(2, { offsetMs: 400 })]);
  expect(await here.run('clock', 'align', 'mine')).toBe(0);
  expect(here.out()).toBe(
    'All clocks are told.\n\nn1\n  clock 0\nn2\n  clock 1\n    coldcase clock mine --shift n2=-1m30s\nn3\n  clock 2\n',
  );
  expect(here.calls.map(({ method }) => method)).not.toContain('clock.override');
});

it('offers no shift for a clock that is refused, or that has it', async () => {
  const here = alignWorld([
    clock(0, { outcome: 'refused', offsetMs: null }),
    { ...AHEAD, shiftMs: -90_000 },
    clock(2, { offsetMs: -7_200_000 }),
  ]);
  expect(await here.run('clock', 'align', 'mine')).toBe(0);
  expect(here.out().match(/--shift \S+/g)).toEqual(['--shift n3=+2h']);
});

it('an archive has to be imported into a case to keep a shift', async () => {
  const here = alignWorld([AHEAD]);
  expect(await here.run('clock', 'align', 'three nodes.tar.gz', '--quiet')).toBe(0);
  expect(here.out()).toContain("coldcase import 'three nodes.tar.gz' --case DIR --shift n2=-1m30s\n");
});

it('lists anchors with their lines when asked', async () => {
  const here = alignWorld([AHEAD]);
  expect(await here.run('clock', 'align', 'mine', '--anchors')).toBe(0);
  expect(here.out()).toContain(
    '       +89.974 s  answer of the API server\n        n2 curl.txt:3\n        n2 curl.txt:9\n    20 more anchors not listed\n',
  );
});

it('gives the answer of the engine with --json', async () => {
  const here = alignWorld([AHEAD]);
  expect(await here.run('clock', 'align', 'mine', '--json')).toBe(0);
  expect(JSON.parse(here.out())).toEqual({ reference: 'n1', nodes: [AHEAD], sentence: 'All clocks are told.' });
});
