/** Clocks through the whole engine: what ingest infers, what the engineer says, what is shown. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session.close());

function bundle(name: string, texts: Readonly<Record<string, string>>): string {
  const folder = path.join(session.folder, name);
  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

const instants = async (caseId: CaseId, query: string): Promise<readonly (string | null)[]> =>
  (await session.ask('search.run', { caseId, query })).matches.map((match) => match.time);

it('a node in UTC-7 and one in UTC line up after inference', async () => {
  const west = bundle('eks_i-0aaaaaaa_2024-05-01_1200-UTC_0.7.9', {
    'kubelet/kubelet.log': 'May 01 04:59:30 west kubelet[1]: E0501 lost lease\n',
    'containerd/containerd-log.txt': 'May 01 04:59:00 west containerd[9]: time="2024-05-01T11:59:00Z" level=info\n',
  });
  const utc = bundle('eks_i-0bbbbbbb_2024-05-01_1200-UTC_0.7.9', {
    'kubelet/kubelet.log': 'May 01 11:59:30 utc kubelet[1]: E0501 lost lease\n',
  });
  const { caseId } = await session.importNew([west, utc]);
  expect(await instants(caseId, '"lost lease"')).toEqual(['2024-05-01T11:59:30.000Z', '2024-05-01T11:59:30.000Z']);
});

it('an override moves instants, first and last times and nothing else, and is taken back', async () => {
  const { caseId } = await session.importNew([
    bundle('eks_i-0ccccccc_2025-01-02_0900-UTC_0.7.9', {
      'kubelet/kubelet.log': 'Dec 31 16:00:00 west kubelet[1]: one thing\nJan 01 01:00:00 west kubelet[1]: one thing\n',
    }),
  ]);
  const before = await session.ask('file.list', { caseId });
  expect(await instants(caseId, '"one thing"')).toEqual(['2024-12-31T16:00:00.000Z', '2025-01-01T01:00:00.000Z']);
  const override = { what: 'zone', value: '-0700', file: 'kubelet.log', node: null, bundle: null } as const;
  expect((await session.ask('clock.override', { caseId, override })).files).toBe(1);
  expect(await instants(caseId, '"one thing"')).toEqual(['2024-12-31T23:00:00.000Z', '2025-01-01T08:00:00.000Z']);
  const [file] = await session.ask('file.list', { caseId });
  expect(file).toMatchObject({ firstTime: '2024-12-31T23:00:00.000Z', lastTime: '2025-01-01T08:00:00.000Z' });
  await session.ask('clock.restore', { caseId, overrides: null });
  expect(await session.ask('file.list', { caseId })).toEqual(before);
});

const COUNTS = ['none', 'low', 'warning', 'error'];
const PAGE_LINES = 1_000;

/** Each file's bars count the lines that are shown with a time, at that time; its first and last times are theirs. */
async function expectBarsOfLines(caseId: CaseId, columns: number) {
  const histogram = await session.ask('timeline.histogram', { caseId, lanes: 'file', columns });
  const { lanes, start, bucketMs } = histogram;
  const files = await session.ask('file.list', { caseId });
  for (const { bundle, path: file, firstTime, lastTime, clock, ...counts } of files) {
    const timed: number[] = [];
    for (let from = 1; from <= (counts.lines ?? 0); from += PAGE_LINES) {
      const { lines } = await session.ask('file.lines', { caseId, bundle, file, from, count: PAGE_LINES });
      timed.push(...lines.flatMap(({ time }) => (time === null ? [] : [Date.parse(time)])));
    }
    const shown = new Map<number, number>();
    for (const time of timed) {
      const column = Math.floor((time - start) / bucketMs);
      shown.set(column, (shown.get(column) ?? 0) + 1);
    }
    const cells = lanes.find((lane) => lane.file === file)?.cells ?? [];
    const counted = new Map<number, number>();
    for (let at = 0; at < cells.length; at += 1 + COUNTS.length) {
      counted.set(
        cells[at] as number,
        cells.slice(at + 1, at + 1 + COUNTS.length).reduce((sum, one) => sum + one, 0),
      );
    }
    expect([file, clock.stamps, counted]).toEqual([file, clock.stamps, shown]);
    expect([file, firstTime, lastTime]).toEqual([
      file,
      timed.length === 0 ? null : new Date(timed[0] as number).toISOString(),
      timed.length === 0 ? null : new Date(timed.at(-1) as number).toISOString(),
    ]);
  }
  return { ...histogram, files };
}

