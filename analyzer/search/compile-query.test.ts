import { RegExpParser } from '@eslint-community/regexpp';
import { describe, expect, test, vi } from 'vitest';
import type { BlockPlace, CarriedTime, TextBlock } from '../core/case-reader.ts';
import { FailureError } from '../core/failure.ts';
import { NO_CLOCK } from '../core/file-clock.ts';
import { FileId } from '../core/ids.ts';
import type { LineLevel } from '../core/line-level.ts';
import { parseQuery } from '../query/parse.ts';
import type { QueryNode } from '../query/query.ts';
import { matchRanges } from '../query/ranges.ts';
import { compileQuery } from './compile-query.ts';
import type { FilePlace, LineKnowledge } from './file-query.ts';

const fileId = FileId.parse(1);
const PLACE: FilePlace = {
  node: 'ip-10-0-1-2.ec2.internal',
  paths: ['var/log/messages', 'var/log/copy-of-messages'],
  role: 'system-log',
  format: 'journal-short',
  clock: { ...NO_CLOCK, stamps: 'zoned' },
};

function treeOf(text: string): QueryNode {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.query;
}

function blockOf(content: string | Buffer, firstLine = 1): TextBlock {
  const bytes = Buffer.from(content);
  return { fileId, firstLine, lines: 0, byteStart: 0, bytes };
}

const known = (some: Partial<LineKnowledge> = {}): LineKnowledge => ({
  carried: null,
  levels: null,
  cited: () => false,
  ...some,
});

function found(query: QueryNode, content: string | Buffer, some?: Partial<LineKnowledge>): readonly number[] {
  const asked = compileQuery(query).forFile(PLACE);
  return asked === null ? [] : asked.scan(blockOf(content), known(some)).map(({ line }) => line);
}

describe('text', () => {
  const LINES = 'Sync failed\nresync\nsync-failed: x\nsync_failed\n\nésync sync\u00e9 FAILED\nasync failed\n';
  test.each<[string, readonly number[]]>([
    ['sync', [1, 2, 3, 4, 6, 7]],
    ['SYNC failed', [1, 3, 4, 6, 7]],
    ['"sync failed"', [1, 7]],
    ['=sync', [1, 3]],
    ['="sync failed"', [1]],
    ['=sync =failed', [1, 3]],
    ['resync OR async', [2, 7]],
    ['sync -failed', [2]],
    ['-sync', [5]],
    ['-(sync failed)', [2, 5]],
    ['-(sync OR x)', [5]],
    ['-(-sync)', [1, 2, 3, 4, 6, 7]],
    ['sync -sync', []],
    ['é', [6]],
    ['É', []],
    ['(resync OR failed) (async OR x)', [3, 7]],
  ])('%s', (query, lines) => {
    expect(found(treeOf(query), LINES)).toEqual(lines);
  });

  test('a text does not go on in the next line, and the ending is no part of a line', () => {
    const text = (value: string): QueryNode => ({ kind: 'text', text: value, bounds: 'anywhere' });
    expect(found(text('a\nb'), 'a\nb\n')).toEqual([]);
    expect(found({ kind: 'not', part: text('a\nb') }, 'a\nb\n')).toEqual([1, 2]);
    expect(found(text('a\r'), 'a\r\na\rb\r\na\r')).toEqual([2]);
  });

  test('a phrase of whole words may begin inside a place where it is none', () => {
    expect(found(treeOf('="a a"'), 'xa a a\nxa a ax\n')).toEqual([1]);
  });

  test('a word is found behind a longer one that holds it many times', () => {
    expect(found(treeOf('=aa'), `${'a'.repeat(100_000)} aa\n${'a'.repeat(100_000)}\n`)).toEqual([1]);
  });
});

test('hits have the range of the line, its ending left out, and numbers that go on from the block before', () => {
  const block = blockOf('one\r\n\ntwo one\n one', 101);
  const scan = (query: string) => {
    const hits = compileQuery(treeOf(query)).forFile(PLACE)?.scan(block, known()) ?? [];
    return hits.map(({ line, start, end }) => ({ line, start, end }));
  };
  expect(scan('one')).toEqual([
    { line: 101, start: 0, end: 3 },
    { line: 103, start: 6, end: 13 },
    { line: 104, start: 14, end: 18 },
  ]);
  expect(scan('-one')).toEqual([{ line: 102, start: 5, end: 5 }]);
  expect(scan('/^/').map(({ line }) => line)).toEqual([101, 102, 103, 104]);
  expect(compileQuery(treeOf('-x')).forFile(PLACE)?.scan(blockOf(''), known())).toEqual([]);
});

