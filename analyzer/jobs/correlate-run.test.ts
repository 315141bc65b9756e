import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { Correlation } from '../core/correlation.ts';
import { FindingId } from '../core/ids.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { readStamp } from '../time/stamp.ts';
import type { CorrelateQuestion } from './correlate-question.ts';
import { correlate } from './correlate-run.ts';
import { shippedChains } from './shipped-chains.ts';
import { shippedRules } from './shipped-rules.ts';

const KNOWLEDGE = { rules: shippedRules().rules, chains: shippedChains().chains };

/** The folder of a path is its role. */
function bundleOf(texts: Readonly<Record<string, readonly string[]>>): BundleReader {
  const whole = Object.fromEntries(Object.entries(texts).map(([path, lines]) => [path, `${lines.join('\n')}\n`]));
  const inner = memoryBundle(whole);
  const files = inner.files().map((file): SourceFile => {
    const times = (texts[file.path] ?? []).flatMap((line) => readStamp(line, file.clock)?.time ?? []);
    const at = (ms: number) => (times.length === 0 ? null : new Date(ms).toISOString());
    const span = { firstTime: at(Math.min(...times)), lastTime: at(Math.max(...times)) };
    return { ...file, ...span, role: file.path.split('/')[0] ?? '' };
  });
  return {
    ...inner,
    files: () => files,
    file: (id) => files[id - 1] ?? null,
    fileByPath: (path) => files.find((file) => file.path === path) ?? null,
  };
}

const T0 = Date.parse('2026-03-03T13:00:00.500Z');
const line = (seconds: number, text: string): string =>
  `${new Date(T0 + seconds * 1000).toISOString()} stderr F ${text}`;

const QUESTION: CorrelateQuestion = {
  pivot: { at: 'instant', kind: 'time', time: T0, finding: null, sentence: 'the instant as given' },
  windowMs: 300_000,
  from: null,
  to: null,
  limit: 50,
  cited: [],
};
const ask = (readers: readonly BundleReader[], over: Partial<CorrelateQuestion> = {}): Promise<Correlation> =>
  correlate(readers, { ...QUESTION, ...over }, KNOWLEDGE, () => undefined);

const SYNC = 'E0303 13:00:00.500000 1 proxier.go:1571] "Failed to execute iptables-restore" err="exit status 4"';
const refused = (ip: string): string => `POST http://np.shop/: dial tcp ${ip}:80: connect: connection refused`;

const NODE = {
  'kube-proxy-log/a.log': [
    line(-4_000, 'I0303 1 server.go:1] "starting"'),
    line(0, SYNC),
    '	a second line of the same message',
    line(30, SYNC),
    line(600, SYNC),
  ],
  'container-log/b.log': [line(-20, 'GET /orders 200 in 12ms'), line(45, refused('172.20.0.9')), line(9_000, 'bye')],
  'other/no-times.txt': ['a', 'b', 'c'],
};

