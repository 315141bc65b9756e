import { expect, test } from 'vitest';
import type { Required } from '../query/pattern.ts';
import { wantedOfRequired } from './required-text.ts';

const bytes = (text: string) => Buffer.from(text);

test.each<[string, Required | null, unknown]>([
  ['nothing', null, null],
  ['a literal', 'caf\u00e9 \u{1f600}', bytes('caf\u00e9 \u{1f600}')],
  ['what bytes that are no UTF-8 are shown as', 'ab\ufffdcd', { all: [bytes('ab'), bytes('cd')] }],
  ['halves of characters', '\ude00ab\ud83d', bytes('ab')],
  ['nothing but such', '\ufffd\ud83d', null],
  [
    'all of some',
    { all: ['a', '\ufffd', { any: ['b', 'c'] }] },
    { all: [bytes('a'), { any: [bytes('b'), bytes('c')] }] },
  ],
  ['all of one', { all: ['\ufffd', 'a'] }, bytes('a')],
  ['all of none', { all: ['\ufffd'] }, null],
  ['any of some', { any: ['a', 'b'] }, { any: [bytes('a'), bytes('b')] }],
  ['any with one that says nothing', { any: ['a', '\ufffd'] }, null],
])('%s', (_, required, wanted) => {
  expect(wantedOfRequired(required)).toEqual(wanted);
});
