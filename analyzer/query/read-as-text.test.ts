import { expect, test } from 'vitest';
import { parseQuery } from './parse.ts';
import { readAsText } from './read-as-text.ts';

test.each([
  ['severity:error', 'severity: is no field and is searched for as text; the field is sev:, as in sev:error.'],
  ['kubelet Level:Warning', 'Level: is no field and is searched for as text; the field is sev:, as in sev:Warning.'],
  ['since:2024-05-01', 'since: is no field and is searched for as text; the field is after:, as in after:2024-05-01.'],
  [
    'time:now',
    'time: is no field and is searched for as text; times are told as in after:2024-05-01T12:00, before:2024-05-02 or near:5m@2024-05-01T12:03.',
  ],
  ['NOT kubelet', 'NOT is searched for as a word; -word leaves lines out.'],
  ['sync*', 'sync* is searched for with its *; sync alone finds what begins with it as well.'],
])('%s', (query, sentence) => {
  expect(parseQuery(query).ok).toBe(true);
  expect(readAsText(query)).toEqual([sentence]);
});

test.each([
  'error: timeout',
  'time: 12',
  '"time":"2024',
  '10.0.3.7:443',
  'level=error',
  '"severity:error"',
  '=NOT',
  'not found',
  'sev:error',
  'std::string',
  'file:*.log',
  '*',
  '/sync.*/',
])('%s says what it means', (query) => {
  expect(readAsText(query)).toEqual([]);
});

test('each sentence comes once', () => {
  expect(readAsText('NOT a NOT b severity:x')).toHaveLength(2);
});
