/**
 * Patterns as programs of a small machine (pattern-run.ts), which finds what V8 finds but counts its steps. Follows the
 * semantics of ECMA-262 22.2.2 without the flags `u`, `v` and `m`.
 */
import type { AST } from '@eslint-community/regexpp';
import { anyCaseUnits, canonical, isWordUnit, type UnitTest, unitTest } from './pattern-units.ts';
import type { PatternTerm } from './query.ts';

/** +1 reads forwards, -1 backwards (in a lookbehind). */
export type Direction = 1 | -1;

export type Instruction =
  | { readonly op: 'unit'; readonly accepts: UnitTest; readonly direction: Direction }
  /** As many units as there are, and fewer if that fails: a greedy loop of one unit, forwards. */
  | { readonly op: 'units'; readonly accepts: UnitTest; readonly min: number; readonly max: number }
  /** Goes on with the next instruction, and at `other` if that fails. */
  | { readonly op: 'fork'; readonly other: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'save'; readonly register: number }
  /** Start of a loop: no turn yet. */
  | { readonly op: 'loop-start'; readonly turns: number; readonly from: number }
  | LoopHead
  /** Another turn: what groups in it held is forgotten. */
  | { readonly op: 'loop-turn'; readonly head: number }
  | { readonly op: 'look'; readonly wants: 'match' | 'no match'; readonly after: number }
  | { readonly op: 'same'; readonly groups: readonly number[]; readonly fold: Fold; readonly direction: Direction }
  | { readonly op: 'at'; readonly accepts: (text: string, at: number) => boolean }
  | { readonly op: 'accept' };

export interface LoopHead {
  readonly op: 'loop-head';
  /** Registers: turns begun, place where the last one began. */
  readonly turns: number;
  readonly from: number;
  readonly min: number;
  readonly max: number;
  readonly greedy: 'greedy' | 'lazy';
  /** Registers of groups inside: from, to. */
  readonly groups: readonly [number, number];
  readonly exit: number;
}

export type Fold = (unit: number) => number;

export interface PatternProgram {
  readonly code: readonly Instruction[];
  readonly registers: number;
}

interface Mode {
  readonly letters: PatternTerm['letters'];
  readonly direction: Direction;
}

/** @param tree of a pattern without flags but `i`. Register 2n and 2n + 1 hold start and end of group n, from 1. */
export function compilePattern(tree: AST.Pattern, letters: PatternTerm['letters']): PatternProgram {
  return new Compiler(tree).program(letters);
}

class Compiler {
  readonly #tree: AST.Pattern;
  readonly #code: Instruction[] = [];
  readonly #groups = new Map<AST.CapturingGroup, number>();
  #registers: number;

  constructor(tree: AST.Pattern) {
    this.#tree = tree;
    collectGroups(tree, this.#groups);
    this.#registers = 2 * (this.#groups.size + 1);
  }

  program(letters: PatternTerm['letters']): PatternProgram {
    this.#alternatives(this.#tree.alternatives, { letters, direction: 1 });
    this.#code.push({ op: 'accept' });
    return { code: this.#code, registers: this.#registers };
  }

  #alternatives(list: readonly AST.Alternative[], mode: Mode): void {
    const ends: number[] = [];
    list.forEach((alternative, index) => {
      const last = index === list.length - 1;
      const fork = this.#code.length;
      if (!last) this.#code.push({ op: 'fork', other: -1 });
      const elements = mode.direction === 1 ? alternative.elements : [...alternative.elements].reverse();
      for (const element of elements) this.#element(element, mode);
      if (last) return;
      ends.push(this.#code.length);
      this.#code.push({ op: 'jump', to: -1 });
      this.#code[fork] = { op: 'fork', other: this.#code.length };
    });
    for (const end of ends) this.#code[end] = { op: 'jump', to: this.#code.length };
  }

  #element(element: AST.Element, mode: Mode): void {
    switch (element.type) {
      case 'Quantifier':
        this.#repeated(element, mode);
        break;
      case 'Group':
        this.#alternatives(element.alternatives, mode);
        break;
      case 'CapturingGroup':
        this.#group(element, mode);
        break;
      case 'Assertion':
        this.#assertion(element, mode);
        break;
      case 'Backreference':
        this.#reference(element, mode);
        break;
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass':
        this.#code.push({ op: 'unit', accepts: testOf(element, mode), direction: mode.direction });
    }
  }

  #group(group: AST.CapturingGroup, mode: Mode): void {
    const start = 2 * (this.#groups.get(group) as number);
    const [first, last] = mode.direction === 1 ? [start, start + 1] : [start + 1, start];
    this.#code.push({ op: 'save', register: first });
    this.#alternatives(group.alternatives, mode);
    this.#code.push({ op: 'save', register: last });
  }

  #assertion(assertion: AST.Assertion, mode: Mode): void {
    if (assertion.kind === 'lookahead' || assertion.kind === 'lookbehind') {
      const look = this.#code.length;
      this.#code.push({ op: 'accept' });
      this.#alternatives(assertion.alternatives, { ...mode, direction: assertion.kind === 'lookahead' ? 1 : -1 });
      this.#code.push({ op: 'accept' });
      this.#code[look] = { op: 'look', wants: assertion.negate ? 'no match' : 'match', after: this.#code.length };
      return;
    }
    this.#code.push({ op: 'at', accepts: edgeTest(assertion) });
  }

