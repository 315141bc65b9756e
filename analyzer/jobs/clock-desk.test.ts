import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import type { ClockOverrideRequest } from '../core/clock-override.ts';
import { type FileClock, NO_CLOCK } from '../core/file-clock.ts';
import type { CaseStore } from '../store/case-store.ts';
import { overrideClock } from './clock-desk.ts';

const LOCAL: FileClock = { ...NO_CLOCK, stamps: 'zoneless', zoneMinutes: 0, zoneFrom: 'assumed' };
const CLOCKS: Readonly<Record<string, FileClock>> = {
  'kubelet/kubelet.log': LOCAL,
  'kubelet/zoned.log': { ...NO_CLOCK, stamps: 'zoned' },
  'kubelet/config.json': NO_CLOCK,
};

/** A case of one bundle that keeps what is set. */
function caseOf(): { readonly store: CaseStore; readonly kept: ClockOverrideRequest[] } {
  const inner = memoryBundle(Object.fromEntries(Object.keys(CLOCKS).map((path) => [path, 'x\n'])));
  const files = inner.files().map((file) => ({ ...file, clock: CLOCKS[file.path] ?? NO_CLOCK }));
  const reader: BundleReader = { ...inner, bundle: { ...inner.bundle, node: 'node-1' }, files: () => files };
  const kept: ClockOverrideRequest[] = [];
  const store = {
    bundles: () => [reader],
    setOverride: (request: ClockOverrideRequest) => {
      kept.push(request);
      return { set: { ...request, id: kept.length, setAt: '' }, replaced: null };
    },
  };
  return { store: store as unknown as CaseStore, kept };
}

const ZONE: ClockOverrideRequest = { what: 'zone', value: '-0700', file: 'kubelet/*', node: null, bundle: null };

describe('overrideClock', () => {
  it('tells how many clocks it changes: zones only of local times', () => {
    const { store, kept } = caseOf();
    expect(overrideClock(store, ZONE)).toMatchObject({ ok: true, value: { files: 1 } });
    const shift = { ...ZONE, what: 'shift', value: '+90s', file: null, node: 'node-1' } as const;
    expect(overrideClock(store, shift)).toMatchObject({ ok: true, value: { files: 2 } });
    expect(kept).toEqual([ZONE, shift]);
  });

  it.each([
    [{ value: 'Mars' }, 'Mars', 'This is no zone'],
    [{ file: 'kubelet.lok' }, 'kubelet.lok', 'No file of this case'],
    [{ node: 'node-2' }, 'node-2', 'No bundle of this case'],
  ])('refuses %j and keeps nothing', (change, where, message) => {
    const { store, kept } = caseOf();
    const refused = overrideClock(store, { ...ZONE, ...change });
    expect(refused).toMatchObject({ ok: false, failure: { code: 'wrong-usage', where } });
    expect(refused.ok ? '' : refused.failure.message).toContain(message);
    expect(kept).toEqual([]);
  });
});
