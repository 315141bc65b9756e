import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import type { BundleReader, WrittenFile } from '../core/case-reader.ts';
import { BLOCK_BYTES } from '../core/limits.ts';
import { looksBinary } from '../layouts/sniff.ts';
import { openBundle } from './bundle-reader.ts';
import { SqliteSink } from './bundle-sink.ts';
import { ScanningWriter } from './bundle-writer.ts';
import { isCaseFolder, openCase } from './case-store.ts';

const SHA = 'a'.repeat(64);

function writerIn(folder: string, name = 'x.partial'): ScanningWriter {
  const sink = new SqliteSink({ partial: path.join(folder, name), folder });
  return new ScanningWriter({ sink, collectedAt: Date.UTC(2024, 4, 2), looksBinary });
}

function sealWith(writer: ScanningWriter, files: readonly WrittenFile[], sha256 = SHA): Promise<unknown> {
  return writer.seal({
    sha256,
    name: 'test',
    layout: 'generic',
    layoutBecause: 'test',
    node: null,
    nodeBecause: '',
    collectedAt: null,
    gaps: [],
    gapsNotListed: 0,
    roles: new Map(files.map((file) => [file.id, { role: 'other', because: 'test', format: 'text' }])),
  });
}

/** Seals files of these contents and hands the reader to `look`. */
function sealed<T>(contents: Readonly<Record<string, Uint8Array>>, look: (reader: BundleReader) => T): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const writer = writerIn(folder);
    const files = Object.entries(contents).map(([name, bytes]) => {
      writer.startFile({ path: name, modified: null });
      for (let at = 0; at < bytes.length; at += 50_000) writer.write(bytes.subarray(at, at + 50_000));
      return writer.endFile('whole');
    });
    await sealWith(writer, files);
    const opened = openBundle(path.join(folder, `${SHA}.bundle`));
    if (!opened.ok) throw new Error(opened.failure.message);
    const result = look(opened.value);
    opened.value.close();
    return result;
  });
}

