import { describe, expect, it } from 'vitest';
import { ANALYSIS, HEALTHY, makeFile } from '../bridge/fake/fake-case.ts';
import { sameCitations, sameTimes, textAsksForFindings } from './basis.ts';

const FILE = makeFile(1, 'messages');
const shifted = (shiftMs: number) => ({ ...FILE, clock: { ...FILE.clock, shiftMs } });

describe('times', () => {
  it('are the same while no clock changes', () => {
    const other = makeFile(1, 'messages', { bundle: HEALTHY });
    expect(sameTimes([FILE], [shifted(0), other])).toBe(true);
    expect(sameTimes([FILE, other], [other, FILE])).toBe(true);
  });

  it.each([
    { shiftMs: 60_000 },
    { zoneMinutes: 120 },
    { zoneFrom: 'given' as const },
    { yearReference: 0 },
    { boot: 0 },
  ])('are others when a clock does: %o', (part) => {
    expect(sameTimes([FILE], [{ ...FILE, clock: { ...FILE.clock, ...part } }])).toBe(false);
  });
});

describe('lines that findings cite', () => {
  it('are the same in an analysis that found the same', () => {
    expect(sameCitations(ANALYSIS, structuredClone(ANALYSIS))).toBe(true);
    expect(sameCitations(ANALYSIS, { ...ANALYSIS, findings: ANALYSIS.findings.slice(1) })).toBe(false);
  });

  it.each([
    ['has:finding', true],
    ['lock -(sev:error OR has:finding)', true],
    ['lock "has:finding"', false],
    ['has:', false],
  ])('are asked for by %s: %s', (query, asks) => expect(textAsksForFindings(query)).toBe(asks));
});
