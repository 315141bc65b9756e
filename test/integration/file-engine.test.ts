/** Questions about single files through the whole engine: times, bytes, messages, quotations, links, bookmarks. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLink, printLink } from '../../analyzer/core/deep-link.ts';
import type { BundleId, CaseId } from '../../analyzer/core/ids.ts';
import type { SourceFile } from '../../analyzer/core/vocabulary.ts';
import { timedLines } from '../../analyzer/jobs/timed-lines.ts';
import { openCase } from '../../analyzer/store/case-store.ts';
import { buildFixture, buildShape } from '../../fixtures/build-fixture.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const sha = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const LOG = 'var_log/app.log';
const BINARY = Buffer.from(Array.from({ length: 300_000 }, (_, nth) => (nth * 7919 + (nth >> 3)) & 0xff));
/** A line a second from 12:00, a trace behind every tenth, and an hour without lines behind line 5000. */
const lines: string[] = [];
for (let nth = 0; lines.length < 30_000; nth++) {
  const time = Date.UTC(2024, 4, 1, 12) + nth * 1000 + (lines.length > 5_000 ? 3_600_000 : 0);
  lines.push(
    `${new Date(time).toISOString()} stderr F E0501 12:00:00.000000       1 a.go:${nth}] "Sync failed" pod="ns-1/pod-${nth}"`,
  );
  if (nth % 10 === 0) lines.push('\tat one', '\tat two \u001b[31mred\u001b[0m');
}

let session: EngineSession;
let caseId: CaseId;
let bundle: BundleId;

function tree(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = path.join(session.folder, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  return folder;
}

const CONTENT = {
  [LOG]: `${lines.join('\n')}\n`,
  'var_log/core.bin': BINARY,
  'var_log/latin.log': Buffer.from('one\nna\xefve \xff line\nthree\r\n', 'latin1'),
  'var_log/empty.log': '',
  'var_log/copy.log': `${lines.join('\n')}\n`,
  'var_log/old.log.gz': gzipSync('2024-04-30T01:00:00Z stdout F old\n'),
};

beforeAll(async () => {
  session = await startEngine();
  const made = await session.importNew([tree('eks_i-0aaaaaaa_2024-05-01_2300-UTC_0.7.9', CONTENT)]);
  expect(made.job.failure).toBeNull();
  caseId = made.caseId;
  const [file] = await session.ask('file.list', { caseId });
  bundle = (file as SourceFile).bundle;
}, 240_000);
afterAll(() => session?.close());

const failing = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'did not fail',
    (error: Error) => error.message,
  );

describe('file.lineAt', () => {
  const at = (time: string, file = LOG) => session.ask('file.lineAt', { caseId, bundle, file, time });

  it('is the first line at or after an instant', async () => {
    expect(await at('2024-05-01T11:00:00Z')).toEqual({
      line: 1,
      time: '2024-05-01T12:00:00.000Z',
      timeBasis: 'explicit',
    });
    expect((await at('2024-05-01T12:00:00Z')).line).toBe(1);
    expect((await at('2024-05-01T12:00:00.001')).line).toBe(4);
    const inGap = await at('2024-05-01T14:00:00+00:00');
    expect(inGap.line).toBe(lines.findIndex((line) => line.startsWith('2024-05-01T14')) + 1);
    const third = lines.findIndex((line) => line.includes('pod-20000"'));
    expect((await at((lines[third] as string).slice(0, 24))).line).toBe(third + 1);
  });

  it('is told of a folded copy too, by its own clock', async () => {
    const copy = 'var_log/copy.log';
    const before = await at('2024-05-01T14:00:00Z');
    expect(await at('2024-05-01T14:00:00Z', copy)).toEqual(before);
    const override = { what: 'shift', value: '+1h', file: copy, node: null, bundle: null } as const;
    const { set } = await session.ask('clock.override', { caseId, override });
    const moved = new Date(Date.parse(before.time as string) + 3_600_000).toISOString();
    expect(await at('2024-05-01T15:00:00Z', copy)).toEqual({ ...before, time: moved });
    expect(await at('2024-05-01T14:00:00Z')).toEqual(before);
    await session.ask('clock.restore', { caseId, overrides: [set.id] });
  });

  it('is the last line when all are before, and none without instants', async () => {
    expect((await at('2030-01-01')).line).toBe(lines.length);
    expect(await at('2024-05-01', 'var_log/latin.log')).toEqual({ line: null, time: null, timeBasis: null });
    expect(await at('2024-05-01', 'var_log/empty.log')).toEqual({ line: null, time: null, timeBasis: null });
    expect(await failing(at('yesterday'))).toContain('wrong-usage');
    expect(await failing(at('2024-05-01', 'var_log/core.bin'))).toContain('binary');
    expect(await failing(at('2024-05-01', 'var_log/app.lgo'))).toContain('not-found');
  });
});

