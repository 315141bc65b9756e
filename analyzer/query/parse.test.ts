import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery, QUERY_DEPTH_MAX } from './parse.ts';
import { QUERY_CHARS_MAX, type QueryNode, type TextTerm } from './query.ts';
import { errorSentence } from './wrong.ts';

const text = (wanted: string, bounds: TextTerm['bounds'] = 'anywhere'): TextTerm => ({
  kind: 'text',
  text: wanted,
  bounds,
});
const pattern = (source: string, letters: 'as written' | 'any case' = 'as written'): QueryNode => ({
  kind: 'pattern',
  source,
  letters,
});
const [a, b, c] = [text('a'), text('b'), text('c')];
const at = (iso: string): number => Date.parse(iso);

function read(query: string): QueryNode {
  const parse = parseQuery(query);
  if (!parse.ok) throw new Error(`${parse.error.start}: ${parse.error.message}`);
  return parse.query;
}

describe('queries', () => {
  it.each<[string, QueryNode]>([
    ['a', a],
    ['  a\tb\u00a0c ', { kind: 'all', parts: [a, b, c] }],
    ['a AND b', { kind: 'all', parts: [a, b] }],
    ['a b OR c', { kind: 'any', parts: [{ kind: 'all', parts: [a, b] }, c] }],
    ['a (b OR c)', { kind: 'all', parts: [a, { kind: 'any', parts: [b, c] }] }],
    ['a (b c)', { kind: 'all', parts: [a, b, c] }],
    ['(a OR b) OR c', { kind: 'any', parts: [a, b, c] }],
    ['((((a))))', a],
    ['-a', { kind: 'not', part: a }],
    ['-(a b)', { kind: 'not', part: { kind: 'all', parts: [a, b] } }],
    ['-(-a)', a],
    ['--a', text('--a')],
    ['--proxy-mode=ipvs -(a)', { kind: 'all', parts: [text('--proxy-mode=ipvs'), { kind: 'not', part: a }] }],
    ['a - b', { kind: 'all', parts: [a, text('-'), b] }],
    ['a = b', { kind: 'all', parts: [a, text('='), b] }],
    ['a -(-(b c))', { kind: 'all', parts: [a, b, c] }],
    ['or and', { kind: 'all', parts: [text('or'), text('and')] }],
    ['"OR"', text('OR')],
    ['a"b"=c(a)', { kind: 'all', parts: [a, b, text('c', 'words'), a] }],
    ['"a b"', text('a b')],
    ['"a \\"b\\" \\\\ \\d"', text('a "b" \\ \\d')],
    ['=nat', text('nat', 'words')],
    ['="a b"', text('a b', 'words')],
    ['kube-proxy', text('kube-proxy')],
    ['v=2', text('v=2')],
    ['foo:bar', text('foo:bar')],
    ['10.0.0.1:53', text('10.0.0.1:53')],
    ['nod:x', text('nod:x')],
    ['since:2024-05-01', text('since:2024-05-01')],
    ['level:error', text('level:error')],
    ['/var/log/pods', text('/var/log/pods')],
    ['/dev/sdy /x', { kind: 'all', parts: [text('/dev/sdy'), text('/x')] }],
    ['//host', text('//host')],
    ['/a.b/', pattern('a.b')],
    ['/a b/i', pattern('a b', 'any case')],
    ['/a\\/b/', pattern('a\\/b')],
    ['/a/b/', pattern('a/b')],
    ['/[/ ]x/ a', { kind: 'all', parts: [pattern('[/ ]x'), a] }],
    ['(/a"b(c)/i)', pattern('a"b(c)', 'any case')],
    ['-/a/', { kind: 'not', part: pattern('a') }],
    ['node:ip-10-0-1-7', { kind: 'place', field: 'node', name: 'ip-10-0-1-7' }],
    ['NODE:x', { kind: 'place', field: 'node', name: 'x' }],
    ['file:"/a b/*.log"', { kind: 'place', field: 'file', name: '/a b/*.log' }],
    ['source:kubelet', { kind: 'place', field: 'source', name: 'kubelet' }],
    ['has:finding', { kind: 'finding' }],
    ['entity:10.0.3.7', { kind: 'entity', name: '10.0.3.7' }],
    ['sev:error', { kind: 'severity', from: 'error', to: 'error' }],
    ['sev:WARN', { kind: 'severity', from: 'warning', to: 'warning' }],
    ['sev:>=warning', { kind: 'severity', from: 'warning', to: 'error' }],
    ['sev:>info', { kind: 'severity', from: 'warning', to: 'error' }],
    ['sev:<=info', { kind: 'severity', from: 'none', to: 'info' }],
    ['sev:<critical', { kind: 'severity', from: 'none', to: 'warning' }],
    ['sev:info..warning', { kind: 'severity', from: 'info', to: 'warning' }],
    ['after:2024-05-01', { kind: 'time', from: at('2024-05-01T00:00:00Z'), to: null }],
    ['before:2024-05-01T12:03', { kind: 'time', from: null, to: at('2024-05-01T12:03:00Z') }],
    ['after:2024-05-01T12:03:05Z', { kind: 'time', from: at('2024-05-01T12:03:05Z'), to: null }],
    ['after:2024-05-01T12:03:05.123+02:00', { kind: 'time', from: at('2024-05-01T10:03:05.123Z'), to: null }],
    ['after:2024-05-01T12:03:05.1239-0030', { kind: 'time', from: at('2024-05-01T12:33:05.123Z'), to: null }],
    ['after:"2024-02-29 12:03:05,5"', { kind: 'time', from: at('2024-02-29T12:03:05.500Z'), to: null }],
    ['after:0099-01-01', { kind: 'time', from: at('0099-01-01T00:00:00Z'), to: null }],
    [
      'near:5m@2024-05-01T12:03',
      { kind: 'time', from: at('2024-05-01T11:58:00Z'), to: at('2024-05-01T12:08:00.001Z') },
    ],
    [
      'near:1.5s@2024-05-01',
      { kind: 'time', from: at('2024-04-30T23:59:58.500Z'), to: at('2024-05-01T00:00:01.501Z') },
    ],
  ])('%s', (query, tree) => expect(read(query)).toEqual(tree));
});

