/** Values that many files have alike: one object for all of them, in memory and in a message to another thread. */

/** @param known those that were given, by key. @param key equal for equal values. @returns the first one that was given with this key. */
export function oneOfEquals<T>(known: Map<string, T>, key: string, value: T): T {
  const same = known.get(key) ?? value;
  known.set(key, same);
  return same;
}
