/** Which of many names stand in a text, in one pass over it (Aho and Corasick, 1975). */

interface Place {
  readonly next: Map<number, Place>;
  /** Of the names that end here. */
  readonly names: number[];
  /** The longest other beginning of a name that ends here too. */
  shorter: Place | null;
  /** The nearest of these with which a name ends. */
  named: Place | null;
}

function newPlace(): Place {
  return { next: new Map(), names: [], shorter: null, named: null };
}

export class NameFinder {
  readonly #root = newPlace();

  /** Told apart by their place in the list. */
  constructor(names: readonly string[]) {
    for (const [index, name] of names.entries()) this.#add(name, index);
    this.#link();
  }

  /** @param found is called for each name that stands in the text, again for each place where it does. */
  find(text: string, found: (index: number) => void): void {
    for (const index of this.#root.names) found(index);
    let place = this.#root;
    for (let at = 0; at < text.length; at++) {
      place = step(place, text.charCodeAt(at)) ?? this.#root;
      for (let one: Place | null = place; one !== null && one !== this.#root; one = one.named) one.names.forEach(found);
    }
  }

  #add(name: string, index: number): void {
    let place = this.#root;
    for (let at = 0; at < name.length; at++) {
      const unit = name.charCodeAt(at);
      const next = place.next.get(unit) ?? newPlace();
      place.next.set(unit, next);
      place = next;
    }
    place.names.push(index);
  }

  /** The shorter ones first. */
  #link(): void {
    const queue = [this.#root];
    for (const place of queue) {
      for (const [unit, next] of place.next) {
        const shorter = place.shorter === null ? this.#root : (step(place.shorter, unit) ?? this.#root);
        next.shorter = shorter;
        next.named = shorter.names.length > 0 ? shorter : shorter.named;
        queue.push(next);
      }
    }
  }
}

function step(from: Place, unit: number): Place | null {
  for (let place: Place | null = from; place !== null; place = place.shorter) {
    const next = place.next.get(unit);
    if (next !== undefined) return next;
  }
  return null;
}
