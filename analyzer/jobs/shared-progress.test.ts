import { expect, test } from 'vitest';
import type { JobProgress } from '../core/job.ts';
import { SharedProgress } from './shared-progress.ts';

const at = (phase: string, bytesDone: number): JobProgress => ({
  ...{ phase, bytesDone, bytesTotal: 100, files: 1, lines: 10, bytesPerSecond: 5 },
});

test('imports side by side are told as one: sums, and the phase of the first that has not ended', () => {
  const told: JobProgress[] = [];
  const shared = new SharedProgress([null, null, null], (one) => told.push(one));
  shared.of(1, at('reading', 10));
  shared.of(0, at('sealing', 100));
  shared.of(1, at('reading', 20));
  shared.of(0, at('sealing', 100));
  expect(told.map((one) => one.phase)).toEqual([
    'starting, archive 1 of 3',
    ...new Array(3).fill('sealing, archive 1 of 3'),
  ]);
  expect(told.at(-1)).toEqual({
    ...{ phase: 'sealing, archive 1 of 3', bytesDone: 120, bytesTotal: null, files: 2, lines: 20, bytesPerSecond: 10 },
  });
});

test('one that has ended counts with what it read, and neither with its speed nor with its phase', () => {
  const told: JobProgress[] = [];
  const shared = new SharedProgress([null, null], (one) => told.push(one));
  shared.of(0, at('sealing', 100));
  shared.ended(0, 30);
  shared.of(1, at('reading', 40));
  expect(told.at(-1)).toEqual({
    ...{ phase: 'reading, archive 2 of 2', bytesDone: 140, bytesTotal: 200, files: 2, lines: 40, bytesPerSecond: 5 },
  });
});

test('sizes that are known before an import begins count to the whole; one alone says no number', () => {
  const told: JobProgress[] = [];
  const shared = new SharedProgress([90, 500, 7], (one) => told.push(one));
  shared.of(0, at('reading', 10));
  expect(told.at(-1)).toMatchObject({ bytesDone: 10, bytesTotal: 607 });
  new SharedProgress([null], (one) => told.push(one)).of(0, at('reading', 10));
  expect(told.at(-1)).toMatchObject({ phase: 'reading', bytesTotal: 100 });
});
