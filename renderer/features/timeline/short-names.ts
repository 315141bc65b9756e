/** Nodes as the chips of the scope name them: without the part that all share. */
import { nodeLabel } from '../../model/evidence.ts';
import { hostNames, sharedPrefix } from '../../model/format.ts';
import type { Bundle, BundleId } from '../../model/types.ts';

/** @returns e.g. `113-27` for ip-10-0-113-27.ec2.internal among nodes of ip-10-0-; one node keeps its name. */
export function shortNames(bundles: readonly Bundle[]): ReadonlyMap<BundleId, string> {
  const short = sharedPrefix(hostNames(bundles.map(nodeLabel))).rest;
  return new Map(bundles.map(({ id }, index) => [id, short[index] ?? '']));
}
