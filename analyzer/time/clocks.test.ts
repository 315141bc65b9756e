import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FileClock, instantOffset } from '../core/file-clock.ts';
import { FileId } from '../core/ids.ts';
import { redated } from './calendar.ts';
import { type ClockFile, type InferredClock, inferClocks, stampKind } from './clocks.ts';
import { rawStamp, readStamp, storedTime } from './stamp.ts';

const NOW = Date.UTC(2026, 0, 1);
const EKS = 'eks_i-0abc_2024-05-01_1200-UTC_0.7.9.tar.gz';

interface Given {
  readonly path?: string;
  readonly role?: string;
  readonly text: string;
  readonly modified?: number | null;
  readonly yearReference?: number;
}

/** What the line scan of ingest would have found. */
function scanned({ path = 'var_log/messages', role = 'system-log', text, ...more }: Given, index: number): ClockFile {
  const yearReference = more.yearReference ?? NOW;
  const lines = text.split('\n').filter((line) => line !== '');
  const raw = lines.flatMap((line) => rawStamp(line) ?? []);
  const times = raw.flatMap((one) => storedTime(one, yearReference) ?? []);
  const count = (kind: string): number => raw.filter((one) => one.kind === kind).length;
  const bytes = Buffer.from(text);
  return {
    id: FileId.parse(index + 1),
    path,
    role,
    modified: more.modified ?? null,
    head: bytes.subarray(0, 8192),
    tail: bytes.length > 8192 ? bytes.subarray(-4096) : new Uint8Array(),
    first: times[0] ?? Number.NaN,
    last: times.at(-1) ?? Number.NaN,
    min: times.length === 0 ? Number.NaN : Math.min(...times),
    max: times.length === 0 ? Number.NaN : Math.max(...times),
    zoned: count('zoned'),
    zoneless: count('zoneless'),
    yearless: count('yearless'),
    boot: count('boot'),
    yearReference,
  };
}

type ClockInference = ReadonlyMap<FileId, InferredClock>;

function infer(bundleName: string, ...given: readonly Given[]): ClockInference {
  return inferClocks({ bundleName, collected: null, now: NOW, files: given.map(scanned) });
}

function clockOf(inference: ClockInference, index = 0): FileClock {
  return inference.get(FileId.parse(index + 1))?.clock as FileClock;
}

/** The instants of a file's lines, as the viewer shows them. */
function instants(inference: ClockInference, given: Given, index = 0): readonly (string | null)[] {
  const clock = clockOf(inference, index);
  return given.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readStamp(line, clock))
    .map((stamp) => (stamp === null ? null : new Date(stamp.time).toISOString().slice(0, 19)));
}

const syslog = (...stamps: readonly string[]): string =>
  stamps.map((stamp) => `${stamp} node-1 kubelet[1]: x\n`).join('');

