import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { TimelineHistogramOf, TimelineLines } from '../contract/timeline.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import type { ResidentThread, ToResident } from './resident-worker.ts';
import { TimelineDesk } from './timeline-desk.ts';
import type { AnyTimelineAsk } from './timeline-protocol.ts';

class FakeThread extends EventEmitter {
  readonly got: ToResident<AnyTimelineAsk>[] = [];
  postMessage(message: ToResident<AnyTimelineAsk>): void {
    this.got.push(message);
  }
  ref(): void {}
  unref(): void {}
  async terminate(): Promise<number> {
    return 1;
  }
  answer(at: number, value: unknown): void {
    this.emit('message', { id: this.got[at]?.id, result: ok(value) });
  }
}

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const finding = (bundle: string, first: string | null, last: string | null) => ({
  ...{ id: `f-${bundle[0]}`, bundle, node: 'n', title: 'T', severity: 'high', first, last },
});
const dense = (bundle: string, count: number) => ({
  ...{ bundle, node: 'n', densestErrors: { from: 'x', to: 'y', count, usual: 1 } },
});
const ANALYSIS = {
  findings: [
    finding(A, '2024-05-01T12:00:00Z', null),
    finding(B, '2024-05-01T12:00:00Z', '2024-05-01T13:00:00Z'),
    finding(A, null, null),
  ],
  nodes: [dense(A, 3), dense(B, 9), { bundle: A, node: 'n', densestErrors: null }],
} as unknown as Analysis;

function setUp(analysis: Result<Analysis> = ok(ANALYSIS)) {
  const threads: FakeThread[] = [];
  const desk = new TimelineDesk({
    start: () => {
      threads.push(new FakeThread());
      return threads.at(-1) as unknown as ResidentThread;
    },
  });
  const readers = [A, B].map((id) => ({ bundle: { id, markedHealthy: false } }));
  const store = {
    dir: '/case',
    bundles: () => readers,
    bundleFile: (id: string) => `/case/bundles/${id}.bundle`,
    overridesOf: () => [],
  } as unknown as CaseStore;
  const histogram = (input: object = {}) =>
    desk.histogram(store, TimelineHistogramOf.input.parse({ caseId: '/case', ...input }), async () => analysis);
  const lines = (input: object = {}) =>
    desk.lines(store, TimelineLines.input.parse({ caseId: '/case', at: { time: '2024-05-01' }, ...input }));
  return { desk, histogram, lines, thread: () => threads[0] as FakeThread, threads };
}

it('a histogram carries the findings that have instants and the densest windows, those of its bundles only', async () => {
  const { histogram, thread } = setUp();
  const whole = histogram();
  thread().answer(0, { columns: 1 });
  expect(await whole).toMatchObject({
    ok: true,
    value: {
      columns: 1,
      markers: [
        { finding: 'f-a', first: '2024-05-01T12:00:00Z', last: '2024-05-01T12:00:00Z' },
        { finding: 'f-b', last: '2024-05-01T13:00:00Z' },
      ],
      densest: [
        { bundle: B, count: 9 },
        { bundle: A, count: 3 },
      ],
    },
  });
  const one = histogram({ bundles: [A] });
  thread().answer(1, {});
  expect(await one).toMatchObject({ ok: true, value: { markers: [{ finding: 'f-a' }], densest: [{ bundle: A }] } });
  expect(thread().got[1]).toMatchObject({ ask: { bundles: [{ file: `/case/bundles/${A}.bundle` }] } });
});

it('an analysis that failed leaves the lines where they are', async () => {
  const { histogram, thread } = setUp(fail('internal', 'no rules'));
  const asked = histogram();
  thread().answer(0, { columns: 7 });
  expect(await asked).toEqual(ok({ columns: 7, markers: [], densest: [] }));
});

it('a later histogram takes the place of an unanswered one; pages of lines wait for theirs', async () => {
  const { histogram, lines, thread } = setUp();
  const page = lines();
  const old = histogram();
  const late = histogram({ from: '2024-05-01' });
  expect(await old).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
  expect(thread().got.map(({ type }) => type)).toEqual(['ask', 'ask', 'forget', 'ask']);
  thread().answer(3, { columns: 2 });
  thread().answer(0, { lines: [] });
  expect(await late).toMatchObject({ ok: true, value: { columns: 2 } });
  expect(await page).toEqual(ok({ lines: [] }));
});

it('a bundle that is not of the case is not found, and nobody is asked', async () => {
  const { histogram, lines, threads } = setUp();
  for (const answer of [histogram({ bundles: ['c'.repeat(64)] }), lines({ bundles: ['c'.repeat(64)] })]) {
    expect(await answer).toMatchObject({ ok: false, failure: { code: 'not-found' } });
  }
  expect(threads).toEqual([]);
});
