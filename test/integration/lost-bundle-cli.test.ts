/** Commands on a case of three nodes, one of which is lost: what they print says so, not stderr and the exit code alone. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BundleNotOpened } from '../../analyzer/core/vocabulary.ts';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import { zipOf } from '../support/read-archive.ts';
import { documentOf, runCli } from './fixtures-cli.ts';

let folder = '';
let home = '';
let whole = '';
let gone = '';
let damaged = '';
let lost = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'coldcase-lost-'));
  home = path.join(folder, 'home');
  whole = path.join(folder, 'whole');
  const ids = ['eks-three-nodes-a', 'eks-three-nodes-b', 'eks-three-nodes-c'] as const;
  const built = await Promise.all(ids.map((id) => buildFixture(id)));
  await run('import', ...built.map(({ archivePath }) => archivePath), '--case', whole);
  const [first = ''] = readdirSync(path.join(whole, 'bundles')).sort();
  lost = path.basename(first, '.bundle');
  gone = path.join(folder, 'gone');
  cpSync(whole, gone, { recursive: true });
  rmSync(path.join(gone, 'bundles', first));
  damaged = path.join(folder, 'damaged');
  cpSync(whole, damaged, { recursive: true });
  // Behind its head, so that it can be opened.
  const bytes = readFileSync(path.join(damaged, 'bundles', first));
  bytes.fill(0xa5, 100_000, 120_000);
  writeFileSync(path.join(damaged, 'bundles', first), bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const named = (commands: readonly (readonly string[])[]) => commands.map((words) => [words.join(' '), words] as const);
const run = (...words: readonly string[]) => runCli(words, { home });

describe('a bundle that cannot be opened', () => {
  const commands: (readonly string[])[] = [
    ['compare'],
    ['timeline', '--buckets', '4'],
    ['correlate', '--pivot', 'kubelet', '--limit', '2'],
    ['runbooks'],
    ['runbook', 'oom'],
    ['runbook', 'oom', '--format', 'md'],
  ];
  const on = (target: string, [command = '', ...rest]: readonly string[]) => run(command, target, ...rest);

  test.each(named(commands))('is told before the answer: %s', async (_, words) => {
    const { code, stdout } = await on(gone, words);
    expect(code).toBe(4);
    const said = stdout.slice(0, 300).replace(/\s+(?:# |> )?/g, ' ');
    expect(said).toContain(`Bundle ${lost.slice(0, 12)} of this case could not be opened (its file is missing)`);
  });

  test.each(named([...commands, ['timeline', '--lines', '1']]))('is in the JSON: %s', async (_, words) => {
    const answer = await on(gone, [...words, '--json']);
    expect(answer.code).toBe(4);
    expect(documentOf<{ bundlesNotOpened: BundleNotOpened[] }>(answer).bundlesNotOpened).toMatchObject([
      { bundle: lost, because: 'its file is missing' },
    ]);
    const sound = await on(whole, [...words, '--json']);
    expect(documentOf<{ bundlesNotOpened: BundleNotOpened[] }>(sound).bundlesNotOpened).toEqual([]);
  });

  test('is told with every page of a search', async () => {
    const first = await run('search', gone, 'kubelet', '--limit', '2', '--json');
    const { next, stopped } = documentOf<{ next: string; stopped: object }>(first);
    expect(stopped).toMatchObject({ because: 'not-opened' });
    const second = await run('search', gone, 'kubelet', '--limit', '2', '--json', '--after', next);
    expect([second.code, documentOf<{ stopped: object }>(second).stopped]).toEqual([4, stopped]);
    const text = await run('search', gone, 'kubelet', '--limit', '2', '--quiet', '--after', next);
    expect(text.stderr).toContain('1 bundle of this case could not be opened and was not searched.');
  });
});

describe('a bundle that is damaged behind its head', () => {
  test.each(['analyze', 'findings'])('is named with its file: %s', async (command) => {
    const { code, stderr } = await run(command, damaged, '--quiet');
    expect(code).toBe(4);
    const file = path.join(damaged, 'bundles', `${lost}.bundle`);
    expect(stderr).toMatch(new RegExp(`^Gap that matters: ${file}: .*damaged`, 'm'));
  });

  test('stands in the verdict, and once among what is not known', async () => {
    const { stdout } = await run('analyze', damaged);
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toMatch(
      new RegExp(
        `Bundle ${lost.slice(0, 12)} of this case cannot be read in full \\([^)]*\\): \\d+ checks of it failed`,
      ),
    );
    expect(words).toContain(`import the archive again: bundles/${lost}.bundle`);
    expect(stdout.match(/\.bundle/g)).toHaveLength(1);
  });
});

test('an archive with a password has one advice, also where other members could be read', async () => {
  const locked = { name: 'messages', body: 'a line\n', flags: 0x801 };
  const [whole, partly] = [path.join(folder, 'locked.zip'), path.join(folder, 'partly.zip')];
  writeFileSync(whole, zipOf([locked]));
  writeFileSync(partly, zipOf([locked, { name: 'dmesg', body: 'a line\n' }]));
  const refused = await run('analyze', whole, '--quiet');
  expect([refused.code, refused.stderr]).toEqual([
    2,
    [
      `coldcase: ${whole}: nothing in locked.zip could be read: protected by a password`,
      'Unpack it and import the folder, or ask for it without a password.',
      '',
    ].join('\n'),
  ]);
  const told = await run('files', partly, '--quiet');
  expect(told.code).toBe(4);
  expect(told.stderr).toBe(
    'Gap that matters: messages: protected by a password. Unpack it and import the folder, or ask for it without a password\n',
  );
});
