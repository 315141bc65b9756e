import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FileClock, NO_CLOCK } from '../core/file-clock.ts';
import { basisNote, rawStamp, readStamp, startsKlog, storedTime, unwrapLine } from './stamp.ts';

const COLLECTED = Date.UTC(2024, 4, 2, 9);
const iso = (line: string, collected: number | null = COLLECTED): string | null => {
  const stamp = readStamp(line, { ...NO_CLOCK, yearReference: collected });
  return stamp === null ? null : `${new Date(stamp.time).toISOString()} ${stamp.basis}`;
};

/** Every format of the ingest contract: sample, kind, stored time (years by COLLECTED, zone as in the text). */
const FORMATS: readonly (readonly [format: string, line: string, kind: string, stored: string])[] = [
  ['CRI', '2024-05-01T12:00:00.123456789Z stdout F E0501 11:00:00.1 1 a.go:1] x', 'zoned', '2024-05-01T12:00:00.123Z'],
  ['CRI, partial', '2024-05-01T12:00:00.1+02:00 stderr P x', 'zoned', '2024-05-01T10:00:00.100Z'],
  ['klog', 'E0501 12:00:00.123456       1 proxier.go:1] "x"', 'yearless', '2024-05-01T12:00:00.123Z'],
  ['glog with a year', 'W20240501 12:00:00.123456     1 a.cc:1] x', 'zoneless', '2024-05-01T12:00:00.123Z'],
  ['journal short', 'May 01 12:00:00 host kube-proxy[1]: E0501 x', 'yearless', '2024-05-01T12:00:00.000Z'],
  ['journal short-precise', 'May 01 12:00:00.123456 host a[1]: x', 'yearless', '2024-05-01T12:00:00.123Z'],
  ['journal short-iso', '2024-05-01T12:00:00+0200 host a[1]: x', 'zoned', '2024-05-01T10:00:00.000Z'],
  ['journal short-iso-precise', '2024-05-01T12:00:00.123456-0700 host a[1]: x', 'zoned', '2024-05-01T19:00:00.123Z'],
  ['journal short-full', 'Wed 2024-05-01 12:00:00 UTC host a[1]: x', 'zoned', '2024-05-01T12:00:00.000Z'],
  [
    'journal short-full, other zone',
    'Wed 2024-05-01 12:00:00 CEST host a[1]: x',
    'zoneless',
    '2024-05-01T12:00:00.000Z',
  ],
  ['RFC 3164', 'May  1 12:00:00 host app: x', 'yearless', '2024-05-01T12:00:00.000Z'],
  ['RFC 3164 with priority', '<13>May  1 12:00:00 host app: x', 'yearless', '2024-05-01T12:00:00.000Z'],
  ['RFC 5424', '<34>1 2003-10-11T22:14:15.003Z host app - ID47 - msg', 'zoned', '2003-10-11T22:14:15.003Z'],
  ['containerd', 'time="2024-05-01T12:00:00.5Z" level=error msg="x"', 'zoned', '2024-05-01T12:00:00.500Z'],
  ['logfmt, not quoted', 'level=info ts=2024-05-01T12:00:00.123Z caller=a.go:1', 'zoned', '2024-05-01T12:00:00.123Z'],
  ['logfmt, seconds', 'level=info ts=1714564800.123 caller=a.go:1', 'zoned', '2024-05-01T12:00:00.123Z'],
  ['zap', '{"level":"info","ts":"2024-05-01T12:00:00.123Z","msg":"x"}', 'zoned', '2024-05-01T12:00:00.123Z'],
  ['zap, own zone', '{"level":"info","ts":"2024-05-01T12:00:00.123+0200"}', 'zoned', '2024-05-01T10:00:00.123Z'],
  ['zap, seconds', '{"level":"info","ts":1714564800.123,"msg":"x"}', 'zoned', '2024-05-01T12:00:00.123Z'],
  ['klog as JSON, milliseconds', '{"ts":1714564800123.456,"caller":"a.go:1"}', 'zoned', '2024-05-01T12:00:00.123Z'],
  ['dmesg', '[12345.678901] x', 'boot', '1970-01-01T03:25:45.678Z'],
  ['dmesg, first second', '[    0.000000] Linux version', 'boot', '1970-01-01T00:00:00.000Z'],
  ['dmesg, raw', '<6>[  100.250000] x', 'boot', '1970-01-01T00:01:40.250Z'],
  ['dmesg --ctime', '[Wed May  1 12:00:00 2024] nf_conntrack: x', 'zoneless', '2024-05-01T12:00:00.000Z'],
  ['dmesg --time-format iso', '2024-05-01T12:00:00,123456+00:00 x', 'zoned', '2024-05-01T12:00:00.123Z'],
  [
    'docker json-file',
    '{"log":"x\\n","stream":"stderr","time":"2024-05-01T12:00:00.1Z"}',
    'zoned',
    '2024-05-01T12:00:00.100Z',
  ],
  [
    'docker json-file, long line',
    `{"log":"{\\"ts\\":\\"2023-01-01T00:00:00Z\\"} ${'x'.repeat(3000)}","stream":"stderr","time":"2024-05-01T12:00:00.1Z"}`,
    'zoned',
    '2024-05-01T12:00:00.100Z',
  ],
  ['Go', '2024/05/01 12:00:00 x', 'zoneless', '2024-05-01T12:00:00.000Z'],
  ['Go with microseconds', '2024/05/01 12:00:00.123456 x', 'zoneless', '2024-05-01T12:00:00.123Z'],
  ['Linux audit', 'type=AVC msg=audit(1364481363.243:24287): avc:', 'zoned', '2013-03-28T14:36:03.243Z'],
  [
    'Kubernetes audit',
    `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","requestURI":"/${'x'.repeat(400)}",` +
      '"requestReceivedTimestamp":"2024-05-01T12:00:00.100000Z","stageTimestamp":"2024-05-01T12:00:00.123456Z",' +
      '"annotations":{"authorization.k8s.io/decision":"allow"}}',
    'zoned',
    '2024-05-01T12:00:00.123Z',
  ],
  ['ISO, blank', '2024-05-01 12:00:00 x', 'zoneless', '2024-05-01T12:00:00.000Z'],
  ['ISO, comma (cloud-init)', '2024-05-01 12:00:00,250 - util.py[DEBUG]: x', 'zoneless', '2024-05-01T12:00:00.250Z'],
  ['ISO, zone behind a blank', '2024-05-01 12:00:00 +0530 x', 'zoned', '2024-05-01T06:30:00.000Z'],
  ['Serilog', '2024-05-01 12:00:00.123 +02:00 [INF] x', 'zoned', '2024-05-01T10:00:00.123Z'],
  ['ISO, hours alone', '2024-05-01 12:00:00.123+02 x', 'zoned', '2024-05-01T10:00:00.123Z'],
  ['ISO, hours alone, in JSON', '{"ts":"2024-05-01T12:00:00-07","msg":"x"}', 'zoned', '2024-05-01T19:00:00.000Z'],
  ['ISO, half an hour west', '2024-05-01T12:00:00-05:30 x', 'zoned', '2024-05-01T17:30:00.000Z'],
  ['ISO, postgres', '2024-05-01 12:00:00.123 UTC [1] LOG:  x', 'zoned', '2024-05-01T12:00:00.123Z'],
  ['envoy', '[2024-05-01 12:00:00.123][1][warning][config] x', 'zoneless', '2024-05-01T12:00:00.123Z'],
  [
    'common log',
    '10.0.0.1 - - [01/May/2024:12:00:00 +0200] "GET / HTTP/1.1" 200 1',
    'zoned',
    '2024-05-01T10:00:00.000Z',
  ],
  ['nginx errors', '2024/05/01 12:00:00 [error] 7#7: *1 x', 'zoneless', '2024-05-01T12:00:00.000Z'],
  ['date', 'Wed May  1 12:00:00 UTC 2024', 'zoned', '2024-05-01T12:00:00.000Z'],
  ['date, other zone', 'Wed May  1 12:00:00 CEST 2024', 'zoneless', '2024-05-01T12:00:00.000Z'],
  ['date, twelve hours', 'Wed May  1 01:30:00 PM UTC 2024', 'zoned', '2024-05-01T13:30:00.000Z'],
  ['etcd', '2024-05-01 12:00:00.123456 I | etcdserver: x', 'zoneless', '2024-05-01T12:00:00.123Z'],
  ['logrus on a terminal', 'INFO[2024-05-01T12:00:00Z] x', 'zoned', '2024-05-01T12:00:00.000Z'],
  ['level in brackets first', '[ERROR] 2024/05/01 12:00:00 x', 'zoneless', '2024-05-01T12:00:00.000Z'],
];

