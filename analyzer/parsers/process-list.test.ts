import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProcessList } from './process-list.ts';

const AUX = `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root           1  0.0  0.1 171024  9120 ?        Ss   Nov20   0:14 /usr/lib/systemd/systemd --switched-root
root        4021  0.0  0.0      0     0 ?        Z    10:03   0:00  \\_ [sh] <defunct>
USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root        4022  0.0  0.0      0     0 ?        Z    10:03   0:00  \\_ [sh] <defunct>
`;

test('processes of ps aux, titles again and again', () => {
  expect(parseProcessList(AUX)).toMatchObject({
    processes: 3,
    threads: null,
    zombies: 2,
    zombiesSeen: [{ line: 3, pid: 4021, parent: null }, { line: 5 }],
    busiest: [],
    line: 1,
  });
});

test('ps -eTF has a line a thread', () => {
  const text = `UID          PID    SPID    PPID  C    SZ   RSS PSR STIME TTY          TIME CMD
root        2744    2744       1  0 461234 92110   1 Nov21 ?        00:00:12 /usr/bin/containerd
root        2744    2751       1  0 461234 92110   1 Nov21 ?        00:00:12 /usr/bin/containerd
root        3127    3127    2744  0 461234 92110   1 Nov21 ?        00:00:12 [sh] <defunct>
`;
  expect(parseProcessList(text)).toMatchObject({
    processes: 2,
    threads: 3,
    zombies: 1,
    zombiesSeen: [{ pid: 3127, parent: 2744 }],
    busiest: [{ pid: 2744, threads: 2, command: '/usr/bin/containerd' }, { pid: 3127 }],
  });
});

test('/proc/PID/stat, names with blanks and brackets', () => {
  const stat = (pid: number, name: string, state: string, threads: number) =>
    `${pid} (${name}) ${state} 1 4021 4021 0 -1 1077936384 8212 0 0 0 4102 3712 0 0 20 0 ${threads} 0 5821 0\n`;
  expect(parseProcessList(stat(9, 'a) b', 'S', 9) + stat(10, 'sh', 'Z', 1))).toMatchObject({
    processes: 2,
    threads: 10,
    zombies: 1,
    busiest: [{ pid: 9, threads: 9, command: 'a) b' }, {}],
    line: 1,
  });
});

test('the head of top counts', () => {
  const top = 'top - 12:00:00 up 1 day\nTasks: 142 total,   1 running, 139 sleeping,   0 stopped,   2 zombie\n';
  expect(parseProcessList(top)).toMatchObject({ processes: 142, threads: null, zombies: 2, line: 2 });
  expect(parseProcessList('PID\tCount\n4021\t1500\n')).toBeNull();
});

test('any text is taken', () => {
  const line = fc.constantFrom('PID S CMD', '1 Z x', '2 S y', '1 (a) S 1 2', 'PID LWP CMD', 'x', '', '1 (');
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const list = parseProcessList(lines.join('\n'));
      if (list === null) return;
      expect(list.line).toBeLessThanOrEqual(Math.max(1, lines.length));
      expect(list.zombies).toBeLessThanOrEqual(list.processes);
      expect(list.threads ?? list.processes).toBeGreaterThanOrEqual(list.processes);
    }),
  );
});
