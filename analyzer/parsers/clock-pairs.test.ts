import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseClockPairs } from './clock-pairs.ts';

test('each stamp and the first answer behind it', () => {
  const text = `curling https://a (1 of 5) 2024-05-01T12:00:00.123UTC

* Connected to a (10.0.0.1) port 443 (#0)
* start date: Apr 30 12:00:00 2024 GMT
< HTTP/2 200
< date: Wed, 01 May 2024 12:05:00 GMT
< Date: Wed, 01 May 2024 12:09:00 GMT
curling https://a (2 of 5) 2024-05-01T12:00:01.000UTC
curl: (28) Connection timed out
2024-05-01T12:00:03Z
< date: Wed, 01 May 2024 12:00:03 GMT
`;
  expect(parseClockPairs(text)).toEqual([
    {
      line: 1,
      node: Date.parse('2024-05-01T12:00:00.123Z'),
      server: Date.parse('2024-05-01T12:05:00Z'),
      serverLine: 6,
    },
    { line: 10, node: Date.parse('2024-05-01T12:00:03Z'), server: Date.parse('2024-05-01T12:00:03Z'), serverLine: 11 },
  ]);
});

test('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => parseClockPairs(`2024-05-01T12:00:00Z\n${text}`).length === 0));
});
