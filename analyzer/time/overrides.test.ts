import { describe, expect, it } from 'vitest';
import type { ClockOverride } from '../core/clock-override.ts';
import { type FileClock, instantOffset, NO_CLOCK } from '../core/file-clock.ts';
import { BundleId } from '../core/ids.ts';
import { applyOverrides, type ClockOwner, refusedValue } from './overrides.ts';
import { matchesPath } from './path-pattern.ts';

const OWNER: ClockOwner = {
  id: BundleId.parse('a'.repeat(64)),
  name: 'node.tar.gz',
  node: 'node-1',
  collectedAt: '2024-05-01T12:00:00.000Z',
};
const LOCAL: FileClock = {
  ...NO_CLOCK,
  stamps: 'yearless',
  zoneMinutes: 0,
  zoneFrom: 'assumed',
  yearReference: Date.UTC(2024, 4, 1, 12),
  because: ['zone taken as UTC: nothing in the bundle tells it'],
};

let lastId = 0;
function override(value: string, over: Partial<ClockOverride> = {}): ClockOverride {
  lastId += 1;
  const what = /\d[smhd]/.test(value) ? 'shift' : 'zone';
  return { id: lastId, what, value, file: null, node: null, bundle: null, setAt: '2024-05-02T00:00:00Z', ...over };
}

describe('applyOverrides', () => {
  const apply = (clock: FileClock, ...overrides: readonly ClockOverride[]): FileClock =>
    applyOverrides(clock, 'kubelet/kubelet.log', OWNER, overrides);

  it('a node in UTC-7 and one in UTC line up after an override', () => {
    const west = apply(LOCAL, override('-07:00', { node: 'node-1' }));
    const utc = applyOverrides(LOCAL, 'kubelet/kubelet.log', { ...OWNER, node: 'node-2' }, [
      override('-07:00', { node: 'node-1' }),
    ]);
    const noonInUtc = Date.UTC(2024, 4, 1, 12);
    expect(Date.UTC(2024, 4, 1, 5) + (instantOffset(west) ?? Number.NaN)).toBe(noonInUtc);
    expect(noonInUtc + (instantOffset(utc) ?? Number.NaN)).toBe(noonInUtc);
    expect(west).toMatchObject({ zoneFrom: 'given' });
    expect(west.because).toEqual(['zone -07:00: given by hand; it was taken as UTC', ...LOCAL.because]);
    expect(utc).toBe(LOCAL);
  });

  it('resolves names of zones at the collection time', () => {
    expect(apply(LOCAL, override('America/Los_Angeles')).zoneMinutes).toBe(-420);
    expect(apply(LOCAL, override('America/Los_Angeles')).because[1]).toMatch(
      /^the offset is that of America\/Los_Angeles at 2024-05-01 12:00:00 UTC: .* off by an hour$/,
    );
    expect(apply(LOCAL, override('Asia/Tokyo')).because).toHaveLength(1 + LOCAL.because.length);
    const winter = { ...OWNER, collectedAt: '2024-01-01T00:00:00.000Z' };
    expect(applyOverrides(LOCAL, 'x', winter, [override('America/Los_Angeles')]).zoneMinutes).toBe(-480);
  });

  it('the nearest wins, then the last, and they are not added up', () => {
    const file = override('+3s', { file: 'kubelet/*' });
    const node = override('+90s', { node: 'node-1' });
    expect(apply(LOCAL, file, node).shiftMs).toBe(3000);
    expect(apply(LOCAL, node, override('-2m', { node: 'node-1' })).shiftMs).toBe(-120_000);
    expect(apply(LOCAL, node, override('1h', { bundle: OWNER.id })).shiftMs).toBe(3_600_000);
    expect(apply(LOCAL, override('1h', { bundle: BundleId.parse('b'.repeat(64)) }))).toBe(LOCAL);
    expect(apply(LOCAL, override('1h', { file: 'var_log/*' }))).toBe(LOCAL);
  });

  it('shifts stamps that carry their zone, and gives these no other zone', () => {
    const zoned: FileClock = { ...NO_CLOCK, stamps: 'zoned' };
    expect(apply(zoned, override('+02:00'))).toEqual(zoned);
    expect(1000 + (instantOffset(apply(zoned, override('+90s'))) ?? Number.NaN)).toBe(91_000);
    expect(apply(NO_CLOCK, override('+90s'))).toBe(NO_CLOCK);
  });

  it('says that a zone is not used where some stamps carry theirs', () => {
    const mixed: FileClock = { ...NO_CLOCK, stamps: 'mixed' };
    const given = apply(mixed, override('+02:00'));
    expect(given).toMatchObject({ stamps: 'mixed', zoneMinutes: null, zoneFrom: null });
    expect(given.because[0]).toMatch(/^the zone given by hand is not used: some lines carry their zone/);
  });

  it('moves a start of the kernel that was read in the zone, and no other', () => {
    const boot: FileClock = { ...NO_CLOCK, stamps: 'boot', boot: 1_000_000_000 };
    expect(apply(boot, override('+01:00')).boot).toBe(1_000_000_000);
    const read = apply({ ...boot, zoneMinutes: 0, zoneFrom: 'assumed' }, override('+01:00'));
    expect(read.boot).toBe(1_000_000_000 - 3_600_000);
  });

  it('a node without a name goes by the name of its bundle', () => {
    const unnamed = { ...OWNER, node: null };
    expect(applyOverrides(LOCAL, 'x', unnamed, [override('+90s', { node: 'node.tar.gz' })]).shiftMs).toBe(90_000);
  });
});

describe('refusedValue', () => {
  it('says what was expected', () => {
    expect(refusedValue({ what: 'zone', value: 'Mars' })).toContain('`+02:00`, `-0700`, `UTC`');
    expect(refusedValue({ what: 'shift', value: '90' })).toContain('`+90s`, `-2m`, `1h30m`');
    expect(refusedValue({ what: 'zone', value: '-0700' })).toBeNull();
    expect(refusedValue({ what: 'shift', value: '1h30m' })).toBeNull();
  });
});

describe('matchesPath', () => {
  it.each([
    ['kubelet/kubelet.log', 'kubelet/kubelet.log', true],
    ['kubelet.log', 'kubelet/kubelet.log', true],
    ['let.log', 'kubelet/kubelet.log', false],
    ['*.log', 'a/b/c.log', true],
    ['kube*/*.log', 'kubelet/kubelet.log', true],
    ['kube*/*.log', 'x/kubelet/kubelet.log', false],
    ['**/kubelet.log', 'kubelet.log', true],
    ['var_log/**', 'var_log/a/b', true],
    ['a/**/z/*', 'a/z/b/z/c', true],
    ['a/**/z', 'a/b/c', false],
    ['**', 'a/b', true],
    ['m?ssages', 'var_log/messages', true],
    ['a*b*c', 'aXbYbZc', true],
    ['[x]', 'a/[x]', true],
    ['', 'a', false],
  ])('%s for %s: %s', (pattern, path, expected) => {
    expect(matchesPath(pattern, path)).toBe(expected);
  });

  it('ends for names made to make it slow', () => {
    expect(matchesPath(`${'*a'.repeat(2000)}b`, 'a'.repeat(4096))).toBe(false);
  });
});
