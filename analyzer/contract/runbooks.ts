/** Runbooks: which there are, why they fit a case, and what running one gives. Schemas only: imported by the renderer. */
import * as z from 'zod';
import { BundleId, CaseId, FindingId } from '../core/ids.ts';
import { RunbookHead, RunbookResult, SafetyRating, StepKind, StepLevel } from '../core/runbook.ts';

/** Folders with runbooks of the engineer's own, or single files; absolute. Those of the settings come on top. */
const folders = z.array(z.string().min(1).max(4096)).max(50).default([]);

export const RunbookReason = z
  .object({
    /** Plain sentence, e.g. `The finding "kube-proxy cannot reach the Kubernetes API" leads to it`. */
    because: z.string(),
    findings: z.array(FindingId).readonly(),
  })
  .readonly();
export type RunbookReason = z.infer<typeof RunbookReason>;

export const ListedRunbook = z
  .object({
    runbook: RunbookHead,
    /** Empty: nothing in the case leads to it. */
    suggested: z.array(RunbookReason).readonly(),
  })
  .readonly();
export type ListedRunbook = z.infer<typeof ListedRunbook>;

/** A file that is no runbook as it stands; the others are not affected. */
export const BrokenRunbook = z
  .object({
    file: z.string(),
    origin: z.enum(['shipped', 'own']),
    mistakes: z
      .array(z.object({ line: z.number().int(), column: z.number().int(), message: z.string() }).readonly())
      .readonly(),
  })
  .readonly();
export type BrokenRunbook = z.infer<typeof BrokenRunbook>;

/** Without a case nothing is suggested. Suggested ones come first, the most severe first; then by id. */
export const RunbooksList = {
  input: z.object({ caseId: CaseId.nullable(), folders }),
  output: z
    .object({
      runbooks: z.array(ListedRunbook).readonly(),
      broken: z.array(BrokenRunbook).readonly(),
      /** Why nothing could be suggested, when the analysis failed; null otherwise. */
      notSuggested: z.string().nullable(),
    })
    .readonly(),
} as const;

/** A runbook to be read. Fails with `not-found`, and with `wrong-usage` when its file is broken. */
export const RunbooksGet = {
  input: z.object({ runbook: z.string().min(1), folders }),
  output: z
    .object({
      runbook: RunbookHead,
      context: z.string().nullable(),
      phases: z
        .array(
          z
            .object({
              title: z.string(),
              steps: z
                .array(
                  z
                    .object({
                      id: z.string(),
                      depth: z.number().int(),
                      level: StepLevel.nullable(),
                      kind: StepKind,
                      /** Markdown. */
                      text: z.string(),
                    })
                    .readonly(),
                )
                .readonly(),
            })
            .readonly(),
        )
        .readonly(),
      escalation: z.array(z.string()).readonly(),
      safetyRatings: z.array(z.string()).readonly(),
      commonIssues: z
        .array(
          z
            .object({
              symptoms: z.string(),
              diagnosis: z.string(),
              resolution: z.string(),
              safety: SafetyRating,
            })
            .readonly(),
        )
        .readonly(),
    })
    .readonly(),
} as const;

/**
 * Answers when the runbook was run. Meanwhile it is a job of kind `runbook`: progress by `onDidChangeJob`, ended by
 * `job.cancel`, then it fails with `cancelled`. Other failures are those of `runbooks.get`, and of the analysis.
 */
export const RunbooksRun = {
  input: z.object({
    caseId: CaseId,
    /** Its id, or the path of its file. */
    runbook: z.string().min(1),
    /** null: the bundle that has the worst finding leading to the runbook. */
    bundle: BundleId.nullable().default(null),
    folders,
  }),
  output: RunbookResult,
} as const;
