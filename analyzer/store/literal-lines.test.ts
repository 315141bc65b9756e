import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { type FileToSeal, SHA, sealed, sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';
import type { BundleReader, LiteralBlock } from '../core/case-reader.ts';
import type { WantedLiterals } from '../core/case-writer.ts';
import type { FileId } from '../core/ids.ts';
import { EXPRESSION_BYTES_MAX } from '../core/limits.ts';
import { openBundle } from './bundle-reader.ts';
import { keptBlocks } from './literal-lines.ts';

const WANTED: WantedLiterals = {
  literals: ['connection refused', 'refused', 'nöde', 'EOF!', 'oom-kill:constraint='],
  continued: [1],
};

interface FoundLine {
  readonly line: number;
  readonly literals: readonly string[];
}

/** Every line of a text in which a literal stands, by a look at each. */
function naive(text: string): readonly FoundLine[] {
  return text.split('\n').flatMap((line, nth) => {
    const literals = WANTED.literals.filter((literal) => line.includes(literal));
    return literals.length === 0 ? [] : [{ line: nth + 1, literals: [...literals].sort() }];
  });
}

/** The same, by what was kept apart, and by the block where nothing was. */
function found(blocks: Iterable<LiteralBlock>): readonly FoundLine[] {
  return [...blocks].flatMap(({ firstLine, kept, block }) =>
    kept === null
      ? naive(Buffer.from(block.bytes).toString()).map(({ line, literals }) => ({
          line: firstLine - 1 + line,
          literals,
        }))
      : kept
          .filter(({ literals }) => literals.length > 0)
          .map(({ line, literals }) => ({
            line: firstLine + line,
            literals: [...new Set(literals)].map((nth) => WANTED.literals[nth] as string).sort(),
          })),
  );
}

const filesOf = (reader: BundleReader): ReadonlySet<FileId> => new Set(reader.files().map(({ id }) => id));
const blocksOf = (reader: BundleReader, files = filesOf(reader)): readonly LiteralBlock[] => [
  ...(reader.literalLines()?.blocks(files) ?? []),
];

const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WANTED.literals).map((literal) => `a ${literal} b`) },
  { weight: 1, arbitrary: fc.constantFrom('refuse', 'connection', 'EOF', '', 'refused, connection refused, EOF!\r') },
  { weight: 3, arbitrary: fc.nat({ max: 400 }).map((length) => 'x'.repeat(length)) },
  { weight: 1, arbitrary: fc.nat({ max: 60 }).map((lines) => 'all is well here\n'.repeat(lines * 20)) },
  { weight: 1, arbitrary: fc.integer({ min: 400, max: 600 }).map((lines) => 'EOF! once more\n'.repeat(lines)) },
);
const text = fc
  .tuple(fc.array(line, { maxLength: 60 }), fc.constantFrom('', '\n'))
  .map(([lines, end]) => lines.join('\n') + end);

describe('lines that hold a literal', () => {
  test('are all of them, whatever stands around them', async () => {
    let kept = 0;
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(text, { minLength: 1, maxLength: 4 }), (texts) =>
        sealed(
          texts.map((content, nth): FileToSeal => ({ name: `${nth}.log`, bytes: Buffer.from(content) })),
          (reader) => {
            for (const [nth, content] of texts.entries()) {
              const blocks = blocksOf(reader, new Set([(nth + 1) as FileId]));
              expect(found(blocks)).toEqual(naive(content));
              kept += blocks.filter((block) => block.kept !== null).length;
              read += blocks.filter((block) => block.kept === null).length;
            }
          },
          WANTED,
        ),
      ),
      { numRuns: 60 },
    );
    expect([kept > 5, read > 5]).toEqual([true, true]);
  });

  test('are told with their text, cut, without line end, and with the next one when the message may go on there', () => {
    const long = `EOF! ${'y'.repeat(EXPRESSION_BYTES_MAX)}`;
    const lines = ['one', 'refused\r', '\tbecause', 'nöde', 'two', long, 'refused'];
    const filler = 'nothing of it\n'.repeat(3000);
    return sealed(
      { 'a.log': Buffer.from(`${filler}${lines.join('\n')}\n`) },
      (reader) => {
        const [block, ...more] = blocksOf(reader);
        expect(more).toEqual([]);
        expect(block?.kept?.map((kept) => [kept.line, kept.text()])).toEqual([
          [3001, 'refused'],
          [3002, '\tbecause'],
          [3003, 'nöde'],
          [3005, long.slice(0, EXPRESSION_BYTES_MAX)],
          [3006, 'refused'],
        ]);
        expect(block?.kept?.map(({ literals }) => literals)).toEqual([[1], [], [2], [3], [1]]);
      },
      WANTED,
    );
  });

  test('of a copy that was folded are told for its original only; a binary file has none', () => {
    const bytes = Buffer.from('connection refused\n');
    const binary = Buffer.concat([Buffer.from([0, 1, 2, 0]), bytes]);
    return sealed(
      { 'a.log': bytes, 'b.log': bytes, c: binary },
      (reader) => expect(blocksOf(reader).map(({ fileId }) => fileId)).toEqual([1]),
      WANTED,
    );
  });

  test('are not known of a bundle whose import looked for none', () =>
    sealed({ 'a.log': Buffer.from('connection refused\n') }, (reader) => expect(reader.literalLines()).toBeNull()));
});

