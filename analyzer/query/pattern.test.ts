import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldAscii } from './fold.ts';
import { analysePattern, PATTERN_DEPTH_MAX, type Required } from './pattern.ts';
import { compilePattern } from './pattern-program.ts';
import { findPattern, MARKED_CHARS_MAX } from './pattern-run.ts';
import { PATTERN_GROUPS_MAX, PATTERN_OPTIONAL_MAX, PATTERN_RUN_MAX } from './pattern-size.ts';
import type { PatternTerm } from './query.ts';

const RUN_LIMIT = '10 parts of a pattern that may match nothing follow each other at most';
const OPTIONAL_LIMIT = 'the patterns of a query have 100 parts at most that may match nothing';
const GROUPS_LIMIT = 'the patterns of a query have 500 groups at most, (?:...) not counted';

const SIGNS = [...'aAbBkKsS1_- ', 'é', 'É', 'ſ', '\u212A', 'µ', 'ß', '😀', '\uFFFD', '٣'];

/** Patterns over few signs, so that they often match. */
const { pattern } = fc.letrec<{ pattern: string; sequence: string; element: string; atom: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: tie('sequence') },
    { weight: 1, arbitrary: fc.tuple(tie('sequence'), tie('sequence')).map((both) => both.join('|')) },
    { weight: 1, arbitrary: fc.tuple(tie('sequence'), tie('sequence'), tie('sequence')).map((all) => all.join('|')) },
  ),
  sequence: fc.array(tie('element'), { maxLength: 4 }).map((elements) => elements.join('')),
  element: fc.oneof(
    { weight: 4, arbitrary: tie('atom') },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          tie('atom'),
          fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}', '{2,}', '{0}'),
          fc.constantFrom('', '?'),
        )
        .map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.constantFrom('^', '$', '\\b', '\\B') },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'), tie('pattern'))
        .map(([open, inner]) => `${open}${inner})`),
    },
  ),
  atom: fc.oneof(
    { depthSize: 'small' },
    { weight: 8, arbitrary: fc.constantFrom(...SIGNS) },
    { weight: 1, arbitrary: fc.constantFrom('.', '\\d', '\\w', '\\s', '\\D', '\\W', '\\S', '\\1', '\\2', '\\k<n>') },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '[ab]',
        '[^a]',
        '[a-k]',
        '[A-K]',
        '[é-ſ]',
        '[\\wé]',
        '[\\W]',
        '[]',
        '[^]',
        '[sS]',
        '[^K]',
        '[😀]',
      ),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('pattern'))
        .map(([open, inner]) => `${open}${inner})`),
    },
  ),
}));

const letters = fc.constantFrom<PatternTerm['letters']>('as written', 'any case');
const line = fc.array(fc.constantFrom(...SIGNS), { maxLength: 10 }).map((signs) => signs.join(''));

function holds(text: string, required: Required): boolean {
  if (typeof required === 'string') return text.includes(required);
  return 'all' in required
    ? required.all.every((one) => holds(text, one))
    : required.any.some((one) => holds(text, one));
}

function requiredOf(source: string, mode: PatternTerm['letters'] = 'as written'): Required | null {
  const analysis = analysePattern(source, mode);
  if (!analysis.ok) throw new Error(analysis.message);
  return analysis.required;
}

