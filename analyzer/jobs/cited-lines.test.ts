import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { BLOCK_BYTES, EVIDENCE_LINES_MAX } from '../core/limits.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { citedLines, isCitedAtOnce, QUOTE_CHARS_MAX, QUOTE_LINES_MAX } from './cited-lines.ts';

function quoteOf(text: string, line: number, endLine: number, name = 'a.log'): string {
  const reader = memoryBundle({ [name]: text }, 'node-1.tar.gz');
  return citedLines(reader, reader.fileByPath(name) as SourceFile, line, endLine).quote;
}

describe('a quotation', () => {
  it('says where its lines are, and marks each', () => {
    const quote = quoteOf('one\ntwo\n\nfour\n', 2, 3);
    expect(quote).toMatch(/^node-1\.tar\.gz a\.log:2-3 sha256:[0-9a-f]{16}\n> two\n> \n$/);
    expect(quoteOf('one\ntwo\n', 1, 1)).toMatch(/ a\.log:1 sha256:/);
  });

  it('shows what would act on who reads it', () => {
    expect(quoteOf('a\u001b[31m\u202eb\r\n', 1, 1, 'x\u0007.log')).toContain('x\\x07.log:1');
    expect(quoteOf('a\u001b[31m\u202eb\r\n', 1, 1)).toContain('\n> a\\x1b[31m\\u202eb\n');
  });

  it('ends where a comment would, and says so', () => {
    const many = quoteOf('line\n'.repeat(QUOTE_LINES_MAX + 5), 1, QUOTE_LINES_MAX + 5);
    expect(many.match(/^> line$/gm)).toHaveLength(QUOTE_LINES_MAX);
    expect(many).toContain(`(the first ${QUOTE_LINES_MAX} of ${QUOTE_LINES_MAX + 5} lines)`);
    const long = quoteOf(`${'x'.repeat(QUOTE_CHARS_MAX * 2)}\ntwo\n`, 1, 2);
    expect(long.length).toBeLessThan(QUOTE_CHARS_MAX + 300);
    expect(long).toContain('(the line is longer)\n(the first 1 of 2 lines)\n');
  });
});

describe('lines are cited at once', () => {
  const atOnce = (text: string, line: number, endLine: number): boolean => {
    const reader = memoryBundle({ 'a.log': text });
    return isCitedAtOnce(reader, (reader.fileByPath('a.log') as SourceFile).id, line, endLine);
  };
  const long = `${'x'.repeat(BLOCK_BYTES)}\n`.repeat(3);

  it.each([
    ['few short ones', 'line\n'.repeat(100), 1, EVIDENCE_LINES_MAX, true],
    ['many', 'line\n'.repeat(100), 1, EVIDENCE_LINES_MAX + 1, false],
    ['one long one', long, 2, 2, true],
    ['few long ones', long, 1, 3, false],
    ['a short one behind long ones', `${long}short\n`, 4, 4, true],
  ])('%s', (_, text, line, endLine, expected) => {
    expect(atOnce(text, line, endLine)).toBe(expected);
  });
});
