/**
 * Map.groupBy, which the oldest Chromium of the windows does not have (its build target: vite.config.ts).
 * @returns those with the same key together; keys and members in the order in which they came.
 */
export function groupedBy<K, T>(all: Iterable<T>, keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
