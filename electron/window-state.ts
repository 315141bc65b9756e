/** Size and place of the window between two starts. Pure; window.ts reads and writes the file. */
import * as z from 'zod';

const Bounds = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
});
export type Bounds = Readonly<z.infer<typeof Bounds>>;

const WindowState = z.object({ bounds: Bounds.nullable(), maximized: z.boolean() });
export type WindowState = Readonly<z.infer<typeof WindowState>>;

/** Smallest size the screens are designed for (1280x720 with a task bar and a title bar taken off). */
export const SMALLEST = { width: 960, height: 600 } as const;
export const USUAL = { width: 1440, height: 900 } as const;
const FRESH: WindowState = { bounds: null, maximized: false };

/** So much of the window must be on a display for its title bar to be grabbed. */
const GRABBABLE_PX = 80;

/**
 * @param text content of the state file; anything unreadable counts as no state.
 * @param displays work areas of the displays that are attached now.
 * @returns the remembered state, without its place when that is on a display that is gone.
 */
export function readWindowState(text: string, displays: readonly Bounds[]): WindowState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return FRESH;
  }
  const state = WindowState.safeParse(value);
  if (!state.success) return FRESH;
  const { bounds, maximized } = state.data;
  const display = bounds === null ? undefined : displays.find((one) => isReachable(bounds, one));
  if (bounds === null || display === undefined) return { bounds: null, maximized };
  return {
    bounds: {
      ...bounds,
      // No larger than the display it is on: a damaged file may hold any number.
      width: Math.max(Math.min(bounds.width, display.width), SMALLEST.width),
      height: Math.max(Math.min(bounds.height, display.height), SMALLEST.height),
    },
    maximized,
  };
}

function isReachable(window: Bounds, display: Bounds): boolean {
  const visible = Math.min(window.x + window.width, display.x + display.width) - Math.max(window.x, display.x);
  return visible >= GRABBABLE_PX && window.y >= display.y && window.y <= display.y + display.height - GRABBABLE_PX;
}