describe('wrong queries', () => {
  const term = 'expected a word or a "phrase" or a field such as node:';
  const time = 'expected a time such as 2024-05-01T12:00';
  const clockEnds = 'hours end at 23, minutes and seconds at 59';
  it.each<[string, number, number, string]>([
    ['', 0, 0, `there is nothing to search for; ${term}`],
    ['  ', 0, 2, `there is nothing to search for; ${term}`],
    ['OR', 0, 2, `nothing stands before this OR; ${term}`],
    ['a OR', 2, 4, `nothing stands behind this OR; ${term}`],
    ['a OR OR b', 2, 4, `nothing stands behind this OR; ${term}`],
    ['(a OR)', 3, 5, `nothing stands behind this OR; ${term}`],
    ['AND a', 0, 3, `nothing stands before this AND; ${term}`],
    ['a AND', 2, 5, `nothing stands behind this AND; ${term}`],
    ['-', 0, 1, `nothing stands directly behind this -; ${term}`],
    ['a -', 2, 3, `nothing stands directly behind this -; ${term}`],
    ['-OR', 0, 1, `nothing stands directly behind this -; ${term}`],
    ['(-)', 1, 2, `nothing stands directly behind this -; ${term}`],
    ['=', 0, 1, 'nothing stands directly behind this =; expected a word or a "phrase"'],
    ['a ()', 2, 4, `nothing stands between these parentheses; ${term}`],
    ['a)', 1, 2, 'there is no ( for this )'],
    [')', 0, 1, 'there is no ( for this )'],
    ['a (b (c)', 2, 3, 'this parenthesis is never closed; expected a ) at its end'],
    ['(', 0, 1, 'this parenthesis is never closed; expected a ) at its end'],
    ['a "b c', 2, 6, 'this quote is never closed; expected a " at its end'],
    ['"a\\"', 0, 4, 'this quote is never closed; expected a " at its end'],
    ['a ""', 2, 4, 'nothing stands between these quotes; expected some text'],
    ['node:', 0, 5, 'node: has no value; expected the name of a node'],
    ['node: x', 0, 5, 'node: has no value; expected the name of a node'],
    ['node:""', 5, 7, 'nothing stands between these quotes; expected some text'],
    ['node:"x', 5, 7, 'this quote is never closed; expected a " at its end'],
    ['node:(a)', 0, 6, 'node: takes one value, no parentheses; expected (node:a OR node:b)'],
    ['has:x', 4, 5, 'has: does not know `x`; expected has:finding'],
    ['sev:>=bad', 6, 9, '`bad` is no severity; expected none, info, warning or error'],
    ['sev:constructor', 4, 15, '`constructor` is no severity; expected none, info, warning or error'],
    ['sev:>', 5, 5, 'the severity is missing; expected none, info, warning or error'],
    ['sev:info..x', 10, 11, '`x` is no severity; expected none, info, warning or error'],
    ['sev:error..info', 4, 15, 'error is above info; expected sev:info..error'],
    ['sev:>error', 4, 10, 'nothing is above error; expected sev:error'],
    ['sev:<none', 4, 9, 'nothing is below none; expected sev:none'],
    ['after:yesterday', 6, 15, `\`yesterday\` is no time; ${time}`],
    ['after:"1 May"', 6, 13, `\`1 May\` is no time; ${time}`],
    ['after:2024-02-30', 6, 16, `\`2024-02-30\` is no day of the calendar; ${time}`],
    ['after:2024-02-01T24', 6, 19, `\`2024-02-01T24\` is no time; ${time}`],
    ['after:2024-02-01T24:00', 6, 22, `\`2024-02-01T24:00\` is no time: ${clockEnds}; ${time}`],
    ['after:2024-02-01+25:00', 6, 22, `\`2024-02-01+25:00\` is no time: its zone does not exist; ${time}`],
    ['near:5m', 5, 7, 'an @ between a duration and a time is missing; expected a value such as 5m@2024-05-01T12:00'],
    ['near:5x@2024-05-01', 5, 7, '`5x` is no duration; expected a duration such as 30s, 5m or 2h'],
    ['near:@2024-05-01', 5, 5, 'the duration is missing; expected a duration such as 30s, 5m or 2h'],
    ['near:99999d@2024-05-01', 5, 11, '`99999d` is longer than ten years; expected a duration such as 30s, 5m or 2h'],
    ['near:5m@', 8, 8, 'the time is missing; expected a time such as 2024-05-01T12:00'],
    ['sevr:>=error', 0, 4, 'there is no field `sevr`; did you mean sev?; expected sev: here, or quotes around text'],
    [
      'a -afetr:2024-05-01',
      3,
      8,
      'there is no field `afetr`; did you mean after?; expected after: here, or quotes around text',
    ],
    ['/a(b/', 3, 4, 'a ( of this pattern is never closed'],
    ['x /[b-a]/', 7, 8, 'this range of letters runs backwards'],
    ['//', 0, 2, 'this pattern is empty; "//" in quotes is text'],
    ['/a.*b/g', 6, 7, 'a pattern does not take `g`; a path goes in quotes; expected i or nothing behind its end'],
  ])('%s', (query, start, end, sentence) => {
    const parse = parseQuery(query);
    if (parse.ok) throw new Error('it was read');
    expect([parse.error.start, parse.error.end, errorSentence(parse.error)]).toEqual([start, end, sentence]);
  });

  it('are not shown in full length', () => {
    const parse = parseQuery(`after:${'x'.repeat(5_000)}`);
    expect(parse).toMatchObject({ ok: false, error: { message: `\`${'x'.repeat(40)}…\` is no time` } });
  });
});

