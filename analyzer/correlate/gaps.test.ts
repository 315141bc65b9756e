import { describe, expect, it } from 'vitest';
import { FileId } from '../core/ids.ts';
import {
  GAP_LITERALS,
  type GapSign,
  type LogSpan,
  logStartGaps,
  lostSentence,
  programOf,
  readGapSign,
  rotationGaps,
} from './gaps.ts';

const lost = (by: 'journald' | 'rsyslog' | 'kernel', count: number, of: string): GapSign => ({
  sign: 'lost',
  by,
  count,
  of,
});
const INPUT = 'imuxsock[pid: 268, name: /root/go-log-test-v2-attempts]';

describe('lines that say that others are missing', () => {
  it.each<[string, GapSign]>([
    [
      'Feb 14 19:59:55 node systemd-journal[27521]: Suppressed 17 messages from /system.slice/kubelet.service',
      lost('journald', 17, 'kubelet.service'),
    ],
    [
      'Nov 29 20:10:51 pluto systemd-journald[26393]: Suppressed 4499764 messages from run-r73.service',
      lost('journald', 4499764, 'run-r73.service'),
    ],
    [
      '2024-05-01T12:00:00+0000 node systemd-journald[393]: Suppressed 12 messages from containerd.service',
      lost('journald', 12, 'containerd.service'),
    ],
    [
      'Jun 28 03:08:43 localhost systemd-journal[1864]: Suppressed 917 messages from /',
      lost('journald', 917, 'everything'),
    ],
    [
      'May 01 12:00:00 node journal: Suppressed 2128 messages from /system.slice/docker.service',
      lost('journald', 2128, 'docker.service'),
    ],
    ['May 01 12:00:00 node systemd-journal[1770]: Missed 1427 kernel messages', lost('journald', 1427, 'the kernel')],
    [
      'Jun 28 10:32:17 localhost rsyslogd-2177: imjournal: 236 messages lost due to rate-limiting',
      lost('rsyslog', 236, 'imjournal'),
    ],
    [
      'Mar  3 16:37:44 kf rsyslogd[485065]: imjournal: 119806 messages lost due to rate-limiting (20000 allowed within 600 seconds)',
      lost('rsyslog', 119806, 'imjournal'),
    ],
    [
      'Apr 11 13:16:52 CTBC013 rsyslogd: rsyslogd[internal_messages]: 5923 messages lost due to rate-limiting (500 allowed within 5 seconds)',
      lost('rsyslog', 5923, 'rsyslogd[internal_messages]'),
    ],
    [
      `2017-07-28T08:18:44.000113+00:00 perftest rsyslogd: ${INPUT}: 193130 messages lost due to rate-limiting`,
      lost('rsyslog', 193130, INPUT),
    ],
    [
      `2017-07-28T08:18:44.037570+00:00 perftest rsyslogd: ${INPUT} from <perftest:>: begin to drop messages due to rate-limiting`,
      { sign: 'drops begin', of: INPUT },
    ],
    [
      'Jun 28 10:32:15 localhost rsyslogd-2177: imjournal: begin to drop messages due to rate-limiting',
      { sign: 'drops begin', of: 'imjournal' },
    ],
    [
      'May 01 12:00:00 node rsyslogd-2177: imuxsock begins to drop messages from pid 1234 due to rate-limiting',
      { sign: 'drops begin', of: 'imuxsock pid 1234' },
    ],
    [
      'May 01 12:00:06 node rsyslogd-2177: imuxsock lost 82 messages from pid 1234 due to rate-limiting',
      lost('rsyslog', 82, 'imuxsock pid 1234'),
    ],
    ['May 01 12:00:00 node kernel: net_ratelimit: 35 callbacks suppressed', lost('kernel', 35, 'net_ratelimit')],
    [
      'May 01 12:00:00 node kernel: [12345.678901] __nf_conntrack_alloc: 9 callbacks suppressed',
      lost('kernel', 9, '__nf_conntrack_alloc'),
    ],
    [
      'Wed 2024-05-01 12:00:00 UTC node systemd-journald[393]: Suppressed 12 messages from kubelet.service',
      lost('journald', 12, 'kubelet.service'),
    ],
    ['[Wed May  1 12:00:00 2024] net_ratelimit: 35 callbacks suppressed', lost('kernel', 35, 'net_ratelimit')],
    ['[12345.678901] net_ratelimit: 35 callbacks suppressed', lost('kernel', 35, 'net_ratelimit')],
    [
      'May 01 12:00:00 node kernel: Linux version 5.10.215-203.850.amzn2.x86_64 (mockbuild@host) #1 SMP',
      { sign: 'kernel starts' },
    ],
    ['2024-05-01T12:00:00+0000 node kernel: Linux version 6.1.84-99.169.amzn2023.x86_64', { sign: 'kernel starts' }],
    [
      '-- Logs begin at Mon 2024-04-29 06:55:38 UTC, end at Wed 2024-05-01 12:00:00 UTC. --',
      { sign: 'journal begins', since: 'Mon 2024-04-29 06:55:38 UTC' },
    ],
    [
      '-- Journal begins at Mon 2024-04-29 06:55:38 PDT, ends at Wed 2024-05-01 12:00:00 PDT. --',
      { sign: 'journal begins', since: 'Mon 2024-04-29 06:55:38 PDT' },
    ],
    ['-- Boot 6f8c1b0c7d3e4f0aa1b2c3d4e5f60718 --', { sign: 'boot mark' }],
    ['-- Reboot --\r', { sign: 'boot mark' }],
  ])('%s', (text, sign) => {
    expect(readGapSign(text)).toEqual(sign);
    expect(GAP_LITERALS.some((literal) => text.toLowerCase().includes(literal.toLowerCase()))).toBe(true);
  });

  it.each([
    // What is said again is known.
    'May  1 12:00:00 node kubelet[1]: last message repeated 5 times',
    'May  1 12:00:00 node rsyslogd: message repeated 5 times: [ kubelet[1]: sync failed]',
    // Others write the same words.
    'May  1 12:00:00 node java[7]: Suppressed 3 messages from /system.slice/kubelet.service',
    'May  1 12:00:00 node app[7]: \tSuppressed: java.lang.IllegalStateException',
    'May  1 12:00:00 node app[7]: imjournal: 236 messages lost due to rate-limiting',
    'May  1 12:00:00 node kubelet[7]: net_ratelimit: 35 callbacks suppressed',
    'May  1 12:00:00 node systemd-journald[393]: Suppressed 0 messages from kubelet.service',
    'May  1 12:00:00 node systemd-journald[393]: Runtime journal is using 8.0M (max allowed 4.0G)',
    'May  1 12:00:00 node kubelet[7]: I0501 12:00:00.000000 1 a.go:1] "Node" kernel="Linux version 5.10"',
    'May  1 12:00:00 node kernel: Command line: BOOT_IMAGE=/boot/vmlinuz',
    'Missed 41 kernel messages',
    'it printed -- Reboot -- once',
    '-- Boot order --',
    '-- No entries --',
    '-- Logs begin at some time --',
    '',
  ])('not: %s', (text) => {
    expect(readGapSign(text)).toBeNull();
  });

  it('are told in a sentence', () => {
    expect(lostSentence(lost('journald', 1204, 'kubelet.service') as never)).toBe(
      'journald left out 1,204 messages of kubelet.service before this line.',
    );
    expect(lostSentence(lost('kernel', 1, 'net_ratelimit') as never)).toBe(
      'The kernel left out 1 message of net_ratelimit before this line.',
    );
    expect(programOf('kubelet.service')).toBe('kubelet');
    expect(programOf('everything')).toBeNull();
  });
});

