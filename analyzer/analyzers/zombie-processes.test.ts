import { expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { zombieProcesses } from './zombie-processes.ts';

const ps = (zombies: number) => ({
  'ps.txt': `UID          PID    PPID  C STIME TTY          TIME CMD\nroot 1 0 0 Nov21 ? 00:00:12 init\n${Array.from({ length: zombies }, (_, at) => `root ${at + 100} 77 0 Nov21 ? 00:00:00 [sh] <defunct>\n`).join('')}`,
});

test.each([
  [0, []],
  [19, []],
  [20, ['low']],
  [1_000, ['medium']],
] as const)('%i: %o', (zombies, expected) => {
  expect(severities(zombieProcesses, ps(zombies))).toEqual(expected);
});

test('their parent is named', () => {
  const [one] = found(zombieProcesses, ps(20));
  expect(one?.claim).toContain('process 77');
  expect(one?.evidence[0]).toMatchObject({ line: 3 });
});

test('without a list it is skipped', () => {
  expect(check(zombieProcesses, {})).toMatchObject({ outcome: 'skipped' });
});