  #reference({ resolved }: AST.Backreference, mode: Mode): void {
    const groups = [resolved].flat().map((group) => this.#groups.get(group) as number);
    const fold = mode.letters === 'any case' ? canonical : (unit: number): number => unit;
    this.#code.push({ op: 'same', groups, fold, direction: mode.direction });
  }

  #repeated({ element, min, max, greedy }: AST.Quantifier, mode: Mode): void {
    const single = isSingle(element) ? testOf(element, mode) : null;
    if (single !== null && greedy && mode.direction === 1) {
      this.#code.push({ op: 'units', accepts: single, min, max });
      return;
    }
    const [turns, from] = [this.#registers, this.#registers + 1];
    this.#registers += 2;
    this.#code.push({ op: 'loop-start', turns, from });
    const head = this.#code.length;
    this.#code.push({ op: 'accept' }, { op: 'loop-turn', head });
    this.#element(element, mode);
    this.#code.push({ op: 'jump', to: head });
    this.#code[head] = {
      op: 'loop-head',
      turns,
      from,
      min,
      max,
      greedy: greedy ? 'greedy' : 'lazy',
      groups: this.#groupsIn(element),
      exit: this.#code.length,
    };
  }

  /** Groups are numbered as they open, so that those inside an element follow each other. */
  #groupsIn(element: AST.QuantifiableElement): readonly [number, number] {
    const inside = [...this.#groups].filter(([{ start, end }]) => start >= element.start && end <= element.end);
    const first = inside[0]?.[1];
    return first === undefined ? [0, 0] : [2 * first, 2 * (first + inside.length)];
  }
}

/** Numbers of groups, from 1, in the order in which they open. */
function collectGroups(
  within: { readonly alternatives: AST.Alternative[] },
  into: Map<AST.CapturingGroup, number>,
): void {
  for (const element of within.alternatives.flatMap((alternative) => alternative.elements)) {
    const inner = element.type === 'Quantifier' ? element.element : element;
    if (inner.type === 'CapturingGroup') into.set(inner, into.size + 1);
    if ('alternatives' in inner) collectGroups(inner, into);
  }
}

type Single = AST.Character | AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass;

function isSingle(element: AST.QuantifiableElement): element is Single {
  return ['Character', 'CharacterClass', 'CharacterSet', 'ExpressionCharacterClass'].includes(element.type);
}

function testOf(element: Single, { letters }: Mode): UnitTest {
  if (element.type === 'CharacterSet' && element.kind === 'any') return (unit) => !isLineEnd(unit);
  const negate = element.type === 'CharacterClass' && element.negate;
  const plain = unitTest(element);
  const folded = letters === 'any case' ? anyCaseUnits(plain) : plain;
  return negate ? (unit) => !folded(unit) : folded;
}

function isLineEnd(unit: number): boolean {
  return unit === 10 || unit === 13 || unit === 0x2028 || unit === 0x2029;
}

function edgeTest(assertion: AST.EdgeAssertion | AST.WordBoundaryAssertion): (text: string, at: number) => boolean {
  if (assertion.kind !== 'word')
    return assertion.kind === 'start' ? (_, at) => at === 0 : (text, at) => at === text.length;
  const wanted = !assertion.negate;
  // Outside of the text a unit is NaN, which is no part of a word.
  return (text, at) => (isWordUnit(text.charCodeAt(at - 1)) !== isWordUnit(text.charCodeAt(at))) === wanted;
}
