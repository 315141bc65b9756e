/** Who differs, in words: the few against the many. */
import { named } from '../core/some-of.ts';

/** Different values in one sentence. */
const VALUES_TOLD = 3;
/** Of one value in a sentence. */
const VALUE_CHARS = 120;

export interface OneSide {
  readonly label: string;
  readonly isAffected: boolean;
}

/** @returns the text in one line, cut to what a sentence can hold. */
export function brief(value: string, chars: number = VALUE_CHARS): string {
  const line = value.replace(/\s+/g, ' ').trim();
  return line.length <= chars ? line : `${line.slice(0, chars - 1).trimEnd()}…`;
}

interface Group {
  readonly value: string;
  readonly sides: readonly OneSide[];
}

/**
 * @param values what each side has, in the order of the sides; null: not known there.
 * @returns `0 only on n1; 1 on the 3 others`, the odd ones first; `0 on n1; 1 on n2` for two sides.
 */
export function whoHasWhat(sides: readonly OneSide[], values: readonly (string | null)[]): string {
  const groups = groupsOf(sides, values);
  const told = groups.slice(0, VALUES_TOLD);
  const known = groups.reduce((sum, group) => sum + group.sides.length, 0);
  const most = told.at(-1);
  const clearMost = most !== undefined && told.length > 1 && most.sides.length > (told.at(-2)?.sides.length ?? 0);
  const parts = told.map((group) => {
    const names = named(group.sides.map(({ label }) => label));
    if (known > 2 && groups.length <= VALUES_TOLD && clearMost && group === most && group.sides.length > 1)
      return `${brief(group.value)} on the ${group.sides.length} others`;
    const only = known > 2 && groups.length === 2 && clearMost && group !== most ? 'only on' : 'on';
    return `${brief(group.value)} ${only} ${names}`;
  });
  const more = groups.length - told.length;
  const rest = more > 0 ? `; ${more} more ${more === 1 ? 'value' : 'values'} elsewhere` : '';
  return `${parts.join('; ')}${rest}`;
}

/** Affected sides lead, then the fewest. */
function groupsOf(sides: readonly OneSide[], values: readonly (string | null)[]): readonly Group[] {
  const byValue = new Map<string, OneSide[]>();
  for (const [at, value] of values.entries()) {
    const side = sides[at];
    if (value === null || side === undefined) continue;
    const group = byValue.get(value) ?? [];
    byValue.set(value, group);
    group.push(side);
  }
  const affected = ({ sides: of }: Group): number => (of.some((side) => side.isAffected) ? 0 : 1);
  return [...byValue]
    .map(([value, of]): Group => ({ value, sides: of }))
    .sort(
      (one, two) =>
        one.sides.length - two.sides.length || affected(one) - affected(two) || (one.value < two.value ? -1 : 1),
    );
}

/** @returns `Only on n1`, `On n1, not on n2`, `On n1 and n2, not on the 4 others`: who has it, and who does not. */
export function whoHasIt(sides: readonly OneSide[], has: readonly ('yes' | 'no' | 'unknown')[]): string {
  const of = (wanted: 'yes' | 'no'): readonly string[] =>
    sides.filter((_, at) => has[at] === wanted).map(({ label }) => label);
  const [yes, no] = [of('yes'), of('no')];
  if (yes.length === 1 && no.length > 1) return `Only on ${yes[0]}`;
  return `On ${named(yes)}, not on ${no.length === 1 ? no[0] : `the ${no.length} others`}`;
}
