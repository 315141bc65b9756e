import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileId } from '../core/ids.ts';
import { type ApiAnswer, type ClockWitness, type MeasuredClock, measureClocks, medianAndSpread } from './align.ts';
import type { SharedEvent } from './anchors.ts';

const T = Date.UTC(2026, 5, 17, 12, 0, 0);
const ref = { fileId: FileId.parse(1), line: 1, endLine: 1 };

/** Answers as a node sees them whose clock is so far ahead, each request made `after` ms behind the one before. */
function answers(ahead: number, count: number, after = 400): readonly ApiAnswer[] {
  return Array.from({ length: count }, (_, index): ApiAnswer => {
    const at = T + index * after;
    const next = index === count - 1 ? null : at + after + ahead;
    return { node: at + ahead, server: Math.floor((at + 80) / 1000) * 1000, nextNode: next, here: ref, there: ref };
  });
}

/** The first of ten changes a minute apart, seen by a clock that is so far ahead, some ms late each. */
function events(
  ahead: number,
  count: number,
  late: readonly number[] = [120, 400, 40, 610, 260],
): readonly SharedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `change ${index}`,
    what: `change ${index}`,
    time: T - 3_600_000 + index * 60_000 + ahead + (late[index % late.length] ?? 0),
    ref,
  }));
}

const witness = (name: string, seen: Partial<ClockWitness> = {}): ClockWitness => ({
  name,
  node: name,
  answers: [],
  server: null,
  events: [],
  ...seen,
});
const offsetOf = (clock: MeasuredClock | undefined): number | null =>
  clock?.outcome === 'aligned' ? clock.offsetMs : null;
const whyOf = (clock: MeasuredClock | undefined): string => (clock?.outcome === 'refused' ? clock.because : '');

describe('medianAndSpread', () => {
  it.each([
    [[], null],
    [[5], { median: 5, spread: 0 }],
    [[1, 3], { median: 2, spread: 0.5 }],
    [[9, 1, 2, 3, 100], { median: 3, spread: 3.5 }],
  ])('%j', (values, expected) => {
    expect(medianAndSpread(values)).toEqual(expected);
  });
});

