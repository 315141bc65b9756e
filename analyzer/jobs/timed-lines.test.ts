import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { type FileClock, NO_CLOCK } from '../core/file-clock.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { timedLines, timeOfLine } from './timed-lines.ts';

const LOG = 'var_log/messages';
const CLOCK: FileClock = {
  ...NO_CLOCK,
  stamps: 'yearless',
  zoneMinutes: -420,
  zoneFrom: 'inferred',
  yearReference: Date.UTC(2024, 4, 2),
};
const trace = `\tat a.b.c\n`.repeat(3);
const bundle = memoryBundle({
  [LOG]: `preface\nMay  1 05:00:00 node-1 app[1]: failed\n${trace}May  1 05:00:09 node-1 app[1]: again\n`,
});
const file: SourceFile = { ...(bundle.fileByPath(LOG) as SourceFile), clock: CLOCK };
const told = (from: number, count: number): readonly string[] =>
  timedLines(bundle, file, from, count).map((line) => `${line.number} ${line.time} ${line.timeBasis}`);

describe('timedLines', () => {
  it('gives a line without a stamp the instant of the line before, and says so', () => {
    expect(told(1, 10)).toEqual([
      '1 null null',
      '2 2024-05-01T12:00:00.000Z year-inferred',
      '3 2024-05-01T12:00:00.000Z inherited',
      '4 2024-05-01T12:00:00.000Z inherited',
      '5 2024-05-01T12:00:00.000Z inherited',
      '6 2024-05-01T12:00:09.000Z year-inferred',
    ]);
  });

  it('looks before the page that starts inside a message', () => {
    expect(told(4, 1)).toEqual(['4 2024-05-01T12:00:00.000Z inherited']);
    expect(timeOfLine(bundle, file, 5, '\tat a.b.c')).toEqual({
      time: '2024-05-01T12:00:00.000Z',
      timeBasis: 'inherited',
    });
    expect(timeOfLine(bundle, file, 1, 'preface')).toEqual({ time: null, timeBasis: null });
  });

  it('has no instants where the year is not known', () => {
    const unknown = { ...file, clock: { ...CLOCK, yearReference: null } };
    expect(timedLines(bundle, unknown, 2, 1)[0]?.time).toBeNull();
  });
});
