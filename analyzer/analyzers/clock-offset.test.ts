import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { clockOffset } from './clock-offset.ts';

const SERVER = Date.parse('2024-05-01T12:00:00Z');
const answers = (...offsets: readonly number[]) => ({
  'system/instance-id.txt': 'i-0abc\n',
  'networking/curl_api_server.txt': offsets
    .map((seconds, at) => {
      const node = new Date(SERVER + at * 1000 + seconds * 1000).toISOString().replace('Z', 'UTC');
      return `curling https://a (${at + 1} of 5) ${node}\n\n< HTTP/2 200\n< date: ${new Date(SERVER + at * 1000).toUTCString()}\n`;
    })
    .join(''),
});

test.each([
  [0, []],
  [-14, []],
  [16, ['low']],
  [-61, ['medium']],
  [300, ['high']],
  [-86_400, ['high']],
] as const)('%i seconds: %o', (seconds, expected) => {
  expect(severities(clockOffset, answers(seconds))).toEqual(expected);
});

test('the closest of them counts: a slow answer is no wrong clock', () => {
  expect(severities(clockOffset, answers(-70, -1, -90))).toEqual([]);
});

test('both lines are cited', () => {
  const [one] = found(clockOffset, answers(-600));
  expect(one?.title).toBe("The node's clock is 10 minutes behind the API server's");
  expect(one?.evidence).toMatchObject([{ line: 4 }, { line: 1 }]);
});

test('without an answer it is skipped', () => {
  expect(check(clockOffset, {})).toMatchObject({ outcome: 'skipped' });
});
