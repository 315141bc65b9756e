/** What the buttons of clocks do: each says what it changed, and how to take that back. */
import { counted } from '../../model/format.ts';
import type { ClockOverride, ClockOverrideRequest } from '../../model/types.ts';
import { useStores } from '../../stores/stores.tsx';

export function useClockChange(): {
  /** @param says what is set, as `ip-10-0-1-2 shifted by -90 s`. */
  readonly set: (request: ClockOverrideRequest, says: string) => Promise<'set' | 'not set'>;
  /** @param says what is taken back. */
  readonly takeBack: (overrides: readonly ClockOverride[], says: string) => Promise<void>;
  readonly undo: () => Promise<void>;
} {
  const { clocks, screens } = useStores();
  const say = (text: string) => screens.getState().announce(text);
  return {
    set: async (request, says) => {
      const files = await clocks.getState().set(request, says);
      if (files === null) return 'not set';
      say(`${says}: the times of ${counted(files, 'file')} changed on every screen`);
      return 'set';
    },
    takeBack: async (overrides, says) => {
      const done = await clocks.getState().takeBack(overrides, says);
      if (done === 'taken back') say(`${says}: what was inferred holds again`);
    },
    undo: async () => {
      const undone = await clocks.getState().undo();
      if (undone !== null) say(`Undone: ${undone}`);
    },
  };
}
