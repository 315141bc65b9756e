/**
 * Patterns that V8 would take seconds to compile, which nothing can stop: it follows all ways through parts that may be
 * left out, up to eight letters ahead (`a?` 20 times and a word: 20 ms, 50 times: four seconds), and its time grows with
 * the square of groups that keep what they match.
 */
import type { AST } from '@eslint-community/regexpp';

/** Parts that may match nothing, in all patterns of a query: whoever writes patterns by hand has ten. */
export const PATTERN_OPTIONAL_MAX = 100;

/**
 * Of these, parts with an end to their repetitions that follow each other, no letter between that must be there: ten
 * such runs of ten take V8 some 60 ms, five runs of 20 longer than three seconds. A loop such as `a*` ends its looking.
 */
export const PATTERN_RUN_MAX = 10;

/** Groups that keep what they match, in all patterns of a query; so many take V8 some 50 ms. */
export const PATTERN_GROUPS_MAX = 500;

/** `start`, `end`: the first part that is too many, in its pattern. */
export interface TooMany {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** How a part looks to what follows it. */
interface Reach {
  /** Choices met since the last letter that must be there. */
  readonly open: number;
  /** Every match of it takes a place. */
  readonly takesPlace: 'yes' | 'no';
}

const LETTER: Reach = { open: 0, takesPlace: 'yes' };
const EDGE: Reach = { open: 0, takesPlace: 'no' };

/** Counts the parts of the patterns of one query together. */
export class PatternSizes {
  #found: TooMany | null = null;
  #optional = 0;
  #groups = 0;

  /** @returns null when the patterns so far are small enough. */
  add(tree: AST.Pattern): TooMany | null {
    this.#alternatives(tree.alternatives);
    return this.#found;
  }

  #alternatives(list: readonly AST.Alternative[]): Reach {
    const all = list.map((alternative): Reach => {
      // Only one of several: a group with nothing else in it is no choice.
      const isChoice = list.length > 1 && alternative.elements.every(takesNoPlace);
      if (isChoice) this.#countOptional(alternative);
      const { open, takesPlace } = this.#sequence(alternative.elements);
      return { open: open + (isChoice ? 1 : 0), takesPlace };
    });
    const open = all.reduce((sum, one) => sum + one.open, 0);
    return { open, takesPlace: all.every((one) => one.takesPlace === 'yes') ? 'yes' : 'no' };
  }

  #sequence(elements: readonly AST.Element[]): Reach {
    let all = EDGE;
    for (const element of elements) {
      const one = this.#element(element);
      const open = one.takesPlace === 'yes' ? one.open : all.open + one.open;
      if (open > PATTERN_RUN_MAX) {
        const limit = `${PATTERN_RUN_MAX} parts of a pattern that may match nothing follow each other at most`;
        this.#refuse(element, limit);
      }
      all = { open, takesPlace: all.takesPlace === 'yes' ? 'yes' : one.takesPlace };
    }
    return all;
  }

  #element(element: AST.Element): Reach {
    switch (element.type) {
      case 'Quantifier':
        return this.#repeated(element);
      case 'CapturingGroup':
        this.#countGroup(element);
        return this.#alternatives(element.alternatives);
      case 'Group':
        return this.#alternatives(element.alternatives);
      case 'Assertion':
        if ('alternatives' in element) this.#alternatives(element.alternatives);
        return EDGE;
      case 'Backreference':
        return EDGE;
      default:
        return LETTER;
    }
  }

  #repeated(quantifier: AST.Quantifier): Reach {
    const { element, min, max } = quantifier;
    if (min === 0) this.#countOptional(quantifier);
    const { open, takesPlace } = this.#element(element);
    // V8 looks no further than to a loop: what has no end, or may match nothing more often than once.
    if (max === Number.POSITIVE_INFINITY || (max > 1 && takesPlace === 'no')) {
      return { open: 0, takesPlace: min === 0 ? 'no' : takesPlace };
    }
    return min === 0 ? { open: open + 1, takesPlace: 'no' } : { open, takesPlace };
  }

  #countGroup(group: AST.CapturingGroup): void {
    this.#groups += 1;
    if (this.#groups <= PATTERN_GROUPS_MAX) return;
    this.#refuse(group, `the patterns of a query have ${PATTERN_GROUPS_MAX} groups at most, (?:...) not counted`);
  }

  #countOptional(part: AST.Alternative | AST.Quantifier): void {
    this.#optional += 1;
    if (this.#optional <= PATTERN_OPTIONAL_MAX) return;
    this.#refuse(part, `the patterns of a query have ${PATTERN_OPTIONAL_MAX} parts at most that may match nothing`);
  }

  #refuse({ start, end }: AST.Node, message: string): void {
    this.#found ??= { start, end: Math.max(end, start + 1), message };
  }
}

function takesNoPlace(element: AST.Element): boolean {
  return element.type === 'Assertion' || element.type === 'Backreference';
}
