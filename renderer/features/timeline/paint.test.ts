import { expect, it } from 'vitest';
import { type Marks, type Palette, paintAxis, paintMarks } from './paint.ts';

const PALETTE = { accent: 'accent', veil: 'veil', text: 'text' } as Palette;
const NONE: Marks = { around: null, pivot: null, brush: null, cursor: null, windowFrom: null, windowTo: null };
const VIEW = { from: 1_000, to: 2_000 };

/** @returns each filled rectangle: its colour, left edge and width. */
function painted(marks: Partial<Marks>): readonly (readonly [string, number, number])[] {
  const filled: [string, number, number][] = [];
  let rects: [number, number][] = [];
  const context = {
    fillStyle: '',
    beginPath: () => {
      rects = [];
    },
    rect: (x: number, _: number, width: number) => void rects.push([x, width]),
    fill: () =>
      void filled.push(...rects.map(([x, width]) => [context.fillStyle, x, width] as [string, number, number])),
    setLineDash: () => {},
    moveTo: () => {},
    lineTo: () => {},
    stroke: () => {},
  };
  paintMarks(context as never, { ...NONE, ...marks }, VIEW, { width: 500, height: 100 }, PALETTE);
  return filled;
}

it('marks the chosen span with its edges, and the pivot with what is around it', () => {
  expect(painted({ brush: { from: 1_200, to: 1_400 } })).toEqual([
    ['accent', 100, 100],
    ['accent', 100, 1],
    ['accent', 200, 1],
  ]);
  expect(painted({ pivot: 1_500, around: { from: 1_400, to: 1_600 } })).toEqual([
    ['accent', 200, 100],
    ['accent', 249, 2],
  ]);
});

it('veils what is outside of the window of every screen, as far as it is in the view', () => {
  expect(painted({ windowFrom: 1_100, windowTo: 1_900 })).toEqual([
    ['veil', 0, 50],
    ['veil', 450, 50],
  ]);
  expect(painted({ windowFrom: 500 })).toEqual([['veil', 0, 0]]);
});

it('marks nothing at an instant that is out of the view', () => {
  expect(painted({ pivot: 500, cursor: 9_000 })).toEqual([]);
});

it('writes no label of the axis over another: one that an edge pushes away goes', () => {
  const day = 86_400_000;
  const from = Date.UTC(2024, 2, 3);
  const context = { fillRect: () => {}, beginPath: () => {}, rect: () => {}, fill: () => {} };
  for (let days = 200; days < 1_200; days += 7) {
    const written: [number, number][] = [];
    const measureText = (label: string) => ({ width: label.length * 7 });
    const fillText = (label: string, left: number) => void written.push([left, left + label.length * 7]);
    const all = { ...context, measureText, fillText };
    paintAxis(all as never, { from, to: from + days * day }, { width: 700, height: 20 }, PALETTE);
    expect(written.length).toBeGreaterThan(1);
    for (const [at, [left, right]] of written.entries()) {
      expect(left).toBeGreaterThanOrEqual(at === 0 ? 0 : (written[at - 1]?.[1] ?? 0) + 6);
      expect(right).toBeLessThanOrEqual(700);
    }
  }
});
