import { execFileSync } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ok } from '../../core/failure.ts';
import { packEntries, packZip } from '../../report/pack.ts';
import { REDACTION_MAP_SCHEMA } from '../../report/redaction/map.ts';
import { sampleDocument } from '../../report/report-sample.ts';
import { cannotWrite } from '../output-place.ts';
import { testWorlds } from './test-world.ts';
import { writeFiles } from './write-files.ts';

const PACK = packZip(packEntries({ document: sampleDocument(), reports: [], sources: [] }));
const OTHER_ZIP = packZip([{ path: 'manifest.json', bytes: Buffer.from('{"name":"their extension"}') }]);
const MAP = `${JSON.stringify({ schema: REDACTION_MAP_SCHEMA, entries: [] }, null, 2)}\n`;
const TAR = Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\u000000'), Buffer.alloc(247)]);

const testWorld = testWorlds({ cases: ['mine'] });

function world() {
  const here = testWorld({
    answers: {
      'report.profiles': () => ok([{ id: 'secrets', title: '', description: '', kinds: [] }]),
      'report.unredact': ({ text }) => ok({ text, format: 'html', restored: 0 }),
      'report.pack': () =>
        ok({
          ...{ fileName: 'a.zip', mediaType: 'application/zip', base64: Buffer.from(PACK).toString('base64') },
          ...{ files: [], references: 0, map: null },
        }),
    },
  });
  const at = (name: string): string => path.join(here.folder, name);
  mkdirSync(at('in'));
  writeFileSync(at('in/cust.tar.gz'), gzipSync('logs of a customer'));
  return { ...here, at };
}

describe('what a command must never write over', () => {
  it.each([
    ['by its name', 'in/cust.tar.gz'],
    ['by another way to it', './mine/../in/cust.tar.gz'],
    ['by a link', 'link.tar.gz'],
  ])('the archive that it reads, %s', async (_, output) => {
    const here = world();
    symlinkSync(here.at('in/cust.tar.gz'), here.at('link.tar.gz'));
    const before = readFileSync(here.at('in/cust.tar.gz'));
    expect(await here.run('report', 'in/cust.tar.gz', '-o', output)).toBe(2);
    expect(here.err()).toBe(`coldcase: ${output}: This is what the report is made of: choose another file.\n`);
    expect(await here.run('report', 'in/cust.tar.gz', '--redact', '--map', output, '-o', 'r.html')).toBe(2);
    expect(readFileSync(here.at('in/cust.tar.gz'))).toEqual(before);
    expect(readdirSync(here.folder)).not.toContain('r.html');
    // Refused before any work.
    expect(here.calls).toEqual([]);
  });

  it('files of the options, and of unredact', async () => {
    const here = world();
    writeFileSync(here.at('w.txt'), 'Acme\n');
    writeFileSync(here.at('r.html'), 'redacted');
    writeFileSync(here.at('r.map'), MAP);
    const words = ['--redact', '--no-map', '--words', 'w.txt'];
    expect(await here.run('report', 'mine', ...words, '-o', 'w.txt')).toBe(2);
    expect(here.err()).toContain('w.txt: This is the file of --words: choose another file.');
    expect(await here.run('unredact', 'r.html', '--map', 'r.map', '-o', './r.html')).toBe(2);
    expect(await here.run('unredact', 'r.html', '--map', 'r.map', '-o', 'r.map')).toBe(2);
    expect(here.err()).toContain('r.map: This is the file of --map: choose another file.');
    expect(['w.txt', 'r.html', 'r.map'].map((name) => readFileSync(here.at(name), 'utf8'))).toEqual([
      'Acme\n',
      'redacted',
      MAP,
    ]);
  });

  it.each(['case.coldcase', 'case.coldcase-wal', 'bundles/new.html', 'bundles/deep/new.html'])(
    'the files of a case: %s',
    async (name) => {
      const here = world();
      mkdirSync(here.at('mine/bundles/deep'), { recursive: true });
      for (const file of [`mine/${name}`, `./in/../mine/${name}`]) {
        expect(await here.run('report', 'mine', '-o', file)).toBe(2);
        expect(here.err()).toContain(`${file}: Only Coldcase writes the files of a case: choose another file.`);
      }
      expect(readdirSync(here.at('mine'), { recursive: true }).sort()).toEqual(['bundles', 'bundles/deep']);
      // A report beside them is welcome.
      expect(await here.run('report', 'mine', '-o', 'mine/report.html')).toBe(0);
    },
  );

  it('a case that the command would make', async () => {
    const here = world();
    expect(await here.run('report', 'in', '--case', 'new', '-o', 'new/case.coldcase')).toBe(2);
    expect(here.err()).toContain('Only Coldcase writes the files of a case');
    expect(await here.run('report', 'in', '--case', 'new', '-o', 'new/report.html')).not.toBe(0);
    // Not for want of the folder: the engine of this test makes none.
    expect(here.calls.map(({ method }) => method)).toContain('case.create');
  });

  it.runIf(process.platform !== 'win32')('a pipe, and a link to one', async () => {
    const here = world();
    execFileSync('mkfifo', [here.at('pipe.html')]);
    symlinkSync('pipe.html', here.at('link.html'));
    for (const name of ['pipe.html', 'link.html']) {
      expect(await here.run('report', 'mine', '-o', name)).toBe(2);
      expect(here.err()).toContain(`${name}: This is no regular file`);
    }
    expect(lstatSync(here.at('pipe.html')).isFIFO()).toBe(true);
  });

  it.each([
    ['gzip', gzipSync('x')],
    ['zip', OTHER_ZIP],
    ['zstd', zstdCompressSync('x')],
    ['tar', TAR],
    ['SQLite database', Buffer.from('SQLite format 3\u0000')],
    ['ELF program', Buffer.from([0x7f, 0x45, 0x4c, 0x46])],
  ])('a file that is no output of Coldcase: %s', async (kind, bytes) => {
    const here = world();
    writeFileSync(here.at('there.html'), bytes);
    writeFileSync(here.at('there.zip'), bytes);
    for (const words of [
      ['-o', 'there.html'],
      ['--pack', '-o', 'there.zip'],
      ['--redact', '-o', 'r.html', '--map', 'there.zip'],
    ]) {
      expect(await here.run('report', 'mine', ...words)).toBe(2);
    }
    for (const what of ['report', 'pack', 'map']) {
      expect(here.err()).toContain(
        `There is a file here that is no ${what} of Coldcase (${kind}): choose another file.`,
      );
    }
    for (const name of ['there.html', 'there.zip']) expect(readFileSync(here.at(name))).toEqual(Buffer.from(bytes));
  });

  it('a map by a report', async () => {
    const here = world();
    writeFileSync(here.at('private.map'), MAP);
    expect(await here.run('report', 'mine', '-o', 'private.map')).toBe(2);
    expect(here.err()).toContain('private.map: This is a map, which undoes the redaction of a report');
  });

  it('what lies in the folder that it reads', async () => {
    const here = world();
    writeFileSync(here.at('in/kubelet.log'), 'I0501 12:00:00.000000 1 a.go:1] one\n');
    expect(await here.run('report', 'in', '-o', 'in/kubelet.log')).toBe(2);
    expect(here.err()).toContain('in/kubelet.log: This belongs to what the report is made of');
    expect(readFileSync(here.at('in/kubelet.log'), 'utf8')).toContain('one');
  });
});

