/** Counts of many things that only grow, and the largest of them at any time without sorting all. */

export interface Growing<Key> {
  readonly key: Key;
  count: number;
}

/** The larger count first; those that are equal in the order of their keys. */
export class GrowingCounts<Key> {
  readonly #most: number;
  readonly #compareKeys: (one: Key, other: Key) => number;
  readonly #all = new Map<string | number | null, Growing<Key>>();
  /** The largest when they were last asked for, and what has grown since: nothing else can be among the largest now. */
  #candidates = new Set<Growing<Key>>();

  /** @param most how many are the largest. */
  constructor(most: number, compareKeys: (one: Key, other: Key) => number) {
    this.#most = most;
    this.#compareKeys = compareKeys;
  }

  /** @param id of the key, the same for the same one. */
  add(id: string | number | null, key: Key, count: number): void {
    const known = this.#all.get(id);
    const one = known ?? { key, count: 0 };
    if (known === undefined) this.#all.set(id, one);
    one.count += count;
    this.#candidates.add(one);
  }

  has(id: string | number | null): boolean {
    return this.#all.has(id);
  }

  get size(): number {
    return this.#all.size;
  }

  /** In order. Takes as long as what has grown since it was last asked for. */
  largest(): readonly Growing<Key>[] {
    const sorted = this.#sorted(this.#candidates).slice(0, this.#most);
    this.#candidates = new Set(sorted);
    return sorted;
  }

  /** In order. */
  all(): readonly Growing<Key>[] {
    return this.#sorted(this.#all.values());
  }

  #sorted(some: Iterable<Growing<Key>>): readonly Growing<Key>[] {
    const counted = [...some].filter(({ count }) => count > 0);
    return counted.sort((one, other) => other.count - one.count || this.#compareKeys(one.key, other.key));
  }
}
