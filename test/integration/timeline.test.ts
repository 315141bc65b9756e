/** The timeline through the engine and the command line as they are shipped: two nodes, two zones, one clock that is moved. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CaseId } from '../../analyzer/core/ids.ts';
import type { MergedLine, TimelineHistogram } from '../../analyzer/core/timeline.ts';
import { tarGzOf } from '../support/archives.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const NOON = Date.UTC(2024, 4, 1, 12);
const iso = (second: number): string => new Date(NOON + second * 1_000).toISOString();
const syslog = (second: number): string => `May  1 ${iso(second).slice(11, 19)}`;

/** Files of one node: times of both go criss-cross, some lines have none, one file is not in order. */
function members(node: string, offset: number) {
  const pod = Array.from({ length: 400 }, (_, at) => {
    const second = offset + (at % 7 === 3 ? at * 3 - 40 : at * 3);
    const trace = at % 50 === 9 ? '\tat com.acme.Thing(Thing.java:1)\n' : '';
    return `${iso(second)} stderr F ${at % 40 === 0 ? 'ERROR' : 'INFO'} pod message ${at}\n${trace}`;
  });
  const kubelet = Array.from({ length: 300 }, (_, at) => {
    const at1 = offset + at * 4;
    const klog = `${at % 30 === 0 ? 'E' : 'I'}0501 ${iso(at1).slice(11, 19)}.000000    3127 kubelet.go:1] message ${at}`;
    return `${syslog(at1)} ${node} kubelet[3127]: ${klog}\n`;
  });
  const messages = [
    `${syslog(offset)} ${node} chronyd[1]: begins`,
    `${syslog(offset + 30)} ${node} systemd-journald[393]: Suppressed 1204 messages from chronyd.service`,
    `${syslog(offset + 60)} ${node} sshd[2]: goes on`,
  ];
  return [
    { name: 'kubelet/kubelet.log', body: kubelet.join('') },
    { name: 'var_log/messages', body: `${messages.join('\n')}\n` },
    { name: 'var_log/pods/shop_web-1_0a/web/0.log', body: pod.join('') },
    { name: 'var_log/pods/shop_web-1_0a/web/copy.log', body: pod.join('') },
    { name: 'system/instance-id.txt', body: 'i-0abc\n' },
  ];
}

let session: EngineSession;
let caseId: CaseId;

beforeAll(async () => {
  session = await startEngine();
  const archives: string[] = [];
  for (const [at, node] of ['one', 'two'].entries()) {
    const archive = path.join(session.folder, `eks_i-0${node}_2024-05-01_1300-UTC_0.7.9.tar.gz`);
    writeFileSync(archive, await tarGzOf(members(`ip-10-0-0-${at + 1}`, at * 90)));
    archives.push(archive);
  }
  caseId = (await session.importNew(archives)).caseId;
});
afterAll(() => session?.close());

type Place = readonly [time: number, bundle: number, file: number, line: number];

/** Every line with a time, as the viewer tells it, sorted. */
async function plainOrder(): Promise<readonly Place[]> {
  const { bundles } = await session.ask('case.open', { caseId });
  const found: Place[] = [];
  for (const file of await session.ask('file.list', { caseId })) {
    if (file.aliasOf !== null || file.clock.stamps === 'none') continue;
    const at = bundles.findIndex(({ id }) => id === file.bundle);
    const ask = { caseId, bundle: file.bundle, file: file.path, from: 1, count: 5_000 };
    for (const { number, time } of (await session.ask('file.lines', ask)).lines) {
      if (time !== null) found.push([Date.parse(time), at, file.id, number]);
    }
  }
  return found.sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || one[3] - other[3]);
}

async function pagedOrder(direction: 'after' | 'before'): Promise<readonly MergedLine[]> {
  const lines: MergedLine[] = [];
  let at: { time: string } | { cursor: string } = { time: direction === 'after' ? '2000-01-01' : '2100-01-01' };
  for (;;) {
    const page: Awaited<ReturnType<typeof ask>> = await ask(at, direction);
    if (page.lines.length === 0) return lines;
    if (direction === 'after') lines.push(...page.lines);
    else lines.unshift(...page.lines);
    at = { cursor: (direction === 'after' ? page.after : page.before) ?? '' };
  }
}