describe('limits', () => {
  it('of characters', () => {
    expect(parseQuery('x'.repeat(QUERY_CHARS_MAX)).ok).toBe(true);
    expect(parseQuery('x'.repeat(QUERY_CHARS_MAX + 5))).toEqual({
      ok: false,
      error: {
        start: QUERY_CHARS_MAX,
        end: QUERY_CHARS_MAX + 5,
        message: 'a query has 10,000 characters at most',
        expected: [],
      },
    });
  });

  it('of parentheses inside each other', () => {
    const deep = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(read(deep(QUERY_DEPTH_MAX))).toEqual(a);
    for (const query of [deep(QUERY_DEPTH_MAX + 1), '('.repeat(QUERY_CHARS_MAX), `${'-('.repeat(4_000)}`]) {
      expect(parseQuery(query)).toMatchObject({
        ok: false,
        error: { message: 'more than 100 parentheses stand inside each other' },
      });
    }
  });

  it.each([
    ['a?b', 50, 'the patterns of a query have 100 parts at most that may match nothing'],
    ['(a)', 250, 'the patterns of a query have 500 groups at most, (?:...) not counted'],
  ])('of all patterns with %s together', (part, half, message) => {
    const pattern = part.repeat(half);
    expect(parseQuery(`/${pattern}/ OR -/${pattern}/i`).ok).toBe(true);
    const start = 2 * pattern.length + 12;
    expect(parseQuery(`/${pattern}/ OR -/${pattern}/i /${part}/`)).toMatchObject({
      ok: false,
      error: { start, message },
    });
  });

  it('are not met by what is only long', () => {
    const dashes = `${'-'.repeat(QUERY_CHARS_MAX - 1)}a`;
    expect(read(dashes)).toEqual(text(dashes));
    expect(read('a '.repeat(QUERY_CHARS_MAX / 2))).toMatchObject({
      kind: 'all',
      parts: { length: QUERY_CHARS_MAX / 2 },
    });
    expect(read(`${'(a) OR '.repeat(1_400)}a`)).toMatchObject({ kind: 'any', parts: { length: 1_401 } });
    expect(read('/a '.repeat(3_000))).toMatchObject({ kind: 'all', parts: { length: 3_000 } });
  });
});

