/**
 * Text that no collector should write and some do: every file of one archive ends in a stated outcome, is searched to
 * its last line, and what is stored of it is what was in it.
 */
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseId } from '../../analyzer/core/ids.ts';
import type { Job } from '../../analyzer/core/job.ts';
import type { Bundle, SourceFile } from '../../analyzer/core/vocabulary.ts';
import { LINE_SEVERITY, lineSeverity } from '../../analyzer/formats/severity.ts';
import { tarOf } from '../support/archives.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const MIB = 1024 * 1024;
const JOURNALS = path.join(import.meta.dirname, '../../fixtures/data/journal');
const unpacked = (name: string) => gunzipSync(readFileSync(path.join(JOURNALS, name)));

/** A member, and what it must be in the bundle. */
interface Hostile {
  readonly body: Buffer;
  /** Its lines as they must be read; null when it has none. */
  readonly lines: readonly string[] | null;
  readonly encoding: string;
  readonly coverage: SourceFile['coverage'];
  /** Sentences of the bundle about it. */
  readonly gaps: readonly string[];
  /** Path in the bundle, when it is not that in the archive. */
  readonly as?: string;
  readonly aliasOf?: string;
}

const text = (lines: readonly string[], more: Partial<Hostile> = {}): Hostile => ({
  body: Buffer.from(`${lines.join('\n')}\n`),
  lines,
  encoding: 'utf-8',
  coverage: 'read',
  gaps: [],
  ...more,
});

const GIANT_BYTES = 100_000_000;
const GIANT_PIECES = Math.ceil(GIANT_BYTES / MIB);
const REPEATED = Buffer.from(Array.from({ length: 5_000 }, (_, at) => `word${(at * 7919) % 5000} `).join(''));

/** A line of 100 MB between two others. */
function giant(): Hostile {
  const line = Buffer.alloc(GIANT_BYTES, REPEATED);
  line.write('GiantBegins ');
  line.write(' GiantEnds', GIANT_BYTES - ' GiantEnds'.length);
  const pieces = Array.from({ length: GIANT_PIECES }, (_, at) => line.toString('latin1', at * MIB, (at + 1) * MIB));
  return {
    ...text([]),
    body: Buffer.concat([Buffer.from('line before\n'), line, Buffer.from('\nline behind\n')]),
    lines: ['line before', ...pieces, 'line behind'],
    gaps: [`a line is longer than 1 MB and was split (${GIANT_PIECES - 1} times)`],
  };
}

function utf32(lines: readonly string[]): Buffer {
  const codes = [...`\ufeff${lines.join('\n')}\n`].map((one) => one.codePointAt(0) as number);
  const bytes = Buffer.alloc(codes.length * 4);
  for (const [at, code] of codes.entries()) bytes.writeUInt32LE(code, at * 4);
  return bytes;
}

const GERMAN = [
  'Grüße aus Köln: Fehler beim Öffnen',
  'naïve Größe überschritten, café geschlossen',
  'Überlauf im Gerät',
];
const JAPANESE = [
  'エラーが発生しました。ネットワークに接続できません',
  'プロキシの設定を確認してください',
  '再起動しました',
];
/** Shift_JIS of JAPANESE (TextEncoder writes UTF-8 only). */
const SHIFT_JIS = shiftJis(`${Array.from({ length: 12 }, () => JAPANESE.join('\n')).join('\n')}\n`);

/** Every character by asking the decoder which two bytes give it. */
function shiftJis(wanted: string): Buffer {
  const decoder = new TextDecoder('shift_jis');
  const codes = new Map<string, readonly number[]>();
  for (let high = 0x81; high <= 0x9f; high++) {
    for (let low = 0x40; low <= 0xfc; low++) codes.set(decoder.decode(Uint8Array.of(high, low)), [high, low]);
  }
  return Buffer.from([...wanted].flatMap((one) => codes.get(one) ?? [one.charCodeAt(0)]));
}

function klog(count: number, words: string): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const second = String(at % 60).padStart(2, '0');
    return `E0501 12:00:${second}.000000       1 a.go:${at}] ${words} ${(at * 2654435761) % 4294967296}`;
  });
}