it('a file with stamps of several kinds is counted where its lines are shown', async () => {
  const second = (at: number) => new Date(Date.UTC(2024, 4, 1, 11) + at * 1_000).toISOString();
  const stamps: Readonly<Record<string, (at: number) => string>> = {
    zoned: (at) => `${second(at).slice(0, 19)}Z`,
    zoneless: (at) => `${second(at).slice(0, 19).replace('T', ' ')},123`,
    yearless: (at) => `May  1 ${second(at).slice(11, 19)} node app[1]:`,
    boot: (at) => `[${String(at).padStart(5)}.000000]`,
    human: (at) => `[${new Date(second(at)).toUTCString().slice(0, 3)} May  1 ${second(at).slice(11, 19)} 2024]`,
    none: () => '   at com.acme.Thing',
  };
  /** Lines of one kind, a few of another among them. */
  const log = (kind: string, rare: string) =>
    Array.from({ length: 900 }, (_, at) => {
      const one = at % 90 === 40 ? rare : at % 90 === 60 ? 'none' : kind;
      return `${stamps[one]?.(at)} ${at % 41 === 0 ? 'ERROR' : 'INFO'} eth0: message ${at}\n`;
    }).join('');
  const kinds = ['zoned', 'zoneless', 'yearless', 'boot'];
  const pairs = kinds.flatMap((kind) => kinds.filter((rare) => rare !== kind).map((rare) => [kind, rare] as const));
  const texts = pairs.map(([kind, rare]) => [`var_log/${kind}-${rare}.log`, log(kind, rare)]);
  const { caseId } = await session.importNew([
    bundle('eks_i-0ddddddd_2024-05-01_1200-UTC_0.7.9', {
      ...Object.fromEntries(texts),
      'kernel/dmesg.current': log('boot', 'none'),
      'kernel/dmesg.human.current': log('human', 'human'),
    }),
  ]);
  const { start, bucketMs, window, files } = await expectBarsOfLines(caseId, 90);
  expect([new Date(start).toISOString(), bucketMs]).toEqual([second(0), 10_000]);
  expect((window.to ?? '') < second(901)).toBe(true);
  expect(new Set(files.map(({ clock }) => clock.stamps))).toEqual(new Set(kinds));
});

it('lines far behind a stamp have no time, in bars, in lists and among the best matches', async () => {
  const clock = (at: number) => new Date(Date.UTC(2024, 4, 1, 9) + at * 1_000).toISOString().slice(11, 19);
  /** Of messages with traces of 0 to 640 lines behind them, some of which end a block. */
  const log = (stampOf: (message: number) => string) =>
    Array.from({ length: 48 }, (_, message) => {
      const trace = Array.from({ length: (message * 277) % 641 }, (_, line) =>
        line % 37 === 5 ? `ERROR trace${message} cannot go on` : `   at com.acme.Thing(Thing.java:${line}) in worker`,
      );
      return `${stampOf(message)} INFO message ${message}\n${trace.map((line) => `${line}\n`).join('')}`;
    }).join('');
  const { caseId } = await session.importNew([
    bundle('eks_i-0eeeeeee_2024-05-01_1200-UTC_0.7.9', {
      'var_log/zoned.log': log((at) => `2024-05-01T${clock(at * 20)}Z`),
      // These get their year, and those of two kinds their instants, when the bundle is sealed.
      'var_log/yearless.log': log((at) => `May  1 ${clock(at * 20)} node app[1]:`),
      'var_log/mixed.log': log((at) => (at % 7 === 3 ? `[ ${at}.000000]` : `May  1 ${clock(at * 20)} node app[1]:`)),
    }),
  ]);
  const { files } = await expectBarsOfLines(caseId, 96);
  expect(files.every(({ lines }) => (lines ?? 0) > 10_000)).toBe(true);
  const asked = [2, 20, 30].map((message) => ({ caseId, query: `"trace${message} cannot go on"`, limit: 1_000 }));
  for (const question of asked) {
    const { best, matches } = await session.ask('search.run', question);
    expect(best.length).toBeGreaterThan(5);
    const listed = new Map(matches.map(({ file, line, time }) => [`${file}:${line}`, time]));
    for (const { file, line, time } of best)
      expect([file, line, time]).toEqual([file, line, listed.get(`${file}:${line}`)]);
    expect(new Set([...listed.values()].map((time) => time === null))).toEqual(new Set([true, false]));
  }
});