const ask = (at: { time: string } | { cursor: string }, direction: 'after' | 'before') =>
  session.ask('timeline.lines', { caseId, at, direction, count: 333 });

async function expectPlainOrder(): Promise<void> {
  const { bundles } = await session.ask('case.open', { caseId });
  const files = await session.ask('file.list', { caseId });
  const plain = (await plainOrder()).map(([time, bundle, file, line]) => {
    const id = bundles[bundle]?.id;
    const name = files.find((one) => one.bundle === id && one.id === file)?.path;
    return `${new Date(time).toISOString()} ${bundle} ${name}:${line}`;
  });
  expect(plain.length).toBeGreaterThan(1_400);
  for (const direction of ['after', 'before'] as const) {
    const paged = (await pagedOrder(direction)).map(
      ({ time, bundle, file, line }) => `${time} ${bundles.findIndex(({ id }) => id === bundle)} ${file}:${line}`,
    );
    expect(paged).toEqual(plain);
  }
}

test('pages of lines are the plain order of all lines, also after a clock was moved and moved back', async () => {
  await expectPlainOrder();
  const node = 'ip-10-0-0-2';
  const first = async () => (await ask({ time: '2000-01-01' }, 'after')).lines.find((line) => line.node === node)?.time;
  const before = await first();
  const override = { what: 'shift', value: '-95s', file: null, node, bundle: null } as const;
  const { set } = await session.ask('clock.override', { caseId, override });
  expect(Date.parse((await first()) ?? '')).toBe(Date.parse(before ?? '') - 95_000);
  await expectPlainOrder();
  await session.ask('clock.restore', { caseId, overrides: [set.id] });
  expect(await first()).toBe(before);
});

test('the histogram counts the same lines, says what it leaves out, and tells the gap', async () => {
  const lines = await plainOrder();
  const whole = await session.ask('timeline.histogram', { caseId });
  expect(whole.window).toMatchObject({ inside: lines.length, outside: 0, because: 'whole' });
  expect(whole.lanes.map(({ component }) => component)).toEqual([
    'kubelet',
    'system',
    'pods',
    'kubelet',
    'system',
    'pods',
  ]);
  expect(whole.gaps.map(({ kind, file, evidence }) => [kind, file, evidence?.line])).toEqual([
    ['suppressed', 'var_log/messages', 2],
    ['suppressed', 'var_log/messages', 2],
  ]);
  const [from, to] = [NOON + 60_000, NOON + 90_000];
  const asked = { caseId, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const window = await session.ask('timeline.histogram', asked);
  expect(window).toMatchObject({ bucketMs: 1_000, columns: 30 });
  expect(window.window.inside).toBe(lines.filter(([time]) => time >= from && time < to).length);
});

const timeline = (...words: readonly string[]) =>
  runCli(['timeline', caseId, ...words], { home: path.join(session.folder, 'home') });

test('on the command line: a window, one outside of the bundles, times that are none', async () => {
  const window = ['--from', '2024-05-01 12:01', '--to', '2024-05-01 12:02'];
  const json = documentOf<TimelineHistogram>(await timeline(...window, '--json'));
  expect(json.window).toMatchObject({ because: 'given', from: '2024-05-01T12:01:00.000Z' });
  const lines = await timeline(...window, '--lines', '10000', '--quiet');
  expect(lines.stdout.trimEnd().split('\n')).toHaveLength(json.window.inside);
  const outside = await timeline('--from', '2031-01-01', '--to', '2031-01-02');
  expect(outside.code).toBe(0);
  expect(outside.stdout.replace(/\s+/g, ' ')).toMatch(/no line\. There are [\d,]+ lines from 2024-05-01/);
  const wrong = await timeline('--incident', 'this morning');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('`this morning` is no time');
  const reversed = await timeline('--from', '2024-05-02', '--to', '2024-05-01');
  expect(reversed.code).toBe(2);
  expect(reversed.stderr).toContain('This end of a window is not after its start.');
});
