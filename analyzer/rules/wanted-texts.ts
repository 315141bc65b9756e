/** What rules look for in the text of a bundle, and which of them asks. */
import type { WantedText } from '../core/case-reader.ts';
import type { WantedLiterals } from '../core/case-writer.ts';
import { alsoInLine, entriesIn, rolesOf } from './rule-lines.ts';
import type { Rule } from './schema.ts';

/** @returns every literal by which a line is found or said to be over, each once, sorted. */
export function literalsOf(rules: readonly Rule[]): readonly string[] {
  return [...new Set(rules.flatMap(literalsOfOne))].sort();
}

function literalsOfOne({ match, over }: Rule): readonly string[] {
  return [...match.flatMap((entry) => entry.literals), ...(over?.recovery ?? [])];
}

/** @returns what an import is to look for, so that these rules need not read its text again. */
export function wantedAtImport(rules: readonly Rule[]): WantedLiterals {
  const literals = literalsOf(rules);
  const going = new Set(rules.filter(({ continues }) => continues !== undefined).flatMap(literalsOfOne));
  return { literals, continued: [...literals.keys()].filter((nth) => going.has(literals[nth] as string)) };
}

/** @returns the rules whose literals are all among these, and the others. */
export function rulesByLiterals(
  rules: readonly Rule[],
  known: readonly string[],
): { readonly within: readonly Rule[]; readonly others: readonly Rule[] } {
  const all = new Set(known);
  const isWithin = (rule: Rule): boolean => literalsOfOne(rule).every((literal) => all.has(literal));
  return { within: rules.filter(isWithin), others: rules.filter((rule) => !isWithin(rule)) };
}

/** The entries of a rule that are counted together in a file: those that always count, or those that only do otherwise. */
export interface Slot {
  readonly rule: Rule;
  readonly entries: Rule['match'];
}

/** What a literal is looked for. */
export interface Asked {
  readonly slot: Slot;
  readonly says: 'match' | 'recovery';
}

export interface WantedOfRole {
  /** By the place of a literal. */
  readonly askedBy: ReadonlyMap<number, readonly Asked[]>;
  /** By the place of a text: the literal to look for in blocks that may hold it. */
  readonly literalOf: ReadonlyMap<number, number>;
}

/** All literals that rules look for: each is looked for once, whoever wants it. */
export interface WantedTexts {
  readonly literals: readonly Buffer[];
  /** What a block must hold to be worth reading. */
  readonly texts: readonly WantedText[];
  readonly byRole: ReadonlyMap<string, WantedOfRole>;
}

/** Of the rules that were asked for last: every bundle is read for the same ones, and they can be prepared. */
let last: { readonly rules: readonly Rule[]; readonly wanted: WantedTexts } | null = null;

/** @returns what to look for, literals in the order of their text. */
export function wantedTexts(rules: readonly Rule[]): WantedTexts {
  if (last === null || !areSameRules(last.rules, rules)) last = { rules, wanted: allWanted(rules) };
  return last.wanted;
}

export function areSameRules(some: readonly Rule[], others: readonly Rule[]): boolean {
  return some.length === others.length && some.every((rule, nth) => rule === others[nth]);
}

function allWanted(rules: readonly Rule[]): WantedTexts {
  const literals = new Numbered<Buffer>();
  const texts = new Numbered<WantedText>();
  const parts = new Numbered<Buffer>();
  const byRole = new Map<
    string,
    { readonly askedBy: Map<number, readonly Asked[]>; readonly literalOf: Map<number, number> }
  >();
  const part = (text: string): Buffer => parts.of(text, () => Buffer.from(text)).value;
  for (const text of literalsOf(rules)) literals.of(text, () => part(text));
  const want = (role: string, text: string, also: readonly string[] | null, asked: Asked): void => {
    const ofRole = byRole.get(role) ?? { askedBy: new Map(), literalOf: new Map() };
    byRole.set(role, ofRole);
    const literal = literals.of(text, () => part(text));
    ofRole.askedBy.set(literal.nth, [...(ofRole.askedBy.get(literal.nth) ?? []), asked]);
    const whole = texts.of(JSON.stringify([text, also]), () =>
      also === null ? literal.value : { all: [literal.value, { any: also.map(part) }] },
    );
    ofRole.literalOf.set(whole.nth, literal.nth);
  };
  for (const rule of rules) {
    for (const role of new Set(rolesOf(rule))) {
      const also = alsoInLine(rule, role);
      for (const slot of slotsOf(rule, role)) {
        const matching = new Set(slot.entries.flatMap((entry) => entry.literals));
        for (const literal of matching) want(role, literal, also, { slot, says: 'match' });
        for (const literal of rule.over?.recovery ?? []) want(role, literal, null, { slot, says: 'recovery' });
      }
    }
  }
  return { literals: literals.values(), texts: texts.values(), byRole };
}

/** Values by their text, each once, with its place in the order in which they came. */
class Numbered<T> {
  readonly #known = new Map<string, { readonly nth: number; readonly value: T }>();

  of(text: string, make: () => T): { readonly nth: number; readonly value: T } {
    const known = this.#known.get(text) ?? { nth: this.#known.size, value: make() };
    this.#known.set(text, known);
    return known;
  }

  values(): readonly T[] {
    return [...this.#known.values()].map(({ value }) => value);
  }
}

/** The entries that always count, then those that count only when the others found nothing. */
function slotsOf(rule: Rule, role: string): readonly Slot[] {
  const entries = entriesIn(rule, role);
  return [entries.filter((entry) => entry.when === undefined), entries.filter((entry) => entry.when !== undefined)]
    .filter((some) => some.length > 0)
    .map((some) => ({ rule, entries: some }));
}
