import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { LocalTarget } from '../../test/support/local-target.ts';
import { SHA } from '../../test/support/sealed-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { NO_CLOCK } from '../core/file-clock.ts';
import { FileTotals } from '../core/file-totals.ts';
import { JOURNAL_BYTES_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import { openBundle } from '../store/bundle-reader.ts';
import { type SlabTarget, SlabWriter } from '../store/bundle-writer.ts';
import { SLAB_BYTES, type Slab } from '../store/slab.ts';
import { newSlabBuffer } from '../store/slab-filler.ts';
import { MemberIntake, type TakenFile } from './member-intake.ts';

interface Member {
  readonly bytes: Uint8Array;
  readonly chunk: number;
}

/** Takes the members in chunks of their size, seals them, and hands over the reader. */
function taken(members: readonly Member[], look: (reader: BundleReader, files: readonly TakenFile[]) => void) {
  return inTemporaryFolder(async (folder) => {
    const writer = new SlabWriter(new LocalTarget({ partial: path.join(folder, 'x.partial'), folder }));
    const gaps: Gap[] = [];
    const intake = new MemberIntake({ writer, collectedAt: null, now: 0, onGap: (gap) => gaps.push(gap) });
    const files: TakenFile[] = [];
    for (const [nth, { bytes, chunk }] of members.entries()) {
      intake.start(`file-${nth}`, null);
      for (let at = 0; at < bytes.length; at += chunk) await intake.write(bytes.subarray(at, at + chunk));
      files.push(await intake.end('whole'));
    }
    await writer.finish();
    await writer.seal({
      ...{ sha256: SHA, name: 'x', layout: 'generic', layoutBecause: '', node: null, nodeBecause: '' },
      ...{ collectedAt: null, gaps, gapsNotListed: 0 },
      files: files.map((file) => ({
        ...file,
        ...{ role: 'other', because: '', format: file.kind, clock: NO_CLOCK, redate: null },
      })),
    });
    const opened = openBundle(path.join(folder, `${SHA}.bundle`));
    if (!opened.ok) throw new Error(opened.failure.message);
    look(opened.value, files);
    opened.value.close();
  });
}

const SENTENCES = ['I0501 12:00:00.000000 1 a.go:1] synced', 'Grüße', 'エラー 日本語', '', '\u{1f98a} fox', 'E fail\r'];
const someText = fc.array(fc.constantFrom(...SENTENCES), { maxLength: 40 }).map((lines) => lines.join('\n'));
const junk = fc.uint8Array({ maxLength: 60 });

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/** Text of one of the kinds that arrive, with junk in it or behind it; or nothing but junk. */
const content: fc.Arbitrary<Buffer> = fc
  .tuple(
    someText,
    fc.constantFrom('utf-8', 'utf-8 marked', 'utf-16le', 'utf-16be', 'latin1', 'journal', 'zeros', 'junk'),
    junk,
    fc.constantFrom(1, 1, 1, 300),
  )
  .map(([text, kind, noise, times]) => {
    const body = text.repeat(times);
    const noisy = (bytes: Buffer) => Buffer.concat([bytes, noise, bytes.subarray(0, 50)]);
    switch (kind) {
      case 'utf-8':
        return noisy(Buffer.from(body));
      case 'utf-8 marked':
        return noisy(Buffer.from(`\ufeff${body}`));
      case 'utf-16le':
        return noisy(Buffer.from(`\ufeff${body}`, 'utf16le'));
      case 'utf-16be':
        return noisy(utf16be(body));
      case 'latin1':
        return noisy(Buffer.from(body, 'latin1'));
      case 'journal':
        return Buffer.concat([Buffer.from('LPKSHHRH'), noise]);
      case 'zeros':
        return noisy(Buffer.concat([Buffer.from(`${text}\n`), Buffer.alloc(20_000)]));
      default:
        return Buffer.from(noise);
    }
  });

function expectedBytes(file: TakenFile, bytes: Uint8Array): Buffer {
  const asIs = file.encoding === 'utf-8' || file.encoding === 'binary';
  return Buffer.from(asIs ? bytes : new TextDecoder(file.encoding).decode(bytes));
}

describe('what is stored of a member', () => {
  test('is its bytes, or its text in UTF-8; lines add up', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(content, fc.integer({ min: 1, max: 9_000 })).map(([bytes, chunk]) => ({ bytes, chunk })),
          { minLength: 1, maxLength: 6 },
        ),
        (members) =>
          taken(members, (reader, files) => {
            for (const [nth, file] of files.entries()) {
              seen.add(file.encoding);
              const { bytes } = members[nth] as Member;
              const blocks = [...reader.blocks(file.id)];
              const stored = Buffer.concat(blocks.map((block) => block.bytes));
              const expected = expectedBytes(file, bytes);
              expect(stored.equals(expected), `${file.encoding} of ${Buffer.from(bytes).toString('hex')}`).toBe(true);
              const newlines = expected.filter((byte) => byte === 10).length;
              const lines =
                file.kind === 'binary' ? 0 : newlines + (expected.length > 0 && expected.at(-1) !== 10 ? 1 : 0);
              expect(reader.file(file.id)?.lines).toBe(lines);
              let [line, byte] = [1, 0];
              for (const block of blocks) {
                expect([block.firstLine, block.byteStart]).toEqual([line, byte]);
                line += block.lines;
                byte += block.bytes.length;
              }
              expect(line - 1).toBe(lines);
            }
          }),
      ),
      { numRuns: 80 },
    );
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'binary']) {
      expect([...seen]).toContain(encoding);
    }
  });

  test('of a copy is the original, also when that is binary, or was handed over long ago', async () => {
    const large = Buffer.alloc(
      3 * SLAB_BYTES,
      `${'I0501 12:00:00.000000 1 a.go:1] fine\n'.repeat(99)}E0501 12:00:00.000000 1 a.go:1] once\n`,
    );
    const binary = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 10, 10]);
    const members = [large, binary, large, binary, Buffer.alloc(0), Buffer.alloc(0), large];
    await taken(
      members.map((bytes) => ({ bytes, chunk: 1_000_003 })),
      (reader, files) => {
        expect(files.map((file) => file.aliasOf)).toEqual([null, null, 1, 2, null, null, 1]);
        for (const [nth, file] of files.entries()) {
          const stored = Buffer.concat([...reader.blocks(file.id)].map((block) => block.bytes));
          expect(stored.equals(members[nth] as Buffer)).toBe(true);
        }
        const found = [...reader.blocksWith([Buffer.from('a.go:1] once')])];
        expect(new Set(found.map((block) => block.fileId))).toEqual(new Set([1]));
        expect(reader.bestMatches('once', 100).every((event) => event.fileId === 1)).toBe(true);
      },
    );
  });
});

