/** Which sides count as affected, and how that is known. */
import type { ComparedSide } from '../core/comparison.ts';
import type { BundleId } from '../core/ids.ts';
import { named } from '../core/some-of.ts';
import { statedIn } from '../core/stated-in.ts';
import { type Bundle, type Finding, SEVERITIES, type Severity, severityRank } from '../core/vocabulary.ts';
import { labelsOf, type Parts } from './side.ts';

/** Below this a finding makes no node affected. */
const SEVERITY_MIN: Severity = 'medium';

/** @param given bundles that the engineer names as affected. */
export function partsOf(
  bundles: readonly Bundle[],
  given: readonly BundleId[],
  findings: readonly Pick<Finding, 'bundle' | 'severity'>[],
): Parts {
  const labels = labelsOf(bundles);
  const said = new Set(given.filter((id) => bundles.some((bundle) => bundle.id === id)));
  const marked = bundles.filter(({ markedHealthy }) => markedHealthy);
  const sidesAs = (part: (bundle: Bundle) => ComparedSide['part']): readonly ComparedSide[] =>
    bundles.map((bundle, at) => ({
      bundle: bundle.id,
      label: labels[at] ?? bundle.name,
      node: bundle.node,
      collectedAt: bundle.collectedAt,
      part: part(bundle),
    }));
  const labelled = (wanted: (bundle: Bundle) => boolean): string =>
    named(bundles.flatMap((bundle, at) => (wanted(bundle) ? [labels[at] ?? bundle.name] : [])));
  if (said.size > 0 && said.size < bundles.length) {
    return {
      // Held against the affected ones is not healthy: that word is the engineer's, who marked a bundle so.
      sides: sidesAs(({ id, markedHealthy }) => (said.has(id) ? 'affected' : markedHealthy ? 'healthy' : 'unknown')),
      affected: said,
      note: `${labelled(({ id }) => said.has(id))} ${said.size === 1 ? 'is' : 'are'} given as affected.`,
    };
  }
  if (marked.length > 0 && marked.length < bundles.length) {
    return {
      sides: sidesAs(({ markedHealthy }) => (markedHealthy ? 'healthy' : 'affected')),
      affected: new Set(bundles.filter(({ markedHealthy }) => !markedHealthy).map(({ id }) => id)),
      note: `${labelled(({ markedHealthy }) => markedHealthy)} ${marked.length === 1 ? 'is' : 'are'} marked healthy, so that ${labelled(({ markedHealthy }) => !markedHealthy)} ${bundles.length - marked.length === 1 ? 'counts' : 'count'} as affected.`,
    };
  }
  const sides = sidesAs(() => 'unknown');
  const worst = bundles.map(({ id }) => worstOf(findings.filter((finding) => statedIn(id, finding))));
  const most = Math.max(...worst);
  const chosen = bundles.filter((_, at) => worst[at] === most);
  if (most < severityRank(SEVERITY_MIN) || chosen.length === bundles.length) {
    return {
      sides,
      affected: new Set(),
      note: 'No side is known to be affected: their worst findings are alike, so that all count alike.',
    };
  }
  const ids = new Set<string>(chosen.map(({ id }) => id));
  const severity = SEVERITIES[SEVERITIES.length - 1 - most];
  return {
    sides,
    affected: ids,
    note: `No side is given as affected or marked healthy: ${labelled(({ id }) => ids.has(id))} ${chosen.length === 1 ? 'has' : 'have'} the worst findings (${severity}), and ${chosen.length === 1 ? 'is' : 'are'} held against the others.`,
  };
}

function worstOf(findings: readonly Pick<Finding, 'severity'>[]): number {
  return findings.reduce((most, { severity }) => Math.max(most, severityRank(severity)), 0);
}
