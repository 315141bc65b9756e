/** Searching and reading on the command line as it is started: patterns without an end, pages, Ctrl-C, bytes as they are. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SearchAnswer, SearchPage } from '../../analyzer/contract/search.ts';
import { tarGzOf } from '../support/archives.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

/** Windows' line ends, a line of CR, bytes that are no UTF-8, and no newline at the end. */
const ODD = Buffer.concat([
  Buffer.from('first\r\nsecond \u001b[31m\r\r\nÄÖÜäöü ÄÖÜäöü\n'),
  Buffer.from([0xff, 0xc3, 10]),
  Buffer.from('end'),
]);
const LETTERS = `${'a'.repeat(60)}!`;
const LOG = Array.from(
  { length: 3_000 },
  (_, at) => `2024-05-01T12:00:${String(at % 60).padStart(2, '0')}Z line ${at}`,
);

let session: EngineSession;
let home = '';
let caseFolder = '';

beforeAll(async () => {
  session = await startEngine();
  home = path.join(session.folder, 'home');
  const archive = path.join(session.folder, 'node.tar.gz');
  const members = [
    { name: 'var/log/app.log', body: `${LOG.join('\n')}\n` },
    { name: 'var/log/odd.log', body: ODD },
    { name: 'var/log/letters.log', body: `${LETTERS}\n` },
  ];
  writeFileSync(archive, await tarGzOf(members));
  caseFolder = (await session.importNew([archive])).caseId;
});
afterAll(() => session?.close());

const search = (...words: readonly string[]) => runCli(['search', caseFolder, ...words], { home });

describe('patterns', () => {
  test('one that does not come to an end is stopped, and says where and what to do', async () => {
    const run = await search('/(a+)+$/', '--time-limit', '2', '--json');
    expect(run.code).toBe(4);
    const { complete, stopped } = documentOf<SearchAnswer>(run);
    expect(complete).toBe(false);
    // Where the time is up before the search has come to the line, only the time is told.
    expect(['runaway-pattern', 'time-limit']).toContain(stopped?.because);
    expect(run.stderr).toMatch(/^Stopped after 2 s: .*Raise the time limit/m);
    expect(run.stderr).toContain('NOT every line was looked at');
  });

  test('Ctrl-C ends it', async () => {
    const words = ['search', caseFolder, '/(a+)+$/', '--time-limit', '3600'];
    const run = await runCli(words, { home, interruptAt: 'Search: ' });
    expect([run.code, run.stdout]).toEqual([130, '']);
    expect(run.stderr).toContain('Cancelled.');
  });

  test('one of 10 KB is answered', async () => {
    const many = Array.from({ length: 1_000 }, (_, at) => `word${at}`);
    const pattern = `/${[...many, 'line 12$'].join('|')}/`;
    expect(pattern.length).toBeGreaterThan(7_000);
    expect(documentOf<SearchAnswer>(await search(pattern, '--json')).total).toBe(1);
    const long = await search(`/${'(a|b)+'.repeat(2_000)}/`);
    expect([long.code, long.stdout]).toEqual([2, '']);
    expect(long.stderr).toMatch(/^coldcase: a query has 10,000 characters at most\n {2}\.\.\.[^\n]{40,140}\n +\^+\n$/);
  });

  test.each([
    ['/(unclosed/', /\n {2}\/\(unclosed\/\n +\^+\n$/],
    ['a /x/g b', /\n {2}a \/x\/g b\n {7}\^\n$/],
  ])('%s is wrong, and it is shown where', async (query, said) => {
    const run = await search(query);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toMatch(said);
  });
});

test.each(['file', 'time'])('pages by %s are the whole, and every line once', async (order) => {
  const query = ['"line 1"', 'source:*', '--order', order, '--json', '--limit', '400'];
  const first = documentOf<SearchAnswer>(await search(...query));
  const lines = first.matches.map(({ line }) => line);
  for (let { next } = first as SearchPage; next !== null; ) {
    const page = documentOf<SearchPage>(await search(...query, '--after', next));
    lines.push(...page.matches.map(({ line }) => line));
    next = page.next;
  }
  const expected = LOG.flatMap((text, at) => (text.includes('line 1') ? [at + 1] : []));
  if (order === 'time') expected.sort((one, two) => ((one - 1) % 60) - ((two - 1) % 60) || one - two);
  expect(first.total).toBe(expected.length);
  expect(lines).toEqual(expected);
});

describe('read', () => {
  const read = async (...words: readonly string[]) => runCli(['read', caseFolder, ...words], { home });

  test('a cited line is found again by its link, in another case too', async () => {
    const cited = documentOf<{ link: string }>(await read('app.log', '--cite', '--line', '8', '--json'));
    const again = await session.importNew([path.join(session.folder, 'node.tar.gz')]);
    const run = await runCli(['read', again.caseId, '--link', cited.link, '--numbers'], { home });
    expect([run.code, run.stdout]).toEqual([0, `8  ${LOG[7]}\n`]);
  });

  test('--at begins at the first line of that time', async () => {
    const run = await read('app.log', '--at', '2024-05-01T14:00:59+02:00', '--count', '1');
    expect([run.code, run.stdout]).toEqual([0, `${LOG[59]}\n`]);
  });

  test('--bytes and --raw are the bytes of the file', async () => {
    const dump = await read('odd.log', '--bytes', `${ODD.indexOf(0xff)}:6`);
    expect(dump.stdout).toMatch(/^000000\w\w {2}ff c3 0a 65 6e 64 +\|\.\.\.end\|\n$/);
    const json = documentOf<{ base64: string }>(await read('odd.log', '--bytes', '0:1000', '--json'));
    expect(Buffer.from(json.base64, 'base64')).toEqual(ODD);
    const raw = await read('odd.log', '--raw', '--count', '2');
    expect(raw.stdout).toBe('first\r\nsecond \u001b[31m\r\r\n');
    expect((await read('odd.log')).stdout).toBe('first\nsecond \\x1b[31m\\x0d\nÄÖÜäöü ÄÖÜäöü\n\ufffd\ufffd\nend\n');
  });
});
