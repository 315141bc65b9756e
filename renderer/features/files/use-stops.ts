/** The lines that ] and [ stop at: matches of the search in the file, without one the lines that findings cite. */
import { useEffect, useRef } from 'react';
import { useStores } from '../../stores/stores.tsx';
import type { Direction, FindWalk, Step } from './find-walk.ts';
import type { Find } from './use-find.ts';

export interface Stops {
  readonly next: (direction: Direction) => void;
  /** Goes to the match at this line or the first one below it; without one to the line itself. */
  readonly near: (line: number) => void;
}

export function useStops(
  walk: FindWalk,
  now: {
    readonly find: Find;
    /** Lines that findings cite, in their order. */
    readonly cited: readonly number[];
    readonly total: number;
    /** The chosen line, and the first one in view, which counts when none is chosen. */
    readonly head: number | null;
    readonly first: number;
    readonly jump: (line: number, by: 'walk' | 'other') => void;
  },
): Stops {
  const { screens } = useStores();
  const { find, cited, total, head, first, jump } = now;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question has other matches
  useEffect(() => walk.leave, [walk, find.text]);

  const beyond = (reached: number | null, direction: Direction): number =>
    direction === 'down' ? (reached ?? head ?? first - 1) + 1 : (reached ?? head ?? first) - 1;
  const announce = (text: string) => screens.getState().announce(text);

  const step: Step = async (direction, reached, wanted) => {
    const from = beyond(reached, direction);
    let found = from >= 1 && from <= total ? await find.nearest(from, direction) : { line: null };
    if (!wanted()) return null;
    if ('line' in found && found.line === null) {
      found = await find.nearest(direction === 'down' ? 1 : total, direction);
      if (!wanted()) return null;
      if ('line' in found && found.line !== null)
        announce(direction === 'down' ? 'Went on from the first line' : 'Went on from the last line');
    }
    if (!('line' in found)) announce(found.message);
    else if (found.line === null) announce('No line of this file matches');
    else latest.current.jump(found.line, 'walk');
    return 'line' in found ? found.line : null;
  };
  // A step that waited is done as the pane stands by then.
  const latest = useRef({ step, jump });
  latest.current = { step, jump };

  return {
    next: (direction) => {
      if (find.query !== null) {
        walk.go(direction, (...args) => latest.current.step(...args));
        return;
      }
      const from = beyond(null, direction);
      const stop = direction === 'down' ? cited.find((one) => one >= from) : cited.findLast((one) => one <= from);
      if (stop === undefined) announce('No cited line further on');
      else jump(stop, 'other');
    },
    near: (line) => {
      walk.leave();
      walk.go('down', async (direction, _, wanted) => {
        const found = await find.nearest(line, direction);
        if (!wanted() || !('line' in found)) return null;
        latest.current.jump(found.line ?? line, 'walk');
        return found.line ?? line;
      });
    },
  };
}
