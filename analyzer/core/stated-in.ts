/** Whose finding it is: two captures of one node that hold the same lines state it both, and it is told once. */
import type { BundleId } from './ids.ts';
import type { Finding } from './vocabulary.ts';

/** @returns the bundles that state the finding, the one whose lines it cites first. */
export function bundlesStating({ bundle, alsoIn = [] }: Pick<Finding, 'bundle' | 'alsoIn'>): readonly BundleId[] {
  return [bundle, ...alsoIn];
}

/** @returns true when what was captured in the bundle states the finding. */
export function statedIn(bundle: BundleId, finding: Pick<Finding, 'bundle' | 'alsoIn'>): boolean {
  return bundlesStating(finding).includes(bundle);
}