describe('file.spans', () => {
  it('tells when files have lines, and where they have none', async () => {
    const all = await session.ask('file.spans', { caseId });
    expect(all.map(({ file }) => file).sort()).toEqual([LOG, 'var_log/copy.log', 'var_log/old.log.gz']);
    const spans = all.find(({ file }) => file === LOG)?.spans ?? [];
    expect(spans).toHaveLength(2);
    expect(spans.reduce((sum, span) => sum + span.lines, 0)).toBe(lines.length);
    const [first, second] = spans as [(typeof spans)[number], (typeof spans)[number]];
    expect(first.from).toBe(Date.UTC(2024, 4, 1, 12));
    expect(second.from - first.to).toBeGreaterThan(3_000_000);
  });
});

describe('file.bytes', () => {
  it('gives the bytes of text and of binaries', async () => {
    const read = async (file: string, from: number, count: number) => {
      const answer = await session.ask('file.bytes', { caseId, bundle, file, from, count });
      return { size: answer.size, bytes: Buffer.from(answer.base64, 'base64') };
    };
    for (const from of [0, 100_000, 131_070, 262_100, 299_990, 300_000]) {
      const { size, bytes } = await read('var_log/core.bin', from, 65_536);
      expect(size).toBe(BINARY.length);
      expect(bytes.equals(BINARY.subarray(from, from + 65_536))).toBe(true);
    }
    expect((await read(LOG, 0, 10)).bytes.toString()).toBe('2024-05-01');
    expect(await read('var_log/empty.log', 0, 10)).toEqual({ size: 0, bytes: Buffer.alloc(0) });
  });
});

describe('file.parsed', () => {
  const parsed = (from: number, count: number) =>
    session.ask('file.parsed', { caseId, bundle, file: LOG, from, count });

  it('gives fields, entities and instants of messages, each with its lines', async () => {
    const messages = await parsed(1, 5);
    expect(messages.map(({ line, lines: count }) => [line, count])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 1],
    ]);
    expect(messages[3]).toEqual({
      line: 4,
      lines: 1,
      time: '2024-05-01T12:00:01.000Z',
      timeBasis: 'explicit',
      severity: 'high',
      level: 'E',
      component: 'a.go',
      host: null,
      pid: '1',
      source: 'a.go:1',
      message: '"Sync failed" pod="ns-1/pod-1"',
      entities: [{ kind: 'pod', name: 'ns-1/pod-1' }],
    });
    expect(messages[1]).toMatchObject({ time: '2024-05-01T12:00:00.000Z', timeBasis: 'inherited', severity: null });
  });

  it('covers every line once, whatever the pages', async () => {
    const whole = await parsed(20_000, 2_000);
    const pages = [await parsed(20_000, 700), await parsed(20_700, 700), await parsed(21_400, 600)];
    expect(pages.flat()).toEqual(whole);
    expect(whole.reduce((sum, one) => sum + one.lines, 0)).toBe(2_000);
    expect(await parsed(lines.length + 1, 10)).toEqual([]);
  });
});

