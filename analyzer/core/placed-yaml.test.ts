import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readYaml } from './placed-yaml.ts';

const Page = z.strictObject({
  title: z.string().trim().min(1),
  severity: z.enum(['high', 'low']),
  lines: z.array(z.string().min(4)).min(1).max(2),
  count: z.number().int().positive().max(9).optional(),
  share: z.number().min(0.5).lt(1).optional(),
  fixed: z.literal('yes').optional(),
  on: z.boolean().optional(),
  id: z
    .string()
    .regex(/^[a-z]+$/)
    .optional(),
  name: z
    .string()
    .regex(/^[a-z]+$/, 'lower-case letters')
    .optional(),
  inner: z.strictObject({ kind: z.string() }).optional(),
  either: z.union([z.string(), z.number()]).optional(),
});

const GOOD = 'title: One\nseverity: low\nlines:\n  - some words\n';
const mistakes = (text: string): readonly string[] => {
  const read = readYaml(text, Page, 'page');
  return read.ok ? [] : read.mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

test('a whole text gives its value, and where its parts stand', () => {
  const read = readYaml(GOOD, Page, 'page', 10);
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  expect(read.part.value).toEqual({ title: 'One', severity: 'low', lines: ['some words'] });
  expect(read.part.placeOf(['lines', 0])).toEqual({ line: 13, column: 5 });
  expect(read.part.placeOf(['lines', 7, 'deeper'])).toEqual({ line: 12, column: 1 });
});

describe('what is wrong is said plainly, where it stands', () => {
  const long = 'x'.repeat(200);
  test.each([
    ['a key that is missing', GOOD.replace('severity: low\n', ''), '1:1 severity is missing: one of high, low'],
    ['a text that is missing', GOOD.replace('title: One\n', ''), '1:1 title is missing: a text'],
    ['a list that is missing', 'title: One\nseverity: low\n', '1:1 lines is missing: a list'],
    ['a word of others', GOOD.replace('low', 'bad'), '2:1 severity must be one of high, low, this is "bad"'],
    ['a long one', GOOD.replace('low', long), '2:1 severity must be one of high, low, this is a longer text'],
    ['a key without a value', GOOD.replace('One', ''), '1:1 title must be a text, this is empty'],
    ['a text for a list', `${GOOD.split('lines')[0]}lines: x`, '3:1 lines must be a list, this is "x"'],
    ['a list for a text', GOOD.replace('One', '[One]'), '1:1 title must be a text, this is a list'],
    ['a group for a text', GOOD.replace('One', '{ a: 1 }'), '1:1 title must be a text, this is a group of keys'],
    ['a text for a group', `${GOOD}inner: x`, '5:1 inner must be a group of keys, this is "x"'],
    ['a text for a number', `${GOOD}count: x`, '5:1 count must be a number, this is "x"'],
    ['half a number', `${GOOD}count: 1.5`, '5:1 count must be a whole number, this is 1.5'],
    ['a number for yes or no', `${GOOD}on: 1`, '5:1 on must be true or false, this is 1'],
    ['one word alone', `${GOOD}fixed: no`, '5:1 fixed must be yes, this is "no"'],
    ['nothing in a text', GOOD.replace('One', '" "'), '1:1 title is empty'],
    ['a short text', GOOD.replace('some words', 'one'), '4:5 lines.0 must have at least 4 characters'],
    ['an empty list', `${GOOD.split('lines')[0]}lines: []`, '3:1 lines needs at least one entry'],
    ['a long list', `${GOOD}  - more\n  - again`, '3:1 lines may have at most 2 entries'],
    ['a small number', `${GOOD}count: 0`, '5:1 count must be more than 0'],
    ['a large number', `${GOOD}count: 10`, '5:1 count must be at most 9'],
    ['less than the least', `${GOOD}share: 0.1`, '5:1 share must be at least 0.5'],
    ['the end of a range', `${GOOD}share: 1`, '5:1 share must be less than 1'],
    ['a form that has no words', `${GOOD}id: A1`, '5:1 id must look like /^[a-z]+$/, this is "A1"'],
    ['a form that has words', `${GOOD}name: A1`, '5:1 name: lower-case letters'],
    ['an unknown key', `${GOOD}titel: x`, '5:1 page: there is no key titel'],
    ['unknown keys deeper down', `${GOOD}inner: { kind: a, b: 1, c: 2 }`, '5:19 inner: there is no key b, c'],
    ['none of several kinds', `${GOOD}either: []`, '5:1 either has a form that is not known, this is a list'],
    ['a text alone', 'just text', '1:1 page must be a group of keys, this is "just text"'],
    ['nothing', '', '1:1 page must be a group of keys, this is empty'],
  ])('%s', (_name, text, expected) => {
    expect(mistakes(text)).toEqual([expected]);
  });

  test('everything at once, not the first alone', () => {
    expect(mistakes('severity: bad\nlines: x\n')).toHaveLength(3);
  });

  test('what is no YAML, and a second document', () => {
    expect(mistakes('title: [One\nseverity: low\n')[0]).toMatch(/^2:\d+ /);
    expect(mistakes(`${GOOD}---\n${GOOD}`)).toHaveLength(1);
  });
});

test('aliases that grow without end are refused', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [at, name] of [...'bcdefgh'].entries()) {
    bomb.push(`${name}: &${name} [${Array(7).fill(`*${'abcdefgh'[at]}`).join(', ')}]`);
  }
  expect(mistakes(bomb.join('\n'))).toEqual([expect.stringMatching(/alias/i)]);
});

test('no text makes it throw, and every mistake has a place and words of ours', () => {
  const piece = fc.constantFrom(
    'title',
    'severity',
    'lines',
    'inner',
    ': ',
    '\n',
    '- ',
    '[',
    '{',
    '*a',
    '&a ',
    '? ',
    'x',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(piece).map((parts) => parts.join('')),
      ),
      (text) => {
        const read = readYaml(text, Page, 'page');
        for (const { line, column, message } of read.ok ? [] : read.mistakes) {
          expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
          expect(message).not.toMatch(/Invalid input|Too small|Unrecognized/);
        }
      },
    ),
  );
});
