import { describe, expect, it } from 'vitest';
import { createFindWalk, type Step } from './find-walk.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A file that matches on every tenth line; answers come when the test says so. */
function slowFile() {
  const walk = createFindWalk();
  const answers: (() => void)[] = [];
  const shown: number[] = [];
  const step: Step = async (direction, from, wanted) => {
    const line = (from ?? 100) + (direction === 'down' ? 10 : -10);
    await new Promise<void>((resolve) => void answers.push(resolve));
    if (!wanted()) return null;
    shown.push(line);
    return line;
  };
  const answer = async () => {
    answers.shift()?.();
    await settle();
  };
  return { walk, step, answers, shown, answer };
}

describe('a walk from match to match', () => {
  it('asks for one at a time, each from where the one before came to', async () => {
    const { walk, step, answers, shown, answer } = slowFile();
    for (const direction of ['down', 'down', 'up'] as const) walk.go(direction, step);
    expect(answers).toHaveLength(1);
    for (let nth = 0; nth < 3; nth += 1) await answer();
    expect(shown).toEqual([110, 120, 110]);
    walk.go('down', step);
    await answer();
    expect(shown.at(-1)).toBe(110);
  });

  it('shows nothing after it was left, and does not hold up the next one', async () => {
    const { walk, step, answers, shown, answer } = slowFile();
    walk.go('down', step);
    walk.go('down', step);
    walk.leave();
    walk.go('up', step);
    expect(answers).toHaveLength(2);
    await answer();
    expect(shown).toEqual([]);
    await answer();
    expect(shown).toEqual([90]);
    expect(answers).toHaveLength(0);
  });

  it('ends soon after a key that was held', async () => {
    const { walk, step, shown, answers, answer } = slowFile();
    for (let press = 0; press < 100; press += 1) walk.go('down', step);
    while (answers.length > 0) await answer();
    expect(shown).toEqual([110, 120, 130, 140]);
  });
});
