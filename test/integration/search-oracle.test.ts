/**
 * Search never misses a line and invents none: generated queries against real imports, and the same queries against
 * a plain scan of the texts that went into the archives (test/support/oracle).
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LINE_BYTES_MAX } from '../../analyzer/core/limits.ts';
import { tarGzOf } from '../support/archives.ts';
import { fixtureCorpus, madeCorpus } from '../support/oracle/cases.ts';
import { compareQueries, expectSame } from '../support/oracle/compare.ts';
import type { OracleCorpus } from '../support/oracle/corpus.ts';
import { LEVELS, literal, wholeWord } from '../support/oracle/terms.ts';
import { MAIN_LOG } from '../support/oracle/texts.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

const MADE_QUERIES = 150;
const FIXTURE_QUERIES = 50;

let session: EngineSession;
let made: OracleCorpus;
let fixtures: OracleCorpus;

beforeAll(async () => {
  session = await startEngine();
  made = await madeCorpus(session, 'search');
  fixtures = await fixtureCorpus(session);
}, 240_000);
afterAll(() => session?.close());

describe('the oracle itself', () => {
  test('has files of every kind, and knows levels and instants of lines as they were made', () => {
    const main = made.lines.filter(({ file }) => file.paths[0] === MAIN_LOG);
    expect(main.length).toBeGreaterThan(15_000);
    const wrong = main.filter(({ text, level, time }) => {
      const [, letter, at] = /^([IWE])0501 (\S+) /.exec(text) ?? [];
      const known = { I: 'info', W: 'warning', E: 'error' }[letter as 'I' | 'W' | 'E'];
      return LEVELS[level] !== known || time !== Date.parse(`2024-05-01T${at?.slice(0, 12)}Z`);
    });
    expect(wrong.map(({ number, text }) => `${number}: ${text}`)).toEqual([]);
    expect(made.files.filter(({ paths }) => paths.length > 1).map(({ paths }) => paths)).toEqual([
      ['containers/coredns.log', 'containers/copy/coredns.log'],
    ]);
    expect(fixtures.lines.length).toBeGreaterThan(5_000);
    expect(fixtures.lines.some(({ cited }) => cited)).toBe(true);
  });
});

describe('what is found is what a plain scan of the original texts finds', () => {
  test(`${MADE_QUERIES} queries over bundles with every kind of file`, async () => {
    const totals = await compareQueries(session, made, 'made', MADE_QUERIES);
    // Rare ones, common ones and some that nothing holds: otherwise the queries would show little.
    expect(totals.filter((total) => total > 0 && total < 20).length).toBeGreaterThan(30);
    expect(totals.filter((total) => total > 1_000).length).toBeGreaterThan(20);
    expect(totals.filter((total) => total === 0).length).toBeGreaterThan(5);
  });

  test(`${FIXTURE_QUERIES} queries over collectors' bundles`, async () => {
    const totals = await compareQueries(session, fixtures, 'fixtures', FIXTURE_QUERIES);
    expect(totals.filter((total) => total > 0).length).toBeGreaterThan(FIXTURE_QUERIES / 2);
  });

  test('every word that stands on a border of 128 KiB', async () => {
    const astride = made.lines.flatMap(({ text }) => text.match(/astride-\S+-end|within-line-\d+-end/g) ?? []);
    expect(astride.length).toBeGreaterThan(20);
    for (const word of astride) {
      const { total } = await session.ask('search.run', { caseId: made.caseId, query: word.toUpperCase(), limit: 1 });
      expect([word, total]).toEqual([word, 1]);
    }
  });

  test.each([
    ['the-long-LINE-ends-here', 1],
    ['the-longest-ends-HERE', 1],
    ['very last words', 1],
    ['behind-zeros\0and', 1],
    ['señal PERDIDA', 200],
    ['nothing-holds-this', 0],
  ])('%j stands in %i lines', async (text, total) => {
    expect(await expectSame(session, made, literal(text))).toBe(total);
  });
});

test('a line that is longer than the store keeps in one piece is searched in its pieces, and a gap says so', async () => {
  const cut = 'WordAcrossTheCut';
  const long = Buffer.alloc(LINE_BYTES_MAX + 1_000, 'filler ');
  long.write(` ${cut} `, LINE_BYTES_MAX - cut.length / 2);
  long.write(' JustBehindTheCut ', LINE_BYTES_MAX + 100);
  const archive = path.join(session.folder, 'long.tar.gz');
  const body = Buffer.concat([Buffer.from('first\n'), long, Buffer.from('\nlast\n')]);
  writeFileSync(archive, await tarGzOf([{ name: 'var/log/long.log', body }]));
  const { caseId, job } = await session.importNew([archive]);
  expect(job.imports[0]?.bundle?.gaps.map(({ message }) => message)).toEqual([
    'a line is longer than 1 MB and was split (1 times)',
  ]);
  const total = async (query: string) => (await session.ask('search.run', { caseId, query, limit: 1 })).total;
  expect(await total(cut)).toBe(0);
  expect(await total(`${cut.slice(0, 6)} OR ${cut.slice(-6)}`)).toBe(2);
  expect(await total(wholeWord('justbehindthecut').written)).toBe(1);
  expect(await total('-nothing-like-this')).toBe(4);
});
