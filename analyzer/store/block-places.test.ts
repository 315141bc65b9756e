import { describe, expect, test } from 'vitest';
import { type FileToSeal, sealed, UTC_CLOCK, YEAR_REFERENCE } from '../../test/support/sealed-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { type FileClock, NO_CLOCK } from '../core/file-clock.ts';
import type { FileId } from '../core/ids.ts';
import { LINE_SEVERITY } from '../formats/severity.ts';
import { timedLines } from '../jobs/timed-lines.ts';
import { stampBefore } from '../time/carried-stamp.ts';
import { LOOK_BACK_LINES } from '../time/look-back.ts';

const A = 1 as FileId;
const HOUR = 3_600_000;

/** A stamped message, then the lines that continue it; enough of them to fill many blocks of 128 KB. */
function traces(messages: number, linesOf: (nth: number) => number, stampOf: (nth: number) => string): Buffer {
  const parts: string[] = [];
  for (let nth = 0; nth < messages; nth++) {
    parts.push(`${stampOf(nth)} message ${nth} ${'x'.repeat(60)}\n`);
    for (let line = 0; line < linesOf(nth); line++)
      parts.push(`\tat some.package.Class${nth}.method(File.java:${line})\n`);
  }
  return Buffer.from(parts.join(''));
}

const klog = (nth: number): string =>
  `E0501 ${new Date(nth * 1000).toISOString().slice(11, 19)}.000000       1 a.go:1]`;
const zoned = (nth: number): string => new Date(Date.UTC(2024, 4, 1) + nth * 1000).toISOString();
const zoneless = (nth: number): string => zoned(nth).replace('Z', '');

/** @returns how many lines have an instant outside of what their block says, and how many have one at all. */
function outside(
  reader: BundleReader,
  id: FileId,
): { readonly outside: number; readonly timed: number; readonly blocks: number } {
  const file = reader.file(id);
  if (file === null) throw new Error('no such file');
  let [wrong, timed] = [0, 0];
  const places = reader.candidates(null, new Set([id]));
  for (const { firstLine, lines, timeMin, timeMax, ownTimeMin, ownTimeMax } of places) {
    for (const line of timedLines(reader, file, firstLine, lines)) {
      if (line.time === null) continue;
      timed += 1;
      const time = Date.parse(line.time);
      const isOwn = line.timeBasis !== 'inherited';
      if (isOwn && (ownTimeMin === null || ownTimeMax === null || time < ownTimeMin || time > ownTimeMax)) wrong += 1;
      if (timeMin === null || timeMax === null || time < timeMin || time > timeMax) wrong += 1;
    }
  }
  return { outside: wrong, timed, blocks: places.length };
}

