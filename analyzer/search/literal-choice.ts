/** Literals that lead to lines, and a guess at what it costs to follow them: good for comparing, and for nothing else. */
import type { WantedText } from '../core/case-reader.ts';

export interface LiteralChoice {
  /** Every line that counts holds one of these. */
  readonly literals: readonly Uint8Array[];
  /** For each byte of text, in lines that have to be looked at. */
  readonly cost: number;
}

/** Looking for one literal in a text takes the time of looking at a line every so many bytes. */
const PASS_BYTES = 500;
/** Bytes of a line, more or less: looking at every line costs one of them for each. */
const LINE_BYTES = 150;

/** What the first byte says more than the others, and what each byte says, in bits: the letters of a word follow from each other. */
const FIRST_BITS = 2;
const BITS = Float64Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[jqxz]/i.test(character)) return 4;
  if (/[a-z]/i.test(character)) return 2;
  if (/[0-9]/.test(character)) return 3.3;
  return character === ' ' ? 1.5 : 3;
});

/** @returns the cheapest of all, the union of any; null when no literal is wanted. */
export function choiceOf(wanted: WantedText): LiteralChoice | null {
  if (wanted instanceof Uint8Array) return { literals: [wanted], cost: costOf(wanted) };
  return 'all' in wanted ? cheapest(wanted.all.map(choiceOf)) : union(wanted.any.map(choiceOf));
}

export function cheapest(choices: readonly (LiteralChoice | null)[]): LiteralChoice | null {
  let best: LiteralChoice | null = null;
  for (const choice of choices) if (choice !== null && (best === null || choice.cost < best.cost)) best = choice;
  return best;
}

/** @returns null when one of them leads nowhere. */
export function union(choices: readonly (LiteralChoice | null)[]): LiteralChoice | null {
  if (!choices.every((choice) => choice !== null)) return null;
  return {
    literals: choices.flatMap((choice) => choice.literals),
    cost: choices.reduce((sum, choice) => sum + choice.cost, 0),
  };
}

/** @returns true when looking at every line would be no dearer. */
export function isIdle({ cost }: LiteralChoice): boolean {
  return cost >= 1 / LINE_BYTES;
}

function costOf(literal: Uint8Array): number {
  const bits = literal.reduce((sum, byte) => sum + (BITS[byte] as number), FIRST_BITS);
  return 1 / PASS_BYTES + 2 ** -bits;
}