describe('file.cite', () => {
  const cite = (line: number, endLine: number, file = LOG) =>
    session.ask('file.cite', { caseId, bundle, file, line, endLine });

  it('quotes lines with where they are, and nothing that acts on a terminal', async () => {
    const { evidence, quote, link } = await cite(2, 4);
    expect(evidence).toMatchObject({ file: LOG, line: 2, endLine: 4, sha256: sha(lines.slice(1, 4).join('\n')) });
    expect(quote).toBe(
      [
        `i-0aaaaaaa ${LOG}:2-4 sha256:${evidence.sha256.slice(0, 16)}`,
        '> \tat one',
        '> \tat two \\x1b[31mred\\x1b[0m',
        `> ${lines[3]}`,
        '',
      ].join('\n'),
    );
    expect(link).toBe(printLink({ bundle, file: LOG, line: 2, sha256: sha('\tat one') }));
  });

  it('cites thousands of lines, hashes all and shows the first', async () => {
    const { evidence, quote } = await cite(1, 29_999_999);
    expect(evidence.endLine).toBe(lines.length);
    expect(evidence.sha256).toBe(sha(lines.join('\n')));
    expect(quote.length).toBeLessThan(32_767);
    expect(quote).toMatch(/\n\(the first \d+ of 30000 lines\)\n$/);
  });

  it('hashes bytes that are no text as they are', async () => {
    const { evidence } = await cite(2, 2, 'var_log/latin.log');
    const [byte] = [CONTENT['var_log/latin.log']];
    const stored = Buffer.from(
      (await session.ask('file.bytes', { caseId, bundle, file: 'var_log/latin.log', from: 0, count: 100 })).base64,
      'base64',
    );
    expect(byte.length).toBeGreaterThan(0);
    expect(evidence.sha256).toBe(sha(stored.subarray(evidence.byteStart, evidence.byteEnd)));
  });

  it('refuses what is no range', async () => {
    expect(await failing(cite(5, 4))).toContain('wrong-usage');
    expect(await failing(cite(lines.length + 1, lines.length + 1))).toContain('not-found');
    expect(await failing(cite(1, 1, 'var_log/empty.log'))).toContain('not-found');
  });
});

describe('link.follow', () => {
  const follow = (link: string, inCase = caseId) => session.ask('link.follow', { caseId: inCase, link });
  const linkTo = (line: number, text: string): string => printLink({ bundle, file: LOG, line, sha256: sha(text) });

  it('leads to the line it was made for, also in another case', async () => {
    const { link } = await session.ask('file.cite', { caseId, bundle, file: LOG, line: 4_321, endLine: 4_321 });
    expect(await follow(link)).toEqual({ bundle, file: LOG, line: 4_321, found: 'same' });
    const again = await session.importNew([path.join(session.folder, 'eks_i-0aaaaaaa_2024-05-01_2300-UTC_0.7.9')]);
    expect(await follow(link, again.caseId)).toEqual({ bundle, file: LOG, line: 4_321, found: 'same' });
    const other = await session.importNew([tree('other', { [LOG]: CONTENT[LOG] })]);
    expect(await failing(follow(link, other.caseId))).toContain('not-found: The archive of this link');
  });

  it('finds a line that stands elsewhere, the nearest one first', async () => {
    const trace = lines.flatMap((line, nth) => (line === '\tat one' ? nth + 1 : []));
    const nearest = (to: number) => trace.toSorted((a, b) => Math.abs(a - to) - Math.abs(b - to) || a - b)[0];
    expect(await follow(linkTo(1_000, '\tat one'))).toMatchObject({ line: nearest(1_000), found: 'moved' });
    expect(await follow(linkTo(99_000, '\tat one'))).toMatchObject({ line: trace.at(-1), found: 'moved' });
    const far = lines[28_000] as string;
    expect(await follow(linkTo(3, far))).toMatchObject({ line: 28_001, found: 'moved' });
  });

  it('says when the line is not there', async () => {
    expect(await follow(linkTo(77, 'nowhere'))).toMatchObject({ line: 77, found: 'changed' });
    expect(await follow(linkTo(99_999, 'nowhere'))).toMatchObject({ line: lines.length, found: 'changed' });
  });

  it('fails where there is nothing to lead to', async () => {
    const parsed = parseLink(linkTo(1, 'x'));
    if (!parsed.ok) throw new Error('no link');
    expect(await failing(follow(printLink({ ...parsed.value, file: 'var_log/gone.log' })))).toContain('not-found');
    expect(await failing(follow(printLink({ ...parsed.value, file: 'var_log/core.bin' })))).toContain('binary');
    expect(await failing(follow('coldcase://line/nothing'))).toContain('wrong-usage');
  });
});

