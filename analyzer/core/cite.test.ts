import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from './case-reader.ts';
import { cite, findingId, thin } from './cite.ts';
import { EVIDENCE_CHARS_MAX, EVIDENCE_LINES_MAX, EVIDENCE_REFS_MAX } from './limits.ts';
import type { LineRef } from './vocabulary.ts';

const sha = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const ref = (line: number, endLine = line, note?: string): LineRef => ({
  fileId: 1 as LineRef['fileId'],
  line,
  endLine,
  ...(note === undefined ? {} : { note }),
});
const numbered = (count: number): string =>
  `${Array.from({ length: count }, (_, at) => `line ${at + 1}`).join('\n')}\n`;

describe('cite', () => {
  it('covers the bytes from the start of the first line to the end of the last, without its line ending', () => {
    const [evidence] = cite(memoryBundle({ 'a.txt': 'one\ntwo\nthree\n' }), [ref(2, 3)]);
    expect(evidence).toMatchObject({
      file: 'a.txt',
      line: 2,
      endLine: 3,
      byteStart: 4,
      byteEnd: 13,
      text: 'two\nthree',
    });
    expect(evidence.sha256).toBe(sha('two\nthree'));
  });

  it('hashes CRLF files as they are', () => {
    const [evidence] = cite(memoryBundle({ 'a.txt': 'one\r\ntwo\r\nthree\r\n' }), [ref(1, 2)]);
    expect(evidence.sha256).toBe(sha('one\r\ntwo'));
  });

  it('hashes the raw bytes when they are not UTF-8', () => {
    const raw = Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xf0, 0x9f, 0x98, 0x0a, 0x63, 0x0a]);
    const inner = memoryBundle({ 'a.txt': 'xxx\nxxx\nc\n' });
    const reader: BundleReader = {
      ...inner,
      lines: (_id, from, count) =>
        [
          { number: 1, byteStart: 0, byteEnd: 3, text: 'a\uFFFDb' },
          { number: 2, byteStart: 4, byteEnd: 7, text: '\uFFFD' },
          { number: 3, byteStart: 8, byteEnd: 9, text: 'c' },
        ].slice(from - 1, from - 1 + count),
      bytes: (_id, from, count) => ({ size: raw.length, bytes: raw.subarray(from, from + count) }),
    };
    const [evidence] = cite(reader, [ref(1, 2)]);
    expect(evidence.sha256).toBe(sha(raw.subarray(0, 7)));
  });

  it('shows the start of a very long line, says so, and still hashes all of it', () => {
    const text = 'x'.repeat(EVIDENCE_CHARS_MAX * 3);
    const [evidence] = cite(memoryBundle({ 'a.json': `${text}\n` }), [ref(1, 1, 'a chain')]);
    expect(evidence.text).toHaveLength(EVIDENCE_CHARS_MAX);
    expect(evidence.note).toContain(`first ${EVIDENCE_CHARS_MAX} characters shown`);
    expect(evidence.sha256).toBe(sha(text));
  });

  it('shows the first lines of a long range, says so, and still hashes all of it', () => {
    const text = numbered(EVIDENCE_LINES_MAX + 5);
    const [evidence] = cite(memoryBundle({ 'a.txt': text }), [ref(1, EVIDENCE_LINES_MAX + 5, 'a chain')]);
    expect(evidence.text.split('\n')).toHaveLength(EVIDENCE_LINES_MAX);
    expect(evidence.note).toBe(`a chain; first ${EVIDENCE_LINES_MAX} of ${EVIDENCE_LINES_MAX + 5} lines shown`);
    expect(evidence.sha256).toBe(sha(text.trimEnd()));
  });

  it('keeps first and last of too many references and says how many are missing', () => {
    const refs = Array.from({ length: 30 }, (_, at) => ref(at + 1)) as [LineRef, ...LineRef[]];
    const evidence = cite(memoryBundle({ 'a.txt': numbered(30) }), refs);
    expect(evidence).toHaveLength(EVIDENCE_REFS_MAX);
    expect([evidence[0].line, evidence.at(-1)?.line]).toEqual([1, 30]);
    expect(evidence.at(-1)?.note).toBe('18 more references are not listed');
  });

  it('cites a reference once, however often it is given', () => {
    expect(cite(memoryBundle({ 'a.txt': 'one\n' }), [ref(1), ref(1)])).toHaveLength(1);
  });

  it('throws on a line that is not there: such a reference is a bug', () => {
    expect(() => cite(memoryBundle({ 'a.txt': 'one\n' }), [ref(2)])).toThrow(/lines 2-1 of a.txt|which has 1/);
  });
});

describe('findingId', () => {
  it('does not change with names of files, their order or line numbers', () => {
    const one = memoryBundle({ 'a.txt': 'x\ny\n', 'b.txt': 'z\n' });
    const two = memoryBundle({ 'renamed/c.txt': 'z\n', 'd.txt': 'intro\nx\ny\n' }, 'other');
    const first = findingId('rule', 'n', cite(one, [ref(1, 2)]));
    const second = findingId('rule', 'n', cite(two, [{ ...ref(2, 3), fileId: 2 as LineRef['fileId'] }]));
    expect(first).toBe(second);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
  });

  it('differs by rule, node, evidence and what tells two findings apart', () => {
    const ids = [
      findingId('a', 'n', [{ sha256: '1' }]),
      findingId('b', 'n', [{ sha256: '1' }]),
      findingId('a', null, [{ sha256: '1' }]),
      findingId('a', 'n', [{ sha256: '2' }]),
      findingId('a', 'n', [{ sha256: '1' }], 'endpoint 10.0.0.1:80'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('thin', () => {
  it('spreads what it keeps', () => {
    expect(thin([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([1, 5, 9]);
    expect(thin([1, 2], 3)).toEqual([1, 2]);
  });
});
