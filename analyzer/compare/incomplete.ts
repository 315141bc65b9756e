/** Bundles that do not hold all that was collected: what is not in them may have been there. */
import type { Bundle, Gap } from '../core/vocabulary.ts';

/** Gaps of an archive as a whole behind which members are missing. */
const ENDS_EARLY: ReadonlySet<Gap['kind']> = new Set(['truncated', 'corrupt', 'unreadable', 'limit']);

/** @returns why files may be missing that were collected; null when none is known to be. */
export function incompleteBecause({ gaps }: Pick<Bundle, 'gaps'>): string | null {
  const found = gaps.find(({ kind, weight, file }) => weight === 'major' && file === null && ENDS_EARLY.has(kind));
  return found === undefined ? null : `the archive is not whole: ${found.message}`;
}