describe('an engine that closes', () => {
  it('ends what is still read', async () => {
    const other = await startEngine();
    const { caseId: inOther } = await other.importNew([path.join(session.folder, 'other')]);
    const [file] = await other.ask('file.list', { caseId: inOther });
    const whole = { caseId: inOther, bundle: (file as SourceFile).bundle, file: LOG, line: 1, endLine: lines.length };
    const cited = failing(other.ask('file.cite', whole));
    await other.close();
    expect(['file.cite: cancelled: cancelled', 'did not fail']).toContain(await cited);
  });
});

describe('the notebook', () => {
  it('keeps bookmarks with the text and hash of their lines', async () => {
    const set = { caseId, bundle, file: LOG, line: 4 };
    const mark = await session.ask('bookmark.set', { ...set, note: 'here' });
    expect(mark).toMatchObject({
      bundle,
      file: LOG,
      line: 4,
      note: 'here',
      text: lines[3],
      sha256: sha(lines[3] as string),
    });
    const changed = await session.ask('bookmark.set', { ...set, note: 'there' });
    expect(changed.id).toBe(mark.id);
    expect(await session.ask('bookmark.list', { caseId })).toEqual([changed]);
    expect(await session.ask('bookmark.remove', { caseId, ids: [mark.id] })).toEqual([changed]);
    expect(await session.ask('bookmark.list', { caseId })).toEqual([]);
    expect(await failing(session.ask('bookmark.set', { ...set, line: 99_999_999, note: '' }))).toContain('not-found');
    expect(await failing(session.ask('bookmark.set', { ...set, file: 'var_log/core.bin', note: '' }))).toContain(
      'not-found',
    );
  });

  it('keeps searches and highlighters', async () => {
    const saved = await session.ask('search.save', { caseId, name: 'mine', query: '"a b" -c' });
    await session.ask('search.remember', { caseId, query: 'one' });
    expect(await session.ask('search.remember', { caseId, query: 'two' })).toEqual(['two', 'one']);
    expect(await session.ask('search.saved', { caseId })).toEqual({ saved: [saved], history: ['two', 'one'] });
    expect(await session.ask('search.unsave', { caseId, ids: [saved.id] })).toEqual([saved]);
    const highlighters = [{ query: 'x', colour: 'pink', shown: 'on' }] as const;
    expect(await session.ask('highlighter.set', { caseId, highlighters: [...highlighters] })).toEqual(highlighters);
    expect(await session.ask('highlighter.list', { caseId })).toEqual(highlighters);
    const many = Array.from({ length: 51 }, () => highlighters[0]);
    expect(await failing(session.ask('highlighter.set', { caseId, highlighters: many }))).toContain('wrong-usage');
  });
});

describe('blocks of real bundles', () => {
  const bundles = [
    () => buildFixture('eks-kube-services-empty'),
    ...(['node-diagnostic', 'must-gather', 'sosreport', 'support-bundle'] as const).map((id) => () => buildShape(id)),
  ];

  it.each(bundles)('%#: no line has an instant outside of what its block says', async (build) => {
    const fixture = await build();
    const { caseId: made } = await session.importNew([fixture.archivePath]);
    const opened = openCase(made, 'existing');
    if (!opened.ok) throw new Error(opened.failure.message);
    let timed = 0;
    for (const reader of opened.value.bundles()) {
      for (const place of reader.candidates(null)) {
        const file = reader.file(place.fileId) as SourceFile;
        for (const { time, number } of timedLines(reader, file, place.firstLine, place.lines)) {
          if (time === null) continue;
          timed += 1;
          const at = Date.parse(time);
          const within = place.timeMin !== null && place.timeMax !== null && at >= place.timeMin && at <= place.timeMax;
          if (!within) expect.fail(`${file.path}:${number} ${time}, block ${place.timeMin}..${place.timeMax}`);
        }
      }
    }
    opened.value.close();
    expect(timed).toBeGreaterThan(0);
  });
});
