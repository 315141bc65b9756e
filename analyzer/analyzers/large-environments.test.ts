import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { largeEnvironments } from './large-environments.ts';

const files = (text: string) => ({ 'system/instance-id.txt': 'i-0abc\n', 'system/large_environments.txt': text });

test('a list without rows passes, rows are a note', () => {
  expect(severities(largeEnvironments, files('PID\tCount\n'))).toEqual([]);
  const [one] = found(largeEnvironments, files('PID\tCount\n9\t1200\n10\t4000\n'));
  expect(one).toMatchObject({ severity: 'low', count: 2, evidence: [{ line: 3 }, { line: 2 }] });
  expect(one?.claim).toContain('4000 (process 10)');
});

test('an empty file says nothing', () => {
  expect(check(largeEnvironments, files(''))).toMatchObject({ outcome: 'skipped' });
});
