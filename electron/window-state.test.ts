import { describe, expect, it } from 'vitest';
import { readWindowState, SMALLEST } from './window-state.ts';

const display = { x: 0, y: 0, width: 1920, height: 1080 };
const saved = (x: number, y: number, width = 1440, height = 900) =>
  JSON.stringify({ bounds: { x, y, width, height }, maximized: false });

describe('readWindowState', () => {
  it('returns the window to its place', () => {
    expect(readWindowState(saved(100, 50), [display]).bounds).toEqual({ x: 100, y: 50, width: 1440, height: 900 });
  });

  it.each(['', '{', 'null', '[]', '{"bounds":{"x":"1"},"maximized":true}', '{"bounds":null}'])(
    'starts afresh from %j',
    (text) => {
      expect(readWindowState(text, [display])).toEqual({ bounds: null, maximized: false });
    },
  );

  it.each([
    ['a display to the right that is gone', 1920, 0],
    ['only a sliver visible', -1400, 0],
    ['its title bar above the display', 0, -40],
    ['below the display', 0, 1079],
  ])('forgets a place that cannot be reached: %s', (_why, x, y) => {
    expect(readWindowState(saved(x, y), [display]).bounds).toBeNull();
  });

  it('opens no larger than its display, whatever the file says', () => {
    const huge = Number.MAX_SAFE_INTEGER;
    expect(readWindowState(saved(0, 0, huge, huge), [display]).bounds).toEqual(display);
  });

  it('keeps a place on a second display and never opens smaller than the screens are designed for', () => {
    const second = { x: 1920, y: 0, width: 1280, height: 720 };
    expect(readWindowState(saved(2000, 10, 200, 100), [display, second]).bounds).toEqual({
      x: 2000,
      y: 10,
      ...SMALLEST,
    });
  });
});