const TWICE = klog(70_000, 'kept once under two names');
const NULS = '\0'.repeat(100_000);
const TRACE = Array.from({ length: 400 }, (_, at) =>
  at % 8 === 0 ? `java.lang.IllegalStateException: trace ${at}` : `\tat com.example.Worker.run(Worker.java:${at})`,
);
const FAR = [
  '0001-01-01T00:00:00Z zero time of Go',
  '1969-12-31T23:59:59Z a second before the epoch',
  '1970-01-01T02:00:00+10:00 before it by its zone',
  '2024-05-01T12:00:00Z the one plausible',
  '9999-12-31T23:59:59Z never expires',
  '2199-12-31T23:59:59Z far',
];
const WINDOWS = ['first of Windows', '', 'third, with a lone \r inside', 'last of Windows'];
const VALID = Array.from({ length: 2_000 }, (_, at) => `valid line ${at}`);
const JOURNAL = unpacked('node.txt.gz').toString().slice(0, -1).split('\n');

function members(): ReadonlyMap<string, Hostile> {
  const binary = Buffer.concat([
    Buffer.from('7f454c46020101000000000000000000', 'hex'),
    Buffer.alloc(300_000, 'ELF\n'),
  ]);
  return new Map<string, Hostile>([
    ['var_log/giant.log', giant()],
    ['var_log/empty-lines.log', text(Array.from({ length: 1_000_000 }, () => ''))],
    ['var_log/nuls.log', text([...klog(3, 'before the crash'), `${NULS}reset here`, ...klog(3, 'behind the crash')])],
    ['win/utf16le.txt', wide('utf-16le', Buffer.from(`\ufeff${GERMAN.join('\n')}\n`, 'utf16le'))],
    ['win/utf16be.txt', wide('utf-16be', Buffer.from(`${GERMAN.join('\n')}\n`, 'utf16le').swap16())],
    ['win/utf32.txt', wide('utf-32le', utf32(GERMAN))],
    ['win/latin1.txt', wide('windows-1252', Buffer.from(`${GERMAN.join('\n')}\n`, 'latin1'))],
    [
      'win/shift-jis.txt',
      { ...wide('shift_jis', SHIFT_JIS), lines: Array.from({ length: 12 }, () => JAPANESE).flat() },
    ],
    ['win/crlf.log', { ...text(WINDOWS), body: Buffer.from(`${WINDOWS.join('\r\n')}\r\n`) }],
    [
      'var_log/invalid.log',
      {
        ...text(['a wrong \ufffd byte', ...VALID, 'two \ufffd\ufffd more']),
        body: Buffer.concat([
          Buffer.from('a wrong \xff byte\n', 'latin1'),
          Buffer.from(`${VALID.join('\n')}\n`),
          Buffer.from('two \xc3\xfe more\n', 'latin1'),
        ]),
      },
    ],
    [
      'var_log/no-end.log',
      { ...text([]), body: Buffer.from('one\nlast without end'), lines: ['one', 'last without end'] },
    ],
    ['bin/kube-proxy', { ...text([]), body: binary, lines: null, encoding: 'binary', coverage: 'binary' }],
    ['var_log/nothing.log', { ...text([]), body: Buffer.alloc(0), lines: [], coverage: 'empty' }],
    [
      'var_log/journal/system.journal',
      { ...text([]), body: unpacked('node-compact-zstd.journal.gz'), lines: JOURNAL, encoding: 'binary' },
    ],
    ['var_log/journal.txt', text(JOURNAL)],
    ['var_log/twice.log', text(TWICE)],
    ['var_log/copy/twice.log', text(TWICE, { aliasOf: 'var_log/twice.log' })],
    [
      'var_log/rotated.log.1.gz',
      {
        ...text(['rotated away', 'and packed']),
        body: gzipSync('rotated away\nand packed\n'),
        as: 'var_log/rotated.log.1.gz',
      },
    ],
    ['var_log/traces.log', text(TRACE)],
    ['var_log/far.log', text(FAR)],
  ]);
}

function wide(encoding: string, body: Buffer): Hostile {
  return { ...text(GERMAN), encoding, body };
}