describe('what a pattern needs of a line', () => {
  it.each<[string, Required | null]>([
    ['foo.*Bar', { all: ['foo', 'bar'] }],
    ['foo|bar', { any: ['foo', 'bar'] }],
    ['time(d )?out', { any: ['timeout', 'timed out'] }],
    ['[Ee]rror: \\d+ pods', { all: ['error: ', ' pods'] }],
    ['(?=abc)x\\d', { all: ['abc', 'x'] }],
    ['(?!abc)x', 'x'],
    ['(abc)\\1x', { all: ['abc', 'x'] }],
    ['(?:ab){2,}', 'abab'],
    ['(foo|bar)(baz|qux)', { any: ['foobaz', 'fooqux', 'barbaz', 'barqux'] }],
    ['\\u0041\\x42', 'ab'],
    ['(a+)+$', 'a'],
    ['x*', null],
    ['a||b', null],
    ['\\d+', null],
    ['x{0}', null],
    ['\uFFFDabc', 'abc'],
    ['(?:long alternative|long alternative of two)', 'long alternative'],
  ])('%s', (source, required) => expect(requiredOf(source)).toEqual(required));

  it('leaves out letters beyond ASCII when any case will do', () => {
    expect(requiredOf('über', 'any case')).toBe('ber');
    expect(requiredOf('über', 'as written')).toBe('über');
  });

  it('keeps surrogates together: half a pair has no bytes', () => {
    expect(requiredOf('a😀b')).toBe('a😀b');
    expect(requiredOf('😀?x')).toBe('x');
  });

  it('is bounded for hostile patterns', () => {
    expect(JSON.stringify(requiredOf('(?:[ab]{9}|x{1000000000}){99}')).length).toBeLessThan(10_000);
    expect(JSON.stringify(requiredOf('(a|b)'.repeat(PATTERN_GROUPS_MAX))).length).toBeLessThan(20_000);
    expect(requiredOf('(?:){1000000000}x')).toBe('x');
    expect(
      JSON.stringify(requiredOf(Array.from({ length: 900 }, (_, index) => `${index}.`).join(''))).length,
    ).toBeLessThan(2_000);
  });

  it('holds for every line that the pattern matches', () => {
    let matched = 0;
    let known = 0;
    fc.assert(
      fc.property(pattern, letters, fc.array(line, { minLength: 8, maxLength: 8 }), (source, mode, lines) => {
        const analysis = analysePattern(source, mode);
        if (!analysis.ok) return;
        for (const text of lines) {
          if (!analysis.regexp.test(text)) continue;
          matched += 1;
          if (analysis.required === null) continue;
          known += 1;
          // What shows as U+FFFD may be any bytes.
          const raw = foldAscii(text).replaceAll('\uFFFD', '\u0001');
          expect(holds(raw, analysis.required)).toBe(true);
        }
      }),
      { numRuns: 2_500 },
    );
    expect(matched).toBeGreaterThan(1_000);
    expect(known).toBeGreaterThan(200);
  });
});

