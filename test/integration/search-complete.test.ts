/**
 * Search never misses a line: a real import of a bundle that is large enough for the block index, and 100 generated
 * queries whose totals, files and lines equal those of a plain scan of the original texts.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SearchAnswer } from '../../analyzer/contract/search.ts';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { foldAscii } from '../../analyzer/query/fold.ts';
import { tarGzOf } from '../support/archives.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const KUBELET = 'var_log/kubelet.log';
const ROTATED = 'var_log/kubelet.log.1';
const PACKED = 'var_log/kubelet.log.2.gz';
const BLOCK_BYTES = 128 * 1024;
const QUERIES = 100;
/** Matches that are compared one by one; of more, the total and the files. */
const LIMIT = 100;

/** Mulberry32 (Tommy Ettinger, public domain): the same texts and queries in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const random = randomNumbers(20_240_501);
const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
const WORDS = [
  'SyncLoop',
  'Prüfung',
  'naïve',
  '日本語',
  'ſtill',
  '\u212aelvin',
  'Kelvin',
  '🦊fox',
  'Größe',
  'ÄÖÜ',
  'ERROR',
  'pod',
  'café',
];

function logLine(second: number): string {
  const clock = `${String(random(24)).padStart(2, '0')}:00:${String(second % 60).padStart(2, '0')}.000000`;
  const head = `${pick(['I', 'I', 'I', 'W', 'E'])}0501 ${clock}    3127 ${pick(['kubelet', 'prober'])}.go:${random(900)}]`;
  const words = Array.from({ length: 2 + random(6) }, () => pick(WORDS)).join(pick([' ', '=', '/']));
  return `${head} "${words}" id=${random(2 ** 31).toString(16)}${random(2 ** 31).toString(16)} ip=10.0.${random(4)}.${random(250)}`;
}

function logText(lines: number, end = '\n'): string {
  return Array.from({ length: lines }, (_, second) => logLine(second) + end).join('');
}

function originalTexts(): ReadonlyMap<string, string> {
  const kubelet = logText(14_000);
  const long = Array.from({ length: 9_000 }, () => random(2 ** 31).toString(36)).join('-');
  return new Map([
    [KUBELET, kubelet],
    [ROTATED, logText(6_000)],
    [PACKED, logText(3_000)],
    ['var_log/copy/kubelet.log', kubelet],
    // A line of several blocks, in a line of its own, with text before and behind it in the same and in other blocks.
    ['var_log/long.log', `${logText(500)}${long}${long}${long} the-Long-line-ends-here\n${logText(500)}`],
    ['var_log/windows.log', logText(300, '\r\n')],
    ['system/no-newline-at-end.txt', `${logText(3)}the very LAST words`],
    ...Array.from({ length: 60 }, (_, at): [string, string] => [`system/small-${at}.txt`, logText(1 + random(4))]),
  ]);
}

interface Line {
  readonly file: string;
  readonly number: number;
  readonly text: string;
  readonly folded: string;
}

function linesOf(file: string, text: string): readonly Line[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    const plain = line.endsWith('\r') ? line.slice(0, -1) : line;
    return { file, number: index + 1, text: plain, folded: foldAscii(plain) };
  });
}

const originals = originalTexts();
let session: EngineSession;
let caseId: CaseId;
/** Of every file that was stored as text and is no copy, in the order of the bundle. */
let lines: readonly Line[];

beforeAll(async () => {
  session = await startEngine();
  const archive = path.join(session.folder, 'eks_i-0abc_2024-05-01_1200-UTC_0.7.9.tar.gz');
  const members = [...originals].map(([name, text]) => ({
    name: `./${name}`,
    body: name === PACKED ? gzipSync(text) : text,
  }));
  writeFileSync(archive, await tarGzOf(members));
  const imported = await session.importNew([archive]);
  caseId = imported.caseId;
  const files = await session.ask('file.list', { caseId });
  const texts = files.filter((file) => file.aliasOf === null && file.format !== 'binary' && file.lines > 0);
  lines = texts.flatMap((file) => linesOf(file.path, originals.get(originalOf(file.path)) ?? ''));
  const unread = [...originals.keys()].filter((name) => !files.some((file) => originalOf(file.path) === name));
  expect(unread).toEqual([]);
  expect(lines.length).toBeGreaterThan(21_000);
});

afterAll(() => session.close());