let session: EngineSession;
let caseId: CaseId;
let job: Job;
let bundle: Bundle;
let files: readonly SourceFile[];
const hostile = members();

beforeAll(async () => {
  session = await startEngine();
  const archive = path.join(session.folder, 'eks_i-0abc_2024-05-01_1200-UTC_0.7.9.tar.gz');
  const packed = await tarOf([...hostile].map(([name, { body }]) => ({ name, body })));
  writeFileSync(archive, gzipSync(packed, { level: 1 }));
  ({ caseId, job } = await session.importNew([archive]));
  const opened = await session.ask('case.open', { caseId });
  bundle = opened.bundles[0] as Bundle;
  files = await session.ask('file.list', { caseId });
}, 240_000);

afterAll(() => session?.close());

function fileOf(name: string): SourceFile {
  const found = files.find((file) => file.path === (hostile.get(name)?.as ?? name));
  if (found === undefined) throw new Error(`${name} is not among ${files.map((file) => file.path).join(', ')}`);
  return found;
}

const linesOf = async (file: string, from: number, count: number) =>
  (await session.ask('file.lines', { caseId, bundle: bundle.id, file, from, count })).lines;

const names = [...hostile.keys()];

describe('every file', () => {
  test('is there once, in order, and the bundle counts their lines', () => {
    expect(files.map((file) => file.path)).toEqual(names.map((name) => hostile.get(name)?.as ?? name));
    const lines = [...hostile.values()].reduce((sum, one) => sum + (one.lines?.length ?? 0), 0);
    expect(bundle.lines).toBe(lines);
    expect(job.outcome).toContain(`${lines.toLocaleString('en-US')} lines`);
  });

  test.each(names)('%s: lines, encoding, coverage, gaps', async (name) => {
    const expected = hostile.get(name) as Hostile;
    const file = fileOf(name);
    expect(file).toMatchObject({
      encoding: expected.encoding,
      coverage: expected.coverage,
      lines: expected.lines?.length ?? 0,
      aliasOf: expected.aliasOf ?? null,
      format: expected.lines === null ? 'binary' : expect.not.stringMatching('binary'),
    });
    if (expected.as === undefined || expected.aliasOf !== undefined) expect(file.bytes).toBe(expected.body.length);
    expect(bundle.gaps.filter((gap) => gap.file === file.path).map((gap) => gap.message)).toEqual(expected.gaps);
    if (expected.lines === null) return;
    // The first, the last, and what is around the middle.
    const last = expected.lines.length;
    for (const from of new Set([1, Math.max(1, last >> 1), Math.max(1, last - 5)])) {
      const read = await linesOf(file.path, from, 6);
      expect(read.map((line) => line.number)).toEqual(
        expected.lines.slice(from - 1, from + 5).map((_, at) => from + at),
      );
      const same = read.every((line) => line.text === expected.lines?.[line.number - 1]);
      expect(same, `lines from ${from}`).toBe(true);
    }
    expect(await linesOf(file.path, last + 1, 5)).toEqual([]);
  });
});

describe('search', () => {
  const texts = [...hostile.values()].filter((one) => one.aliasOf === undefined);
  const naive = (term: string) =>
    texts.reduce(
      (sum, { lines }) => sum + (lines ?? []).filter((line) => line.toLowerCase().includes(term.toLowerCase())).length,
      0,
    );

  test.each([
    'GiantBegins',
    'giantends',
    'line behind',
    'reset here',
    'behind the crash',
    'Größe',
    'Köln',
    'エラー',
    '再起動',
    'last of Windows',
    'a wrong',
    'last without end',
    'operationExecutor',
    'kept once under two names 0',
    'kept once',
    'and packed',
    'IllegalStateException',
    'never expires',
    'ELF',
    'nothing holds this',
  ])('%s', async (term) => {
    const found = await session.ask('search.run', { caseId, query: `"${term}"`, limit: 5 });
    expect(found).toMatchObject({ total: naive(term), complete: true });
    expect(found.facets.file.some((one) => one.file === 'var_log/copy/twice.log')).toBe(false);
  });
});

