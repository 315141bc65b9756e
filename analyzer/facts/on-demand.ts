/** Facts that few ask for, and that take reading a file. */

/** @returns an object whose parts are read when they are first asked for, once. */
export function onDemand<T extends object>(parts: { readonly [K in keyof T]: () => T[K] }): T {
  const made = {};
  for (const [key, read] of Object.entries(parts) as [string, () => unknown][]) {
    Object.defineProperty(made, key, {
      configurable: true,
      enumerable: true,
      get() {
        const value = read();
        Object.defineProperty(made, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return made as T;
}
