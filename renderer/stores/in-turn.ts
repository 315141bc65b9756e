/** Changes of what the engine keeps, one after the other: the next one builds on what the one before has left. */

/** @returns a queue of its own. What it is given runs when all before it has ended, also when that failed. */
export function createQueue(): <T>(change: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const mine = last.then(change);
    last = mine.catch(() => undefined);
    return mine;
  };
}
