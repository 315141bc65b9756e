import { expect, it } from 'vitest';
import type { BlockPlace } from '../core/case-reader.ts';
import { FileId } from '../core/ids.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { CitedFiles } from './search-cited.ts';

const [one, copy, three] = [1, 2, 3].map((id) => FileId.parse(id)) as [FileId, FileId, FileId];
/** File 2 is a copy of file 1, file 3 is gone. */
const bundle = {
  originalOf: (id: FileId) => (id === three ? null : ({ id: one } as SourceFile)),
};
const cited = new CitedFiles(
  [
    { bundle: 1, file: one, from: 10, to: 12 },
    { bundle: 1, file: copy, from: 12, to: 20 },
    { bundle: 1, file: one, from: 40, to: 40 },
    { bundle: 1, file: three, from: 1, to: 9 },
    { bundle: 7, file: one, from: 1, to: 9 },
  ],
  [bundle, bundle],
);

it('lines of a file and of its copies', () => {
  const isCited = cited.linesOf(1, one);
  expect([9, 10, 12, 16, 20, 21, 39, 40, 41].filter(isCited)).toEqual([10, 12, 16, 20, 40]);
  expect([10, 40].some(cited.linesOf(0, one))).toBe(false);
  expect([1, 9].some(cited.linesOf(1, three))).toBe(false);
});

it('blocks that hold some', () => {
  const holds = (firstLine: number, lines: number) => cited.holds(1, { fileId: one, firstLine, lines } as BlockPlace);
  expect([holds(1, 9), holds(1, 10), holds(15, 2), holds(21, 19), holds(21, 20), holds(41, 100)]).toEqual([
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
});