describe('year', () => {
  it('a bundle taken on 2 January with logs from December sorts right', () => {
    const log = { text: syslog('Dec 30 23:00:00', 'Dec 31 23:59:59', 'Jan  1 00:00:01', 'Jan  2 08:00:00') };
    const inference = infer('eks_i-0abc_2025-01-02_0900-UTC_0.7.9.tar.gz', log);
    expect(instants(inference, log)).toEqual([
      '2024-12-30T23:00:00',
      '2024-12-31T23:59:59',
      '2025-01-01T00:00:01',
      '2025-01-02T08:00:00',
    ]);
    expect(clockOf(inference).because[0]).toMatch(/2025-01-02 09:00:00 UTC.*in the name eks_/);
  });

  it('a zone ahead of UTC may already be in the next year', () => {
    const log = { text: syslog('Dec 31 23:59:59', 'Jan  1 13:30:00') };
    const inference = infer('eks_i-0abc_2024-12-31_2345-UTC_0.7.9.tar.gz', log);
    expect(instants(inference, log)).toEqual(['2024-12-31T23:59:59', '2025-01-01T13:30:00']);
  });

  it('29 February is of the last leap year', () => {
    const log = { text: syslog('Feb 28 12:00:00', 'Feb 29 12:00:00', 'Mar  1 12:00:00') };
    expect(instants(infer('eks_i-0abc_2024-03-02_1200-UTC_1.tar.gz', log), log)[1]).toBe('2024-02-29T12:00:00');
    expect(instants(infer('eks_i-0abc_2025-03-02_1200-UTC_1.tar.gz', log), log)[1]).toBe('2024-02-29T12:00:00');
  });

  it('without a time in the name the latest stamp with a zone tells, else the last change of the file', () => {
    const log = { text: syslog('Dec 31 23:00:00'), yearReference: NOW };
    const zoned = { path: 'app.log', role: 'container-log', text: '2023-01-02T00:00:00.1Z stdout F x\n' };
    const byStamp = infer('logs.tar.gz', log, zoned);
    expect(instants(byStamp, log)).toEqual(['2022-12-31T23:00:00']);
    expect(clockOf(byStamp).because[0]).toContain('the latest stamp with a zone in the bundle, in app.log');
    const written = { ...log, modified: Date.UTC(2021, 11, 31, 23, 5) };
    const byChange = infer('logs.tar.gz', written);
    expect(instants(byChange, written)).toEqual(['2021-12-31T23:00:00']);
    expect(clockOf(byChange).because[0]).toContain('its last change by the archive');
  });

  it('a log that was written long after the latest stamp with a zone has the year of its last change', () => {
    const log = { text: syslog('May  2 10:00:00', 'May  4 10:00:00'), modified: Date.UTC(2024, 4, 4, 10, 1) };
    const zoned = { path: 'app.log', role: 'container-log', text: '2024-05-01T00:00:00.1Z stdout F x\n' };
    const inference = infer('logs.tar.gz', log, zoned);
    expect(instants(inference, log)).toEqual(['2024-05-02T10:00:00', '2024-05-04T10:00:00']);
    expect(clockOf(inference).because[0]).toContain('its last change by the archive');
    // Unpacked some day: that says nothing of its lines.
    const unpacked = { ...log, modified: Date.UTC(2025, 7, 4) };
    expect(instants(infer('logs.tar.gz', unpacked, zoned), log)[1]).toBe('2023-05-04T10:00:00');
    // Whatever was collected by its name was written before.
    const touched = { ...log, modified: Date.UTC(2025, 4, 4, 10, 1) };
    expect(instants(infer('logs_2024-05-05_0000-UTC.tar.gz', touched, zoned), log)[1]).toBe('2024-05-04T10:00:00');
  });

  it.each([0, Date.UTC(1980, 0, 1), Date.UTC(2030, 0, 1)])('has no year when the archive says %d', (modified) => {
    const log = { text: syslog('Dec 31 23:00:00'), modified };
    const inference = infer('logs.tar.gz', log);
    expect(instants(inference, log)).toEqual([null]);
    expect(clockOf(inference)).toMatchObject({ stamps: 'yearless', yearReference: null });
    expect(instantOffset(clockOf(inference))).toBeNull();
    expect(clockOf(inference).because[0]).toContain('the year is not known');
  });

  it('reads the year in what journalctl and the API server say', () => {
    const header = '-- Logs begin at Mon 2022-12-26 10:00:00 UTC, end at Mon 2023-01-02 09:00:00 UTC. --\n';
    const log = { text: header + syslog('Dec 31 23:00:00') };
    expect(instants(infer('logs', log), log)).toEqual([null, '2022-12-31T23:00:00']);
    const curl = {
      path: 'networking/curl_api_server.txt',
      role: 'api-server-check',
      text: '< date: Mon, 02 Jan 2023 09:00:00 GMT\n',
    };
    const bare = { text: syslog('Dec 31 23:00:00') };
    expect(instants(infer('logs', bare, curl), bare)).toEqual(['2022-12-31T23:00:00']);
  });

  it('a collection time that rests on something else than the name comes after the stamps of the bundle', () => {
    const log = { text: syslog('Dec 31 23:00:00') };
    const zoned = { path: 'app.log', role: 'container-log', text: '2023-01-02T00:00:00.1Z stdout F x\n' };
    const collected = { time: Date.UTC(2025, 5, 1), said: 'the collection time: the latest time of its files' };
    const told = (...files: readonly Given[]): ClockInference =>
      inferClocks({ bundleName: 'logs', now: NOW, files: files.map(scanned), collected });
    expect(instants(told(log, zoned), log)).toEqual(['2022-12-31T23:00:00']);
    expect(instants(told(log), log)).toEqual(['2024-12-31T23:00:00']);
    expect(clockOf(told(log)).because[0]).toContain(collected.said);
  });

  it('a log that was rotated away years ago keeps the year of its last change', () => {
    const old = {
      path: 'var_log/messages-old',
      text: syslog('Nov 30 10:00:00', 'Dec  1 10:00:00'),
      modified: Date.UTC(2021, 11, 1, 10, 1),
    };
    expect(instants(infer(EKS, old), old)).toEqual(['2021-11-30T10:00:00', '2021-12-01T10:00:00']);
    // A time that fits no line is the archive's own, not the log's.
    const other = { ...old, modified: Date.UTC(2021, 5, 1) };
    expect(instants(infer(EKS, other), other)).toEqual(['2023-11-30T10:00:00', '2023-12-01T10:00:00']);
  });
});

