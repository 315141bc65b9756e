import { describe, expect, it } from 'vitest';
import { ok } from '../../core/failure.ts';
import { NO_CLOCK } from '../../core/file-clock.ts';
import { FileId } from '../../core/ids.ts';
import type { Bookmark } from '../../core/notebook.ts';
import type { SourceFile } from '../../core/vocabulary.ts';
import { type TestWorld, type TestWorldOptions, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const testWorld = testWorlds({ cases: ['mine'], folders: ['dumps'] });
const source = (id: number, over: Partial<SourceFile>): SourceFile => ({
  id: FileId.parse(id),
  bundle: WHOLE_BUNDLE.id,
  path: `file-${id}`,
  role: 'other',
  roleBecause: '',
  format: 'text',
  encoding: 'utf-8',
  clock: NO_CLOCK,
  bytes: 10,
  lines: 3,
  firstTime: null,
  lastTime: null,
  warnings: 0,
  errors: 0,
  sha256: 'b'.repeat(64),
  aliasOf: null,
  coverage: 'read',
  ...over,
});
const FILES = [
  source(1, { path: 'var/log/kubelet.log', role: 'kubelet-log', format: 'klog' }),
  source(2, { path: 'copy/kubelet.log', role: 'kubelet-log', format: 'klog', aliasOf: 'var/log/kubelet.log' }),
  source(3, { path: 'var/log/wtmp', format: 'binary', lines: 0, coverage: 'binary' }),
];
const SPANS = [
  { from: Date.UTC(2024, 4, 1, 12), to: Date.UTC(2024, 4, 1, 12, 2), lines: 1_200 },
  { from: Date.UTC(2024, 4, 1, 14), to: 9e15, lines: 1 },
];

function world(options: TestWorldOptions = {}): TestWorld {
  const answers: TestWorldOptions['answers'] = {
    'file.list': () => ok(FILES),
    'file.spans': () => ok([{ bundle: WHOLE_BUNDLE.id, file: 'var/log/kubelet.log', spans: SPANS }]),
    ...options.answers,
  };
  return testWorld({ ...options, answers });
}

const listed = (here: TestWorld) => (JSON.parse(here.out()) as readonly SourceFile[]).map((file) => file.path);

describe('files', () => {
  it.each([
    [
      ['--role', 'kubelet-log'],
      ['var/log/kubelet.log', 'copy/kubelet.log'],
    ],
    [['--format', 'binary'], ['var/log/wtmp']],
    [['--coverage', 'read', '--role', 'other'], []],
    [[], FILES.map((file) => file.path)],
  ])('%j', async (flags, paths) => {
    const here = world();
    expect(await here.run('files', 'mine', '--json', ...flags)).toBe(0);
    expect(listed(here)).toEqual(paths);
  });

  it('names what there is when a filter is mistyped', async () => {
    const here = world();
    expect(await here.run('files', 'mine', '--role', 'kubelet-lg')).toBe(2);
    expect(here.err()).toContain('Did you mean kubelet-log?');
    expect(await here.run('files', 'mine', '--format', 'nonsense-of-any-kind')).toBe(2);
    expect(here.err()).toContain('There are binary, klog.');
  });

  it('--spans tells when each file has lines', async () => {
    const here = world();
    await here.run('files', 'mine', '--spans', '--role', 'kubelet-log');
    const [, first, one, two, second] = here.out().split('\n');
    expect(first).toMatch(/ var\/log\/kubelet\.log$/);
    expect(one).toBe('    2024-05-01T12:00:00.000Z to 2024-05-01T12:02:00.000Z  1,200 lines');
    expect(two).toBe('    2024-05-01T14:00:00.000Z to ?  1 line');
    expect(second).toContain('same bytes as');
    const json = world();
    await json.run('files', 'mine', '--spans', '--json');
    expect((JSON.parse(json.out()) as { spans: unknown }[]).map(({ spans }) => spans)).toEqual([
      [
        { from: '2024-05-01T12:00:00.000Z', to: '2024-05-01T12:02:00.000Z', lines: 1_200 },
        { from: '2024-05-01T14:00:00.000Z', to: null, lines: 1 },
      ],
      [],
      [],
    ]);
    expect(json.calls.map(({ method }) => method)).toContain('file.spans');
    const without = world();
    await without.run('files', 'mine', '--json');
    expect(without.calls.map(({ method }) => method)).not.toContain('file.spans');
  });
});

describe('bookmark', () => {
  const kept: Bookmark = {
    id: 4,
    bundle: WHOLE_BUNDLE.id,
    file: 'var/log/kubelet.log',
    line: 2,
    sha256: 'e'.repeat(64),
    text: 'E0501 \u001b it failed',
    note: 'first\nsecond',
    markedAt: '2024-05-02T00:00:00.000Z',
  };
  const answers: TestWorldOptions['answers'] = {
    'bookmark.list': () => ok([kept]),
    'bookmark.set': ({ line, note, file }) => ok({ ...kept, line, note, file }),
    'bookmark.remove': () => ok([kept]),
  };

  it('lists what is kept', async () => {
    const here = world({ answers });
    expect(await here.run('bookmark', 'mine')).toBe(0);
    expect(here.out()).toBe('4  var/log/kubelet.log:2: E0501 \\x1b it failed\n    first\n    second\n');
    const json = world({ answers });
    await json.run('bookmark', 'mine', '--json');
    expect(JSON.parse(json.out())).toMatchObject([
      { file: 'var/log/kubelet.log', line: 2, note: 'first\nsecond', id: 4 },
    ]);
  });

  it('keeps a line, and the note it had unless there is another', async () => {
    const here = world({ answers });
    expect(await here.run('bookmark', 'mine', 'log/kubelet.log', '--line', '2')).toBe(0);
    expect(here.calls.at(-1)?.input).toMatchObject({ file: 'var/log/kubelet.log', line: 2, note: 'first\nsecond' });
    await here.run('bookmark', 'mine', 'log/kubelet.log', '--line', '3', '--note', 'new');
    expect(here.calls.at(-1)?.input).toMatchObject({ line: 3, note: 'new' });
  });

  it('takes away those that there are', async () => {
    const here = world({ answers });
    expect(await here.run('bookmark', 'mine', '--remove', '4')).toBe(0);
    expect(here.calls.at(-1)).toMatchObject({ method: 'bookmark.remove', input: { ids: [4] } });
    expect(await here.run('bookmark', 'mine', '--remove', '4', '5')).toBe(2);
    expect(here.calls.at(-1)?.method).toBe('bookmark.list');
  });

  it.each([
    [['dumps'], 'Bookmarks are kept in a case'],
    [['mine', 'kubelet.log'], 'by its file and --line together'],
    [['mine', '--line', '3'], 'by its file and --line together'],
    [['mine', '--note', 'x'], 'A note belongs to'],
    [['mine', 'kubelet.log', '--line', '1', '--remove', '1'], 'one at a time'],
  ])('%j is wrong usage', async (words, said) => {
    const here = world({ answers });
    expect(await here.run('bookmark', ...words)).toBe(2);
    expect(here.err()).toContain(said);
    expect(here.calls).toEqual([]);
  });
});