describe('pattern', () => {
  test.each<[string, string, readonly number[]]>([
    ['/^a.c$/', 'abc\nxabc\nabcx\na\nc\nABC\n', [1]],
    ['/^a.c$/i', 'abc\r\nABC\r\n\n', [1, 2]],
    ['/fail(ed|ure)/', 'failed\nFailure\nfailure\n', [1, 3]],
    ['/fail(ed|ure)/ -/disk/', 'failed\nfailed disk\n', [1]],
    ['/a\\sb/', 'a\nb\na b\n', [3]],
    ['/\\d{3}/ OR x', '12\n123\nx\n', [2, 3]],
    ['/é$/', 'caf\u00e9\ncafe\n', [1]],
  ])('%s', (query, text, lines) => {
    expect(found(treeOf(query), text)).toEqual(lines);
  });

  test('sees bytes that are no UTF-8 as U+FFFD, and characters beyond U+FFFF as two', () => {
    const broken = Buffer.concat([Buffer.from('a\xff', 'latin1'), Buffer.from('b\na\u{1f600}b\n')]);
    expect(found(treeOf('/a\\ufffdb/'), broken)).toEqual([1]);
    expect(found(treeOf('/a..b/'), broken)).toEqual([2]);
    expect(found(treeOf('/\\ud83d/'), broken)).toEqual([2]);
  });

  test('that needs too much memory on one line is a failure with its reason', () => {
    const deep = `^(?:${'('.repeat(80)}a${'|b)'.repeat(80)})*[^a]$`;
    const scan = () => found({ kind: 'pattern', source: deep, letters: 'as written' }, 'a'.repeat(1024 * 1024));
    expect(scan).toThrow(FailureError);
    expect(scan).toThrow(/too much memory on a line of 1048576 characters/);
  });

  test('reads many lines of a block as it reads few', () => {
    const lines = Array.from({ length: 500 }, (_, at) => (at % 7 === 0 ? `n${at} odd` : `n${at}`));
    const expected = lines.flatMap((line, at) => (/^n\d*5( odd)?$/.test(line) ? [at + 1] : []));
    const asked = compileQuery(treeOf('/^n\\d*5( odd)?$/')).forFile(PLACE);
    const scan = (text: string) => asked?.scan(blockOf(text), known()).map(({ line }) => line);
    expect(scan(lines.join('\n'))).toEqual(expected);
    expect(scan(`${lines.join('\n')}\n\u00e9`)).toEqual(expected);
    expect(scan(lines.join('\n').replaceAll('5', '6'))).toEqual([]);
    expect(scan('n6')).toEqual([]);
    expect(scan('n5')).toEqual([1]);
  });
});

describe('place', () => {
  test.each<[string, 'every line' | 'no line']>([
    ['node:IP-10', 'every line'],
    ['node:ip-*', 'every line'],
    ['node:ip-10-0-1-2', 'every line'],
    ['node:ip-10-0-1-?', 'no line'],
    ['file:messages', 'every line'],
    ['file:copy-of', 'every line'],
    ['file:*/messages', 'every line'],
    ['file:messages*', 'no line'],
    ['source:system-log', 'every line'],
    ['source:journal', 'every line'],
    ['source:kubelet', 'no line'],
    ['-source:kubelet', 'every line'],
    ['-node:ip', 'no line'],
    ['node:other OR file:log', 'every line'],
  ])('%s: %s', (query, expected) => {
    const asked = compileQuery(treeOf(query)).forFile(PLACE);
    expect(asked === null ? 'no line' : 'some').toBe(expected === 'no line' ? 'no line' : 'some');
    expect(found(treeOf(query), 'a\nb\n')).toEqual(expected === 'no line' ? [] : [1, 2]);
  });

  test('decides which part of a query a file is asked for', () => {
    const query = treeOf('(node:ip-10 a) OR (node:other b)');
    const compiled = compileQuery(query);
    const lines = (node: string | null) =>
      compiled
        .forFile({ ...PLACE, node })
        ?.scan(blockOf('a\nb\n'), known())
        .map(({ line }) => line) ?? null;
    expect([lines('ip-10'), lines('other'), lines('none'), lines(null), lines('ip-10 other')]).toEqual([
      [1],
      [2],
      null,
      null,
      [1, 2],
    ]);
  });
});

