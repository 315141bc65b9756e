import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../core/failure.ts';
import { FileId } from '../../core/ids.ts';
import { type TestWorldOptions, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const FILE = 'networking/iptables-save.txt';
const LINES = ['one\r', 'zwei äö \ufffd', 'three', 'four'];

const world = testWorlds({ cases: ['mine'], lines: LINES });

describe('read --raw', () => {
  it('is the bytes of the file, or of the lines with their endings', async () => {
    const here = world();
    expect(await here.run('read', 'mine', FILE, '--raw')).toBe(0);
    expect(here.outBytes()).toEqual(Buffer.from(`${LINES.join('\n')}\n`));
    const some = world();
    await some.run('read', 'mine', FILE, '--raw', '--line', '2', '--count', '2');
    expect(some.out()).toBe('zwei äö \ufffd\nthree\n');
    const first = world();
    await first.run('read', 'mine', FILE, '--raw', '--count', '1');
    expect(first.out()).toBe('one\r\n');
  });

  it('gives bytes that are no text', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 195]);
    const here = world({
      answers: {
        'file.bytes': ({ from, count }) =>
          ok({ size: bytes.length, from, base64: bytes.subarray(from, from + Math.min(2, count)).toString('base64') }),
      },
    });
    await here.run('read', 'mine', FILE, '--raw');
    expect(here.outBytes()).toEqual(bytes);
    const some = world({ answers: { 'file.bytes': ({ from }) => ok({ size: 5, from, base64: '/woN' }) } });
    await some.run('read', 'mine', FILE, '--raw', '--bytes', '1:3');
    expect(some.outBytes()).toEqual(bytes.subarray(1, 4));
  });
});

describe('read --bytes', () => {
  it('prints hex, and base64 as JSON', async () => {
    const here = world();
    expect(await here.run('read', 'mine', FILE, '--bytes', '0x1:4')).toBe(0);
    expect(here.out()).toBe(`00000001  6e 65 0d 0a${' '.repeat(39)}|ne..|\n`);
    const json = world();
    await json.run('read', 'mine', FILE, '--bytes', '2:6', '--json');
    const document = JSON.parse(json.out()) as { base64: string };
    expect(document).toMatchObject({ file: FILE, from: 2 });
    expect(Buffer.from(document.base64, 'base64').toString()).toBe('e\r\nzwe');
    const beyond = world();
    await beyond.run('read', 'mine', FILE, '--bytes', '999999');
    expect([beyond.out(), beyond.err()]).toEqual(['', `${FILE} has no bytes from 999999 on.\n`]);
  });

  it.each(['x', '1:', ':4', '1:0', '-1:4', '1:2:3'])('refuses %j', async (range) => {
    const here = world();
    expect(await here.run('read', 'mine', FILE, `--bytes=${range}`)).toBe(2);
    expect(here.err()).toContain('Expected FROM:COUNT');
  });
});

describe('read --at', () => {
  it('begins at the line of a time', async () => {
    const here = world({
      answers: {
        'file.lineAt': () => ok({ line: 3, time: '2024-05-01T12:00:00.000Z', timeBasis: 'explicit' as const }),
      },
    });
    expect(await here.run('read', 'mine', FILE, '--at', '2024-05-01T12:00')).toBe(0);
    expect(here.out()).toBe('three\nfour\n');
    expect(here.calls.find(({ method }) => method === 'file.lineAt')?.input).toMatchObject({
      time: '2024-05-01T12:00',
    });
    const none = world({ answers: { 'file.lineAt': () => ok({ line: null, time: null, timeBasis: null }) } });
    expect(await none.run('read', 'mine', FILE, '--at', '2024-05-01')).toBe(2);
    expect(none.err()).toContain('No line of this file has a time.');
  });
});

describe('read --link', () => {
  const following = (found: 'same' | 'moved' | 'changed') => ({
    'link.follow': () => ok({ bundle: WHOLE_BUNDLE.id, file: FILE, line: 3, found }),
  });

  it('prints the line it leads to', async () => {
    const here = world({ answers: following('same') });
    expect(await here.run('read', 'mine', '--link', 'coldcase://line/x')).toBe(0);
    expect([here.out(), here.err()]).toEqual(['three\n', '']);
    const json = world({ answers: following('moved') });
    expect(await json.run('read', 'mine', '--link', 'coldcase://line/x', '--count', '2', '--json')).toBe(0);
    expect(JSON.parse(json.out())).toMatchObject({ file: FILE, found: 'moved', lines: [{ number: 3 }, { number: 4 }] });
    expect(json.err()).toContain('stands elsewhere');
  });

  it('exits with 4 when the line is not there, and with 2 when its archive is not', async () => {
    const here = world({ answers: following('changed') });
    expect(await here.run('read', 'mine', '--link', 'coldcase://line/x', '--quiet')).toBe(4);
    expect(here.err()).toContain('is not in this file');
    const none = world({
      answers: { 'link.follow': () => fail('not-found', 'The archive of this link is not here.') },
    });
    expect(await none.run('read', 'mine', '--link', 'coldcase://line/x')).toBe(2);
  });
});

describe('read --cite', () => {
  const evidence = {
    ...{ bundle: WHOLE_BUNDLE.id, node: 'n', fileId: FileId.parse(1), file: FILE, line: 2, endLine: 3 },
    ...{ byteStart: 5, byteEnd: 20, sha256: 'd'.repeat(64), text: 'x', note: null },
  };
  const answers: TestWorldOptions['answers'] = {
    'file.cite': () => ok({ evidence, quote: `n ${FILE}:2-3 sha256:dd\n> zwei\n> three\n`, link: 'coldcase://line/y' }),
  };

  it('quotes lines, one unless told otherwise', async () => {
    const here = world({ answers });
    expect(await here.run('read', 'mine', FILE, '--cite', '--line', '2', '--count', '2')).toBe(0);
    expect(here.out()).toBe(`n ${FILE}:2-3 sha256:dd\n> zwei\n> three\n`);
    expect(here.calls.at(-1)?.input).toMatchObject({ line: 2, endLine: 3 });
    const json = world({ answers });
    await json.run('read', 'mine', FILE, '--cite', '--line', '2', '--json');
    expect(json.calls.at(-1)?.input).toMatchObject({ line: 2, endLine: 2 });
    expect(JSON.parse(json.out())).toMatchObject({ link: 'coldcase://line/y', evidence: { line: 2 } });
  });
});

it.each([
  [['--line', '1', '--at', '2024-05-01'], '--line and --at'],
  [['--bytes', '0:1', '--count', '1'], '--count and --bytes'],
  [['--cite', '--raw'], '--cite and --raw'],
  [['--raw', '--json'], '--raw and --json'],
  [['--link', 'coldcase://x'], 'names the file already'],
])('%j is wrong usage', async (flags, said) => {
  const here = world();
  expect(await here.run('read', 'mine', FILE, ...flags)).toBe(2);
  expect(here.err()).toContain(said);
  expect(here.calls).toEqual([]);
});

it('a file must be named', async () => {
  const here = world();
  expect(await here.run('read', 'mine')).toBe(2);
  expect(here.err()).toContain('Which file?');
});
