import { expect, it } from 'vitest';
import { createFakeBridge } from '../bridge/fake/fake-bridge.ts';
import { CASE_ID } from '../bridge/fake/fake-case.ts';
import { fakeTimeline, TIMELINE_FROM, TIMELINE_LINES } from '../bridge/fake/fake-timeline.ts';
import type { Failure, MergedLine, MergedPage, Result } from '../model/types.ts';
import { createTimelineLines, type TimelineLinesStore } from './timeline-lines.ts';

type Side = 'before' | 'after';

const COUNT = 4_000;
/** The line that row 0 shows. */
const MIDDLE = 2_001;
const MANY: readonly MergedLine[] = Array.from({ length: COUNT }, (_, nth) => {
  const [line] = TIMELINE_LINES;
  if (line === undefined) throw new Error('the fake case has lines');
  return { ...line, line: nth + 1, time: new Date(TIMELINE_FROM + nth * 1_000).toISOString() };
});
const FAILURE: Failure = { code: 'not-found', message: 'gone', where: null, advice: null };

/** Answers at once, until told to hold answers back. */
function heldBridge() {
  const answer = fakeTimeline(MANY)['timeline.lines'];
  if (answer === undefined) throw new Error('the fake timeline has lines');
  let isHeld = false;
  const waiting: ((failure: Failure | null) => void)[] = [];
  const bridge = createFakeBridge({
    'timeline.lines': (input) => {
      if (!isHeld) return answer(input);
      return new Promise<Result<MergedPage>>((resolve) => {
        waiting.push((failure) => resolve(failure === null ? answer(input) : { ok: false, failure }));
      });
    },
  });
  return {
    bridge,
    hold: (held: boolean) => {
      isHeld = held;
    },
    /** Lets the nth of those that wait go. */
    release: async (nth: number, failure: Failure | null = null) => {
      waiting.splice(nth, 1)[0]?.(failure);
      await new Promise((resolve) => setTimeout(resolve));
    },
    waiting: () => waiting.length,
  };
}

/** As many rows as are kept, and answers are held back from here on. */
async function fullList() {
  const held = heldBridge();
  const lines = createTimelineLines(
    held.bridge,
    () => CASE_ID,
    () => null,
  );
  const question = { least: 'all', lanes: null, meant: null } as const;
  await lines.getState().jump(TIMELINE_FROM + (MIDDLE - 1) * 1_000, question, 'first');
  for (let nth = 0; nth < 4; nth += 1)
    for (const side of ['before', 'after'] as const) await lines.getState().more(side);
  expect(lines.getState()).toMatchObject({ before: 'more', after: 'more' });
  expect(lines.getState().rows).toHaveLength(2_000);
  held.hold(true);
  return { lines, ...held };
}

/** A row has its number for good, so that a line at its place by number is in order, listed once, behind no hole. */
function expectInOrder(lines: TimelineLinesStore) {
  const { rows, base } = lines.getState();
  expect(rows.map(({ line }) => line)).toEqual(rows.map((_, nth) => MIDDLE + base + nth));
}

const edgeOf = (lines: TimelineLinesStore, side: Side) =>
  (side === 'before' ? lines.getState().rows[0] : lines.getState().rows.at(-1))?.line;

/** Goes to one end and then to the other, as somebody does who reads all of it. */
async function expectAll(lines: TimelineLinesStore, sides: readonly Side[]) {
  for (const side of sides) {
    while (lines.getState()[side] === 'more') {
      await lines.getState().more(side);
      expectInOrder(lines);
    }
    expect(lines.getState()).toMatchObject({ [side]: 'end', failure: null });
    expect(edgeOf(lines, side)).toBe(side === 'before' ? 1 : COUNT);
  }
}

const BOTH = [
  ['before', 'after'],
  ['after', 'before'],
] as const;

it.each(BOTH)('drops a page %s one that was let go while it was on its way', async (cut, other) => {
  const { lines, hold, release, waiting } = await fullList();
  void lines.getState().more(other);
  void lines.getState().more(cut);
  await release(0);
  expect(lines.getState()).toMatchObject({ [cut]: 'more' });
  const edge = edgeOf(lines, cut);

  await release(0);
  expect(waiting()).toBe(0);
  expectInOrder(lines);
  expect(edgeOf(lines, cut)).toBe(edge);
  expect(lines.getState()).toMatchObject({ [cut]: 'more' });

  hold(false);
  await expectAll(lines, [cut, other]);
});

it.each(BOTH)('waits for the page %s the outermost one, whatever comes late', async (cut, other) => {
  const { lines, hold, release } = await fullList();
  void lines.getState().more(other);
  void lines.getState().more(cut);
  await release(0);
  void lines.getState().more(cut);
  const { rows } = lines.getState();

  await release(0);
  expect(lines.getState().rows).toBe(rows);
  expect(lines.getState()).toMatchObject({ [cut]: 'loading' });
  await release(0);
  expect(lines.getState().rows).not.toBe(rows);
  expectInOrder(lines);

  hold(false);
  await expectAll(lines, [cut, other]);
});

it.each(BOTH)('drops a late page %s one that was let go and is there again', async (cut, other) => {
  const { lines, hold, release } = await fullList();
  void lines.getState().more(other);
  void lines.getState().more(cut);
  await release(0);
  void lines.getState().more(cut);

  await release(1);
  expectInOrder(lines);
  const { rows } = lines.getState();
  await release(0);
  expect(lines.getState().rows).toBe(rows);

  hold(false);
  await expectAll(lines, [cut, other]);
});

it.each(BOTH)('says nothing of a failure %s a page that was let go', async (cut, other) => {
  const { lines, hold, release } = await fullList();
  void lines.getState().more(other);
  void lines.getState().more(cut);
  await release(0);

  await release(0, FAILURE);
  expect(lines.getState()).toMatchObject({ [cut]: 'more', failure: null });

  hold(false);
  await expectAll(lines, [cut, other]);
});