describe('rawStamp', () => {
  it('reads nothing of the line before, however short this one is', () => {
    for (const [, line] of FORMATS) {
      for (let length = 0; length < line.length; length++) {
        const part = line.slice(0, length);
        rawStamp(line);
        const behindItself = rawStamp(part);
        rawStamp('x'.repeat(line.length));
        expect(behindItself, part).toEqual(rawStamp(part));
      }
    }
  });

  it.each(FORMATS)('%s', (_, line, kind, stored) => {
    const raw = rawStamp(line);
    expect(raw?.kind).toBe(kind);
    expect(raw === null ? null : new Date(storedTime(raw, COLLECTED) ?? Number.NaN).toISOString()).toBe(stored);
  });

  it.each([
    'tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=40000 dport=443',
    '2m51s       Warning   Unhealthy   pod/x   Readiness probe failed',
    '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "x" -j KUBE-SVC-X',
    '    "time": "2024-05-01T12:00:00Z"',
    'goroutine 1 [running]:',
    '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms',
    'request done time=1500000000ns',
    'E0230 12:00:00.1 1 a.go:1] x',
    'E1301 12:00:00.1 1 a.go:1] x',
    '2024-02-30T12:00:00Z x',
    '2024-05-01T25:00:00Z x',
    '[12345] x',
    'plain text',
    '',
  ])('finds nothing in %j', (line) => {
    expect(rawStamp(line)).toBeNull();
  });

  it('finds nothing in a stamp that is cut', () => {
    for (const [, line] of FORMATS.filter(([format]) =>
      ['klog', 'CRI', 'RFC 3164', 'common log', 'date'].includes(format),
    )) {
      expect(rawStamp(line.slice(0, 13))).toBeNull();
    }
  });

  it('knows every day that exists and no other', () => {
    for (let month = 1; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        for (const year of [1970, 1999, 2000, 2023, 2024, 2100, 2199]) {
          const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const real = new Date(`${text}T00:00:00Z`);
          const exists = !Number.isNaN(real.getTime()) && real.toISOString().startsWith(text);
          expect(rawStamp(`${text} 00:00:00 x`)).toEqual(exists ? { kind: 'zoneless', time: real.getTime() } : null);
        }
      }
    }
  });
});