let nextId = 1;
const log = (path: string, first: number, last: number, component = 'system'): LogSpan => ({
  ...{ id: FileId.parse(nextId++), path, component, first, last },
});
const MINUTE = 60_000;

describe('rotated files', () => {
  it('one of which is not there leave a gap', () => {
    const [gap, ...others] = rotationGaps([log('m', 500, 600), log('m.1', 400, 499), log('m.3.gz', 100, 200)]);
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ kind: 'rotation', from: 200, to: 400, file: { path: 'm.1' } });
    expect(gap?.sentence).toBe('Number 2 of the rotated files between m.3.gz and m.1 is not in the bundle.');
  });

  it.each<[string, readonly LogSpan[]]>([
    ['all are there', [log('m', 500, 600), log('m.1', 300, 400), log('m.2.gz', 100, 200)]],
    ['the missing one would have nothing to hold', [log('m', 500, 600), log('m.2', 300, 500)]],
    [
      'days and restarts are no numbers of a rotation',
      [log('m-20240428', 1, 2), log('m-20240430', 5, 6), log('0.log', 1, 2), log('3.log', 8, 9)],
    ],
    ['other files', [log('a', 5, 6), log('b.2', 1, 2)]],
  ])('leave none: %s', (_, logs) => {
    expect(rotationGaps(logs)).toEqual([]);
  });
});

describe('logs that begin later than others of the node', () => {
  const logs = [
    log('var_log/messages', 100 * MINUTE, 200 * MINUTE),
    log('kubelet/kubelet.log', 0, 200 * MINUTE, 'kubelet'),
    log('containerd.log', 5 * MINUTE, 200 * MINUTE, 'containerd'),
    log('messages-20240428', 90 * MINUTE, 99 * MINUTE),
  ];

  it('leave a gap up to the start of the first of them, those that begin together none', () => {
    const [gap, ...others] = logStartGaps(logs, () => false);
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ kind: 'log-start', from: 0, to: 90 * MINUTE, file: { path: 'messages-20240428' } });
    expect(gap?.sentence).toContain('what system logged between, if it ran, is not in the bundle.');
  });

  it('leave none where another log may hold what they said', () => {
    expect(logStartGaps(logs, (component, before) => component === 'system' && before === 90 * MINUTE)).toEqual([]);
    expect(logStartGaps([], () => false)).toEqual([]);
  });
});
