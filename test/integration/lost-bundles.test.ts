/** A case of which a bundle's file was deleted or damaged, as the command line tells of it: what is not there is never "nothing". */
import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleArchive } from '../../analyzer/core/resources.ts';
import type { Analysis } from '../../analyzer/core/vocabulary.ts';
import type { CaseDocument } from '../../analyzer/report/document.ts';
import { openCase } from '../../analyzer/store/case-store.ts';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { documentOf, runCli } from './fixtures-cli.ts';

let folder: string;
/** By how many archives are in them. */
const whole = new Map<number, string>();
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'coldcase-lost-'));
  const archives = [sampleArchive(), (await buildFixture('eks-oom')).archivePath];
  for (const count of [1, 2]) {
    const dir = path.join(folder, `whole-${count}`);
    expect((await cli('import', ...archives.slice(0, count), '--case', dir)).code).toBe(0);
    whole.set(count, dir);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cli = (...words: readonly string[]) => runCli(words, { home: path.join(folder, 'home') });

/** @returns a copy of the case with so many bundles, and the files of them, sorted. */
function copied(count: 1 | 2, name: string) {
  const dir = path.join(folder, name);
  cpSync(whole.get(count) ?? '', dir, { recursive: true });
  const bundles = path.join(dir, 'bundles');
  return { dir, files: readdirSync(bundles).map((one) => path.join(bundles, one)) };
}

async function told(dir: string) {
  const analysis = documentOf<Analysis>(await cli('analyze', dir, '--json'));
  const document = documentOf<CaseDocument>(await cli('report', dir, '--format', 'json'));
  const markdown = await cli('report', dir, '--format', 'md');
  const html = await cli('report', dir, '--format', 'html');
  const screen = await cli('analyze', dir);
  const search = await cli('search', dir, 'no-line-holds-this');
  return { analysis, document, markdown, html, screen, search };
}

const DAMAGE: readonly (readonly [name: string, because: RegExp, damage: (file: string) => void])[] = [
  ['deleted', /^its file is missing$/, (file) => rmSync(file)],
  ['truncated', /^database disk image is malformed$/, (file) => truncateSync(file, 5_000)],
  ['emptied', /^not a bundle of Coldcase$/, (file) => truncateSync(file, 0)],
  ['overwritten', /^file is not a database$/, (file) => writeFileSync(file, 'no bundle')],
];

describe('the only bundle of a case', () => {
  test.each(DAMAGE)(
    '%s: is what the verdict, the coverage, the report and the search tell of',
    async (name, because, damage) => {
      const { dir, files } = copied(1, name);
      damage(files[0] ?? '');
      const { analysis, document, markdown, html, screen, search } = await told(dir);
      const said = /^Bundle [0-9a-f]{12} of this case could not be opened \(/;
      expect(analysis.verdict.sentence).toMatch(said);
      expect(analysis.coverage).toMatchObject({
        gaps: 1,
        bundlesNotOpened: [{ because: expect.stringMatching(because) }],
      });
      expect(document.verdict?.sentence).toMatch(said);
      expect(document.coverage?.bundlesNotOpened).toEqual(analysis.coverage.bundlesNotOpened);
      for (const { code, stdout } of [markdown, html, screen]) {
        expect(code).toBe(4);
        expect(stdout).toContain('could not be opened');
        expect(stdout).not.toMatch(/Nothing has been analyzed|holds no bundle|read to its end| 0 gaps/);
      }
      expect(search).toMatchObject({ code: 4, stdout: '' });
      expect(search.stderr).not.toContain('every line of every file');
      expect((await cli('findings', dir)).stderr).not.toContain('No findings.');
    },
  );
});

test('one of two bundles: what the other shows stands, and the lost one is told with it', async () => {
  const { dir, files } = copied(2, 'one-of-two');
  const before = await told(dir);
  rmSync(files[0] ?? '');
  const { analysis, markdown, search } = await told(dir);
  const id = path.basename(files[0] ?? '', '.bundle');
  expect(before.analysis.coverage.bundlesNotOpened).toEqual([]);
  expect(before.search.code).toBe(0);
  expect(analysis.verdict.sentence).toContain(`Bundle ${id.slice(0, 12)} of this case could not be opened`);
  expect(analysis.coverage.gaps).toBeGreaterThan(0);
  expect(analysis.coverage.bundlesNotOpened).toMatchObject([{ bundle: id }]);
  expect(analysis.findings.every(({ bundle }) => bundle !== id)).toBe(true);
  expect(markdown.stdout).toContain(`Matters: Bundle ${id.slice(0, 12)} of this case could not be opened`);
  expect(search.code).toBe(4);
});

describe('a case of which no import has finished', () => {
  const made = async (name: string, ...partials: readonly string[]): Promise<string> => {
    const dir = path.join(folder, name);
    const store = openCase(dir, 'create');
    if (!store.ok) throw new Error(store.failure.message);
    store.value.close();
    for (const one of partials) writeFileSync(path.join(dir, 'bundles', one), 'begun');
    return dir;
  };

  test('is told as one without a bundle, whatever is asked of it', async () => {
    const dir = await made('empty');
    for (const words of [['analyze'], ['findings'], ['files'], ['services'], ['clock'], ['report'], ['chains']]) {
      const run = await cli(...words, dir);
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toContain('This case has no bundle.');
      expect(run.stderr).toContain('Import an archive into it');
    }
    const search = await cli('search', dir, 'x', '--json');
    expect(search).toMatchObject({ code: 2, stdout: '' });
    expect(search.stderr).not.toContain('looked at');
  });

  test('says that the import did not finish, where it was killed, and not of one that runs', async () => {
    // The largest pid_max of Linux is 2^22: the first one cannot run, the second is this test.
    const killed = await cli('analyze', await made('killed', '4194999-a.partial'));
    expect(killed.code).toBe(2);
    expect(killed.stderr).toContain('An import into it did not finish: import its archive again');
    const running = await cli('analyze', await made('running', `${process.pid}-a.partial`));
    expect(running.code).toBe(2);
    expect(running.stderr).toContain('An import into it has not finished');
  });
});

test('a file that holds another bundle is none of the case', async () => {
  const { dir, files } = copied(2, 'swapped');
  copyFileSync(files[1] ?? '', files[0] ?? '');
  const { analysis } = await told(dir);
  const id = path.basename(files[0] ?? '', '.bundle');
  expect(analysis.coverage.bundlesNotOpened).toMatchObject([{ bundle: id }]);
  expect(analysis.verdict.sentence).toContain(`Bundle ${id.slice(0, 12)} of this case could not be opened`);
});