describe('what is written again without a question', () => {
  it.each([
    [['-o', 'r.html']],
    [['-o', 'r.md']],
    [['-o', 'r.json']],
    [['-o', 'r.yaml']],
    [['-o', 'r.pdf']],
    [['--pack', '-o', 'r.zip']],
    [['--redact', '-o', 'r.html', '--map', 'private.map']],
  ])('the last output: %j, also in the folder that is read', async (words) => {
    for (const target of ['mine', 'in', '.']) {
      const here = world();
      for (let nth = 0; nth < 2; nth++) {
        expect(await here.run('report', target, ...words), here.err()).toBe(0);
      }
      if (words.includes('--map')) {
        writeFileSync(here.at('private.map'), MAP);
        expect(await here.run('report', target, ...words), here.err()).toBe(0);
      }
    }
  });

  it('text, whose kind nobody can tell; what a link leads to, and the link stays', async () => {
    const here = world();
    writeFileSync(here.at('letter.html'), 'dear customer');
    mkdirSync(here.at('shared'));
    writeFileSync(here.at('shared/r.html'), 'older');
    linkSync(here.at('shared/r.html'), here.at('kept.html'));
    symlinkSync('shared/r.html', here.at('latest.html'));
    expect(await here.run('report', 'mine', '-o', 'letter.html')).toBe(0);
    expect(await here.run('report', 'mine', '-o', 'latest.html')).toBe(0);
    expect(here.err()).toContain(`Report written: ${here.at('latest.html')}\n`);
    expect(lstatSync(here.at('latest.html')).isSymbolicLink()).toBe(true);
    expect(readFileSync(here.at('shared/r.html'), 'utf8')).toMatch(/^<!DOCTYPE html>/);
    expect(readFileSync(here.at('kept.html'), 'utf8')).toBe('older');
    expect(readdirSync(here.at('shared'))).toEqual(['r.html']);
  });
});

describe('what keeps a file from being written is said in words', () => {
  it.each([
    ['out/nofolder/r.html', 'There is no folder out/nofolder.'],
    ['new/', 'There is no folder new/.'],
    ['in', 'This is a folder.'],
    ['in/', 'This is a folder.'],
    ['in/cust.tar.gz/r.html', 'in/cust.tar.gz is no folder.'],
    ['dangling.html', 'This link leads to no file.'],
    ['', 'This names no file.'],
  ])('%j', async (file, said) => {
    const here = world();
    symlinkSync('nowhere', here.at('dangling.html'));
    expect(await here.run('report', 'mine', '-o', file)).toBe(2);
    expect(here.err()).toBe(`coldcase: ${file === '' ? '""' : file}: ${said}\n`);
    expect(here.calls).toEqual([]);
  });

  it.each([
    ['EACCES', 'No permission to write here.'],
    ['ENOSPC', 'The disk is full.'],
    ['EIO', 'It cannot be written here (EIO).'],
  ])('%s', (code, said) => {
    expect(cannotWrite(Object.assign(new Error(code), { code }), 'r.html')).toBe(said);
  });

  it('also when the folder goes away meanwhile: then neither file is there', async () => {
    const { at, folder } = world();
    const placed = (file: string) => ({ file, full: at(file), real: at(file) });
    mkdirSync(at('gone'));
    rmSync(at('gone'), { recursive: true });
    const files = ['r.map', 'gone/r.html'].map((file) => ({ place: placed(file), content: 'x' }));
    await expect(writeFiles(files)).rejects.toThrow('There is no folder gone.');
    expect(readdirSync(folder).filter((name) => name.startsWith('r.'))).toEqual([]);
  });
});