describe('redating', () => {
  it('asks for it only when years change', () => {
    const log = { text: syslog('Dec 30 23:00:00', 'Jan  1 00:00:01'), yearReference: NOW };
    const late = infer('eks_i-0abc_2025-01-02_0900-UTC_1.tar.gz', log).get(FileId.parse(1));
    expect(late?.redate).toBe(Date.UTC(2025, 0, 2, 9));
    const same = { ...log, yearReference: Date.UTC(2025, 0, 3) };
    expect(infer('eks_i-0abc_2025-01-02_0900-UTC_1.tar.gz', same).get(FileId.parse(1))?.redate).toBeNull();
  });

  it('gives the stored time that the better reference would have given', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 365 }),
        fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2030, 0, 1) }),
        fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2030, 0, 1) }),
        (day, from, to) => {
          const date = new Date(Date.UTC(2024, 0, 1 + day));
          const raw = {
            kind: 'yearless',
            month: date.getUTCMonth() + 1,
            day: date.getUTCDate(),
            timeOfDay: 1000,
          } as const;
          expect(redated(storedTime(raw, from) ?? 0, to)).toBe(storedTime(raw, to));
        },
      ),
    );
    expect(redated(Number.NaN, NOW)).toBeNaN();
  });
});

describe('zone', () => {
  const local = {
    path: 'kubelet/kubelet.log',
    role: 'kubelet-log',
    text: syslog('May  1 04:00:00', 'May  1 04:59:30'),
  };
  const offset = {
    path: 'containerd/log.txt',
    role: 'container-runtime-log',
    text: '2024-05-01T04:58:00-0700 node-1 containerd[9]: x\n',
  };

  it('a node in UTC-7 and one in UTC line up after inference', () => {
    const west = infer(EKS, local, offset);
    const utcLog = { ...local, text: syslog('May  1 11:59:30') };
    const utcJournal = { ...offset, text: '2024-05-01T11:58:00+0000 node-1 containerd[9]: x\n' };
    const utc = infer(EKS, utcLog, utcJournal);
    expect(instants(west, local).at(-1)).toBe('2024-05-01T11:59:30');
    expect(instants(utc, utcLog)).toEqual(['2024-05-01T11:59:30']);
    expect(clockOf(west)).toMatchObject({ zoneMinutes: -420, zoneFrom: 'inferred' });
    expect(clockOf(west).because[1]).toBe('zone -07:00: containerd/log.txt: stamps with -0700');
    expect(clockOf(utc)).toMatchObject({ zoneMinutes: 0, zoneFrom: 'inferred' });
  });

  const ZONES: readonly (readonly [string, Given, number])[] = [
    ['CRI stamps of the runtime', { role: 'container-log', text: '2024-05-01T04:00:00.1-07:00 stdout F x\n' }, -420],
    [
      'a journal line around one with its zone',
      { text: 'May  1 05:00:00 node-1 containerd[9]: time="2024-05-01T12:00:00.1Z" level=info\n' },
      -420,
    ],
    ['syslog RFC 5424', { text: '<30>1 2024-05-01T17:30:00.003+05:30 node-1 app 1 - - x\n' }, 330],
    ['timedatectl', { role: 'other', text: '      Time zone: America/Los_Angeles (PDT, -0700)\n' }, -420],
    ['/etc/timezone', { path: 'etc/timezone', role: 'other', text: 'Europe/Berlin\n' }, 120],
    ['date', { path: 'date', role: 'other', text: 'Wed May  1 05:00:00 PDT 2024\n' }, -420],
    ['date in en_US', { path: 'date', role: 'other', text: 'Wed 01 May 2024 05:00:00 PM PDT\n' }, -420],
    ['troubleshoot', { role: 'node-time', text: '{"timezone":"Asia/Tokyo","ntp":true}' }, 540],
    ['systemd', { role: 'other', text: '   Active: active since Wed 2024-05-01 05:00:00 CEST; 1h ago\n' }, 120],
    [
      'the API server',
      {
        role: 'api-server-check',
        text: 'curling https://a (1 of 5) 2024-05-01T04:59:58\n< date: Wed, 01 May 2024 11:59:59 GMT\n',
      },
      -420,
    ],
  ];
  it.each(ZONES)('is told by %s', (_, sign, minutes) => {
    expect(clockOf(infer(EKS, local, sign))).toMatchObject({ zoneMinutes: minutes, zoneFrom: 'inferred' });
  });

  it('is told by the ends of two logs, not of one, and not when another log would end in the future', () => {
    const other = { text: syslog('May  1 04:58:00') };
    expect(clockOf(infer(EKS, local, other))).toMatchObject({ zoneMinutes: -420, zoneFrom: 'inferred' });
    expect(clockOf(infer(EKS, local, other)).because[1]).toContain(
      'kubelet/kubelet.log and var_log/messages stand -07:00',
    );
    expect(clockOf(infer(EKS, local))).toMatchObject({ zoneMinutes: 0, zoneFrom: 'assumed' });
    expect(clockOf(infer(EKS, local, local))).toMatchObject({ zoneFrom: 'assumed' });
    const later = { path: 'var_log/cron', text: syslog('May  1 06:31:00') };
    expect(clockOf(infer(EKS, local, other, later))).toMatchObject({ zoneFrom: 'assumed' });
    const quiet = { ...local, text: syslog('May  1 04:37:00') };
    expect(clockOf(infer(EKS, quiet, { ...other, text: syslog('May  1 04:38:00') }))).toMatchObject({
      zoneFrom: 'assumed',
    });
  });

  it('is not told by ends of logs whose last stamp carries its zone', () => {
    const ended = (path: string, lines: string) => ({ path, text: `${lines}2024-05-01T11:58:00Z the end\n` });
    const logs = [
      ended('var_log/messages', syslog('May  1 03:58:00', 'May  1 03:58:01')),
      ended('var_log/cron', syslog('May  1 03:57:00', 'May  1 03:57:01')),
    ];
    expect(clockOf(infer(EKS, ...logs))).toMatchObject({ stamps: 'mixed', zoneMinutes: null });
    const plain = { path: 'var_log/secure', text: syslog('May  1 03:50:00') };
    expect(clockOf(infer(EKS, plain, ...logs))).toMatchObject({ zoneMinutes: 0, zoneFrom: 'assumed' });
  });

  it('is not inferred from a name without zone', () => {
    const sgfp = 'sgfp_bundle_shop_pod-1_20240501_120000';
    expect(clockOf(infer(sgfp, local, { text: syslog('May  1 04:58:00') }))).toMatchObject({ zoneFrom: 'assumed' });
  });

  it('is taken as UTC when signs contradict each other, and says which', () => {
    const clock = clockOf(infer(EKS, local, offset, { path: 'etc/timezone', role: 'other', text: 'Europe/Berlin\n' }));
    expect(clock).toMatchObject({ zoneMinutes: 0, zoneFrom: 'assumed' });
    expect(clock.because[1]).toMatch(/contradict.*-07:00 \(containerd\/log\.txt.*\+02:00 \(etc\/timezone/);
  });

  it('is taken as UTC when nothing tells it, and says so', () => {
    expect(clockOf(infer('logs', { ...local, modified: NOW })).because[1]).toBe(
      'zone taken as UTC: nothing in the bundle tells it',
    );
  });

  it('`date` in UTC is a sign only when nothing contradicts: it may have been asked for UTC', () => {
    const date = { path: 'date', role: 'other', text: 'Wed May  1 12:00:00 UTC 2024\n' };
    expect(clockOf(infer('logs', local, date))).toMatchObject({ zoneMinutes: 0, zoneFrom: 'inferred' });
    expect(clockOf(infer('logs', local, date, offset))).toMatchObject({ zoneMinutes: -420 });
  });

  it('follows daylight saving time: a name by the file, two offsets by the later one', () => {
    const winter = { ...local, text: syslog('Jan 10 04:00:00') };
    const named = { path: 'etc/timezone', role: 'other', text: 'America/Los_Angeles\n' };
    const both = infer(EKS, local, winter, named);
    expect([clockOf(both, 0).zoneMinutes, clockOf(both, 1).zoneMinutes]).toEqual([-420, -480]);
    const change = {
      ...offset,
      text: '2024-03-09T04:58:00-0800 node-1 containerd[9]: x\n2024-05-01T04:58:00-0700 node-1 containerd[9]: x\n',
    };
    const turned = clockOf(infer(EKS, local, change));
    expect(turned).toMatchObject({ zoneMinutes: -420, zoneFrom: 'inferred' });
    expect(turned.because[2]).toContain('off by an hour');
  });

  it('a file that goes through a change of summer time says that its older lines are off by an hour', () => {
    const named = { path: 'etc/timezone', role: 'other', text: 'America/Los_Angeles\n' };
    const span = (from: string, to: string) => ({ ...local, text: `${syslog(from)}${syslog(to)}` });
    const sentence = /^the offset is that of America\/Los_Angeles at 2024-0\d-.* off by an hour$/;
    const because = (from: string, to: string) => clockOf(infer(EKS, span(from, to), named)).because;
    expect(because('Mar  9 04:00:00', 'Mar 11 04:00:00')[2]).toMatch(sentence);
    expect(because('May  3 04:00:00', 'Apr 30 04:00:00')[2]).toMatch(sentence);
    expect(because('Mar 11 04:00:00', 'May  1 04:00:00')).toHaveLength(2);
  });

  it("a container's own stamps do not follow the node, but another log of the same program", () => {
    const klog = { path: 'var_log/kube-proxy.log', role: 'kube-proxy-log', text: 'E0501 12:00:00.1 1 a.go:1] x\n' };
    const alone = clockOf(infer(EKS, klog, offset));
    expect(alone).toMatchObject({ zoneMinutes: 0, zoneFrom: 'assumed' });
    expect(alone.because[1]).toContain("need not be the node's -07:00");
    const cri = {
      path: 'var_log/kube-proxy-x.log',
      role: 'kube-proxy-log',
      text: '2024-05-01T12:00:00.2Z stderr F E0501 14:00:00.199 1 a.go:1] x\n',
    };
    expect(clockOf(infer(EKS, klog, offset, cri))).toMatchObject({ zoneMinutes: 120, zoneFrom: 'inferred' });
  });

  it('a stamp of an application is no sign of the node, nor its level a host', () => {
    const app = { path: 'app.log', role: 'other', text: '2024-05-01T14:00:00+0200 INFO main: x\n' };
    expect(clockOf(infer(EKS, local, app))).toMatchObject({ zoneFrom: 'assumed' });
    expect(clockOf(infer(EKS, local, app, offset))).toMatchObject({ zoneMinutes: -420 });
    const inside = { path: 'app.log', role: 'container-log', text: '2024-05-01T14:00:00+0200 web main: x\n' };
    expect(clockOf(infer(EKS, local, inside, offset))).toMatchObject({ zoneMinutes: -420 });
  });

  it('cloud-init writes UTC on every node', () => {
    const cloud = { path: 'var_log/cloud-init.log', text: '2024-05-01 12:00:00,123 - util.py[DEBUG]: x\n' };
    expect(clockOf(infer(EKS, cloud, offset))).toMatchObject({ zoneMinutes: 0, zoneFrom: 'inferred' });
  });

  it('of two nodes in one bundle only the own signs count', () => {
    const other = { ...offset, text: offset.text.replace('node-1', 'node-2') };
    expect(clockOf(infer(EKS, local, other))).toMatchObject({ zoneFrom: 'assumed' });
    const whole = { ...offset, text: offset.text.replace('node-1', 'node-1.ec2.internal') };
    expect(clockOf(infer(EKS, local, whole))).toMatchObject({ zoneMinutes: -420 });
  });
});

describe('start of the kernel', () => {
  const current = {
    path: 'kernel/dmesg.current',
    role: 'kernel-log',
    text: '[    0.000000] Linux version 5\n[   12.300000] up\n',
  };
  const human = {
    path: 'kernel/dmesg.human.current',
    role: 'kernel-log',
    text: '[Wed May  1 04:00:00 2024] Linux version 5\n[Wed May  1 04:00:12 2024] up\n',
  };
  const btime = { path: 'system/procstat.txt', role: 'other', text: `btime ${Date.UTC(2024, 4, 1, 11) / 1000}\n` };

  it('dmesg in both forms and the start by the kernel tell the zone and the start', () => {
    const inference = infer(EKS, current, human, btime);
    expect(clockOf(inference, 1)).toMatchObject({ stamps: 'zoneless', zoneMinutes: -420, zoneFrom: 'inferred' });
    expect(instants(inference, current)).toEqual(['2024-05-01T11:00:00', '2024-05-01T11:00:12']);
    expect(instants(inference, human, 1)).toEqual(['2024-05-01T11:00:00', '2024-05-01T11:00:12']);
    expect(clockOf(inference).because[0]).toContain('2 messages stand both in kernel/dmesg.current');
  });

  it('says when the two ways to tell it differ', () => {
    const slept = { ...btime, text: `btime ${Date.UTC(2024, 4, 1, 10, 59) / 1000}\n` };
    expect(clockOf(infer(EKS, current, human, slept)).because[1]).toContain('60 s apart: the machine may have slept');
  });

  it('pairs that do not agree are none', () => {
    const wrong = { ...human, text: human.text.replace('04:00:12', '04:10:12') };
    expect(clockOf(infer(EKS, current, wrong))).toMatchObject({ boot: null });
    expect(clockOf(infer(EKS, current, wrong)).because[0]).toContain('not known');
  });

  const STARTS: readonly (readonly [string, Given])[] = [
    ['/proc/stat', btime],
    [
      'cloud-init',
      { text: "Cloud-init v. 22.2.2 running 'init' at Wed, 01 May 2024 11:00:08 +0000. Up 8.00 seconds.\n" },
    ],
    ['the journal', { text: 'May  1 11:00:00 node-1 kernel: Linux version 5.10\n' }],
    ['uptime', { path: 'uptime', role: 'other', text: ' 12:00:00 up  1:00,  2 users,  load average: 0.1\n' }],
    ['last', { role: 'other', text: 'reboot   system boot  5.10.0 Wed May  1 11:00   still running\n' }],
  ];
  it.each(STARTS)('is told by %s', (_, sign) => {
    expect(clockOf(infer(EKS, current, sign)).boot).toBe(Date.UTC(2024, 4, 1, 11));
  });

  it('is not told by uptime and a name whose zone nobody knows', () => {
    const uptime = { path: 'uptime', role: 'other', text: ' 12:00:00 up  1:00,  2 users,  load average: 0.1\n' };
    expect(clockOf(infer('sgfp_bundle_shop_pod-1_20240501_120000', current, uptime)).boot).toBeNull();
  });

  it('is not that of a crash before', () => {
    const crash = { ...current, path: 'crash/vmcore-dmesg.txt', text: '[    1.000000] panic\n' };
    expect(clockOf(infer(EKS, crash, btime)).boot).toBeNull();
  });
});

describe('inferClocks', () => {
  it.each([
    [{ zoned: 0, zoneless: 0, yearless: 0, boot: 0 }, 'none'],
    [{ zoned: 5, zoneless: 0, yearless: 0, boot: 0 }, 'zoned'],
    [{ zoned: 1, zoneless: 0, yearless: 99, boot: 0 }, 'yearless'],
    [{ zoned: 99, zoneless: 1, yearless: 0, boot: 0 }, 'zoned'],
    [{ zoned: 50, zoneless: 50, yearless: 0, boot: 0 }, 'mixed'],
    [{ zoned: 1, zoneless: 0, yearless: 0, boot: 9 }, 'boot'],
  ])('%j is %s', (counts, kind) => {
    expect(stampKind(counts)).toBe(kind);
  });

  it('has a clock for every file, also of an archive with more heads than are looked at', () => {
    const head = Buffer.from(`May  1 12:00:00 node-1 app[1]: ${'x'.repeat(8000)}\n`);
    const given = { text: 'May  1 12:00:00 node-1 app[1]: x\n' };
    const files = Array.from({ length: 6000 }, (_, index) => ({ ...scanned(given, index), head }));
    const inference = inferClocks({ bundleName: EKS, collected: null, now: NOW, files });
    expect(inference.size).toBe(6000);
    expect(clockOf(inference, 5999)).toMatchObject({ stamps: 'yearless', yearReference: Date.UTC(2024, 4, 1, 12) });
  });

  it('takes no longer for each of many files, whatever signs and dmesgs stand beside them', () => {
    const many = Array.from({ length: 60_000 }, (_, index) => ({
      path: `app/${index}.log`,
      text: index < 5000 ? 'Time zone: Europe/Berlin (CEST, +0200)\n2024-05-01 14:00:00 x\n' : '',
    }));
    const counted = { path: 'dmesg', role: 'kernel-log', text: '[   12.300000] up\n' };
    const human = { path: 'dmesg_-T', role: 'kernel-log', text: '[Wed May  1 14:00:12 2024] up\n' };
    const inference = infer(EKS, ...many, counted, human);
    expect(clockOf(inference, 60_000)).toMatchObject({ stamps: 'boot', boot: Date.UTC(2024, 4, 1, 11, 59, 59, 700) });
    expect(clockOf(inference, 4999)).toMatchObject({ stamps: 'zoneless', zoneMinutes: 120, zoneFrom: 'inferred' });
  });

  it('never throws, and claims nothing of a file without stamps, whatever the text', () => {
    const role = fc.constantFrom('kernel-log', 'system-log', 'api-server-check', 'kube-proxy-log', 'other');
    fc.assert(
      fc.property(fc.string(), fc.array(fc.record({ path: fc.string(), role, text: fc.string() })), (name, given) => {
        const inference = infer(name, ...given);
        expect(inference.size).toBe(given.length);
        for (const { clock } of inference.values()) {
          if (clock.stamps === 'none') expect(clock.because).toEqual([]);
        }
      }),
      { numRuns: 50 },
    );
  });
});
