/**
 * Patterns that V8 would take seconds to compile, which nothing can stop: its time grows with the cube of how many parts
 * may be left out (`a?` 500 times and a word: one second, 2,000 times: ninety), and with the square of groups that keep
 * what they match.
 */
import type { AST } from '@eslint-community/regexpp';

/** Parts that may match nothing: a hundred take V8 some 50 ms; whoever writes patterns by hand has ten. */
export const PATTERN_OPTIONAL_MAX = 100;

/** Groups that keep what they match; so many take V8 some 50 ms. */
export const PATTERN_GROUPS_MAX = 500;

/** `start`, `end`: the first part that is too many. */
export interface TooMany {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** @returns null when the pattern is small enough. */
export function tooMany(tree: AST.Pattern): TooMany | null {
  const count = new PartCount();
  count.alternatives(tree.alternatives);
  return count.found;
}

class PartCount {
  found: TooMany | null = null;
  #optional = 0;
  #groups = 0;

  alternatives(list: readonly AST.Alternative[]): void {
    for (const alternative of list) {
      // Only one of several: a group with nothing else in it is no choice.
      if (list.length > 1 && alternative.elements.every(takesNoPlace)) this.#countOptional(alternative);
      for (const element of alternative.elements) this.#element(element);
    }
  }

  #element(element: AST.Element): void {
    if (element.type === 'Quantifier') {
      if (element.min === 0) this.#countOptional(element);
      this.#element(element.element);
    } else if ('alternatives' in element) {
      if (element.type === 'CapturingGroup') this.#groups += 1;
      if (this.#groups === PATTERN_GROUPS_MAX + 1) {
        this.#refuse(element, `a pattern has ${PATTERN_GROUPS_MAX} groups at most, (?:...) not counted`);
      }
      this.alternatives(element.alternatives);
    }
  }

  #countOptional(part: AST.Alternative | AST.Quantifier): void {
    this.#optional += 1;
    if (this.#optional === PATTERN_OPTIONAL_MAX + 1) {
      this.#refuse(part, `${PATTERN_OPTIONAL_MAX} parts of a pattern may match nothing at most`);
    }
  }

  #refuse({ start, end }: AST.Node, message: string): void {
    this.found ??= { start, end: Math.max(end, start + 1), message };
  }
}

function takesNoPlace(element: AST.Element): boolean {
  return element.type === 'Assertion' || element.type === 'Backreference';
}
