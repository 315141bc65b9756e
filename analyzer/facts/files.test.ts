import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader, TextBlock } from '../core/case-reader.ts';
import { PARSE_BYTES_MAX } from '../core/limits.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { FilePieces } from './files.ts';

/** A file whose blocks hold `texts`, the first one at this offset. */
function piecesOf(texts: readonly string[], from = 0): FilePieces {
  const reader = memoryBundle({ 'a.txt': 'a\n' });
  const [file] = reader.files() as [SourceFile];
  const blocks: TextBlock[] = [];
  let byteStart = from;
  for (const text of texts) {
    const bytes = Buffer.from(text);
    blocks.push({ fileId: file.id, firstLine: 1, lines: 1, byteStart, bytes });
    byteStart += bytes.length;
  }
  const blocked: BundleReader = { ...reader, blocks: () => blocks };
  return new FilePieces(blocked, file);
}

test('a file comes block by block, as often as it is asked for', () => {
  const pieces = piecesOf(['über\n', 'b\n']);
  expect([...pieces]).toEqual(['über\n', 'b\n']);
  expect([...pieces]).toEqual(['über\n', 'b\n']);
  expect(pieces.truncated).toBe(false);
});

test('its beginning may be longer than a block', () => {
  expect(piecesOf(['a\n', 'b\n', 'c\n']).head(3)).toBe('a\nb');
  expect(piecesOf(['a\n']).head(3)).toBe('a\n');
});

test('nothing comes from beyond what a parser gets, and that is said', () => {
  const pieces = piecesOf(['a\n', 'b\n', 'c\n'], PARSE_BYTES_MAX - 4);
  expect([...pieces]).toEqual(['a\n', 'b\n']);
  expect(pieces.truncated).toBe(true);
});