describe('wrong patterns', () => {
  it.each<[string, number, string]>([
    ['a(b', 2, 'a ( of this pattern is never closed'],
    ['a)b', 1, 'there is no ( for this ) of the pattern'],
    ['[ab', 2, 'a [ of this pattern is never closed'],
    ['[b-a]', 4, 'this range of letters runs backwards'],
    ['*a', 1, 'there is nothing before this that could be repeated'],
    ['a{3,1}', 5, 'the smaller number of {} goes first'],
    ['(?<n>a)(?<n>b)', 12, 'another group has this name already'],
    ['(?#a)', 1, 'what stands behind this (? has no meaning'],
    ['a(?i:b)', 2, 'a pattern has no flags inside; an i behind its last slash is for all of it'],
    ['(?i)b', 1, 'a pattern has no flags inside; an i behind its last slash is for all of it'],
    ['(?<=a)+', 6, 'there is nothing before this that could be repeated'],
    ['a\\', 1, 'nothing stands behind the last \\ of this pattern'],
  ])('%s', (source, start, message) => {
    const analysis = analysePattern(source, 'as written');
    expect(analysis).toEqual({ ok: false, start, end: expect.any(Number), message });
  });

  it('says so when groups stand too deep, without walking down', () => {
    const deep = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(analysePattern(deep(PATTERN_DEPTH_MAX), 'as written').ok).toBe(true);
    expect(analysePattern(deep(PATTERN_DEPTH_MAX + 1), 'as written')).toMatchObject({
      ok: false,
      start: PATTERN_DEPTH_MAX,
    });
    expect(analysePattern(deep(100_000), 'as written')).toMatchObject({ ok: false });
  });

  it('takes a pattern of 10,000 characters', () => {
    expect(analysePattern('[a-z0-9]{1,3}x'.repeat(700), 'any case').ok).toBe(true);
  });

  it.each([
    ['a?', PATTERN_RUN_MAX, RUN_LIMIT, 0],
    ['(?:\\b|a)', PATTERN_RUN_MAX, RUN_LIMIT, 0],
    ['(?:a|b?)', PATTERN_RUN_MAX, RUN_LIMIT, 0],
    ['(?:a?|b?)', PATTERN_RUN_MAX / 2, RUN_LIMIT, 0],
    ['a?b', PATTERN_OPTIONAL_MAX, OPTIONAL_LIMIT, 0],
    ['(?:a?){3}b*', PATTERN_OPTIONAL_MAX / 2, OPTIONAL_LIMIT, 3],
    ['a*', PATTERN_OPTIONAL_MAX, OPTIONAL_LIMIT, 0],
    ['(?:|a)b', PATTERN_OPTIONAL_MAX, OPTIONAL_LIMIT, 3],
    ['(a|b)', PATTERN_GROUPS_MAX, GROUPS_LIMIT, 0],
  ])('refuses more of %s than V8 compiles at once', (part, most, message, within) => {
    expect(analysePattern(`${part.repeat(most)}x`, 'any case').ok).toBe(true);
    const start = most * part.length + within;
    expect(analysePattern(`${part.repeat(most + 1)}x`, 'any case')).toMatchObject({ ok: false, start, message });
  });

  it('never throws, and its places lie in the pattern', () => {
    const noise = fc
      .array(fc.constantFrom(...'()[]{}?*+|\\^$.<>=!:-,1ka', 'é'), { maxLength: 12 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.oneof(noise, fc.string()), letters, (source, mode) => {
        const analysis = analysePattern(source, mode);
        if (analysis.ok) return;
        expect(analysis.start).toBeGreaterThanOrEqual(0);
        expect(analysis.start).toBeLessThanOrEqual(analysis.end);
        expect(analysis.end).toBeLessThanOrEqual(source.length);
        expect(analysis.message).not.toMatch(/Invalid regular expression/);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('patterns run with a bounded effort', () => {
  const found = (source: string, text: string, mode: PatternTerm['letters'] = 'as written', most = 100) => {
    const analysis = analysePattern(source, mode);
    if (!analysis.ok) throw new Error(analysis.message);
    return findPattern(compilePattern(analysis.tree, mode), text, most);
  };

  it('find what V8 finds', () => {
    let matched = 0;
    fc.assert(
      fc.property(pattern, letters, fc.array(line, { minLength: 4, maxLength: 4 }), (source, mode, lines) => {
        const analysis = analysePattern(source, mode);
        if (!analysis.ok) return;
        const program = compilePattern(analysis.tree, mode);
        const regexp = new RegExp(source, mode === 'any case' ? 'gi' : 'g');
        for (const text of lines) {
          const expected = [...text.matchAll(regexp)]
            .map((match) => [match.index, match.index + match[0].length])
            .filter(([start, end]) => start !== end);
          matched += expected.length;
          expect(findPattern(program, text, 100)).toEqual(expected);
        }
      }),
      { numRuns: 2_500 },
    );
    expect(matched).toBeGreaterThan(1_000);
  });

  it('end for a runaway pattern', () => {
    expect(found('(a+)+$', `${'a'.repeat(200)}b`)).toEqual([]);
    expect(found('(?:(?:(?:x?){1000}){1000}){1000}', 'y')).toEqual([]);
    expect(found('(.*)*(.*)*(.*)*z', 'y'.repeat(500))).toEqual([]);
    expect(found('(?=(?:a|a)*$)(?<=(a*)*b)', 'a'.repeat(100))).toEqual([]);
  });

  it('find what stands before the effort is spent, and no more than asked for', () => {
    expect(found('x|(a+)+$', `x${'a'.repeat(200)}b`)).toEqual([[0, 1]]);
    expect(found('a', 'a'.repeat(50), 'as written', 3)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(found('z', `${' '.repeat(MARKED_CHARS_MAX - 1)}zz`)).toEqual([[MARKED_CHARS_MAX - 1, MARKED_CHARS_MAX]]);
  });

  it('reach through ordinary long lines', () => {
    const text = `${'level=info msg="sync took 12ms" '.repeat(300)}error 42`;
    expect(found('error \\d+', text)).toEqual([[text.length - 8, text.length]]);
  });
});
