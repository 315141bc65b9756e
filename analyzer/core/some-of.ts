import { grouped } from './grouped.ts';

/**
 * The first of many names, where a sentence has no room for all.
 * @returns `a, b, c`; of more than `max` `a, b, c and 4 more`. @param separator `; ` where a comma stands in names: `a; b; and 4 more`.
 */
export function someOf(names: readonly string[], max: number, separator: ', ' | '; ' = ', '): string {
  const more = names.length - max;
  const first = names.slice(0, max).join(separator);
  return more > 0 ? `${first}${separator === ', ' ? '' : ';'} and ${grouped(more)} more` : first;
}

/** The same for few names, as they are spoken. @returns `a`, `a and b`; of more than `max` `a, b and 3 more`. */
export function named(names: readonly string[], max = 3): string {
  if (names.length > max) return someOf(names, max - 1);
  return names.length <= 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
