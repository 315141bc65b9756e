import fc from 'fast-check';
import { expect, it } from 'vitest';
import { QUERY_CHARS_MAX } from './query.ts';
import { queryTokens } from './tokens.ts';

const shownTokens = (text: string): readonly string[] =>
  queryTokens(text).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`);

it('tells what each part of a query is', () => {
  expect(shownTokens('-foo (="a b" OR node:x) AND /a b/i sev:">=error"')).toEqual([
    'operator -',
    'word foo',
    'paren (',
    'operator =',
    'phrase "a b"',
    'operator OR',
    'field node:',
    'value x',
    'paren )',
    'operator AND',
    'pattern /a b/i',
    'field sev:',
    'value ">=error"',
  ]);
});

it('marks what is wrong', () => {
  expect(shownTokens('a after:noon b')).toEqual(['word a', 'field after:', 'error noon', 'word b']);
  expect(shownTokens('a "b c')).toEqual(['word a', 'error "b c']);
  expect(shownTokens('a (b')).toEqual(['word a', 'error (', 'word b']);
  expect(shownTokens('node: x')).toEqual(['error node:', 'word x']);
  expect(queryTokens('x'.repeat(QUERY_CHARS_MAX + 3)).at(-1)).toEqual({
    start: QUERY_CHARS_MAX,
    end: QUERY_CHARS_MAX + 3,
    kind: 'error',
  });
});

it('covers any text without overlap', () => {
  const pieces = fc.constantFrom(...'ab -=()"/\\:i[\u00a0', 'OR ', 'node:', 'sev:', 'near:"', '/x/', '😀');
  const pieced = fc.array(pieces, { maxLength: 20 }).map((all) => all.join(''));
  fc.assert(
    fc.property(fc.oneof(pieced, fc.string({ unit: 'binary' })), (text) => {
      let last = 0;
      for (const { start, end } of queryTokens(text)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(text.slice(last, start).trim()).toBe('');
        last = end;
      }
      expect(text.slice(last).trim()).toBe('');
      expect(last).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 2_000 },
  );
});
