/** Which terms about files hold for a file: all of a query at once, for a case has many files. */
import { foldAscii } from '../query/fold.ts';
import { isPlainName, longestPiece, placeNameTest } from '../query/place-name.ts';
import type { PlaceTerm } from '../query/query.ts';
import type { FilePlace } from './file-query.ts';
import { NameFinder } from './name-finder.ts';

export class PlaceTests {
  readonly #nodes: FieldTests;
  readonly #files: FieldTests;
  readonly #sources: FieldTests;

  constructor(terms: readonly PlaceTerm[]) {
    const of = (field: PlaceTerm['field']): FieldTests => new FieldTests(terms.filter((term) => term.field === field));
    this.#nodes = of('node');
    this.#files = of('file');
    this.#sources = of('source');
  }

  /** @returns the terms that hold. */
  holding({ node, paths, role, format }: FilePlace): ReadonlySet<PlaceTerm> {
    const held = new Set<PlaceTerm>();
    if (node !== null) this.#nodes.add(node, held);
    for (const path of paths) this.#files.add(path, held);
    for (const name of [role, format]) this.#sources.add(name, held);
    return held;
  }
}

/** Terms of one field: names without signs are found together, and of those with `*` and `?` the longest piece is. */
class FieldTests {
  readonly #finder: NameFinder;
  readonly #tests: readonly { readonly term: PlaceTerm; readonly fits: ((name: string) => boolean) | null }[];

  constructor(terms: readonly PlaceTerm[]) {
    this.#finder = new NameFinder(terms.map(({ name }) => longestPiece(foldAscii(name))));
    this.#tests = terms.map((term) => ({ term, fits: isPlainName(term.name) ? null : placeNameTest(term.name) }));
  }

  add(name: string, held: Set<PlaceTerm>): void {
    if (this.#tests.length === 0) return;
    const tried = new Set<number>();
    this.#finder.find(foldAscii(name), (index) => {
      const test = this.#tests[index];
      if (test === undefined || tried.has(index)) return;
      tried.add(index);
      if (test.fits === null || test.fits(name)) held.add(test.term);
    });
  }
}
