/** Rest after a look, by what it took: whatever a look costs, looking takes a quarter of the time at most. */
const REST = 3;

/**
 * For what changes often and is dear to look at: a case with a hundred bundles while the next ones come in.
 * @param look shows what there is now; it does not throw.
 * @returns to be called after each change. Looks never overlap; changes during one or its rest are seen by the next.
 */
export function lookingAgain(look: () => Promise<unknown>): () => Promise<void> {
  let changed = false;
  let busy = false;
  return async () => {
    changed = true;
    if (busy) return;
    busy = true;
    while (changed) {
      changed = false;
      const since = performance.now();
      await look();
      const took = performance.now() - since;
      await new Promise((resolve) => setTimeout(resolve, REST * took));
    }
    busy = false;
  };
}