describe('a sealed bundle', () => {
  test('gives back every line with its number and byte range, and the text as it was', async () => {
    // Control characters would make it a binary file.
    const line = fc.string({ maxLength: 400, unit: 'binary' }).map((text) => text.replace(/\p{Cc}/gu, ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('yes', 'no'),
        async (lines, ending, last) => {
          const text = lines.join(ending) + (last === 'yes' && lines.length > 0 ? ending : '');
          const bytes = Buffer.from(text);
          await sealed({ 'a.txt': bytes }, (reader) => {
            const file = reader.fileByPath('a.txt');
            if (file === null) throw new Error('no file');
            const expected = text === '' ? [] : text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
            expect(file.lines).toBe(expected.length);
            const read = reader.lines(file.id, 1, 1000);
            expect(read.map((one) => one.text)).toEqual(expected.map((one) => one.replace(/\r$/, '')));
            for (const one of read) expect(bytes.toString('utf8', one.byteStart, one.byteEnd)).toBe(one.text);
            expect(reader.text(file.id)).toEqual({ text, truncated: false });
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test('finds lines across blocks and never beyond the end', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index + 1} ${'x'.repeat(index % 40)}`);
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    expect(bytes.length).toBeGreaterThan(4 * BLOCK_BYTES);
    await sealed({ 'big.log': bytes }, (reader) => {
      const id = reader.fileByPath('big.log')?.id;
      if (id === undefined) throw new Error('no file');
      for (const from of [1, 2, 5_431, 12_000, 29_990]) {
        expect(reader.lines(id, from, 20).map((one) => one.text)).toEqual(lines.slice(from - 1, from + 19));
      }
      expect(reader.lines(id, 30_001, 5)).toEqual([]);
      expect(reader.text(id, 200_000).truncated).toBe(true);
      const blocks = [...reader.blocks(id)];
      expect(Buffer.concat(blocks.map((block) => block.bytes)).equals(bytes)).toBe(true);
      expect(blocks.map((block) => block.firstLine)).toEqual(
        blocks.map((_, index) => 1 + blocks.slice(0, index).reduce((sum, one) => sum + one.lines, 0)),
      );
    });
  });

  test('counts severities, reads time spans, folds copies, keeps binaries apart', async () => {
    const log = Buffer.from(
      'I0501 10:00:00.000000       1 a.go:1] fine\nE0501 10:05:00.000000       1 a.go:1] kube-proxy "Sync failed"\n',
    );
    await sealed(
      { 'a.log': log, 'copy.log': log, 'x.bin': Buffer.from([0, 1, 2, 10, 3]), 'empty.txt': Buffer.alloc(0) },
      (reader) => {
        expect(reader.fileByPath('a.log')).toMatchObject({
          errors: 1,
          warnings: 0,
          firstTime: '2024-05-01T10:00:00.000Z',
          lastTime: '2024-05-01T10:05:00.000Z',
          aliasOf: null,
        });
        expect(reader.fileByPath('copy.log')).toMatchObject({ aliasOf: 'a.log' });
        expect(reader.fileByPath('x.bin')).toMatchObject({ coverage: 'binary', lines: 0, bytes: 5 });
        expect(reader.fileByPath('empty.txt')).toMatchObject({ coverage: 'empty', lines: 0, aliasOf: null });
        expect(reader.bestMatches(['kube-proxy', 'sync'], 5)).toMatchObject([{ line: 2, severity: 'high' }]);
        expect(reader.bestMatches(['"', 'AND', '*'], 5)).toEqual([]);
      },
    );
  });

  test('is refused when it was never completed, is cut short, or is another file', async () => {
    await inTemporaryFolder((folder) => {
      writeFileSync(
        path.join(folder, 'text.bundle'),
        'not SQLite at all, but long enough to be looked at as a page of it',
      );
      expect(openBundle(path.join(folder, 'text.bundle'))).toMatchObject({ ok: false, failure: { code: 'corrupt' } });
      expect(openBundle(path.join(folder, 'gone.bundle'))).toMatchObject({ ok: false, failure: { code: 'corrupt' } });
    });
  });
});

describe('a case', () => {
  test('takes in every sealed bundle of its folder and sweeps partial ones nobody writes', async () => {
    await inTemporaryFolder(async (folder) => {
      const dir = path.join(folder, 'case');
      const made = openCase(dir, 'create', 'My case');
      if (!made.ok) throw new Error(made.failure.message);
      const writer = writerIn(path.join(dir, 'bundles'));
      writer.startFile({ path: 'a', modified: null });
      writer.write(Buffer.from('hello\n'));
      await sealWith(writer, [writer.endFile('whole')]);
      writeFileSync(path.join(dir, 'bundles', 'dead.partial'), 'left by a kill');
      const living = writerIn(path.join(dir, 'bundles'), 'living.partial');
      made.value.refresh();
      expect(made.value.bundles().map((reader) => reader.bundle.id)).toEqual([SHA]);
      made.value.close();

      const again = openCase(dir, 'existing');
      if (!again.ok) throw new Error(again.failure.message);
      expect(again.value.title).toBe('My case');
      expect(again.value.bundles()).toHaveLength(1);
      const left = readdirSync(path.join(dir, 'bundles')).filter((name) => name.endsWith('.partial'));
      expect(left).toEqual(['living.partial']);
      await living.abandon();
      expect(existsSync(path.join(dir, 'bundles', 'living.partial'))).toBe(false);
      again.value.close();
    });
  });

  test('opens although one of its bundles is damaged, and names it', async () => {
    await inTemporaryFolder((folder) => {
      const made = openCase(folder, 'create', null);
      if (!made.ok) throw new Error(made.failure.message);
      writeFileSync(path.join(folder, 'bundles', `${SHA}.bundle`), 'damaged');
      made.value.refresh();
      expect(made.value.bundles()).toEqual([]);
      expect(made.value.unreadable).toMatchObject([{ code: 'corrupt' }]);
      made.value.close();
      expect(isCaseFolder(folder)).toBe(true);
      expect(openCase(path.join(folder, 'nope'), 'existing')).toMatchObject({
        ok: false,
        failure: { code: 'not-found' },
      });
    });
  });

  test('a damaged case file is reported, not overwritten', async () => {
    await inTemporaryFolder((folder) => {
      writeFileSync(path.join(folder, 'case.coldcase'), 'this was a case once, now it is text, which is no database');
      expect(openCase(folder, 'existing')).toMatchObject({ ok: false, failure: { code: 'corrupt' } });
    });
  });

  test('keeps one analysis a bundle, only for the engine that made it', async () => {
    await inTemporaryFolder((folder) => {
      const made = openCase(folder, 'create', null);
      if (!made.ok) throw new Error(made.failure.message);
      const id = SHA as Parameters<typeof made.value.keepAnalysis>[0];
      made.value.keepAnalysis(id, 'v1', { one: 1 });
      made.value.keepAnalysis(id, 'v2', { two: 2 });
      expect(made.value.analysisOf(id, 'v1')).toBeNull();
      expect(made.value.analysisOf(id, 'v2')).toEqual({ two: 2 });
      made.value.close();
    });
  });
});
