import { expect, test } from 'vitest';
import { FileTotals, NO_STAMPS } from './file-totals.ts';
import { FileId } from './ids.ts';

const FILE = FileId.parse(2);
const COUNTS = { lines: 3, warnings: 1, errors: 0, zoned: 0, zoneless: 0, yearless: 2, boot: 0 };

test('blocks of a file add up: counts, the first and last stamp in order, the least and the greatest', () => {
  const totals = new FileTotals();
  totals.addLines(FILE, COUNTS);
  totals.addLines(FILE, { ...COUNTS, errors: 4 });
  totals.addTimes(FILE, { first: 50, last: 40, min: 30, max: 60 });
  expect(totals.lastTime(FILE)).toBe(40);
  totals.addTimes(FILE, { first: 10, last: 20, min: 5, max: 20 });
  expect([totals.lines(FILE), totals.warnings(FILE), totals.errors(FILE)]).toEqual([6, 2, 4]);
  expect(totals.stamps(FILE)).toEqual({ ...NO_STAMPS, yearless: 4, first: 50, last: 20, min: 5, max: 60 });
});

test('a file without stamps has no times, also where others have; one without text has nothing', () => {
  const totals = new FileTotals();
  totals.addLines(FILE, { ...COUNTS, yearless: 0 });
  totals.addTimes(FileId.parse(3), { first: 0, last: 0, min: 0, max: 0 });
  expect(totals.stamps(FILE)).toEqual(NO_STAMPS);
  expect(totals.stamps(FileId.parse(3))).toEqual({ ...NO_STAMPS, first: 0, last: 0, min: 0, max: 0 });
  expect(totals.lines(FileId.parse(9_999))).toBe(0);
});

test('the first and the last time move to another year; another thread sees the same', () => {
  const totals = new FileTotals();
  totals.addTimes(FILE, { first: 1, last: 2, min: 1, max: 2 });
  totals.moveTimes(FILE, 101, 102);
  const again = new FileTotals(structuredClone(totals.values));
  expect(again.stamps(FILE)).toEqual({ ...NO_STAMPS, first: 101, last: 102, min: 1, max: 2 });
});
