import { expect, it } from 'vitest';
import { AFFECTED } from '../bridge/fake/fake-case.ts';
import type { FindingId } from '../model/types.ts';
import { formatRoute, parseRoute } from './navigation.ts';
import { NO_PLACE, type PivotQuestion, timelinePlace, timelineRoute } from './timeline-route.ts';

const PIVOTS: readonly (PivotQuestion | null)[] = [
  null,
  { kind: 'line', bundle: AFFECTED, file: 'var_log/a b&c.log', line: 7 },
  { kind: 'finding', finding: 'f1' as FindingId },
  { kind: 'text', text: 'sync "failed" & more' },
  { kind: 'time', time: '2025-10-14T10:07:44.812Z' },
];

it.each(PIVOTS)('a route with the pivot %j is read back as it was', (pivot) => {
  const place = {
    view: { from: Date.parse('2025-10-14T10:00:00.250Z'), to: Date.parse('2025-10-14T11:00:00Z') },
    pivot,
    windowMs: pivot === null ? 300_000 : 900_000,
  };
  expect(timelinePlace(parseRoute(formatRoute(timelineRoute(place))).params)).toEqual(place);
});

it('what is no place is none', () => {
  const params = { from: '2025-10-14T11:00Z', to: '2025-10-14T10:00Z', line: '0', bundle: 'x', file: 'y', window: '7' };
  expect(timelinePlace(params)).toEqual(NO_PLACE);
});