describe('places of blocks', () => {
  const zonelessClock: FileClock = { ...NO_CLOCK, stamps: 'zoneless', zoneMinutes: 120, zoneFrom: 'inferred' };
  const cases: readonly (readonly [string, FileClock, Buffer, number | undefined])[] = [
    ['stack traces over block borders', UTC_CLOCK, traces(2_000, (nth) => nth % 190, klog), undefined],
    ['a trace longer than lines are looked back', UTC_CLOCK, traces(60, () => 4_000, klog), undefined],
    [
      'local times of which some carry their zone',
      zonelessClock,
      traces(
        6_000,
        (nth) => nth % 7,
        (nth) => (nth % 40 === 0 ? zoned(nth) : zoneless(nth)),
      ),
      undefined,
    ],
    [
      'boot stamps among which a wall clock stands',
      { ...NO_CLOCK, stamps: 'boot', boot: Date.UTC(2024, 3, 1) },
      traces(
        9_000,
        (nth) => nth % 3,
        (nth) => (nth % 50 === 0 ? zoned(nth) : `[${String(nth).padStart(5)}.000000]`),
      ),
      undefined,
    ],
    [
      'a clock shifted by hand',
      { ...UTC_CLOCK, shiftMs: -5 * HOUR },
      traces(2_000, (nth) => nth % 20, klog),
      undefined,
    ],
    [
      'years that were put right, beside stamps that have theirs',
      { ...UTC_CLOCK, stamps: 'mixed', yearReference: YEAR_REFERENCE - 365 * 24 * HOUR },
      traces(
        4_000,
        (nth) => nth % 9,
        (nth) => (nth % 10 === 0 ? zoned(nth) : klog(nth)),
      ),
      YEAR_REFERENCE - 365 * 24 * HOUR,
    ],
  ];

  test.each(cases)('never exclude the instant of a line: %s', async (_, clock, bytes, redate) => {
    const seen = await sealed(
      [{ name: 'a.log', bytes, clock, ...(redate === undefined ? {} : { redate }) }],
      (reader) => outside(reader, A),
    );
    expect(seen.outside).toBe(0);
    expect(seen.timed).toBeGreaterThan(1_000);
    expect(seen.blocks).toBeGreaterThan(3);
  });

  test('tell blocks of different times apart', async () => {
    const places = await sealed([{ name: 'a.log', bytes: traces(9_000, () => 2, klog) }], (reader) =>
      reader.candidates(null),
    );
    const first = places[0];
    const last = places.at(-1);
    expect(first?.timeMax).toBeLessThan(last?.timeMin ?? 0);
    expect(places.reduce((sum, place) => sum + place.lines, 0)).toBe(27_000);
    expect(places.reduce((sum, place) => sum + place.errors, 0)).toBe(9_000);
  });

  test('have no times in a file without stamps', async () => {
    const bytes = Buffer.from('nothing here\n'.repeat(30_000));
    const places = await sealed([{ name: 'a.txt', bytes, clock: NO_CLOCK }], (reader) => reader.candidates(null));
    expect(places.map(({ timeMin, timeMax }) => [timeMin, timeMax])).toEqual(places.map(() => [null, null]));
    expect(places.length).toBeGreaterThan(1);
  });

  test('are those of the blocks that are read', async () => {
    const log = traces(3_000, (nth) => nth % 30, klog);
    const other = traces(3_000, () => 3, zoned);
    const [places, read, among, readAmong] = await sealed(
      { 'a.log': log, 'b.log': other, 'copy.log': log },
      (reader) => {
        const wanted = Buffer.from('message 2999 ');
        const only = new Set([2 as FileId]);
        return [
          reader.candidates(wanted).map((place) => reader.block(place)),
          [...reader.blocksWith([wanted])],
          reader.candidates(null, only).map((place) => reader.block(place)),
          [...reader.blocksWith([], only)],
        ];
      },
    );
    expect(places).toEqual(read);
    expect(places?.length).toBeGreaterThan(0);
    expect(among).toEqual(readAmong);
    expect(among?.length).toBeGreaterThan(3);
  });

  test('are the same whether or not all are known already', async () => {
    const log = traces(3_000, (nth) => nth % 40, klog);
    const files = {
      'a.log': log,
      'b.bin': Buffer.alloc(300_000),
      'c.log': traces(9_000, () => 3, zoned),
      'd.log': log,
    };
    await sealed(files, (reader) => {
      const ask = () => [
        reader.candidates(Buffer.from('message 2999 ')),
        reader.candidates(Buffer.from('message 8999 '), new Set([A])),
        ...[1, 2, 3, 4, 5].map((id) => reader.candidates(null, new Set([id as FileId]))),
        reader.candidates(null, new Set([3 as FileId, A])),
      ];
      const before = ask();
      const all = reader.candidates(null);
      expect(ask()).toEqual(before);
      expect(before.map((places) => places.length > 0)).toEqual([true, false, true, false, true, false, false, true]);
      expect(before.at(-1)).toEqual(all);
      expect(before[0]?.length).toBeLessThan(all.length);
    });
  });

  test('give the stamp that the first lines of a block have from before it', async () => {
    await sealed([{ name: 'a.log', bytes: traces(300, (nth) => (nth % 5) * 100, klog) }], (reader) => {
      const file = reader.file(A);
      if (file === null) throw new Error('no such file');
      const carried = reader.candidates(null).map((place) => [reader.carriedInto(place), place.firstLine] as const);
      for (const [stamp, line] of carried) {
        const known = stampBefore(reader, file, line);
        expect(stamp).toEqual(known === null ? null : { time: known.time, line: known.line });
        if (stamp !== null) expect(line - stamp.line).toBeLessThanOrEqual(LOOK_BACK_LINES);
      }
      expect(new Set(carried.map(([stamp]) => stamp === null))).toEqual(new Set([true, false]));
    });
  });
});

