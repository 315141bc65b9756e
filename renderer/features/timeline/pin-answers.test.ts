import { describe, expect, it } from 'vitest';
import { makeEvidence } from '../../bridge/fake/fake-case.ts';
import type { Correlation } from '../../model/types.ts';
import { NO_PLACE, type TimelinePlace } from '../../stores/timeline-route.ts';
import { pinnableCorrelation } from './pin-answers.ts';

const PIVOT: TimelinePlace = { ...NO_PLACE, pivot: { kind: 'text', text: 'lock' }, windowMs: 60_000 };
const found = (evidence: ReturnType<typeof makeEvidence> | null) =>
  ({
    state: 'ready',
    value: {
      pivot: { evidence, sentence: 'the first line with lock', time: '2025-10-14T10:07:44.812Z' },
    } as unknown as Correlation,
  }) as const;

describe('what of Timeline goes into the report', () => {
  it('is called by the line it happened around, where there is one', () => {
    expect(pinnableCorrelation({ place: PIVOT, correlation: found(makeEvidence()) }, null)).toEqual({
      question: { method: 'correlate.run', input: { bundles: null, pivot: { text: 'lock' }, windowMs: 60_000 } },
      title: 'What happened around iptables-save.txt:88, 14 Oct 2025 10:07:44',
    });
    expect(pinnableCorrelation({ place: PIVOT, correlation: found(null) }, null)?.title).toBe(
      'What happened around the first line with lock, 14 Oct 2025 10:07:44',
    );
  });

  it('is nothing before there is a pivot', () => {
    expect(pinnableCorrelation({ place: NO_PLACE, correlation: found(makeEvidence()) }, null)).toBeNull();
    expect(pinnableCorrelation({ place: PIVOT, correlation: { state: 'loading' } }, null)).toBeNull();
  });
});
