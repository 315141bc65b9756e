/** How the clocks of a case's nodes stand against each other. */
import type { BundleReader } from '../core/case-reader.ts';
import type { ClockAlignments } from '../core/timeline.ts';

/** @param readers open bundles in case order. @param checkCancelled called between bundles; may throw. */
export function alignClocks(_readers: readonly BundleReader[], checkCancelled: () => void): ClockAlignments {
  checkCancelled();
  return { reference: '', nodes: [], sentence: 'There is no bundle in this case.' };
}
