import path from 'node:path';
import { expect, it } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { type FileToSeal, SHA, sealFiles, UTC_CLOCK, writerIn } from '../../test/support/sealed-bundle.ts';
import { NO_CLOCK } from '../core/file-clock.ts';
import type { TimelineGap } from '../core/timeline.ts';
import { openBundle } from '../store/bundle-reader.ts';
import { gapsOfBundle } from './timeline-gaps.ts';

const file = (name: string, lines: readonly string[], role = 'system-log'): FileToSeal => ({
  ...{ name, role, clock: UTC_CLOCK, bytes: Buffer.from(lines.map((line) => `${line}\n`).join('')) },
});

const gapsOf = (files: readonly FileToSeal[]): Promise<readonly TimelineGap[]> =>
  inTemporaryFolder(async (folder) => {
    await sealFiles(writerIn(folder), files);
    const opened = openBundle(path.join(folder, `${SHA}.bundle`));
    if (!opened.ok) throw new Error(opened.failure.message);
    const gaps = await gapsOfBundle(opened.value, async () => {});
    opened.value.close();
    return gaps;
  });

const brief = (gaps: readonly TimelineGap[]) =>
  gaps.map(({ kind, from, to, evidence }) => [kind, clockTime(from), clockTime(to), evidence?.line ?? null]);
const clockTime = (iso: string | null) => iso?.slice(8, 19) ?? null;

it('what journald left out of a unit was between its last line before and the line that says so', async () => {
  const gaps = await gapsOf([
    file('messages', [
      'May  1 12:00:00 node kubelet[7]: one',
      'May  1 12:00:09 node kubelet[7]: last before',
      'May  1 12:00:20 node sshd[9]: another program',
      'May  1 12:00:39 node systemd-journald[393]: Suppressed 1204 messages from kubelet.service',
      'May  1 12:00:40 node kubelet[7]: goes on',
      'May  1 12:01:00 node systemd-journald[393]: Suppressed 7 messages from chronyd.service',
    ]),
  ]);
  expect(brief(gaps)).toEqual([
    ['suppressed', '01T12:00:09', '01T12:00:39', 4],
    // Of whom no line is near: only where it ends is known.
    ['suppressed', '01T12:01:00', '01T12:01:00', 6],
  ]);
  expect(gaps[0]?.evidence?.text).toContain('Suppressed 1204 messages');
  expect(gaps[0]?.sentence).toBe('journald left out 1,204 messages of kubelet.service before this line.');
  expect(gaps[0]?.component).toBe('system');
});

it('what rsyslog dropped was since it began to, by input', async () => {
  const gaps = await gapsOf([
    file('messages', [
      'May  1 12:00:00 node rsyslogd-2177: imjournal: begin to drop messages due to rate-limiting',
      'May  1 12:00:01 node rsyslogd: imuxsock[pid: 268, name: a]: 5 messages lost due to rate-limiting',
      'May  1 12:10:00 node rsyslogd-2177: imjournal: 236 messages lost due to rate-limiting',
      'May  1 12:20:00 node rsyslogd-2177: imjournal: 4 messages lost due to rate-limiting',
    ]),
  ]);
  expect(brief(gaps)).toEqual([
    ['suppressed', '01T12:00:01', '01T12:00:01', 2],
    ['suppressed', '01T12:00:00', '01T12:10:00', 3],
    ['suppressed', '01T12:20:00', '01T12:20:00', 4],
  ]);
});

it('a start of the node is between two lines; the first message of a kernel behind its mark is no other start', async () => {
  const gaps = await gapsOf([
    file('journal', [
      '-- Logs begin at Mon 2024-04-29 06:55:38 UTC, end at Wed 2024-05-01 12:00:00 UTC. --',
      'May  1 11:00:00 node systemd[1]: Reached target Reboot.',
      '-- Reboot --',
      'May  1 11:02:00 node kernel: Linux version 5.10.215',
      'May  1 11:02:01 node kernel: Command line: BOOT_IMAGE=/boot/vmlinuz',
    ]),
    file('messages', [
      'May  1 11:00:01 node rsyslogd: exiting on signal 15.',
      'May  1 11:02:00 node kernel: Linux version 5.10.215',
    ]),
  ]);
  expect(brief(gaps)).toEqual([
    ['journal-start', null, '29T06:55:38', 1],
    ['reboot', '01T11:00:00', '01T11:02:00', 3],
    ['reboot', '01T11:00:01', '01T11:02:00', 2],
  ]);
});

