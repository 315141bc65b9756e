import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logFormats } from './definitions.ts';
import { mayFit, openingOf } from './openings.ts';

describe('openingOf', () => {
  test.each([
    ['^\\d{2}/x', '12/x', '12/'],
    ['^(?:<\\d{1,3}>)?\\[ {0,2}\\d', '[ 1', 'x[ 1'],
    ['^(?<level>[IWEF])\\d{3}', 'I123', 'I12x'],
    ['^(?:Jan|Feb) \\d', 'Feb 1', 'Fob 1'],
    ['^(?=\\S{1,9} [^\\[\\n]{1,9}\\] ")', 'a b] "', 'a b]"'],
    ['^a(?: |$)b?', 'a', 'b'],
    ['^[^x]y', 'ay', 'ax'],
    ['^(?:ab){2}c', 'ababc', 'abac'],
  ])('%s may fit %j, not %j', (source, fitting, other) => {
    expect([mayFit(openingOf(source), fitting), mayFit(openingOf(source), other)]).toEqual([true, false]);
  });

  test.each(['^', '^(?:a|)', '^a?', '^a{0,3}(?:b)?', '^(?!a)', '^$'])('%s may fit anything', (source) => {
    expect(mayFit(openingOf(source), 'zz')).toBe(true);
  });
});

test('no line that a format fits is left out', () => {
  const expressions = [...logFormats().values()].flatMap((format) => format.first);
  const samples = [...logFormats().values()].flatMap((format) =>
    format.samples.flatMap(({ text }) => text.split('\n')),
  );
  const told = (line: string): readonly string[] =>
    expressions.filter((fits) => fits.test(line) && !mayFit(openingOf(fits.source), line)).map(({ source }) => source);
  for (const line of samples) expect([line, told(line)]).toEqual([line, []]);
  const changed = fc
    .record({ line: fc.constantFrom(...samples), at: fc.nat(60), cut: fc.nat(3), put: fc.string({ maxLength: 3 }) })
    .map(({ line, at, cut, put }) => `${line.slice(0, at)}${put}${line.slice(at + cut)}`);
  fc.assert(
    fc.property(changed, (line) => {
      expect(told(line)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
