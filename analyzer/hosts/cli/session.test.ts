/** Where a case comes from and what is left of it: temporary cases, named cases, Ctrl-C. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../../test/support/memory-bundle.ts';
import { fail, ok } from '../../core/failure.ts';
import type { SourceFile } from '../../core/vocabulary.ts';
import { endedImport, type TestWorld, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const world = testWorlds({ archives: ['node.tar.gz'] });

describe('temporary case', () => {
  const cached = (here: TestWorld): readonly string[] => {
    const cache = path.join(here.folder, 'cache');
    return existsSync(cache) ? readdirSync(cache) : [];
  };

  it('is private while it lives, and gone after success, failure and Ctrl-C', async () => {
    const modes: number[] = [];
    const here = world({
      answers: {
        'case.create': ({ dir, title }) => {
          modes.push(statSync(dir ?? '').mode & 0o777);
          expect(path.basename(dir ?? '')).toMatch(new RegExp(`^tmp-${process.pid}-[0-9a-f]+$`));
          return ok({ id: dir as never, title: title ?? '', bundles: [], unreadable: [] });
        },
        'file.list': () => fail('corrupt', 'broken', 'somewhere'),
        'search.run': () => {
          here.interrupt.abort();
          return new Promise(() => undefined);
        },
      },
    });
    expect(await here.run('findings', 'node.tar.gz')).toBe(0);
    expect(await here.run('files', 'node.tar.gz')).toBe(2);
    expect(here.err()).toContain('somewhere: broken');
    expect(await here.run('search', 'node.tar.gz', 'x')).toBe(130);
    expect(modes).toEqual([0o700, 0o700, 0o700]);
    expect(cached(here)).toEqual([]);
  });

  it('stays with --keep, and its path is told on stderr', async () => {
    const here = world();
    expect(await here.run('findings', 'node.tar.gz', '--keep', '--json', '--quiet')).toBe(0);
    const [name] = cached(here);
    expect(here.err()).toBe(`Case kept: ${path.join(here.folder, 'cache', name ?? '')}\n`);
    expect(await here.run('findings', 'node.tar.gz')).toBe(0);
    expect(cached(here)).toEqual([name]);
  });

  it('sweeps what a killed process left, and nothing of a living one', async () => {
    const here = world();
    // The largest pid_max of Linux is 2^22, so this process cannot exist.
    for (const name of ['tmp-4194999-aa', `tmp-${process.ppid}-bb`, 'kept-cc', 'tmp-x']) {
      mkdirSync(path.join(here.folder, 'cache', name), { recursive: true });
    }
    await here.run('findings', 'node.tar.gz');
    expect([...cached(here)].sort()).toEqual(['kept-cc', `tmp-${process.ppid}-bb`, 'tmp-x'].sort());
  });

  it('is not made for a case folder', async () => {
    const here = world({ cases: ['mine'] });
    expect(await here.run('findings', 'mine')).toBe(0);
    expect(here.calls.map((call) => call.method)).toEqual(['case.open', 'case.analysis']);
    expect(cached(here)).toEqual([]);
    expect(await here.run('findings', 'mine', '--case', 'other')).toBe(2);
  });
});

describe('a case without a bundle', () => {
  const COMMANDS = [
    'analyze mine',
    'findings mine',
    'search mine x',
    'files mine',
    'services mine',
    'clock mine',
    'report mine',
    'trace mine --from node --to 10.0.0.1:80',
    'check kube-proxy mine',
    'chains mine',
    'timeline mine',
    'read mine a.log',
  ];
  const empty = (partial: readonly (readonly string[])[] = []): TestWorld => {
    let asked = 0;
    return world({ cases: ['mine'], bundles: [], partialImports: () => partial[asked++] ?? [] });
  };

  it.each(COMMANDS)('coldcase %s: says so, and nothing of what it would hold', async (command) => {
    const here = empty();
    expect(await here.run(...command.split(' '))).toBe(2);
    expect(here.out()).toBe('');
    expect(here.err()).toContain('This case has no bundle.');
    expect(here.err()).toContain('coldcase import ARCHIVE --case DIR');
    expect(here.calls.map(({ method }) => method)).toEqual(['case.open']);
  });

  it('tells of an import that did not finish, and of one that may still run', async () => {
    const killed = empty([['1-a.partial'], []]);
    expect(await killed.run('analyze', 'mine')).toBe(2);
    expect(killed.err()).toContain('An import into it did not finish: import its archive again');
    const running = empty([['1-a.partial'], ['1-a.partial']]);
    expect(await running.run('analyze', 'mine')).toBe(2);
    expect(running.err()).toContain('An import into it has not finished: wait for its end');
  });

  it('is another thing than one whose bundle could not be opened', async () => {
    const unreadable = [
      fail('corrupt', 'damaged', `/mine/bundles/${'a'.repeat(64)}.bundle`, 'Import the archive again.').failure,
    ];
    const here = world({
      cases: ['mine'],
      answers: { 'case.open': ({ caseId }) => ok({ id: caseId as never, title: '', bundles: [], unreadable }) },
    });
    expect(await here.run('chains', 'mine')).toBe(2);
    expect(here.err()).toContain('No bundle of this case could be opened.');
    expect(here.err()).toContain('Import the archive again.');
    expect(await here.run('findings', 'mine')).toBe(4);
  });
});

describe('files', () => {
  it('lists more files than a call has arguments', async () => {
    const [file] = memoryBundle({ 'a.log': 'words\n' }).files() as readonly [SourceFile];
    const files = Array.from({ length: 150_000 }, (_, nth) => ({
      ...file,
      bundle: WHOLE_BUNDLE.id,
      path: `${nth}.log`,
    }));
    const here = world({ cases: ['mine'], answers: { 'file.list': () => ok(files) } });
    expect(await here.run('files', 'mine')).toBe(0);
    expect(here.out().split('\n').at(-2)).toMatch(/ 149999\.log$/);
  });
});

describe('import', () => {
  it('prints the documented shape; the same bytes again are told as such', async () => {
    const here = world();
    expect(await here.run('import', 'node.tar.gz', '--case', 'new', '--json')).toBe(0);
    const document = JSON.parse(here.out()) as { case: string; bundles: object[] };
    expect(document.case).toBe(path.join(here.folder, 'new'));
    expect(Object.keys(document.bundles[0] ?? {}).slice(0, 12)).toEqual([
      'id',
      'sha256',
      'layout',
      'layoutBecause',
      'node',
      'collectedAt',
      'files',
      'lines',
      'bytes',
      'storedBytes',
      'outcome',
      'gaps',
    ]);
    const again = world({
      answers: {
        'job.wait': () =>
          ok(
            endedImport([], {
              imports: [{ source: 'node.tar.gz', outcome: 'already-imported', bundle: WHOLE_BUNDLE, failure: null }],
            }),
          ),
      },
    });
    expect(await again.run('import', 'node.tar.gz', '--case', 'new')).toBe(0);
    expect(again.out()).toContain('already in this case, nothing done');
    expect(again.err()).not.toContain('not applied');
    expect(await again.run('import', 'node.tar.gz', '--case', 'new', '--layout', 'sgfp')).toBe(0);
    expect(again.err()).toContain('The layout sgfp given was not applied');
    expect(again.err()).toContain('import into a new case');
  });

  it('refuses a folder that is something else, and removes a case it made in vain', async () => {
    const made: string[] = [];
    const failed = fail('empty', 'The archive holds nothing.').failure;
    const here = world({
      bundles: [],
      answers: {
        'case.create': ({ dir }) => {
          mkdirSync(dir ?? '', { recursive: true });
          made.push(dir ?? '');
          return ok({ id: dir as never, title: '', bundles: [], unreadable: [] });
        },
        'job.wait': () =>
          ok(
            endedImport([], { imports: [{ source: 'node.tar.gz', outcome: 'failed', bundle: null, failure: failed }] }),
          ),
      },
    });
    expect(await here.run('import', 'node.tar.gz', '--case', '.')).toBe(2);
    expect(here.err()).toContain('not empty');
    expect(made).toEqual([]);
    expect(await here.run('import', 'node.tar.gz', '--case', 'new')).toBe(2);
    expect(made).toHaveLength(1);
    expect(existsSync(path.join(here.folder, 'new'))).toBe(false);
  });

  it('keeps a case that it made in vain when another command imports into it', async () => {
    const failed = fail('empty', 'The archive holds nothing.').failure;
    const here = world({
      bundles: [],
      answers: {
        'case.create': ({ dir }) => {
          mkdirSync(path.join(dir ?? '', 'bundles'), { recursive: true });
          return ok({ id: dir as never, title: '', bundles: [], unreadable: [] });
        },
        'job.wait': () => {
          writeFileSync(path.join(here.folder, 'new/bundles/1-x.partial'), '');
          return ok(
            endedImport([], { imports: [{ source: 'node.tar.gz', outcome: 'failed', bundle: null, failure: failed }] }),
          );
        },
      },
    });
    expect(await here.run('import', 'node.tar.gz', '--case', 'new')).toBe(2);
    expect(existsSync(path.join(here.folder, 'new/bundles/1-x.partial'))).toBe(true);
    rmSync(path.join(here.folder, 'new'), { recursive: true });
  });

  it('imports into a case that another command makes at the same moment', async () => {
    const made: string[] = [];
    const here = world({
      isCase: (name) => {
        const isThere = made.includes(name);
        mkdirSync(path.join(here.folder, name, 'bundles'), { recursive: true });
        made.push(name);
        return isThere;
      },
      answers: { 'job.wait': () => ok(endedImport([WHOLE_BUNDLE])) },
    });
    expect(await here.run('import', 'node.tar.gz', '--case', 'new')).toBe(0);
    expect(here.calls.map(({ method }) => method)).toContain('case.open');
    expect(here.calls.map(({ method }) => method)).not.toContain('case.create');
  });

  it('says of a link that what it leads to is missing', async () => {
    const here = world();
    symlinkSync('nowhere', path.join(here.folder, 'latest'));
    expect(await here.run('import', 'latest', '--case', 'new')).toBe(2);
    expect(here.err()).toBe('coldcase: latest: This is a link to what is not there.\n');
  });

  it('Ctrl-C cancels the job and exits 130', async () => {
    const here = world({
      bundles: [],
      answers: {
        'case.import': () => {
          here.interrupt.abort();
          return ok({ job: endedImport([]).id });
        },
        'job.cancel': () => ok(endedImport([], { state: 'cancelled' })),
        'job.wait': () => ok(endedImport([], { state: 'cancelled' })),
      },
    });
    expect(await here.run('import', 'node.tar.gz', '--case', 'new')).toBe(130);
    expect(here.calls.map((call) => call.method)).toContain('job.cancel');
  });

  it('one of two failed: 4; a bug in the engine: 1', async () => {
    const bad = {
      source: 'b',
      outcome: 'failed' as const,
      bundle: null,
      failure: fail('corrupt', 'no archive').failure,
    };
    const half = world({
      answers: {
        'job.wait': () =>
          ok(
            endedImport([], {
              imports: [{ source: 'a', outcome: 'imported', bundle: WHOLE_BUNDLE, failure: null }, bad],
            }),
          ),
      },
    });
    expect(await half.run('import', 'node.tar.gz', '--case', 'new')).toBe(4);
    expect(half.out()).toContain('failed: b');
    expect(
      await world({ answers: { 'case.create': () => fail('internal', 'boom') } }).run(
        'import',
        'node.tar.gz',
        '--case',
        'new',
      ),
    ).toBe(1);
  });
});