it('one header of the journal in each file is one start of it, and a start of a file no restart', async () => {
  const header = '-- Logs begin at Mon 2024-04-29 06:55:38 UTC, end at Wed 2024-05-01 12:00:00 UTC. --';
  const gaps = await gapsOf([
    file(
      'kubelet.log',
      [header, '-- Boot 6f8c1b0c7d3e4f0aa1b2c3d4e5f60718 --', 'May  1 11:00:00 n kubelet[1]: x'],
      'kubelet-log',
    ),
    file(
      'containerd.log',
      [header, 'May  1 11:00:00 node kernel: Linux version 5.10', '-- Reboot --'],
      'container-runtime-log',
    ),
  ]);
  expect(brief(gaps)).toEqual([['journal-start', null, '29T06:55:38', 1]]);
});

it('files that begin late, and files that are not there, are gaps without a line', async () => {
  const gaps = await gapsOf([
    file('kubelet.log', ['May  1 06:00:00 node kubelet[7]: x', 'May  1 13:00:00 node kubelet[7]: x'], 'kubelet-log'),
    file('messages', ['May  1 12:00:00 node sshd[1]: x']),
    file('messages.1', ['May  1 11:00:00 node sshd[1]: x']),
    file('messages.3', ['May  1 09:00:00 node sshd[1]: x', 'May  1 09:30:00 node sshd[1]: x']),
  ]);
  expect(brief(gaps)).toEqual([
    ['rotation', '01T09:30:00', '01T11:00:00', null],
    ['log-start', '01T06:00:00', '01T09:00:00', null],
  ]);
});

it('nothing is claimed where the lines may be in the log of the system, of pods, or of what has no time', async () => {
  const gaps = await gapsOf([
    file('messages', ['May  1 06:00:00 node kubelet[7]: x', 'May  1 13:00:00 node sshd[7]: x']),
    file('kubelet.log', ['May  1 12:00:00 node kubelet[7]: x'], 'kubelet-log'),
    file(
      '0.log',
      ['May  1 12:00:00 n systemd-journald[1]: Suppressed 5 messages from kubelet.service'],
      'container-log',
    ),
    {
      ...file('other', ['systemd-journald[1]: Suppressed 5 messages from a.service', '-- Reboot --']),
      clock: NO_CLOCK,
    },
  ]);
  expect(gaps).toEqual([]);
});

it('a log that is made of such lines is read to a bound, and that is said', async () => {
  const lines = Array.from({ length: 1_200 }, (_, at) => {
    const time = new Date(Date.UTC(2024, 4, 1) + at * 1_000).toISOString().slice(11, 19);
    return `May  1 ${time} node systemd-journald[393]: Suppressed 5 messages from a.service`;
  });
  const gaps = await gapsOf([file('messages', lines)]);
  expect(gaps).toHaveLength(500);
  expect(gaps.at(-1)?.sentence).toMatch(
    /before this line\. There may be further gaps in this bundle: they are not listed\.$/,
  );
  const dropping = lines.map((line) =>
    line.replace(/systemd-.*/, 'rsyslogd: imjournal: begin to drop messages due to rate-limiting'),
  );
  expect(await gapsOf([file('messages', dropping)])).toEqual([]);
});

it('rotated files that are missing are listed to a bound, and that is said', async () => {
  const line = (hour: number, at: number): string => `May  1 ${hour}:00:00 node kubelet[7]: text ${at}`;
  const gaps = await gapsOf(
    Array.from({ length: 502 }, (_, at) => [
      file(`${at}.log`, [line(12, at)]),
      file(`${at}.log.2`, [line(10, at)]),
    ]).flat(),
  );
  expect(gaps).toHaveLength(500);
  expect(gaps[498]?.sentence).toMatch(/^Number 1 of the rotated files between .* is not in the bundle\.$/);
  expect(gaps[499]?.sentence).toMatch(/There may be further gaps in this bundle: they are not listed\.$/);
});