describe('by the clock of the API server', () => {
  it('measures every node that saw it three times within a second', () => {
    const { reference, clocks } = measureClocks([
      witness('a', { answers: answers(0, 5) }),
      witness('b', { answers: answers(90_000, 3) }),
      witness('c', { answers: answers(-3_600_000, 5) }),
    ]);
    expect(reference).toBeNull();
    for (const [index, expected] of [0, 90_000, -3_600_000].entries()) {
      expect(Math.abs((offsetOf(clocks[index]) ?? Number.NaN) - expected)).toBeLessThan(1000);
    }
  });

  it('measures one node alone', () => {
    const { clocks } = measureClocks([witness('a', { answers: answers(90_000, 5) })]);
    expect(Math.round((offsetOf(clocks[0]) ?? 0) / 1000)).toBe(90);
  });

  it('does not count requests that took long', () => {
    const { reference, clocks } = measureClocks([witness('a', { answers: answers(0, 5, 9_000) })]);
    expect(reference).toBe(0);
    expect(clocks[0]?.outcome).toBe('reference');
  });

  it('refuses answers that differ', () => {
    const wild = answers(0, 6).map((one, index) => ({ ...one, server: one.server - index * 4_000 }));
    const { clocks } = measureClocks([witness('a', { answers: wild })]);
    expect(whyOf(clocks[0])).toMatch(/^its 6 anchors differ: spread 5\.\d s, more than 2\.0 s/);
  });

  it('refuses a clock that was set between the changes and the answers, and keeps those that agree', () => {
    const { clocks } = measureClocks([
      witness('a', { answers: answers(0, 5), events: events(0, 6) }),
      witness('b', { answers: answers(0, 5), events: events(0, 6) }),
      witness('set', { answers: answers(0, 5), events: events(-90_000, 6) }),
    ]);
    expect(clocks.map(({ outcome }) => outcome)).toEqual(['aligned', 'aligned', 'refused']);
    expect(whyOf(clocks[2])).toBe(
      'its answers of the API server and 6 changes that a logged as well contradict each other by 90 s',
    );
    const two = measureClocks([
      witness('a', { answers: answers(0, 5), events: events(0, 6) }),
      witness('set', { answers: answers(0, 5), events: events(-90_000, 6) }),
    ]);
    expect(two.clocks.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  });
});

describe('by the clock of a node', () => {
  it('measures by changes that both logged', () => {
    const { reference, clocks } = measureClocks([
      witness('a', { events: events(0, 8, [10, 300, 90]) }),
      witness('ahead', { events: events(90_000, 8) }),
    ]);
    expect(reference).toBe(0);
    expect(Math.abs((offsetOf(clocks[1]) ?? 0) - 90_000)).toBeLessThan(1000);
  });

  it('takes the node as the reference that most can be aligned with', () => {
    const { reference } = measureClocks([
      witness('alone'),
      witness('a', { events: events(0, 3) }),
      witness('b', { events: events(0, 10) }),
      witness('c', { events: events(90_000, 10) }),
    ]);
    expect(reference).toBe(2);
  });

  it('prefers a clock that the API server vouches for', () => {
    const { reference } = measureClocks([
      witness('ahead', { answers: answers(90_000, 5), events: events(90_000, 10) }),
      witness('right', { answers: answers(0, 5), events: events(0, 10) }),
      witness('silent', { events: events(0, 10) }),
    ]);
    expect(reference).toBe(1);
  });

  it('refuses with fewer than three anchors, and says how many there are', () => {
    const { clocks } = measureClocks([
      witness('a', { events: events(0, 8) }),
      witness('b', { events: events(0, 8) }),
      witness('two', { events: events(0, 2) }),
      witness('none'),
    ]);
    expect(whyOf(clocks[2])).toBe('2 anchors, 3 are needed');
    expect(whyOf(clocks[3])).toBe('no anchors, 3 are needed');
    expect(clocks[2]?.anchors).toHaveLength(2);
  });

  it('joins two that both saw the API server, though a third did not', () => {
    const { reference, clocks } = measureClocks([
      witness('a', { answers: answers(0, 5) }),
      witness('b', { answers: answers(90_000, 5) }),
      witness('none'),
    ]);
    expect(reference).toBe(0);
    expect(Math.abs((offsetOf(clocks[1]) ?? 0) - 90_000)).toBeLessThan(1000);
    expect(clocks[1]?.anchors.every(({ kind }) => kind === 'api-date')).toBe(true);
  });

  it('does not join nodes by the clocks of two API servers', () => {
    const { reference, clocks } = measureClocks([
      witness('a', { answers: answers(0, 5), server: 'one' }),
      witness('b', { answers: answers(0, 5), server: 'two' }),
      witness('c', { answers: answers(90_000, 5), server: 'two' }),
    ]);
    expect(reference).toBe(1);
    expect(clocks.map(({ outcome }) => outcome)).toEqual(['refused', 'reference', 'aligned']);
    expect(whyOf(clocks[0])).toBe('it was answered by another API server than b, and logged no change of services');
  });

  it('refuses when the kinds contradict', () => {
    const { clocks } = measureClocks([
      witness('a', { answers: answers(0, 5), events: events(0, 8) }),
      witness('b', { answers: answers(40_000, 5), events: events(0, 8) }),
      witness('none'),
    ]);
    expect(whyOf(clocks[1])).toMatch(
      /^8 shared changes and 5 answers of the API server contradict each other by \d\d s$/,
    );
  });

  it('does not hold a node against itself', () => {
    const { clocks } = measureClocks([
      witness('first', { node: 'n', events: events(0, 8) }),
      witness('second', { node: 'n', events: events(0, 8) }),
    ]);
    expect(clocks.map(({ outcome }) => outcome)).toEqual(['reference', 'refused']);
    expect(whyOf(clocks[1])).toContain('the same node');
  });
});

it('clocks a century apart are told', () => {
  const century = 100 * 365.25 * 86_400_000;
  const { clocks } = measureClocks([
    witness('a', { events: events(0, 5) }),
    witness('b', { events: events(-century, 5, [0]) }),
  ]);
  expect(Math.abs((offsetOf(clocks[1]) ?? 0) + century)).toBeLessThan(1000);
});

it('whatever is seen: one outcome a witness, no offset without three anchors, none beyond what was seen', () => {
  const time = fc.integer({ min: -8e15, max: 8e15 });
  const answer = fc.record({
    node: time,
    server: time,
    nextNode: fc.option(time),
    here: fc.constant(ref),
    there: fc.constant(ref),
  });
  const change = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    what: fc.constant('x'),
    time,
    ref: fc.constant(ref),
  });
  const unique = fc.uniqueArray(change, { selector: ({ key }) => key });
  const any = fc.record({
    name: fc.constantFrom('n1', 'n2'),
    node: fc.option(fc.constantFrom('n1', 'n2')),
    answers: fc.array(answer, { maxLength: 5 }),
    server: fc.option(fc.constantFrom('one', 'two')),
    events: unique,
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 5 }), (witnesses) => {
      const { reference, clocks } = measureClocks(witnesses);
      expect(clocks).toHaveLength(witnesses.length);
      expect(clocks.filter(({ outcome }) => outcome === 'reference')).toHaveLength(
        reference === null || witnesses.length === 0 ? 0 : 1,
      );
      for (const clock of clocks) {
        if (clock.outcome !== 'aligned') continue;
        const seen = clock.anchors.map(({ offsetMs }) => offsetMs);
        expect(seen.length).toBeGreaterThanOrEqual(3);
        expect(clock.offsetMs).toBeGreaterThanOrEqual(Math.min(...seen));
        expect(clock.offsetMs).toBeLessThanOrEqual(Math.max(...seen));
      }
    }),
  );
});
