import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { givenZoneMinutes, isOffsetInUse, otherSeasonWords, shiftMilliseconds, shiftText, zoneText } from './zones.ts';

describe('zones', () => {
  const SUMMER = Date.UTC(2024, 6, 1);
  const WINTER = Date.UTC(2024, 0, 1);
  it.each([
    ['UTC', SUMMER, 0],
    ['z', SUMMER, 0],
    ['+02:00', SUMMER, 120],
    ['-0700', SUMMER, -420],
    ['+0545', SUMMER, 345],
    ['-03', SUMMER, -180],
    ['PDT', SUMMER, -420],
    ['America/Los_Angeles', SUMMER, -420],
    ['America/Los_Angeles', WINTER, -480],
    ['Europe/Berlin', WINTER, 60],
    ['Etc/UTC', WINTER, 0],
    ['Mars/Olympus', SUMMER, null],
    ['IST', SUMMER, null],
    ['+15:00', SUMMER, null],
    ['+0160', SUMMER, null],
    ['7', SUMMER, null],
    ['', SUMMER, null],
  ])('%s is %s minutes', (text, at, minutes) => {
    expect(givenZoneMinutes(text, at)).toBe(minutes);
  });

  it.each([
    ['Europe/Berlin', '2024-01-01', '2024-05-01', 'off by an hour'],
    ['Europe/Berlin', '2024-05-01', '2024-06-01', null],
    ['Asia/Kolkata', '2020-01-01', '2024-05-01', null],
    // Summer time was given up between the two.
    ['Europe/Moscow', '2010-07-01', '2020-01-01', 'off by an hour'],
    ['+02:00', '2020-01-01', '2024-05-01', null],
  ])('%s from %s to %s has had another offset: %s', (zone, from, at, said) => {
    expect(otherSeasonWords(zone, Date.parse(from), Date.parse(at))?.slice(-14) ?? null).toBe(said);
  });

  it('is looked up a few times, however far apart the stamps of a file are', () => {
    const lookUps = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
    expect(otherSeasonWords('Asia/Kolkata', Date.UTC(1971, 0), Date.UTC(9998, 0))).toBeNull();
    expect(lookUps.mock.calls.length).toBeLessThan(16);
    lookUps.mockRestore();
  });

  it('prints what it reads', () => {
    for (const text of ['UTC', '-07:00', '+05:45', '-00:30'])
      expect(zoneText(givenZoneMinutes(text, 0) ?? 1)).toBe(text);
    expect([isOffsetInUse(345), isOffsetInUse(15), isOffsetInUse(-720), isOffsetInUse(-780)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('shifts', () => {
  it.each([
    ['+90s', 90_000],
    ['-2m', -120_000],
    ['1h30m', 5_400_000],
    ['-1d2h3m4s5ms', -93_784_005],
    ['+0s', 0],
    ['90', null],
    ['+', null],
    ['s', null],
    ['1h30', null],
    ['+200000d', null],
    ['1w', null],
  ])('%s is %s ms', (text, shift) => {
    expect(shiftMilliseconds(text)).toBe(shift);
  });

  it('prints what it reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3e12, max: 3e12 }), (shift) => {
        expect(shiftMilliseconds(shiftText(shift)) === shift).toBe(true);
      }),
    );
  });
});
