/**
 * Many bundles concluded at once: imported into one case, so that threads, rules and code are loaded once, and each then
 * taken for itself, as a case of its own would have it.
 */
import type { CaseId } from '../../analyzer/core/ids.ts';
import type { Analysis, Bundle, Cause, Finding } from '../../analyzer/core/vocabulary.ts';
import { rankCauses } from '../../analyzer/jobs/rank-causes.ts';
import type { EngineSession } from './fixtures-engine.ts';

export interface BundleAnalysis {
  readonly caseId: CaseId;
  readonly bundle: Bundle;
  readonly causes: readonly Cause[];
  readonly findings: readonly Finding[];
  readonly outcomes: Analysis['coverage']['analyzers'];
  readonly facts: Analysis['nodes'][number]['facts'];
}

/** What only shows when bundles are held against each other: those of this case have nothing to do with each other. */
const ACROSS = 'service-disagreement';

/** @param archives paths with different base names. @returns what each shows, by the base name of its archive. */
export async function analyseTogether(
  session: EngineSession,
  archives: readonly string[],
): Promise<ReadonlyMap<string, BundleAnalysis>> {
  const { caseId, job } = await session.importNew(archives);
  if (job.failure !== null) throw new Error(job.failure.message);
  const analysis = await session.ask('case.analysis', { caseId });
  const { bundles } = await session.ask('case.open', { caseId });
  return new Map(
    bundles.map((bundle) => {
      const findings = analysis.findings.filter(({ bundle: of, rule }) => of === bundle.id && rule !== ACROSS);
      return [
        bundle.name,
        {
          caseId,
          bundle,
          findings,
          causes: rankCauses(findings).map(({ cause }) => cause),
          outcomes: analysis.coverage.analyzers.filter((outcome) => outcome.bundle === bundle.id),
          facts: analysis.nodes.find((node) => node.bundle === bundle.id)?.facts ?? [],
        },
      ];
    }),
  );
}