describe('levels beside the text', () => {
  /** Every third line is an error by its priority, every fifth says so itself. */
  const journal = Array.from(
    { length: 12_000 },
    (_, nth) => `2024-05-01T00:00:00.000000+0000 node app[1]: ${nth % 5 === 0 ? 'level=warning' : 'line'} ${nth}`,
  );
  const starts: number[] = [];
  let size = 0;
  for (const line of journal) {
    starts.push(size);
    size += line.length + 1;
  }
  const file: FileToSeal = {
    name: 'system.journal',
    bytes: Buffer.from(`${journal.join('\n')}\n`),
    format: 'journal',
    marks: starts.flatMap((start, nth) => (nth % 3 === 0 ? { start, severity: LINE_SEVERITY.error } : [])),
  };
  const before: FileToSeal = {
    name: 'a.log',
    bytes: Buffer.from('E0501 00:00:00.000000       1 a.go:1] x\n'.repeat(99)),
  };
  const behind: FileToSeal = {
    name: 'z.log',
    bytes: Buffer.from('W0501 00:00:00.000000       1 a.go:1] x\n'.repeat(99)),
  };
  const levelOf = (number: number): string | undefined =>
    (number - 1) % 3 === 0 ? 'error' : (number - 1) % 5 === 0 ? 'warning' : undefined;

  test('are told for any lines of a journal, and for no other file', async () => {
    await sealed([before, file, behind], (reader) => {
      for (const [first, lines] of [
        [1, 12_000],
        [1, 1],
        [2, 1],
        [5_000, 777],
        [11_999, 50],
        [12_001, 5],
      ] as const) {
        const levels = reader.severitiesOf(2 as FileId, first, lines);
        const numbers = Array.from({ length: lines }, (_, nth) => first + nth).filter((number) => number <= 12_000);
        expect([...(levels ?? [])]).toEqual(
          numbers.flatMap((number) => (levelOf(number) === undefined ? [] : [[number, levelOf(number)]])),
        );
      }
      expect(reader.candidates(null, new Set([2 as FileId])).length).toBeGreaterThan(3);
      expect(reader.severitiesOf(A, 1, 99)).toBeNull();
    });
  });
});

describe('bytes of a file', () => {
  test('are those that were imported, text or not, from anywhere to anywhere', async () => {
    const log = traces(3_000, (nth) => nth % 5, klog);
    const binary = Buffer.from(Array.from({ length: 400_000 }, (_, nth) => (nth * 7919) & 0xff));
    await sealed({ 'a.log': log, 'b.bin': binary, 'empty.log': Buffer.alloc(0), 'c.bin': binary }, (reader) => {
      const wholes = [log, binary, Buffer.alloc(0), binary];
      for (const [nth, whole] of wholes.entries()) {
        for (const [from, count] of [
          [0, 16],
          [131_000, 70_000],
          [whole.length - 5, 99],
          [whole.length, 10],
        ] as const) {
          if (from < 0) continue;
          const read = reader.bytes((nth + 1) as FileId, from, count);
          expect(read.size).toBe(whole.length);
          expect(Buffer.compare(read.bytes, whole.subarray(from, from + count))).toBe(0);
        }
      }
    });
  });
});