/** Pieces that make queries, right and wrong ones. */
const PIECES = [
  ...[
    'a',
    'b',
    ' ',
    ' ',
    '(',
    ')',
    '"',
    '-',
    '=',
    '/',
    '\\',
    ':',
    '@',
    'OR',
    ' OR ',
    'AND',
    ' AND ',
    'i',
    '[',
    '*',
    '.',
  ],
  ...['node:', 'sev:', '>=', 'error', 'after:', '2024-05-01', 'T12:00', 'near:', '5m@', 'has:', 'finding', 'é', '😀'],
];
const pieced = fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((pieces) => pieces.join(''));

/** @returns what breaks the normal form. */
function abnormal(node: QueryNode): string | null {
  if (node.kind === 'not') return node.part.kind === 'not' ? 'not in not' : abnormal(node.part);
  if (node.kind !== 'all' && node.kind !== 'any') return null;
  if (node.parts.length < 2) return 'one part';
  if (node.parts.some((part) => part.kind === node.kind)) return `${node.kind} in ${node.kind}`;
  return node.parts.map(abnormal).find((one) => one !== null) ?? null;
}

describe('any text', () => {
  it('is a query in normal form, or an error with a place in the text', () => {
    let right = 0;
    fc.assert(
      fc.property(fc.oneof(pieced, pieced, fc.string({ unit: 'binary' })), (query) => {
        const parse = parseQuery(query);
        if (parse.ok) {
          right += 1;
          expect(abnormal(parse.query)).toBeNull();
          return;
        }
        const { start, end, message } = parse.error;
        expect([start >= 0, start <= end, end <= query.length, message !== '']).toEqual([true, true, true, true]);
      }),
      { numRuns: 3_000 },
    );
    expect(right).toBeGreaterThan(300);
  });
});
