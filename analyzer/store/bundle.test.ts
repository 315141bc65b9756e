import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { SHA, sealed, sealFiles, UTC_CLOCK, writerIn } from '../../test/support/sealed-bundle.ts';
import { giveBack } from '../core/give-back.ts';
import type { FileId } from '../core/ids.ts';
import { BLOCK_BYTES } from '../core/limits.ts';
import { openBundle } from './bundle-reader.ts';
import { isCaseFolder, openCase } from './case-store.ts';
import { SLAB_BYTES } from './slab.ts';

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

  test('gives the text of a block out to keep or to give back', async () => {
    const bytes = Buffer.from('a line that fills blocks, 40 bytes long\n'.repeat(8_000));
    await sealed({ 'big.log': bytes }, (reader) => {
      const places = reader.candidates(null);
      expect(places.length).toBeGreaterThan(2);
      const kept = places.map((place) => reader.block(place));
      for (const place of places) giveBack(reader.ownBlock(place).bytes);
      expect(Buffer.concat(kept.map((block) => block.bytes)).equals(bytes)).toBe(true);
      expect(places.map((place) => reader.ownBlock(place))).toEqual(kept);
    });
  });

  test('gives back small files, whoever is asked for first, copies at every place of a slab among them', async () => {
    const text = (nth: number): string =>
      `2024-05-01T12:00:00Z file ${nth} says ${'words '.repeat(nth % 211)}\n`.repeat(1 + (nth % 13));
    // Every seventh is a copy of the one before; some 6 MB are three slabs.
    const texts = Array.from({ length: 2_200 }, (_, nth) => text(nth % 7 === 6 ? nth - 1 : nth));
    const files = Object.fromEntries(texts.map((text, nth) => [`${nth}.log`, Buffer.from(text)]));
    expect(texts.join('').length).toBeGreaterThan(2.5 * SLAB_BYTES);
    await sealed(files, (reader) => {
      for (const nth of texts.keys()) {
        const place = (nth * 1_009) % texts.length;
        const file = reader.fileByPath(`${place}.log`);
        if (file === null) throw new Error(`no file ${place}`);
        expect(reader.text(file.id).text).toBe(texts[place]);
        expect(reader.lines(file.id, file.lines, 1)[0]?.text).toBe(texts[place]?.split('\n').at(-2));
        expect(reader.bytes(file.id, 3, 40).bytes.toString()).toBe(texts[place]?.slice(3, 43));
      }
      const places = reader.candidates(null);
      expect(places.length).toBe(reader.files().filter(({ aliasOf }) => aliasOf === null).length);
      for (const place of places) {
        const { bytes } = reader.ownBlock(place);
        expect(Buffer.from(bytes).toString()).toBe(texts[place.fileId - 1]);
        giveBack(bytes);
      }
    });
  });

  test('takes nothing from its neighbours when a copy is folded that lies on the border of two slabs', async () => {
    const small = Buffer.alloc(300, 'a small file\n');
    const files = {
      'a.log': small,
      'large.log': Buffer.alloc(SLAB_BYTES - 400, 'a line of a large file\n'),
      'copy.log': small,
      'b.log': Buffer.from('another\n'),
      'c.log': Buffer.from('the last one\n'),
    };
    await sealed(files, (reader) => {
      expect(reader.fileByPath('copy.log')?.aliasOf).toBe('a.log');
      for (const [name, bytes] of Object.entries(files)) {
        const file = reader.fileByPath(name);
        if (file === null) throw new Error(`no file ${name}`);
        expect(Buffer.from(reader.bytes(file.id, 0, bytes.length).bytes).equals(bytes)).toBe(true);
      }
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
        const copy = reader.fileByPath('copy.log');
        expect(copy).toMatchObject({ aliasOf: 'a.log', lines: 2, errors: 1, firstTime: '2024-05-01T10:00:00.000Z' });
        expect(copy === null ? null : reader.text(copy.id).text).toBe(log.toString());
        const binary = reader.fileByPath('x.bin');
        expect(binary).toMatchObject({ coverage: 'binary', lines: 0, bytes: 5 });
        expect([...reader.blocks((binary as { id: FileId }).id)].map((block) => [...block.bytes])).toEqual([
          [0, 1, 2, 10, 3],
        ]);
        expect(reader.fileByPath('empty.txt')).toMatchObject({ coverage: 'empty', lines: 0, aliasOf: null });
        expect(reader.bestMatches({ all: ['kube-proxy', 'sync'] }, 5)).toMatchObject([{ line: 2, severity: 'high' }]);
        expect(reader.bestMatches({ all: ['"', 'AND', '*'] }, 5)).toEqual([]);
      },
    );
  });

  test('folds a copy too large to be taken back before it was stored', async () => {
    const large = Buffer.from(
      Array.from({ length: 60_000 }, (_, line) => `line ${line} of a large log, 50 bytes\n`).join(''),
    );
    expect(large.length).toBeGreaterThan(2 * 1024 * 1024);
    await sealed({ 'a.log': large, 'b.log': large, 'c.log': Buffer.from('the last\n') }, (reader) => {
      expect(reader.fileByPath('b.log')).toMatchObject({ aliasOf: 'a.log', lines: 60_000 });
      const found = [...reader.blocksWith([Buffer.from('line 59999 of')])];
      const holding = found.filter((block) => Buffer.from(block.bytes).includes('line 59999 of'));
      expect(holding.map((block) => reader.file(block.fileId)?.path)).toEqual(['a.log']);
      const c = reader.fileByPath('c.log') as { id: FileId };
      expect(reader.lines(c.id, 1, 5).map((line) => line.text)).toEqual(['the last']);
      const b = reader.fileByPath('b.log') as { id: FileId };
      expect(reader.lines(b.id, 60_000, 5).map((line) => line.text)).toEqual(['line 59999 of a large log, 50 bytes']);
    });
  });

  test('counts lines by time and severity, and moves them with the clock', async () => {
    const at = (clock: string, level: string) => `${level}0501 ${clock}.000000       1 a.go:1] words`;
    const text = [
      'no stamp',
      at('10:00:01', 'I'),
      at('10:00:09', 'W'),
      '  continued',
      at('10:00:11', 'E'),
      at('11:59:59', 'I'),
    ];
    const bytes = Buffer.from(`${text.join('\n')}\n`);
    const west = { ...UTC_CLOCK, zoneMinutes: -420, zoneFrom: 'given' as const };
    const buckets = await sealed([{ name: 'a.log', bytes, clock: west }], (reader) => {
      const id = (reader.fileByPath('a.log') as { id: FileId }).id;
      expect(reader.fileByPath('a.log')).toMatchObject({ firstTime: '2024-05-01T17:00:01.000Z' });
      return ([0, 1, 2] as const).map((level) =>
        reader.histogram(id, level).map(({ time, counts }) => [new Date(time).toISOString().slice(11, 19), ...counts]),
      );
    });
    expect(buckets).toEqual([
      [
        ['17:00:00', 1, 1, 1, 0],
        ['17:00:10', 0, 0, 0, 1],
        ['18:59:50', 0, 1, 0, 0],
      ],
      [
        ['17:00:00', 1, 1, 1, 1],
        ['18:58:00', 0, 1, 0, 0],
      ],
      [
        ['17:00:00', 1, 1, 1, 1],
        ['18:30:00', 0, 1, 0, 0],
      ],
    ]);
  });

  test('keeps every level of a long histogram', async () => {
    const line = (nth: number) => `${new Date(Date.UTC(2024, 4, 1) + nth * 30_000).toISOString()} words\n`;
    const bytes = Buffer.from(Array.from({ length: 300 }, (_, nth) => line(nth)).join(''));
    const zoned = { ...UTC_CLOCK, stamps: 'zoned' as const };
    const counts = await sealed([{ name: 'a.log', bytes, clock: zoned }], (reader) => {
      const id = (reader.fileByPath('a.log') as { id: FileId }).id;
      return ([0, 1, 2] as const).map((level) => reader.histogram(id, level).map((bucket) => bucket.counts[0]));
    });
    expect(counts).toEqual([Array(300).fill(1), Array(75).fill(4), Array(5).fill(60)]);
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
      await sealFiles(writer, [{ name: 'a', bytes: Buffer.from('hello\n') }]);
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

  test('takes a copy of a bundle neither for another bundle nor for the one that its name says', async () => {
    await inTemporaryFolder(async (folder) => {
      const made = openCase(folder, 'create', null);
      if (!made.ok) throw new Error(made.failure.message);
      const bundles = path.join(folder, 'bundles');
      await sealFiles(writerIn(bundles), [{ name: 'a', bytes: Buffer.from('hello\n') }]);
      for (const name of [`${SHA} (copy).bundle`, `${'b'.repeat(64)}.bundle`]) {
        copyFileSync(path.join(bundles, `${SHA}.bundle`), path.join(bundles, name));
      }
      made.value.refresh();
      expect(made.value.bundles().map((reader) => reader.bundle.id)).toEqual([SHA]);
      expect(made.value.unreadable).toMatchObject([{ where: path.join(bundles, `${'b'.repeat(64)}.bundle`) }]);
      made.value.close();
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
