import { describe, expect, it } from 'vitest';
import { ok } from '../../core/failure.ts';
import { BundleId, FindingId } from '../../core/ids.ts';
import type { MergedLine, TimelineHistogram } from '../../core/timeline.ts';
import { type TestWorldOptions, testWorlds, WHOLE_BUNDLE } from './test-world.ts';
import { durationWords } from './timeline-text.ts';

const world = testWorlds({ cases: ['mine'] });
const NOON = Date.UTC(2024, 4, 1, 12);
const { id: bundle, node } = WHOLE_BUNDLE;
const ANSWER: TimelineHistogram = {
  window: {
    ...{ from: '2024-05-01T12:00:00.000Z', to: '2024-05-01T12:10:00.000Z', because: 'given' },
    ...{ sentence: 'The window as given.', inside: 61, outside: 0, undated: 0 },
  },
  ...{ start: NOON, bucketMs: 60_000, columns: 10 },
  lanes: [
    {
      ...{ id: 'k', bundle, node, component: 'kubelet', file: null, lines: 60 },
      cells: [0, 10, 20, 5, 5, 4, 0, 20, 0, 0],
    },
    { ...{ id: 's', bundle, node, component: 'system', file: null, lines: 1 }, cells: [4, 0, 0, 0, 1] },
  ],
  gaps: [
    {
      ...{ bundle, node, file: 'messages', component: 'system', kind: 'suppressed', evidence: null },
      ...{
        from: '2024-05-01T12:01:00.000Z',
        to: '2024-05-01T12:02:00.000Z',
        sentence: 'journald left out 7 messages.',
      },
    },
  ],
  markers: [
    {
      ...{ finding: FindingId.parse('f1'), bundle, node, title: 'Sync failed', severity: 'high' },
      ...{ first: '2024-05-01T12:04:30.000Z', last: '2024-05-01T12:05:00.000Z' },
    },
  ],
  densest: [{ bundle, node, from: '2024-05-01T12:00:00.000Z', to: '2024-05-01T12:10:00.000Z', count: 11, usual: 1.5 }],
  whole: { from: '2024-05-01T12:00:00.000Z', to: '2024-05-01T12:10:00.000Z' },
};
const line = (minute: number, number: number): MergedLine => ({
  ...{ bundle, node, file: 'a.log', line: number, time: new Date(NOON + minute * 60_000).toISOString() },
  ...{ timeBasis: 'explicit', severity: 'high', component: 'kubelet', text: `line ${number} \u001b[31m`, isCut: false },
});

it('rows have their counts and findings, stretches without lines are told, then lanes, gaps and proposals', async () => {
  const made = world({ answers: { 'timeline.histogram': () => ok(ANSWER) } });
  expect(await made.run('timeline', 'mine', '--quiet')).toBe(0);
  expect(made.out()).toBe(
    [
      'The window as given.',
      '',
      'Each row 1 min; in bars # errors, + warnings, . other lines.',
      '2024-05-01T12:00:00Z  40  #####+++++..............................  5 errors, 5 warnings',
      '  (3 min without a line)',
      `2024-05-01T12:04:00Z  21  #....................${' '.repeat(19)}  1 error`,
      '  > high Sync failed (f1)',
      '',
      'By lane',
      '60  kubelet (5 errors, 5 warnings)',
      ' 1  system (1 error, 0 warnings)',
      '',
      'Gaps',
      '2024-05-01T12:01:00.000Z to 2024-05-01T12:02:00.000Z  messages',
      '    journald left out 7 messages.',
      '',
      'Most warnings and errors in ten minutes',
      '2024-05-01T12:00:00.000Z to 2024-05-01T12:10:00.000Z  11, elsewhere 1.5 on average',
      '',
    ].join('\n'),
  );
  expect(made.calls.find(({ method }) => method === 'timeline.histogram')?.input).toMatchObject({
    ...{ bundles: null, from: null, to: null, incident: null, columns: 40, lanes: 'component' },
  });
});

it('of logs that are no longer than ten minutes nothing is said of elsewhere', async () => {
  const densest = ANSWER.densest.map((one) => ({ ...one, usual: one.count }));
  const made = world({ answers: { 'timeline.histogram': () => ok({ ...ANSWER, densest }) } });
  await made.run('timeline', 'mine', '--quiet');
  expect(made.out()).toMatch(/12:10:00\.000Z {2}11\n$/);
});