describe('readStamp', () => {
  const clock = (change: Partial<FileClock>): FileClock => ({ ...NO_CLOCK, ...change });

  it.each<readonly [string, Partial<FileClock>, string, string]>([
    [
      'zone of the file',
      { stamps: 'zoneless', zoneMinutes: 120, zoneFrom: 'given' },
      '2024/05/01 12:00:00 x',
      '2024-05-01T10:00:00.000Z zone-given',
    ],
    [
      'zone inferred',
      { stamps: 'zoneless', zoneMinutes: -60, zoneFrom: 'inferred' },
      '2024/05/01 12:00:00 x',
      '2024-05-01T13:00:00.000Z zone-inferred',
    ],
    [
      'the own zone wins',
      { stamps: 'zoneless', zoneMinutes: 120, zoneFrom: 'given' },
      '2024-05-01T12:00:00Z x',
      '2024-05-01T12:00:00.000Z explicit',
    ],
    ['shift', { stamps: 'zoned', shiftMs: 1500 }, '2024-05-01T12:00:00Z x', '2024-05-01T12:00:01.500Z explicit'],
    [
      'local lines of a mixed file',
      { stamps: 'mixed' },
      '2024/05/01 12:00:00 x',
      '2024-05-01T12:00:00.000Z zone-assumed',
    ],
    [
      'year and zone',
      { stamps: 'yearless', zoneMinutes: 60, zoneFrom: 'given', yearReference: COLLECTED },
      'May  1 12:00:00 h a: x',
      '2024-05-01T11:00:00.000Z year-inferred',
    ],
    [
      'since boot',
      { stamps: 'boot', boot: Date.UTC(2024, 4, 1), shiftMs: 1 },
      '[   60.500000] x',
      '2024-05-01T00:01:00.501Z boot-clock',
    ],
  ])('%s', (_, change, line, expected) => {
    const stamp = readStamp(line, clock(change));
    expect(stamp === null ? null : `${new Date(stamp.time).toISOString()} ${stamp.basis}`).toBe(expected);
  });

  it('has no instant without the boot', () => {
    for (const stamps of ['boot', 'mixed', 'zoned', 'yearless'] as const) {
      expect(readStamp('[   60.500000] x', clock({ stamps }))).toBeNull();
    }
  });

  it('has no instant without a year and without a collection time', () => {
    expect(iso('E0501 12:00:00.1 1 a.go:1] x', null)).toBeNull();
    expect(iso('E0501 12:00:00.1 1 a.go:1] x', 0)).toBeNull();
  });

  it('puts December before a collection in January into the year before', () => {
    expect(iso('E1231 23:59:59.0 1 a.go:1] x', Date.UTC(2025, 0, 1, 1))).toBe('2024-12-31T23:59:59.000Z year-inferred');
  });

  it('allows a zone ahead of UTC across New Year', () => {
    expect(iso('E0101 08:00:00.0 1 a.go:1] x', Date.UTC(2024, 11, 31, 23))).toBe(
      '2025-01-01T08:00:00.000Z year-inferred',
    );
  });

  it('finds the last leap year for 29 February', () => {
    expect(iso('E0229 08:00:00.0 1 a.go:1] x', Date.UTC(2026, 5, 1))).toBe('2024-02-29T08:00:00.000Z year-inferred');
  });

  it('never throws, whatever the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (line) => {
        const stamp = readStamp(line, { ...NO_CLOCK, yearReference: COLLECTED });
        unwrapLine(line);
        return stamp === null || Number.isFinite(stamp.time);
      }),
    );
  });
});

