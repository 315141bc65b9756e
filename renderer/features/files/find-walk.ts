/** Walks from match to match while each has to be asked for: steps wait for each other, none is done twice. */

export type Direction = 'down' | 'up';

/**
 * One step. @param from the line the step before it came to; null for the first one, which starts at the chosen line.
 * @param wanted false once the walk was left: then nothing may be shown any more.
 * @returns the line it came to; null when it stayed.
 */
export type Step = (direction: Direction, from: number | null, wanted: () => boolean) => Promise<number | null>;

export interface FindWalk {
  /** Goes on in this direction once the steps before are done. */
  readonly go: (direction: Direction, step: Step) => void;
  /** Something else was chosen, or is searched for: what is on its way leads nowhere any more. */
  readonly leave: () => void;
}

/** Steps that wait. A key that is held repeats faster than a large file is searched; let go, it must not walk on for long. */
const WAITING_MAX = 3;

interface Walk {
  state: 'wanted' | 'left';
  readonly waiting: [Direction, Step][];
}

export function createFindWalk(): FindWalk {
  let present: Walk | null = null;
  const run = async (walk: Walk) => {
    let at: number | null = null;
    for (let next = walk.waiting[0]; next !== undefined && walk.state === 'wanted'; next = walk.waiting[0]) {
      at = (await next[1](next[0], at, () => walk.state === 'wanted')) ?? at;
      walk.waiting.shift();
    }
    if (present === walk) present = null;
  };
  return {
    go: (direction, step) => {
      if (present !== null) {
        if (present.waiting.length <= WAITING_MAX) present.waiting.push([direction, step]);
        return;
      }
      present = { state: 'wanted', waiting: [[direction, step]] };
      void run(present);
    },
    leave: () => {
      if (present !== null) present.state = 'left';
      present = null;
    },
  };
}