/** Stores nothing; slabs are on their way until somebody waits. */
class SlowTarget implements SlabTarget {
  readonly lines = 0;
  mostOnTheWay = 0;
  #onTheWay = 0;
  buffer = newSlabBuffer;
  slab(_: Slab): void {
    this.#onTheWay += 1;
    this.mostOnTheWay = Math.max(this.mostOnTheWay, this.#onTheWay);
  }
  async ready(): Promise<void> {
    this.#onTheWay = 0;
  }
  finish = async () => new FileTotals();
  seal = async () => 'sealed' as const;
  abandon = async () => {};
}

test.each([
  [Date.UTC(2024, 4, 1), Date.UTC(2024, 4, 1)],
  [0, null],
  [Date.UTC(2099, 0, 1), null],
  [null, null],
])('of the time %j that the archive gives %j is kept', async (modified, kept) => {
  const writer = new SlabWriter(new SlowTarget());
  const now = Date.UTC(2026, 0, 1);
  const intake = new MemberIntake({ writer, collectedAt: null, now, onGap: () => undefined });
  intake.start('a.log', modified);
  await intake.write(Buffer.from('x\n'));
  expect((await intake.end('whole')).modified).toBe(kept);
});

describe('memory', () => {
  test('a journal that is too large, or is none, is handed on in pieces', async () => {
    for (const size of [JOURNAL_BYTES_MAX + 1, 20 * SLAB_BYTES]) {
      const target = new SlowTarget();
      const gaps: Gap[] = [];
      const writer = new SlabWriter(target);
      const intake = new MemberIntake({ writer, collectedAt: null, now: 0, onGap: (gap) => gaps.push(gap) });
      intake.start('system.journal', null);
      const chunk = Buffer.alloc(1024 * 1024, 'LPKSHHRH');
      for (let left = size; left > 0; left -= chunk.length) {
        await intake.write(chunk.subarray(0, left));
        await writer.ready();
      }
      const file = await intake.end('whole');
      expect(file).toMatchObject({ kind: 'binary', bytes: size, coverage: 'binary' });
      expect(gaps).toHaveLength(1);
      expect(target.mostOnTheWay).toBeLessThanOrEqual(4);
    }
  });

  test('the tail is the last bytes of the text, however small the pieces were', async () => {
    const text = Buffer.from(Array.from({ length: 2_000 }, (_, at) => `line ${at}\n`).join(''));
    for (const chunk of [1, 7, 5_000, 50_000]) {
      await taken([{ bytes: text, chunk }], (_, files) => {
        expect(Buffer.from((files[0] as TakenFile).tail).equals(text.subarray(-4096))).toBe(true);
      });
    }
  });
});