describe('of single files', () => {
  test('a binary has no lines, says so, and its bytes are there', async () => {
    await expect(linesOf('bin/kube-proxy', 1, 5)).rejects.toThrow('bin/kube-proxy is binary: it has no lines');
    expect(fileOf('bin/kube-proxy')).toMatchObject({ warnings: 0, errors: 0, firstTime: null });
  });

  test('entries of a journal have the severity of their priority', () => {
    const severities = JOURNAL.map((line) => lineSeverity(Buffer.from(line), 0, Buffer.byteLength(line)));
    const words = (severity: number) => severities.filter((one) => one === severity).length;
    const plain = fileOf('var_log/journal.txt');
    expect(plain).toMatchObject({ errors: words(LINE_SEVERITY.error), warnings: words(LINE_SEVERITY.warning) });
    // Its text alone shows fewer.
    expect(fileOf('var_log/journal/system.journal').errors).toBeGreaterThan(plain.errors);
  });

  test('both names of a copy are read; severities and times are those of the original', async () => {
    const { errors, firstTime, lastTime, clock } = fileOf('var_log/twice.log');
    expect(errors).toBe(TWICE.length);
    expect(fileOf('var_log/copy/twice.log')).toMatchObject({ errors, firstTime, lastTime, clock });
    expect(firstTime).toBe('2024-05-01T12:00:00.000Z');
  });

  test('times that no log has are none; the lines keep their place', async () => {
    expect(fileOf('var_log/far.log')).toMatchObject({ firstTime: '1969-12-31T16:00:00.000Z' });
    const times = (await linesOf('var_log/far.log', 1, 10)).map((line) => line.time);
    expect(times).toEqual([
      null,
      null,
      '1969-12-31T16:00:00.000Z',
      '2024-05-01T12:00:00.000Z',
      '2024-05-01T12:00:00.000Z',
      '2199-12-31T23:59:59.000Z',
    ]);
  });
});

/** What a job said of its progress, in order. */
function watched(): { readonly seen: Job[]; readonly end: () => void } {
  const seen: Job[] = [];
  return { seen, end: session.onJob((each) => seen.push(each)) };
}

async function importInto(id: CaseId, paths: readonly string[], more: { layout?: string; node?: string } = {}) {
  const { job } = await session.ask('case.import', {
    caseId: id,
    paths: [...paths],
    node: more.node ?? null,
    layout: more.layout ?? null,
    mark: null,
  });
  return session.ask('job.wait', { job });
}

/** An archive of a log of lines that do not pack well. */
async function archiveOf(name: string, seed: string, lines: number): Promise<string> {
  const file = path.join(session.folder, name);
  const body = klog(lines, seed).join('\n');
  writeFileSync(file, gzipSync(await tarOf([{ name: 'var_log/messages', body }]), { level: 1 }));
  return file;
}