/** An opened .gz may be listed by its own name or by that of its content. */
function originalOf(stored: string): string {
  return stored.startsWith(PACKED.slice(0, -'.gz'.length)) ? PACKED : stored;
}

/** Terms without quotes: each is asked for as a quoted phrase, whatever else the query language may know. */
const plain = (text: string) => text.replaceAll('"', ' ').trim();
const changedCase = (text: string) =>
  pick([
    text,
    text.toUpperCase(),
    text.toLowerCase(),
    foldAscii(text),
    text.replace(/[a-z]/, (one) => one.toUpperCase()),
  ]);

function piece(text: string, length: number): string {
  const letters = [...text];
  const from = random(Math.max(1, letters.length - length));
  return plain(letters.slice(from, from + length).join(''));
}

/** A line at one of the places where the text of a file may be cut into blocks, or at its first or last line. */
function borderLine(): Line {
  const [file, text] = pick([...originals].filter(([, content]) => content.length > BLOCK_BYTES));
  const bytes = Buffer.from(text);
  const border = random(Math.floor(bytes.length / BLOCK_BYTES) + 1) * BLOCK_BYTES;
  const number = bytes.subarray(0, border).toString('latin1').split('\n').length + random(3) - 1;
  return lines.find((line) => line.file === file && line.number === number) ?? pick(lines);
}

const QUERY_KINDS: readonly (() => readonly string[])[] = [
  () => [pick(pick(lines).text.split(/[\s"=/]+/))],
  () => [piece(pick(lines).text, 4 + random(24))],
  () => [piece(pick(lines).text, 4 + random(4))],
  () => [pick(lines).text.slice(0, 5 + random(40))],
  () => [piece(pick(lines).text, 1 + random(3))],
  () => [pick(WORDS), pick(WORDS)],
  () => [piece(pick(lines).text, 12), pick(WORDS).slice(0, 2)],
  () => [piece(borderLine().text, 8 + random(30))],
  () => [plain(borderLine().text.slice(-(6 + random(12))))],
  () => [`${piece(pick(lines).text, 10)}${pick(['x', 'é', '#'])}`],
];

function matchingLines(terms: readonly string[]): readonly Line[] {
  const folded = terms.map(foldAscii);
  return lines.filter((line) => folded.every((term) => line.folded.includes(term)));
}

const quoted = (terms: readonly string[]) => terms.map((term) => `"${term}"`).join(' ');

function search(terms: readonly string[]): Promise<SearchAnswer> {
  return session.ask('search.run', { caseId, query: quoted(terms), limit: LIMIT });
}

/** @returns how many lines match. */
function expectSame(terms: readonly string[], found: SearchAnswer): number {
  const expected = matchingLines(terms);
  const files = Map.groupBy(expected, (line) => line.file);
  expect(
    {
      total: found.total,
      complete: found.complete,
      byFile: new Map(found.facets.file.map((one) => [one.file, one.count])),
      first: found.matches.map((match) => `${match.file}:${match.line}: ${match.text}`),
    },
    quoted(terms),
  ).toEqual({
    total: expected.length,
    complete: true,
    byFile: new Map([...files].map(([file, some]) => [file, some.length])),
    first: expected.slice(0, LIMIT).map((line) => `${line.file}:${line.number}: ${line.text}`),
  });
  return expected.length;
}

test(`${QUERIES} generated queries find what a scan of the original texts finds`, async () => {
  const queries = Array.from({ length: QUERIES * 2 }, (_, at) => QUERY_KINDS[at % QUERY_KINDS.length]?.() ?? [])
    .map((terms) => terms.map((term) => changedCase(plain(term))))
    .filter((terms) => terms.every((term) => term !== ''))
    .slice(0, QUERIES);
  expect(queries.length).toBe(QUERIES);
  const totals: number[] = [];
  for (const terms of queries) totals.push(expectSame(terms, await search(terms)));
  // Rare ones, common ones and some that nothing holds: otherwise the queries would show little.
  expect(totals.filter((total) => total > 0 && total < 20).length).toBeGreaterThan(20);
  expect(totals.filter((total) => total > LIMIT).length).toBeGreaterThan(10);
  expect(totals.filter((total) => total === 0).length).toBeGreaterThan(3);
});

test.each([
  [['the-long-LINE-ends-here'], 1],
  [['very last WORDS'], 1],
  [['\n'], 0],
  [['nothing-holds-this'], 0],
])('%j by the engine', async (terms, expected) => {
  expect(expectSame(terms, await search(terms))).toBe(expected);
});