describe('correlate', () => {
  it('folds messages of one shape to the closest, and counts them in the window and in the case', async () => {
    const { events, window, eventsNotListed } = await ask([bundleOf(NODE)]);
    const sync = events.find(({ rules }) => rules.includes('kube-proxy-sync-failure'));
    expect(sync).toMatchObject({ inWindow: 2, inCase: 3, distanceMs: 0, component: 'kube-proxy', severity: 'high' });
    expect(sync?.evidence).toMatchObject({ line: 2, endLine: 3 });
    expect([sync?.first, sync?.last]).toEqual([new Date(T0).toISOString(), new Date(T0 + 30_000).toISOString()]);
    expect(events.map(({ evidence }) => evidence.file)).toContain('container-log/b.log');
    // The second line of a message has its instant; four stamped lines are inside, three outside.
    expect(window).toMatchObject({ inside: 5, outside: 3, undated: 3, because: 'pivot' });
    expect(eventsNotListed).toBe(0);
    expect(events[0]).toEqual(sync);
  });

  it('finds a chain in the right order, and not where it is reversed', async () => {
    const found = await ask([bundleOf(NODE)]);
    expect(found.chains.map(({ chain }) => chain)).toEqual(['sync-failing-rules-stale']);
    expect(found.chains[0]?.steps.map(({ count }) => count)).toEqual([2, 1]);
    const reversed = { ...NODE, 'container-log/b.log': [line(-45, refused('172.20.0.9'))] };
    expect((await ask([bundleOf(reversed)])).chains).toEqual([]);
  });

  it('claims less where the effect was there before the cause', async () => {
    const before = {
      ...NODE,
      'container-log/b.log': [line(-45, refused('172.20.0.9')), line(45, refused('172.20.0.9'))],
    };
    const [chain] = (await ask([bundleOf(before)])).chains;
    expect(chain?.confidence.level).toBe('possible');
    expect(chain?.confidence.because).toContain('was there already 45 s before');
  });

  it('goes over nodes as far as their clocks are known', async () => {
    const one = bundleOf({
      'ipamd-log/a.log': [
        `{"level":"info","ts":"${new Date(T0).toISOString()}","caller":"ipamd.go:1","msg":"UnassignPodIPv4Address: sandbox 3b's ipAddr 10.0.3.17, DeviceNumber 0"}`,
      ],
    });
    const two = bundleOf({ 'container-log/b.log': [line(60, refused('10.0.3.17'))] });
    const [chain] = (await ask([one, two])).chains;
    expect(chain?.chain).toBe('pod-gone-refused-elsewhere');
    expect(chain?.shares).toEqual({ kind: 'ip', name: '10.0.3.17' });
    expect(chain?.confidence.level).toBe('possible');
    expect(chain?.confidence.because).toMatch(/goes over nodes, and the clock of .* is not aligned/);
    expect(new Set(chain?.steps.map(({ bundle }) => bundle)).size).toBe(2);
  });

  it('names the findings whose evidence an event is, and a rank for what the pivot names', async () => {
    const reader = bundleOf({
      'container-log/b.log': [
        line(0, refused('10.0.3.17')),
        line(1, 'lost 10.0.3.17 again'),
        line(2, 'lost 10.0.3.99 then'),
      ],
    });
    const finding = FindingId.parse('f');
    const fileId = reader.files()[0]?.id;
    if (fileId === undefined) throw new Error('no file');
    const bundle = reader.bundle.id;
    const pivot = { at: 'line', kind: 'line', bundle, fileId, line: 1, finding: null, sentence: 'x' } as const;
    const { events } = await ask([reader], { pivot, cited: [{ finding, bundle, fileId, line: 2, endLine: 2 }] });
    const shared = events.flatMap(({ because, evidence }) =>
      because.some(({ sentence }) => sentence === 'shares ip 10.0.3.17') ? [evidence.line] : [],
    );
    expect(shared.toSorted()).toEqual([1, 2]);
    expect(events.find(({ evidence }) => evidence.line === 2)?.findings).toEqual([finding]);
    expect(events.find(({ evidence }) => evidence.line === 1)?.findings).toEqual([]);
  });

  it('tells a message that stands in two logs once', async () => {
    const stamp = 'Mar  3 13:00:00 ip-10-0-1-2 kubelet[12]: ';
    const text = 'I0303 13:00:00.500000 12 x.go:1] "one message"';
    const reader = bundleOf({
      'kubelet-log/k.log': [`2026-03-03T13:00:00.500000+0000 ip-10-0-1-2 kubelet[12]: ${text}`],
      'system-log/messages': [`2026-03-03T13:00:00.000000+0000 ip-10-0-1-2 kubelet[12]: ${text}`, stamp],
    });
    const { events } = await ask([reader]);
    expect(events).toHaveLength(1);
    expect(events[0]?.evidence).toMatchObject({
      file: 'kubelet-log/k.log',
      note: 'the same message stands in system-log/messages:1',
    });
  });

  it('tells what two captures of one node hold once, also a chain', async () => {
    const later = { ...NODE, 'other/later.txt': ['captured later'] };
    const [one, two] = [bundleOf(NODE), bundleOf(later)];
    const ofNode = (reader: BundleReader): BundleReader => ({ ...reader, bundle: { ...reader.bundle, node: 'n1' } });
    const [alone, both] = [await ask([ofNode(one)]), await ask([ofNode(one), ofNode(two)])];
    expect(both.events.map(({ evidence }) => evidence.line)).toEqual(alone.events.map(({ evidence }) => evidence.line));
    expect(both.eventsNotListed).toBe(0);
    expect(both.events[0]?.evidence.note).toMatch(/^the same message stands in .*:\d+ of /);
    expect(alone.chains).not.toEqual([]);
    expect(both.chains.map(({ chain }) => chain)).toEqual(alone.chains.map(({ chain }) => chain));
    // Of two nodes both are told.
    expect((await ask([one, two])).events).toHaveLength(2 * alone.events.length);
  });

  it('says that the pivot is outside of a window that is given elsewhere', async () => {
    const { window } = await ask([bundleOf(NODE)], { from: T0 + 500_000, to: T0 + 700_000 });
    expect(window.sentence).toContain('The pivot is outside of it.');
    expect((await ask([bundleOf(NODE)])).window.sentence).not.toContain('The pivot is outside');
  });

  it.each<[string, Readonly<Record<string, readonly string[]>>, Partial<CorrelateQuestion>, RegExp]>([
    [
      'a window outside of everything',
      NODE,
      { pivot: { ...QUESTION.pivot, time: 0 } as never },
      /outside of what was captured/,
    ],
    ['a gap in the middle', NODE, { from: T0 + 1_000_000, to: T0 + 2_000_000 }, /^No line has a time from/],
    [
      'a node without any dated line',
      { 'other/a.txt': ['a', 'b'] },
      {},
      /^No line has a time: 2 lines cannot be placed/,
    ],
    ['no bundle at all', {}, {}, /^No line has a time: 0 lines/],
    ['no pivot', NODE, { pivot: { at: 'nowhere', because: 'There is none.' } }, /^There is none\.$/],
  ])('%s is said', async (_name, texts, over, because) => {
    const found = await ask([bundleOf(texts)], over);
    expect(found.empty).toMatch(because);
    expect(found.events).toEqual([]);
    expect(found.window.sentence).not.toBe('');
  });

  it('takes clocks that are a century apart', async () => {
    const old = bundleOf({ 'container-log/a.log': ['1970-01-01T00:00:01Z stdout F one'] });
    const late = bundleOf({ 'container-log/b.log': ['2070-01-01T00:00:01.5Z stdout F two'] });
    const { fileId, line: at } = { fileId: late.files()[0]?.id, line: 1 };
    if (fileId === undefined) throw new Error('no file');
    const pivot = {
      at: 'line',
      kind: 'line',
      bundle: late.bundle.id,
      fileId,
      line: at,
      finding: null,
      sentence: 'x',
    } as const;
    const found = await ask([old, late], { pivot });
    expect(found.events.map(({ evidence }) => evidence.text)).toEqual([expect.stringContaining('two')]);
    expect(found.window).toMatchObject({ inside: 1, outside: 1 });
  });

  it('has the same answer whatever the order of files', async () => {
    const shown = ({ events, chains }: Correlation) => ({
      events: events.map(({ evidence, score }) => [evidence.file, evidence.line, score]),
      chains: chains.map(({ chain, steps }) => [chain, steps.map(({ evidence }) => evidence.line)]),
    });
    const turned = Object.fromEntries(Object.entries(NODE).toReversed());
    expect(shown(await ask([bundleOf(turned)]))).toEqual(shown(await ask([bundleOf(NODE)])));
  });
});
