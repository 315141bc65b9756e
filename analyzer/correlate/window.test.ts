import { expect, it } from 'vitest';
import { chooseWindow, isoInstant, type WindowGiven, windowStatement } from './window.ts';

const NOON = Date.UTC(2024, 4, 1, 12);
const HOUR = 3_600_000;
const WHOLE = { from: NOON, to: NOON + HOUR };
const NONE = { from: null, to: null, incident: null };
const said = (given: Partial<WindowGiven>, counts: object, counted: 'exactly' | 'to 10 s' = 'exactly') =>
  windowStatement(
    chooseWindow({ ...NONE, ...given }, WHOLE),
    WHOLE,
    { inside: 0, outside: 0, undated: 0, copied: 0, ...counts },
    counted,
  ).sentence;

it('a window is the one given, open ends where the lines end; else around the incident; else everything', () => {
  const given = (some: object) => chooseWindow({ ...NONE, ...some }, WHOLE);
  expect(given({})).toEqual({ span: WHOLE, because: 'whole' });
  expect(given({ incident: NOON })).toEqual({
    span: { from: NOON - 300_000, to: NOON + 300_001 },
    because: 'incident',
  });
  expect(given({ from: NOON + 5, incident: NOON })).toEqual({
    span: { from: NOON + 5, to: NOON + HOUR },
    because: 'given',
  });
  expect(given({ to: NOON + 5 })).toEqual({ span: { from: NOON, to: NOON + 5 }, because: 'given' });
  // Behind and before everything: nothing is in it.
  expect(given({ from: NOON + 9 * HOUR }).span).toEqual({ from: NOON + 9 * HOUR, to: NOON + 9 * HOUR });
  expect(given({ to: NOON - HOUR }).span).toEqual({ from: NOON - HOUR, to: NOON - HOUR });
  expect(chooseWindow({ ...NONE, from: NOON }, null)).toEqual({ span: null, because: 'given' });
  expect(chooseWindow(NONE, null)).toEqual({ span: null, because: 'whole' });
});

it('the statement says what it is about, why, and what it leaves out', () => {
  expect(said({}, { inside: 1_204, undated: 1 })).toBe(
    'Everything that has a time, 2024-05-01 12:00:00 to 2024-05-01 13:00:00 UTC: 1,204 lines. 1 line has no time and is not shown.',
  );
  expect(said({ incident: NOON + HOUR / 2 }, { inside: 3, outside: 1_000 }, 'to 10 s')).toBe(
    'Five minutes before and after the incident, 2024-05-01 12:25:00 to 2024-05-01 12:35:00 UTC: 3 lines, 1,000 outside of it. Lines at its ends are counted to 10 seconds.',
  );
  expect(said({ from: NOON + 60_000, to: NOON + 120_000 }, { inside: 5 })).toBe(
    'The window as given, 2024-05-01 12:01:00 to 2024-05-01 12:02:00 UTC: 5 lines, none outside of it.',
  );
  expect(said({ from: NOON + 9 * HOUR }, { outside: 7, undated: 2 })).toBe(
    'The window as given, from 2024-05-01 21:00:00 UTC on: no line. There are 7 lines from 2024-05-01 12:00:00 to 2024-05-01 13:00:00 UTC. 2 lines have no time and are not shown.',
  );
});

it('lines of copies are told apart from those that are counted', () => {
  expect(said({}, { inside: 1_204, undated: 7, copied: 2_008 })).toBe(
    'Everything that has a time, 2024-05-01 12:00:00 to 2024-05-01 13:00:00 UTC: 1,204 lines. 7 lines have no time and are not shown. 2,008 lines of copied files are not counted again.',
  );
  expect(said({}, { inside: 2, copied: 1 })).toContain(': 2 lines. 1 line of copied files is not counted again.');
});

it('a window with an open end before everything says so', () => {
  expect(said({ to: NOON - HOUR }, { outside: 7 })).toBe(
    'The window as given, before 2024-05-01 11:00:00 UTC: no line. There are 7 lines from 2024-05-01 12:00:00 to 2024-05-01 13:00:00 UTC.',
  );
});

it('without any instant it says so, and a time that no date holds is the nearest that one does', () => {
  const nothing = { inside: 0, outside: 0, undated: 0, copied: 0 };
  const chosen = chooseWindow(NONE, null);
  expect(windowStatement(chosen, null, { ...nothing, undated: 4 }, 'exactly')).toMatchObject({
    from: null,
    to: null,
    sentence: 'No line has a time: 4 lines cannot be placed.',
  });
  expect(windowStatement(chosen, null, nothing, 'exactly').sentence).toBe('There is no line to show.');
  expect(isoInstant(1e300)).toBe('+275760-09-13T00:00:00.000Z');
});