describe('severity', () => {
  const LINES = 'E0501 12:00:00.1 1 a.go:1] x\nlevel=warn x\nlevel=info y\nplain\n';
  test.each<[string, readonly number[]]>([
    ['sev:error', [1]],
    ['sev:>=warning', [1, 2]],
    ['sev:info', [3]],
    ['sev:none', [4]],
    ['-sev:error x', [2]],
    ['sev:<=info', [3, 4]],
  ])('%s', (query, lines) => {
    expect(found(treeOf(query), LINES)).toEqual(lines);
  });

  test('from outside the text goes before that of the text', () => {
    const levels = new Map<number, LineLevel>([
      [3, 'error'],
      [4, 'warning'],
    ]);
    expect(found(treeOf('sev:error'), LINES, { levels })).toEqual([1, 3]);
    expect(found(treeOf('sev:warning'), LINES, { levels })).toEqual([2, 4]);
  });
});

describe('time', () => {
  const carried = (line: number): CarriedTime => ({ time: Date.UTC(2024, 4, 1, 12, 0, 5), line });
  const LINES = ' at a\n2024-05-01T12:00:10Z b\n at b\n2024-05-01T12:00:20Z c\n';
  test.each<[string, readonly number[]]>([
    ['after:2024-05-01T12:00:10', [2, 3, 4]],
    ['before:2024-05-01T12:00:10', [1]],
    ['before:2024-05-01T12:00:20 b', [2, 3]],
    ['-after:2024-05-01T12:00:10', [1]],
    ['near:5s@2024-05-01T12:00:20', [4]],
  ])('%s', (query, lines) => {
    expect(found(treeOf(query), LINES, { carried: carried(-199) })).toEqual(lines);
  });

  test('a line has the instant of one at most 200 lines before it; one without instant has none of any query', () => {
    expect(found(treeOf('before:2025-01-01'), LINES, { carried: carried(-200) })).toEqual([2, 3, 4]);
    expect(found(treeOf('-before:2025-01-01'), LINES, { carried: carried(-200) })).toEqual([1]);
    const far = `2024-05-01T12:00:10Z a\n${'x\n'.repeat(201)}`;
    expect(found(treeOf('after:2024-05-01'), far)).toEqual(Array.from({ length: 201 }, (_, at) => at + 1));
    expect(found(treeOf('x -after:2024-05-01'), far)).toEqual([202]);
  });
});

test('findings and entities', () => {
  const LINES = 'pod="kube-system/CoreDNS-1" a\n10.0.0.1 b\n10.0.0.10 a\ncoredns-1 a\n';
  expect(found(treeOf('has:finding'), LINES, { cited: (line) => line > 2 })).toEqual([3, 4]);
  expect(found(treeOf('a -has:finding'), LINES, { cited: (line) => line > 2 })).toEqual([1]);
  expect(found(treeOf('entity:10.0.0.1'), LINES)).toEqual([2]);
  expect(found(treeOf('entity:10.0.0.1 OR entity:10.0.0.10'), LINES)).toEqual([2, 3]);
  expect(found(treeOf('-entity:10.0.0.1'), LINES)).toEqual([1, 3, 4]);
  const pod = 'pod="kube-system/coredns-1" a\n/var/log/pods/kube-system_coredns-1_0123456789abcdef0123456789abcdef/x\n';
  expect(found(treeOf('entity:kube-system/coredns-1'), pod)).toEqual([1, 2]);
  expect(found(treeOf('entity:COREDNS-1'), pod)).toEqual([1, 2]);
  expect(found(treeOf('entity:kube-system'), pod)).toEqual([]);
});

test('an entity is found by a name that was read from bytes that are no UTF-8', () => {
  const line = Buffer.from('volume "web\xff\xffcache" mounted\n', 'latin1');
  expect(found({ kind: 'entity', name: 'WEB\ufffd\ufffdcache' }, line)).toEqual([1]);
  expect(found({ kind: 'entity', name: '\ufffd' }, Buffer.from('volume "\xff" mounted\n', 'latin1'))).toEqual([1]);
});

