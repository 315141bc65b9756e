import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from './parse.ts';
import type { TextTerm } from './query.ts';
import { matchRanges } from './ranges.ts';

/** The line with what is marked in brackets. */
function marked(line: string, query: string): string {
  const parse = parseQuery(query);
  if (!parse.ok) throw new Error(parse.error.message);
  const ranges = matchRanges(line, parse.query);
  return [...ranges]
    .reverse()
    .reduce((text, [start, end]) => `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`, line);
}

describe('marks', () => {
  it.each([
    ['sync', 'Sync failed, SYNC again', '[Sync] failed, [SYNC] again'],
    ['sync failed', 'sync failed', '[sync] [failed]'],
    ['"sync failed" ync', 'a sync failed b', 'a [sync failed] b'],
    ['ab bc', 'abc', '[abc]'],
    ['ab cd', 'abcd', '[abcd]'],
    ['aa', 'aaaa aaa', '[aaaa] [aa]a'],
    ['=nat', 'nat snat nat_ nat, énat', '[nat] snat nat_ [nat], énat'],
    ['="a-a"', 'xa-a-a', 'xa-[a-a]'],
    ['É', 'é É', 'é [É]'],
    ['K', 'k \u212A', '[k] \u212A'],
    ['foo -bar', 'foo bar', '[foo] bar'],
    ['-(foo -bar)', 'foo bar', 'foo [bar]'],
    ['foo OR (bar node:x)', 'foo bar x', '[foo] [bar] x'],
    ['/o+\\b/', 'foo boo o', 'f[oo] b[oo] [o]'],
    ['/x*/', 'xx y', '[xx] y'],
    ['/ERROR|warn/i', 'Error Warn', '[Error] [Warn]'],
    ['entity:10.0.3.7', '10.0.3.71 10.0.3.7:53 a10.0.3.7 10.0.3.7.', '10.0.3.71 [10.0.3.7]:53 a10.0.3.7 [10.0.3.7].'],
    ['entity:coredns', 'coredns-x coredns', 'coredns-x [coredns]'],
    ['entity:coredns', 'ns/coredns-x', 'ns/[coredns]-x'],
    ['has:finding sev:error', 'error finding', 'error finding'],
  ])('%s', (query, line, expected) => expect(marked(line, query)).toBe(expected));

  it('are sorted and apart', () => {
    const word = fc.array(fc.constantFrom(...'abcAB'), { minLength: 1, maxLength: 3 }).map((all) => all.join(''));
    const line = fc.array(fc.constantFrom(...'abcAB -'), { maxLength: 30 }).map((all) => all.join(''));
    fc.assert(
      fc.property(line, fc.array(word, { minLength: 2, maxLength: 4 }), (text, words) => {
        const parts = words.map((one): TextTerm => ({ kind: 'text', text: one, bounds: 'anywhere' }));
        let last = -1;
        for (const [start, end] of matchRanges(text, { kind: 'any', parts })) {
          expect([start > last, end > start, end <= text.length]).toEqual([true, true, true]);
          last = end;
        }
      }),
    );
  });

  it('are there exactly when the bytes of a line hold the text', () => {
    const signs = ['a', 'A', 'k', 'K', '\u212A', 'é', 'É', '_', '1', ' ', '-', '😀', 'ſ'];
    const line = fc.array(fc.constantFrom(...signs), { maxLength: 12 }).map((all) => all.join(''));
    const wanted = fc.array(fc.constantFrom(...signs), { minLength: 1, maxLength: 2 }).map((all) => all.join(''));
    const bounds = fc.constantFrom<TextTerm['bounds']>('anywhere', 'words');
    let held = 0;
    fc.assert(
      fc.property(line, wanted, bounds, (text, part, kind) => {
        const expected = bytesHold(foldedBytes(text), foldedBytes(part), kind);
        if (expected) held += 1;
        expect(matchRanges(text, { kind: 'text', text: part, bounds: kind }).length > 0).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(held).toBeGreaterThan(100);
  });

  it('are left out where a pattern would take for ever', () => {
    expect(marked(`${'a'.repeat(200)}b foo`, '/(a+)+$/ foo')).toBe(`${'a'.repeat(200)}b [foo]`);
  });
});

function foldedBytes(text: string): Buffer {
  return Buffer.from(Buffer.from(text).map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte)));
}

/** As the scan of a block does it. */
function bytesHold(line: Buffer, part: Buffer, bounds: TextTerm['bounds']): boolean {
  const ofWord = (byte: number | undefined): boolean =>
    byte !== undefined && (byte >= 0x80 || /\w/.test(String.fromCharCode(byte)));
  for (let at = line.indexOf(part); at >= 0; at = line.indexOf(part, at + 1)) {
    if (bounds === 'anywhere' || (!ofWord(line[at - 1]) && !ofWord(line[at + part.length]))) return true;
  }
  return false;
}
