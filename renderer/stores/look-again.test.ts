import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lookingAgain } from './look-again.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const LOOK_MS = 100;
const look = (looks: number[]) => () => {
  looks.push(performance.now());
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
};

test('a change is looked at once; of many the first, then one look in four times as long as it takes', async () => {
  const looks: number[] = [];
  const since = performance.now();
  const changed = lookingAgain(look(looks));
  for (let at = 0; at < 100; at++) {
    void changed();
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks.map((at) => at - since)).toEqual([0, 400, 800, 1_200]);
  void changed();
  expect(looks).toHaveLength(5);
});