describe('a bundle whose literal lines were changed', () => {
  const LOG = Buffer.from(`connection refused\n${'x\n'.repeat(9000)}`);
  function tampered<T>(sql: string, look: (reader: BundleReader) => T): Promise<T> {
    return inTemporaryFolder(async (folder) => {
      await sealFiles(writerIn(folder, 'x.partial', WANTED), [
        { name: 'a.log', bytes: LOG },
        { name: 'b', bytes: Buffer.from([0, 1, 2, 0]) },
      ]);
      const file = path.join(folder, `${SHA}.bundle`);
      const db = new Database(file);
      db.exec(sql);
      db.close();
      const opened = openBundle(file);
      if (!opened.ok) throw new Error(opened.failure.message);
      const result = look(opened.value);
      opened.value.close();
      return result;
    });
  }

  test.each([
    ['a list that is none', "UPDATE meta SET value = '{' WHERE key = 'literals'"],
    ['literals that are no texts', `UPDATE meta SET value = '{"literals":[1],"ranges":1}' WHERE key = 'literals'`],
    ['fewer frames than it says', 'DELETE FROM literal_lines'],
    ['no such table', 'DROP TABLE literal_lines'],
    ['slabs that overlap', 'INSERT INTO literal_lines SELECT -5, 9, crc, frame FROM literal_lines'],
    ['a slab of fewer blocks', 'UPDATE literal_lines SET last_block = 0'],
    ['a slab that ends before it begins', 'UPDATE literal_lines SET last_block = -1'],
  ])('%s: they are not used', (_, sql) => tampered(sql, (reader) => expect(reader.literalLines()).toBeNull()));

  test('a frame of junk: the blocks themselves are read, not those of binary files', () =>
    tampered("UPDATE literal_lines SET frame = x'0102'", (reader) => {
      expect(blocksOf(reader).map(({ kept }) => kept)).toEqual([null]);
      expect(found(blocksOf(reader))).toEqual(naive(LOG.toString()));
    }));

  test('numbers that are junk are no blocks', () => {
    const kept = (...numbers: readonly number[]): unknown =>
      keptBlocks(Buffer.from(Int32Array.from(numbers).buffer), 2);
    expect(kept()).toBeNull();
    expect(kept(0)).toEqual([]);
    expect(kept(2, 7, -1)).toEqual([{ id: 7, lines: null }]);
    expect(kept(6, 7, 1, 0, 0, 1, 1)).toMatchObject([{ id: 7, lines: [{ line: 0, literals: [1] }] }]);
    expect(kept(6, 7, 1, 0, 0, 1, 2)).toBeNull();
    expect(kept(6, 7, 1, 0, 4, 1, 1)).toBeNull();
    expect(kept(6, 7, 1, 0, 0, 2, 1)).toBeNull();
    expect(kept(6, 7, 1, -1, 0, 1, 1)).toBeNull();
    expect(kept(2, 7, -2)).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 12 }), { maxLength: 20 }), (numbers) => {
        const read = kept(...numbers);
        expect(read === null || Array.isArray(read)).toBe(true);
      }),
    );
  });
});
