import { describe, expect, it } from 'vitest';
import { extended, rangeOf, selectionOf, stepped } from './selection.ts';

describe('the lines that are chosen', () => {
  it('start where the view starts', () => {
    expect(stepped(null, 1, 100, 40)).toEqual({ anchor: 40, head: 40 });
  });

  it('move as one line and stay inside the file', () => {
    expect(stepped({ anchor: 3, head: 9 }, 1, 10, 1)).toEqual({ anchor: 10, head: 10 });
    expect(stepped({ anchor: 10, head: 10 }, 5, 10, 1)).toEqual({ anchor: 10, head: 10 });
    expect(stepped({ anchor: 1, head: 1 }, -1, 10, 1)).toEqual({ anchor: 1, head: 1 });
  });

  it('grow and shrink around the line where Shift was pressed', () => {
    let chosen = extended({ anchor: 5, head: 5 }, 7, 10);
    expect(rangeOf(chosen)).toEqual({ line: 5, end: 7 });
    chosen = extended(chosen, 3, 10);
    expect(rangeOf(chosen)).toEqual({ line: 3, end: 5 });
    expect(extended(null, 99, 10)).toEqual({ anchor: 10, head: 10 });
  });

  it('keep their direction when the route brings them back, and only then', () => {
    const upwards = { anchor: 9, head: 4 };
    expect(selectionOf({ line: 4, end: 9 }, upwards)).toBe(upwards);
    expect(selectionOf({ line: 4, end: 8 }, upwards)).toEqual({ anchor: 4, head: 8 });
    expect(selectionOf(null, upwards)).toBeNull();
  });
});
