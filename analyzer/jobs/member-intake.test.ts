import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { LocalTarget } from '../../test/support/local-target.ts';
import { SHA } from '../../test/support/sealed-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { NO_CLOCK } from '../core/file-clock.ts';
import { FileTotals } from '../core/file-totals.ts';
import { FileId } from '../core/ids.ts';
import { JOURNAL_BYTES_MAX } from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import { recogniseLayout } from '../layouts/recognise.ts';
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
function taken(
  members: readonly Member[],
  look: (reader: BundleReader, files: readonly TakenFile[], gaps: readonly Gap[]) => void,
) {
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
    look(opened.value, files, gaps);
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

  test('is its text also where others than ASCII letters come late', async () => {
    const text = `${'plain line of a log\n'.repeat(1000)}${'Zugriff für Müller verweigert\n'.repeat(20)}`;
    await taken([{ bytes: Buffer.from(text, 'latin1'), chunk: 3000 }], (reader, files, gaps) => {
      const stored = Buffer.concat([...reader.blocks(FileId.parse(1))].map((block) => block.bytes));
      expect(stored.toString()).toBe(text);
      expect(files[0]).toMatchObject({ encoding: 'windows-1252', bytes: text.length });
      expect(gaps).toEqual([]);
    });
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

describe('what is said of a damaged journal', () => {
  test('which of its shown entries do not fit what journald stored with them', async () => {
    const journal = path.join(import.meta.dirname, '../../fixtures/data/journal/node-regular-plain.journal.gz');
    const bytes = gunzipSync(readFileSync(journal));
    const at = bytes.indexOf('panic: runtime error');
    bytes[at] = (bytes[at] as number) ^ 1;
    await taken([{ bytes, chunk: 100_000 }], (_, __, gaps) => {
      expect(gaps.map(({ message }) => message)).toEqual([
        '1 of its fields does not fit the checksum stored with it; 3 of the entries that are shown have such a field, and may not read as they were logged',
      ]);
    });
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

describe('what a file is', () => {
  /** Containers print their environment first, and so no line of the log's format may be among its first 512 bytes. */
  const environment = Array.from(
    { length: 12 },
    (_, nth) => `ETCD_SETTING_OF_THIS_MEMBER_${nth}=https://10.0.0.${nth}:2379\n`,
  );
  const klog = Array.from(
    { length: 40 },
    (_, nth) => `E0501 12:00:${nth + 10}.000000       1 server.go:${nth}] failed\n`,
  );
  /** Without a header, and with all chains before the first rule. */
  const chains = Array.from({ length: 40 }, (_, nth) => `-N KUBE-SVC-${nth}ABCDEFGHIJ\n`);
  const rules = ['-P INPUT ACCEPT\n', ...chains, '-A KUBE-SVC-0 -d fd00::1/128 -p tcp -j KUBE-SEP-0\n'];

  test('does not depend on how many files are before it in the archive', async () => {
    const texts = [[...environment, ...klog].join(''), rules.join('')];
    const others = Array.from({ length: 2_100 }, (_, nth) => `${nth}\n`);
    await taken(
      [...texts, ...others, ...texts.map((text) => `${text}\n`)].map((text) => ({
        bytes: Buffer.from(text),
        chunk: 999,
      })),
      (_, files) => {
        const recognised = recogniseLayout(files, 'x', null).files;
        expect(recognised.slice(0, 2)).toMatchObject([{ format: 'klog' }, { role: 'ip6tables-save' }]);
        expect(recognised.slice(-2)).toEqual(recognised.slice(0, 2));
        expect(files.at(-1)?.head.length).toBe(512);
      },
    );
  });
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
