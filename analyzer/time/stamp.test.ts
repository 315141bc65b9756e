import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CLOCK } from '../core/file-clock.ts';
import { basisNote, readStamp, startsKlog, unwrapLine } from './stamp.ts';

const COLLECTED = Date.UTC(2024, 4, 2, 9);
const iso = (line: string, collected: number | null = COLLECTED): string | null => {
  const stamp = readStamp(line, { ...NO_CLOCK, yearReference: collected });
  return stamp === null ? null : `${new Date(stamp.time).toISOString()} ${stamp.basis}`;
};

describe('readStamp', () => {
  it.each([
    ['2024-05-01T12:00:00.123456789Z stdout F E0501 11:00:00.1 1 a.go:1] x', '2024-05-01T12:00:00.123Z explicit'],
    ['2024-05-01T12:00:00.123456+0200 host kubelet[1]: x', '2024-05-01T10:00:00.123Z explicit'],
    ['2024-05-01T12:00:00-05:30 host kubelet[1]: x', '2024-05-01T17:30:00.000Z explicit'],
    ['May  1 12:00:00 host kube-proxy[1]: E0501 x', '2024-05-01T12:00:00.000Z year-inferred'],
    ['E0501 12:00:00.123456       1 proxier.go:1] "x"', '2024-05-01T12:00:00.123Z year-inferred'],
    ['time="2024-05-01T12:00:00.5Z" level=error msg="x"', '2024-05-01T12:00:00.500Z explicit'],
    ['{"level":"info","ts":"2024-05-01T12:00:00.123Z","msg":"x"}', '2024-05-01T12:00:00.123Z explicit'],
    ['{"log":"x\\n","stream":"stderr","time":"2024-05-01T12:00:00.1Z"}', '2024-05-01T12:00:00.100Z explicit'],
    ['[Wed May  1 12:00:00 2024] nf_conntrack: table full', '2024-05-01T12:00:00.000Z zone-assumed'],
    ['2024/05/01 12:00:00 x', '2024-05-01T12:00:00.000Z zone-assumed'],
    ['2024-05-01 12:00:00,250 x', '2024-05-01T12:00:00.250Z zone-assumed'],
  ])('reads %s', (line, expected) => {
    expect(iso(line)).toBe(expected);
  });

  it.each(['[12345.678901] x', 'E0230 12:00:00.1 1 a.go:1] x', 'E1301 12:00:00.1 1 a.go:1] x', 'plain text', ''])(
    'knows no instant for %j',
    (line) => {
      expect(iso(line)).toBeNull();
    },
  );

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
    expect(basisNote(new Set(['zone-assumed', 'year-inferred']), '2024-05-02')).toContain('2024-05-02');
  });
});
