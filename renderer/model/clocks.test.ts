import { describe, expect, it } from 'vitest';
import { NO_CLOCK } from '../../analyzer/core/file-clock.ts';
import { AFFECTED, HEALTHY, makeFile } from '../bridge/fake/fake-case.ts';
import { ALIGNMENTS } from '../bridge/fake/fake-clocks.ts';
import { clockOf, givenWords, shiftValue, shiftWords, suggestedShift, zoneWords } from './clocks.ts';
import type { ClockAlignment } from './types.ts';

const aligned = (part: Partial<ClockAlignment>): ClockAlignment => ({
  ...(ALIGNMENTS.nodes[0] as ClockAlignment),
  ...part,
});

describe('clocks', () => {
  it('are told in words and as the engine takes them', () => {
    expect([0, 40, -98, 1_500, -90_000, 7_500_000, -90_061_000].map(shiftWords)).toEqual([
      '0 s',
      '0 s',
      '-0.1 s',
      '+1.5 s',
      '-90 s',
      '+2 h 5 min',
      '-1 d 1 h',
    ]);
    expect([-90_000, 1_500, 0].map(shiftValue)).toEqual(['-90s', '+1500ms', '+0s']);
    expect([0, -240, 345].map(zoneWords)).toEqual(['UTC', '-04:00', '+05:45']);
  });

  it('say what was given, and nothing where nothing was', () => {
    expect(givenWords(NO_CLOCK)).toBeNull();
    expect(givenWords({ ...NO_CLOCK, zoneMinutes: 120, zoneFrom: 'inferred' })).toBeNull();
    expect(givenWords({ ...NO_CLOCK, zoneMinutes: 120, zoneFrom: 'given', shiftMs: -90_000 })).toBe(
      'zone +02:00 given, shifted by -90 s',
    );
  });

  it('are those of the file, of this bundle', () => {
    const shifted = { ...NO_CLOCK, shiftMs: 5 };
    const files = [makeFile(1, 'a', { bundle: HEALTHY }), makeFile(1, 'a', { bundle: AFFECTED, clock: shifted })];
    expect(clockOf(files, { bundle: AFFECTED, file: 'a' })).toBe(shifted);
    expect(clockOf(files, { bundle: HEALTHY, file: 'a' })).toBe(NO_CLOCK);
    expect(clockOf(files, { bundle: AFFECTED, file: 'b' })).toBeNull();
  });

  it('are shifted by what anchors bear out, and by nothing else', () => {
    expect(suggestedShift(aligned({}))).toBe(-90_000);
    expect(suggestedShift(aligned({ offsetMs: -1_540 }))).toBe(1_500);
    expect(suggestedShift(aligned({ shiftMs: -90_000 }))).toBeNull();
    expect(suggestedShift(aligned({ offsetMs: 400 }))).toBeNull();
    expect(suggestedShift(aligned({ offsetMs: 4_000, spreadMs: 5_000 }))).toBeNull();
    expect(suggestedShift(aligned({ outcome: 'refused', offsetMs: null }))).toBeNull();
  });
});