describe('an import', () => {
  test('of two archives at once tells a progress that only grows and never passes its end', async () => {
    const paths = [await archiveOf('one.tar.gz', 'one', 120_000), await archiveOf('two.tar.gz', 'two', 60_000)];
    const made = await session.ask('case.create', { title: null, dir: null });
    const { seen, end } = watched();
    const done = await importInto(made.id, paths);
    end();
    expect(done).toMatchObject({ state: 'done', outcome: 'Imported 2 bundles: 2 files, 180,000 lines.' });
    const progress = seen.map((each) => each.progress);
    expect(progress.length).toBeGreaterThan(4);
    const phases = progress.map((each) => /^([a-z]+)(?:, archive ([12]) of 2)?$/.exec(each.phase) ?? []);
    expect(new Set(phases.map(([, phase]) => phase))).toEqual(new Set(['starting', 'reading', 'sealing']));
    const archives = phases.flatMap(([, , nth]) => (nth === undefined ? [] : [Number(nth)]));
    expect(archives[0]).toBe(1);
    expect(archives).toEqual(archives.toSorted());
    for (const [at, each] of progress.entries()) {
      const before = progress[at - 1] ?? each;
      for (const what of ['bytesDone', 'files', 'lines'] as const)
        expect(each[what]).toBeGreaterThanOrEqual(before[what]);
      expect(each.bytesDone).toBeLessThanOrEqual(each.bytesTotal ?? Number.POSITIVE_INFINITY);
      if (before.bytesTotal !== null) expect(each.bytesTotal).toBe(before.bytesTotal);
    }
    expect(progress.at(-1)?.bytesDone).toBe(progress.at(-1)?.bytesTotal);
    for (const [word, count] of [
      ['one', 120_000],
      ['two', 60_000],
    ] as const) {
      const found = await session.ask('search.run', { caseId: made.id, query: `"] ${word} "`, limit: 1 });
      expect(found.total).toBe(count);
    }
  });

  test('takes layout and node from the engineer, and says so', async () => {
    const archive = await archiveOf('chosen.tar.gz', 'chosen', 10);
    const made = await session.ask('case.create', { title: null, dir: null });
    await importInto(made.id, [archive], { layout: 'sosreport', node: 'worker-7' });
    const opened = await session.ask('case.open', { caseId: made.id });
    expect(opened.bundles[0]).toMatchObject({
      layout: 'sosreport',
      layoutBecause: expect.stringMatching(/given|chosen/),
      node: 'worker-7',
      nodeBecause: 'given by the engineer',
    });
  });

  test('of an archive whose bundle is of an older Coldcase makes it anew', async () => {
    const archive = await archiveOf('again.tar.gz', 'again', 1_000);
    const dir = path.join(session.folder, 'older');
    const made = await session.ask('case.create', { title: null, dir });
    await importInto(made.id, [archive]);
    const [name] = readdirSync(path.join(dir, 'bundles'));
    const other = await startEngine();
    const copy = path.join(other.folder, 'case');
    try {
      await other.ask('case.create', { title: null, dir: copy });
      const bundleFile = path.join(copy, 'bundles', name as string);
      mkdirSync(path.dirname(bundleFile), { recursive: true });
      writeFileSync(bundleFile, readFileSync(path.join(dir, 'bundles', name as string)));
      const db = new Database(bundleFile);
      db.pragma('user_version = 1');
      db.close();
      const before = await other.ask('case.open', { caseId: copy as CaseId });
      expect(before).toMatchObject({ bundles: [], unreadable: [{ code: 'corrupt' }] });
      expect(before.unreadable[0]?.message).toBe(
        'the bundle was made by an older Coldcase (bundle schema 1, this one reads 3)',
      );
      const { job } = await other.ask('case.import', {
        ...{ caseId: copy as CaseId, paths: [archive], node: null, layout: null, mark: null },
      });
      expect((await other.ask('job.wait', { job })).outcome).toBe('Imported 1 bundle: 1 file, 1,000 lines.');
      const after = await other.ask('case.open', { caseId: copy as CaseId });
      expect(after).toMatchObject({ bundles: [{ lines: 1_000 }], unreadable: [] });
    } finally {
      await other.close();
    }
  });

  test('gives a copy the times of its original, also when its file was changed in another year', async () => {
    const folder = path.join(session.folder, 'no-year');
    mkdirSync(folder);
    for (const [name, year] of [
      ['a.log', 2021],
      ['b-copy.log', 2023],
    ] as const) {
      writeFileSync(path.join(folder, name), klog(3, 'no year').join('\n'));
      utimesSync(path.join(folder, name), new Date(`${year}-05-02T00:00:00Z`), new Date(`${year}-05-02T00:00:00Z`));
    }
    const { caseId: id } = await session.importNew([folder]);
    const [first, copy] = await session.ask('file.list', { caseId: id });
    expect(copy?.aliasOf).toBe('a.log');
    expect(first?.firstTime).toBe('2021-05-01T12:00:00.000Z');
    expect(copy).toMatchObject({ firstTime: first?.firstTime, clock: first?.clock });
    const page = async (file: string) => {
      const bundleId = (first as SourceFile).bundle;
      return (await session.ask('file.lines', { caseId: id, bundle: bundleId, file, from: 1, count: 3 })).lines;
    };
    expect(await page('b-copy.log')).toEqual(await page('a.log'));
  });
});