describe('unwrapLine', () => {
  it.each([
    ['2024-05-01T12:00:00.1Z stderr F E0501 a', { source: 'stderr', body: 'E0501 a' }],
    ['May  1 12:00:00 host kube-proxy[12]: E0501 a', { source: 'kube-proxy[12]', body: 'E0501 a' }],
    ['2024-05-01T12:00:00.1+0000 host kernel: a b', { source: 'kernel', body: 'a b' }],
    ['E0501 a', { source: null, body: 'E0501 a' }],
  ])('takes the wrapping off %s', (line, expected) => {
    expect(unwrapLine(line)).toEqual(expected);
  });

  it('tells a new klog message from the rest of one', () => {
    expect(startsKlog('E0501 12:00:00.123456       1 a.go:1] x')).toBe(true);
    expect(startsKlog('\texit status 2: iptables-restore')).toBe(false);
  });
});

describe('basisNote', () => {
  it('says what was assumed, the weakest first', () => {
    expect(basisNote(new Set(['explicit']), null)).toBeNull();
    expect(basisNote(new Set(['explicit', 'zone-assumed']), null)).toContain('zone');
    expect(basisNote(new Set(['zone-assumed', 'year-inferred']), 'the collection time 2024-05-02')).toBe(
      'the lines carry no year and no zone: the year comes from the collection time 2024-05-02, the zone is taken as UTC',
    );
  });

  it('claims UTC only of a zone that was taken as UTC', () => {
    const year = new Set(['year-inferred'] as const);
    expect(basisNote(year, 'x', new Set(['inferred']))).toMatch(/, the zone is inferred$/);
    expect(basisNote(year, 'x', new Set(['given', 'assumed']))).toMatch(/, the zone is taken as UTC$/);
    expect(basisNote(new Set(['zone-given']), 'x')).toBe('the lines carry no zone: the one given by hand is used');
  });
});
