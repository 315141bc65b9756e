import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf, anyOf, not } from './normal.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import { LINE_LEVELS, QUERY_CHARS_MAX, type QueryNode, type QueryTerm } from './query.ts';

const words = [
  'OR',
  'AND',
  'or',
  '-x',
  '--',
  '=x',
  '=',
  '"',
  '\\',
  '\\"',
  '/',
  '/a/',
  '/a/i',
  '/var/log',
  'a/',
  'a b',
  ')',
];
const more = [
  '(',
  'node:x',
  'foo:bar',
  'SEV:',
  'sevr:>error',
  '10.0.0.1:53',
  'é',
  '😀',
  '\uD800',
  '\uFFFD',
  '\u00a0',
  'x\n',
];
const value = fc.oneof(
  fc.constantFrom(...words, ...more),
  fc
    .array(fc.constantFrom(...words, ...more, ' ', 'a', 'B'), { minLength: 1, maxLength: 4 })
    .map((all) => all.join('')),
  fc.string({ unit: 'binary', minLength: 1 }),
);
const sources = [
  'a',
  'a|b',
  'a.*b',
  '\\d+',
  '[/ ]x',
  'a\\/b',
  'a/b',
  '(?:x"y)',
  'a b',
  '\\\\',
  '^$',
  '(a)\\1',
  '\\)',
  '[)"]',
];

const instant = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') });
const level = fc.nat({ max: LINE_LEVELS.length - 1 });

const term: fc.Arbitrary<QueryTerm> = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    text: value,
    bounds: fc.constantFrom('anywhere' as const, 'words' as const),
  }),
  fc.record({
    kind: fc.constant('pattern' as const),
    source: fc.constantFrom(...sources),
    letters: fc.constantFrom('as written' as const, 'any case' as const),
  }),
  fc.record({
    kind: fc.constant('place' as const),
    field: fc.constantFrom('node' as const, 'file' as const, 'source' as const),
    name: value,
  }),
  fc.record({ kind: fc.constant('entity' as const), name: value }),
  fc.constant({ kind: 'finding' as const }),
  fc.tuple(level, level).map(([one, other]) => ({
    kind: 'severity' as const,
    from: LINE_LEVELS[Math.min(one, other)] ?? 'none',
    to: LINE_LEVELS[Math.max(one, other)] ?? 'error',
  })),
  instant.map((from) => ({ kind: 'time' as const, from, to: null })),
  instant.map((to) => ({ kind: 'time' as const, from: null, to })),
  fc.tuple(instant, fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 300_000_000_000 }))).map(([time, within]) => ({
    kind: 'time' as const,
    from: time - within,
    to: time + within + 1,
  })),
);

const { query } = fc.letrec<{ query: QueryNode }>((tie) => {
  const parts = fc.array(tie('query'), { minLength: 1, maxLength: 3 }).map((all) => all as [QueryNode, ...QueryNode[]]);
  return {
    query: fc.oneof({ depthSize: 'small' }, term, parts.map(allOf), parts.map(anyOf), tie('query').map(not)),
  };
});

describe('printing', () => {
  it.each([
    'a b OR c',
    'a (b OR c) -(d e) -f',
    '-(a OR b)',
    '=word ="a phrase" "a phrase"',
    '"-x" "/var/log" "OR" "node:x" foo:bar',
    '/a b/i /c/',
    'node:x file:"a b" source:kubelet entity:10.0.3.7 has:finding',
    'sev:error sev:>=warning sev:<=info sev:info..warning sev:>=none sev:none',
    'after:2024-05-01 before:2024-05-01T12:03Z after:2024-05-01T12:03:05Z before:2024-05-01T12:03:05.123Z',
    'near:5m@2024-05-01T12:03Z near:90s@2024-05-01 near:0s@2024-05-01 near:7ms@2024-05-01 near:1d@2024-05-01',
  ])('%s', (text) => {
    const parse = parseQuery(text);
    expect(parse.ok && printQuery(parse.query)).toBe(text);
  });

  it('is read as the same tree', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const text = printQuery(tree);
        fc.pre(text.length <= QUERY_CHARS_MAX);
        expect(parseQuery(text)).toEqual({ ok: true, query: tree });
      }),
      { numRuns: 3_000 },
    );
  });

  it('says two bounds that are no near: with two terms', () => {
    const [from, to] = [Date.parse('2024-05-01T00:00:00Z'), Date.parse('2024-05-02T00:00:00Z')];
    const window: QueryNode = { kind: 'time', from, to };
    expect(printQuery(window)).toBe('after:2024-05-01 before:2024-05-02');
    expect(printQuery(not(window))).toBe('-(after:2024-05-01 before:2024-05-02)');
  });

  it('escapes a slash that would end a pattern', () => {
    const text = printQuery({ kind: 'pattern', source: 'a/ b\\/', letters: 'as written' });
    expect(text).toBe('/a\\/ b\\//');
  });

  it('keeps instants to what ISO 8601 can say', () => {
    expect(printQuery({ kind: 'time', from: Number.POSITIVE_INFINITY, to: null })).toBe(
      'after:9999-12-31T23:59:59.999Z',
    );
    expect(printQuery({ kind: 'time', from: null, to: -1e300 })).toBe('before:0000-01-01');
    expect(printQuery({ kind: 'time', from: Number.NaN, to: null })).toBe('after:1970-01-01');
  });
});
