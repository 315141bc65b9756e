import { groupedBy } from '../../model/grouped-by.ts';
import type { Cause, Finding } from '../../model/types.ts';

export interface RankedCause {
  readonly cause: Cause;
  readonly finding: Finding;
}

/**
 * Causes that say the same of several nodes belong together: of 60 nodes with one fault the second fault stood below 59 repetitions.
 * @param causes by rank. @returns groups by the rank of their first; a group has one cause of each bundle at most.
 */
export function causesAlike<C extends RankedCause>(causes: readonly C[]): readonly (readonly C[])[] {
  const told = new Map<string, number>();
  const groups = groupedBy(causes, ({ finding: { bundle, rule, title } }) => {
    const what = `${rule}\n${title}`;
    const of = `${bundle}\n${what}`;
    const nth = (told.get(of) ?? 0) + 1;
    told.set(of, nth);
    return `${nth}\n${what}`;
  });
  return [...groups.values()];
}
