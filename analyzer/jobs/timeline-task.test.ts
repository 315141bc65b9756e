import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORPUS, type PlainLine, type SealedCorpus, withCorpus } from '../../test/support/timeline-corpus.ts';
import { TimelineHistogramOf, TimelineLines } from '../contract/timeline.ts';
import { LINE_LEVELS } from '../core/line-level.ts';
import type { MergedPage } from '../core/timeline.ts';
import { componentOf } from '../correlate/lanes.ts';
import { LANES_MAX } from './timeline-histogram.ts';
import type { HistogramPart } from './timeline-protocol.ts';
import { Timelines } from './timeline-task.ts';

const NOON = Date.UTC(2024, 4, 1, 12);
const ID = (bundle: number): string => String(bundle + 1).repeat(64);
const CASE = { caseId: '/case' };

/** A worker without its thread, asked as the desk asks. */
class Asked {
  readonly #timelines = new Timelines();
  readonly #corpus: Pick<SealedCorpus, 'refs'>;

  constructor(corpus: Pick<SealedCorpus, 'refs'>) {
    this.#corpus = corpus;
  }

  async lines(input: object): Promise<MergedPage> {
    const ask = { want: 'lines', input: TimelineLines.input.parse({ ...CASE, ...input }), bundles: this.#corpus.refs };
    return (await this.#timelines.answer(ask as never, async () => {})) as MergedPage;
  }

  async histogram(input: object): Promise<HistogramPart> {
    const parsed = TimelineHistogramOf.input.parse({ ...CASE, ...input });
    const ask = { want: 'histogram', input: parsed, bundles: this.#corpus.refs };
    return (await this.#timelines.answer(ask as never, async () => {})) as HistogramPart;
  }
}

const shown = ({ lines }: MergedPage) =>
  lines.map(({ time, bundle, file, line, severity }) => [time, bundle, file, line, severity]);
const SEVERITIES = [null, 'info', 'medium', 'high'] as const;
const plain = (lines: readonly PlainLine[]) =>
  lines.map(({ time, bundle, file, line, level }) => [
    ...[new Date(time).toISOString(), ID(bundle), file, line, SEVERITIES[LINE_LEVELS.indexOf(level)]],
  ]);
const lane = ({ bundle, role, file }: PlainLine): string => `${ID(bundle)}/${componentOf({ role, path: file })}`;

describe('lines of a case in the order of time', () => {
  it('are a plain sort of all lines, from any instant and any cursor, both ways, whatever is left out', async () => {
    const filters = fc.record({
      severity: fc.constantFrom(null, null, 'info', 'low', 'medium', 'high', 'critical'),
      lanes: fc.constantFrom(null, null, ['kubelet', 'containerd'], ['kernel', 'pods'], []),
      count: fc.integer({ min: 1, max: 25 }),
      second: fc.integer({ min: -100, max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(CORPUS, fc.array(filters, { minLength: 4, maxLength: 4 }), (corpus, asks) =>
        withCorpus(corpus, async (sealed) => {
          const asked = new Asked(sealed);
          for (const { severity, lanes: components, count, second } of asks) {
            const lanes = components?.flatMap((one) => corpus.map((_, at) => `${ID(at)}/${one}`)) ?? null;
            const least =
              severity === null
                ? 0
                : severity === 'info'
                  ? 1
                  : severity === 'critical'
                    ? 4
                    : severity === 'high'
                      ? 3
                      : 2;
            const wanted = sealed.lines.filter(
              (line) => LINE_LEVELS.indexOf(line.level) >= least && lanes?.includes(lane(line)) !== false,
            );
            const at = Date.UTC(2024, 4, 1, 12) + second * 1_000;
            const ask = { severity, lanes, count, at: { time: new Date(at).toISOString() } };
            const after = await asked.lines(ask);
            expect(shown(after)).toEqual(plain(wanted.filter(({ time }) => time >= at).slice(0, count)));
            const until = { time: at + 40_000, text: new Date(at + 40_000).toISOString() };
            const bounded = await asked.lines({ ...ask, until: until.text });
            const inside = wanted.filter(({ time }) => time >= at && time < until.time);
            expect(shown(bounded)).toEqual(plain(inside.slice(0, count)));
            const before = await asked.lines({ ...ask, direction: 'before' });
            expect(shown(before)).toEqual(plain(wanted.filter(({ time }) => time < at).slice(-count)));
            await pagesAgree(asked, ask, wanted, after, count);
          }
        }),
      ),
      { numRuns: 15 },
    );
  });

  /** On from the end of the page, and back from its start, to both ends of the case. */
  async function pagesAgree(
    asked: Asked,
    ask: object,
    wanted: readonly PlainLine[],
    page: MergedPage,
    count: number,
  ): Promise<void> {
    if (page.after === null || page.before === null) return;
    const seen = [...shown(page)];
    const steps = Math.ceil(wanted.length / count) + 1;
    let cursor: string | null = page.after;
    for (let step = 0; step < steps && cursor !== null; step++) {
      const next: MergedPage = await asked.lines({ ...ask, at: { cursor } });
      seen.push(...shown(next));
      cursor = next.after;
    }
    cursor = page.before;
    for (let step = 0; step < steps && cursor !== null; step++) {
      const next: MergedPage = await asked.lines({ ...ask, at: { cursor }, direction: 'before' });
      seen.unshift(...shown(next));
      cursor = next.before;
    }
    expect(seen).toEqual(plain(wanted));
  }

  it('a cursor of nothing, and a time that is none, are refused', async () => {
    await withCorpus([{ files: [], shift: null }], async (sealed) => {
      const asked = new Asked(sealed);
      for (const at of [{ cursor: 'x' }, { cursor: '' }, { time: 'yesterday' }, { time: '2024-13-01' }]) {
        await expect(asked.lines({ at })).rejects.toMatchObject({ failure: { code: 'wrong-usage' } });
      }
      expect(await asked.lines({ at: { time: '2024-05-01' } })).toEqual({ lines: [], before: null, after: null });
    });
  });
});

/** What cells say of each column. */
function columnsOf({ lanes, start, bucketMs }: HistogramPart): ReadonlyMap<number, readonly number[]> {
  const sums = new Map<number, number[]>();
  for (const { cells } of lanes) {
    for (let at = 0; at < cells.length; at += 5) {
      const time = start + (cells[at] as number) * bucketMs;
      const sum = sums.get(time) ?? [0, 0, 0, 0];
      sums.set(
        time,
        sum.map((count, field) => count + (cells[at + 1 + field] as number)),
      );
    }
  }
  return sums;
}

function plainColumns(lines: readonly PlainLine[], bucketMs: number): ReadonlyMap<number, readonly number[]> {
  const sums = new Map<number, number[]>();
  for (const { time, level } of lines) {
    const start = Math.floor(time / bucketMs) * bucketMs;
    const sum = sums.get(start) ?? [0, 0, 0, 0];
    const field = LINE_LEVELS.indexOf(level);
    sum[field] = (sum[field] as number) + 1;
    sums.set(start, sum);
  }
  return sums;
}

describe('the histogram', () => {
  it('below 10 s counts every line in its column; above, as many in all and none outside of the window', async () => {
    const windows = fc.tuple(fc.integer({ min: -200, max: 1_000 }), fc.integer({ min: 1, max: 1_200 }));
    await fc.assert(
      fc.asyncProperty(CORPUS, windows, fc.integer({ min: 1, max: 900 }), (corpus, [second, seconds], columns) =>
        withCorpus(corpus, async (sealed) => {
          const asked = new Asked(sealed);
          const from = Date.UTC(2024, 4, 1, 12) + second * 1_000;
          const to = from + seconds * 1_000;
          const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
          const inside = sealed.lines.filter(({ time }) => time >= from && time < to);
          const answer = await asked.histogram({ ...window, columns });
          expect(answer.columns).toBeLessThanOrEqual(columns);
          const counted = answer.lanes.reduce((sum, { lines }) => sum + lines, 0);
          expect(answer.window.inside).toBe(counted);
          expect(counted + answer.window.outside + answer.window.undated).toBe(sealed.total);
          if (answer.bucketMs < 10_000) {
            expect(columnsOf(answer)).toEqual(plainColumns(inside, answer.bucketMs));
          } else {
            const near = (ms: number) => sealed.lines.filter(({ time }) => time >= from - ms && time < to + ms).length;
            expect(counted).toBeGreaterThanOrEqual(near(-10_000));
            expect(counted).toBeLessThanOrEqual(near(10_000));
          }
          const all = await asked.histogram({ columns });
          expect(all.window.inside + all.window.outside).toBe(sealed.lines.length);
          expect(all.window.outside).toBe(0);
          const [first, last] = [sealed.lines[0], sealed.lines.at(-1)];
          if (first === undefined || last === undefined) expect(all.whole).toBeNull();
          else {
            expect(Date.parse(all.whole?.from ?? '')).toBeLessThanOrEqual(first.time);
            expect(Date.parse(all.whole?.to ?? '')).toBeGreaterThan(last.time);
            expect(first.time - Date.parse(all.whole?.from ?? '')).toBeLessThan(10_000);
            expect(Date.parse(all.whole?.to ?? '') - last.time).toBeLessThanOrEqual(10_000);
          }
        }),
      ),
      { numRuns: 20 },
    );
  });

  const file = (style: number, seconds: readonly number[]) => ({
    ...({ style, order: 'in order', padding: 0, copy: 'no' } as const),
    lines: seconds.map((second) => ({ second, level: 'ERROR' as const })),
  });

  it('says where there is something when nothing is in the window, and when nothing has a time', async () => {
    await withCorpus([{ files: [file(0, [0, 60])], shift: null }], async (sealed) => {
      const { window, lanes } = await new Asked(sealed).histogram({ from: '2031-01-01', to: '2031-01-02' });
      expect(window).toMatchObject({ inside: 0, outside: 2, because: 'given' });
      expect(window.sentence).toContain(
        'no line. There are 2 lines from 2024-05-01 12:00:00 to 2024-05-01 12:01:00 UTC',
      );
      expect(lanes.map(({ component, lines }) => [component, lines])).toEqual([['pods', 0]]);
    });
    await withCorpus([{ files: [file(4, [1, 2, 3])], shift: null }], async (sealed) => {
      const answer = await new Asked(sealed).histogram({});
      expect(answer).toMatchObject({ columns: 0, lanes: [], whole: null });
      expect(answer.window).toMatchObject({ from: null, to: null, undated: 3 });
      expect(answer.window.sentence).toBe('No line has a time: 3 lines cannot be placed.');
    });
  });

  it('clocks a century apart are one case of no more columns than were asked for', async () => {
    const corpus = [
      { files: [file(0, [0, 60])], shift: '+400000h' },
      { files: [file(0, [0, 61])], shift: '-400000h' },
    ];
    await withCorpus(corpus as never, async (sealed) => {
      const answer = await new Asked(sealed).histogram({ columns: 300, lanes: 'node' });
      expect(answer.columns).toBeLessThanOrEqual(300);
      expect(answer.window.inside).toBe(4);
      expect(answer.lanes.map(({ lines }) => lines)).toEqual([2, 2]);
      expect(answer.bucketMs % 86_400_000).toBe(0);
    });
  });

  it('lanes are of the case, of nodes, of components in a fixed order, or of files', async () => {
    const corpus = [{ files: [file(3, [1]), file(0, [2]), file(1, [3, 4])], shift: null }];
    await withCorpus(corpus, async (sealed) => {
      const asked = new Asked(sealed);
      const lanesBy = async (lanes: string) =>
        (await asked.histogram({ lanes })).lanes.map((one) => [one.component, one.file, one.lines]);
      expect(await lanesBy('case')).toEqual([[null, null, 4]]);
      expect(await lanesBy('node')).toEqual([[null, null, 4]]);
      expect(await lanesBy('component')).toEqual([
        ['kubelet', null, 2],
        ['kernel', null, 1],
        ['pods', null, 1],
      ]);
      expect(await lanesBy('file')).toEqual([
        ['kubelet', 'kubelet-log-2.log', 2],
        ['kernel', 'kernel-log-0.log', 1],
        ['pods', 'container-log-1.log', 1],
      ]);
    });
  });

  it('more files than lanes are one lane at the end, and every line is counted', async () => {
    const many = Array.from({ length: LANES_MAX + 20 }, (_, at) => file(0, at < 21 ? [at] : [at, at + 1]));
    await withCorpus([{ files: many, shift: null }], async (sealed) => {
      const { lanes, window } = await new Asked(sealed).histogram({ lanes: 'file' });
      expect(lanes).toHaveLength(LANES_MAX);
      expect(lanes.at(-1)).toMatchObject({ id: 'rest', component: '21 more', file: null, lines: 21 });
      expect(window.inside).toBe(sealed.lines.length);
    });
  });

  it('a window with more blocks than are read at once has columns of 10 s', async () => {
    const { style, padding } = { style: 0, padding: 60_000 } as const;
    const lines = Array.from({ length: 1_100 }, (_, at) => ({ second: at % 60, level: '' as const }));
    const large = { ...file(style, []), padding, lines } as never;
    await withCorpus([{ files: [large], shift: null }], async (sealed) => {
      const asked = new Asked(sealed);
      expect((await asked.histogram({})).bucketMs).toBe(10_000);
      const near = await asked.histogram({ from: '2024-05-01T12:00:10Z', to: '2024-05-01T12:00:12Z' });
      expect(near).toMatchObject({ bucketMs: 1_000, columns: 2 });
      expect(near.window.inside).toBe(
        sealed.lines.filter(({ time }) => time >= NOON + 10_000 && time < NOON + 12_000).length,
      );
    });
  });
});