describe('what is known before reading', () => {
  const text = (query: string): unknown => readable(compileQuery(treeOf(query)).wanted);
  test.each<[string, unknown]>([
    ['kube-proxy', 'kube-proxy'],
    ['kube proxy', { all: ['kube', 'proxy'] }],
    ['kube OR proxy', { any: ['kube', 'proxy'] }],
    ['kube OR -proxy', null],
    ['-kube', null],
    ['-(-kube OR -proxy)', { all: ['kube', 'proxy'] }],
    ['kube sev:error after:2024-05-01', 'kube'],
    ['node:a kube OR node:b proxy', { any: ['kube', 'proxy'] }],
    ['sev:error', null],
    ['entity:kube-system/web', { all: ['kube-system', 'web'] }],
  ])('%s', (query, wanted) => {
    expect(text(query)).toEqual(wanted);
  });

  test.each<[string, object]>([
    ['a', { time: 'no', findings: 'no', pattern: 'none' }],
    ['a has:finding', { time: 'no', findings: 'yes', pattern: 'none' }],
    ['-before:2024-05-01', { time: 'yes', findings: 'no', pattern: 'none' }],
    ['/\\d+/', { time: 'no', findings: 'no', pattern: 'scan' }],
    ['/\\d+/ a', { time: 'no', findings: 'no', pattern: 'with literals' }],
    ['/\\d+/ OR a', { time: 'no', findings: 'no', pattern: 'scan' }],
    ['/\\d+/ sev:error', { time: 'no', findings: 'no', pattern: 'scan' }],
    ['/abc\\d/ OR sev:error', { time: 'no', findings: 'no', pattern: 'with literals' }],
  ])('needs of %s', (query, needs) => {
    expect(compileQuery(treeOf(query)).needs).toEqual(needs);
  });

  const NOON = Date.UTC(2024, 4, 1, 12);
  const block = (some: Partial<BlockPlace>): BlockPlace => ({
    ...{ id: 1, fileId, firstLine: 1, lines: 10, byteStart: 0, bytes: 100 },
    ...{ timeMin: NOON, timeMax: NOON + 60_000, ownTimeMin: NOON, ownTimeMax: NOON + 60_000 },
    ...{ warnings: 0, errors: 0 },
    ...some,
  });
  test.each<[string, Partial<BlockPlace>, boolean]>([
    ['sev:error', {}, false],
    ['sev:error', { errors: 1 }, true],
    ['sev:>=warning', { warnings: 1 }, true],
    ['sev:warning', { errors: 10 }, false],
    ['-sev:error', { errors: 10 }, false],
    ['-sev:error', { errors: 9 }, true],
    ['sev:<=info', { errors: 4, warnings: 6 }, false],
    ['sev:none', {}, true],
    ['-sev:none', {}, true],
    ['after:2024-05-01T12:01', {}, true],
    ['after:2024-05-01T12:01:00.001', {}, false],
    ['before:2024-05-01T12:00:00.001', {}, true],
    ['before:2024-05-01T12:00', {}, false],
    ['-before:2024-05-01T12:00', {}, true],
    ['after:2024-05-01', { timeMin: null, timeMax: null }, false],
    ['-after:2024-05-01', { timeMin: null, timeMax: null }, true],
    ['a sev:error', {}, false],
    ['a OR sev:error', {}, true],
    ['sev:error OR before:2024-05-01', {}, false],
    ['-(sev:<=info OR a)', {}, false],
  ])('%s in a block of %o: %s', (query, some, expected) => {
    expect(compileQuery(treeOf(query)).forFile(PLACE)?.mayMatch(block(some))).toBe(expected);
  });
});

function readable(wanted: unknown): unknown {
  if (wanted instanceof Uint8Array) return Buffer.from(wanted).toString();
  if (wanted === null || typeof wanted !== 'object') return wanted;
  return Object.fromEntries(Object.entries(wanted).map(([kind, parts]) => [kind, (parts as unknown[]).map(readable)]));
}

test('a pattern is read once, by whoever parses, searches and marks with it', () => {
  const reads = vi.spyOn(RegExpParser.prototype, 'parsePattern');
  const tree = treeOf('/time(d )?out/i OR /refused$/');
  expect(found(tree, 'timed out\n')).toEqual([1]);
  compileQuery(tree);
  expect(matchRanges('timed out', tree)).toEqual([[0, 9]]);
  expect(reads).toHaveBeenCalledTimes(2);
  reads.mockRestore();
});
