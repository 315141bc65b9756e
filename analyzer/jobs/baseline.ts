/** Known noise: what a bundle that the engineer marked healthy shows as well is annotated, never hidden. */
import { bundlesStating } from '../core/stated-in.ts';
import type { Analysis, Bundle, Finding } from '../core/vocabulary.ts';

/**
 * @param findings of a whole case. @returns them in the same order; those of other bundles say on which healthy nodes
 * the same rule or analyzer found something.
 */
export function annotated(findings: readonly Finding[], bundles: readonly Bundle[]): readonly Finding[] {
  const healthy = new Map(bundles.filter((bundle) => bundle.markedHealthy).map((bundle) => [bundle.id, bundle]));
  if (healthy.size === 0) return findings;
  const alsoOn = new Map<string, Set<string>>();
  for (const finding of findings) {
    for (const id of bundlesStating(finding)) {
      const bundle = healthy.get(id);
      if (bundle === undefined) continue;
      const nodes = alsoOn.get(finding.rule) ?? new Set();
      alsoOn.set(finding.rule, nodes.add(bundle.node ?? bundle.name));
    }
  }
  return findings.map((finding) => {
    const nodes = alsoOn.get(finding.rule);
    return nodes === undefined || healthy.has(finding.bundle) ? finding : { ...finding, alsoOn: [...nodes].sort() };
  });
}

/** @returns what there is to filter by: the healthy nodes, and how many findings of others they show as well. */
export function baselineOf(
  findings: readonly Finding[],
  bundles: readonly Bundle[],
): NonNullable<Analysis['baseline']> {
  const nodes = bundles.filter((bundle) => bundle.markedHealthy).map((bundle) => bundle.node ?? bundle.name);
  return {
    nodes: [...new Set(nodes)].sort(),
    findings: findings.filter((finding) => (finding.alsoOn ?? []).length > 0).length,
  };
}