it('with --json it is the answer as it is', async () => {
  const made = world({ answers: { 'timeline.histogram': () => ok(ANSWER) } });
  const words = ['--json', '--incident', '2024-05-01', '--buckets', '7', '--lanes', 'file'];
  expect(await made.run('timeline', 'mine', ...words)).toBe(0);
  expect(JSON.parse(made.out())).toEqual({ ...ANSWER, bundlesNotOpened: [] });
  expect(made.calls.find(({ method }) => method === 'timeline.histogram')?.input).toMatchObject({
    ...{ incident: '2024-05-01', columns: 7, lanes: 'file' },
  });
});

it('nodes are named where there are several', async () => {
  const other = { ...WHOLE_BUNDLE, id: BundleId.parse('c'.repeat(64)), node: 'other' };
  const made = world({ bundles: [WHOLE_BUNDLE, other], answers: { 'timeline.histogram': () => ok(ANSWER) } });
  await made.run('timeline', 'mine', '--quiet');
  expect(made.out()).toContain(`> high Sync failed on ${node} (f1)`);
  expect(made.out()).toContain(`60  ${node} kubelet`);
});

describe('with --lines', () => {
  /** Pages of three lines a minute apart. */
  const answers: TestWorldOptions['answers'] = {
    'timeline.histogram': () => ok(ANSWER),
    'timeline.lines': ({ at, count = 200, until = null }) => {
      const from = 'cursor' in at ? Number(at.cursor) : 0;
      const lines = Array.from({ length: Math.min(count, 3) }, (_, nth) => line(from + nth, from + nth + 1));
      const wanted = lines.filter(({ time }) => until === null || time < until);
      return ok({
        lines: wanted,
        before: String(from),
        after: wanted.length === 0 ? null : String(from + wanted.length),
      });
    },
  };

  it('lines are those of the window, in pages, safe to show', async () => {
    const made = world({ answers });
    expect(await made.run('timeline', 'mine', '--lines', '100', '--severity', 'medium')).toBe(0);
    const lines = made.out().trimEnd().split('\n');
    // The window ends at ten past.
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatch(/^2024-05-01T12:00:00.000Z explicit {6}a\.log:1: line 1 \S*\[31m$/);
    expect(made.out()).not.toContain('\u001b');
    const asked = made.calls.filter(({ method }) => method === 'timeline.lines').map(({ input }) => input);
    expect(asked[0]).toMatchObject({ at: { time: ANSWER.window.from }, severity: 'medium' });
    expect(asked[1]).toMatchObject({ at: { cursor: '3' } });
    expect(made.err()).toContain('The window as given.');
  });

  it('no more than asked for, and it is said that there may be more', async () => {
    const made = world({ answers });
    await made.run('timeline', 'mine', '--lines', '4', '--json');
    expect(JSON.parse(made.out())).toMatchObject({ window: ANSWER.window, lines: [{ line: 1 }, {}, {}, { line: 4 }] });
    expect(made.err()).toContain('The first 4 lines; there may be more (--lines).');
  });
});

it.each([
  [['--from', 'yesterday'], '`yesterday` is no time'],
  [['--to', '2024-13-01'], '`2024-13-01` is no day of the calendar'],
  [['--incident', ''], 'the time is missing'],
  [['--incident', '2024-05-01', '--from', '2024-05-01'], 'Give a window or an incident, not both.'],
  [['--severity', 'high'], 'A severity is for --lines.'],
  [['--lanes', 'pod'], 'Allowed choices are case, node, component, file'],
  [['--buckets', '0'], 'Expected a whole number'],
])('%s ends with 2, before anything is opened', async (words, said) => {
  const made = world();
  expect(await made.run('timeline', 'mine', ...words)).toBe(2);
  expect(made.err()).toContain(said);
  expect(made.calls).toEqual([]);
});

it('widths of columns are told in their largest unit', () => {
  expect([1_000, 30_000, 60_000, 90_000, 7_200_000, 86_400_000, 172_800_000].map(durationWords)).toEqual([
    ...['1 s', '30 s', '1 min', '90 s', '2 h', '1 d', '2 d'],
  ]);
});
