import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLargeEnvironments } from './large-environments.ts';

test('rows under their title', () => {
  expect(parseLargeEnvironments('PID\tCount\n4021\t1534\nx\n')).toEqual([{ line: 2, pid: 4021, variables: 1534 }]);
  expect(parseLargeEnvironments('PID\tCount\n')).toEqual([]);
  expect(parseLargeEnvironments('4021\t1534\n')).toBeNull();
});

test('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => (parseLargeEnvironments(`PID\tCount\n${text}`)?.length ?? -1) >= 0));
});
