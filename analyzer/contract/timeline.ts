/** Questions about time, over all nodes of a case, and about what sets nodes apart. Schemas only: imported by the renderer. */
import * as z from 'zod';
import { COMPARED_BUNDLES_MAX, Comparison, Fleet, TextComparison } from '../core/comparison.ts';
import { Correlation } from '../core/correlation.ts';
import { BundleId, CaseId, FindingId } from '../core/ids.ts';
import { ClockAlignments, LaneKind, MergedPage, TimelineHistogram } from '../core/timeline.ts';
import { Severity } from '../core/vocabulary.ts';

/** ISO 8601 with or without a time of day; without a zone it is UTC. Anything else fails with `wrong-usage`. */
const instant = z.string().min(1).max(100);
const scope = {
  caseId: CaseId,
  /** Only these; all of the case when null. */
  bundles: z.array(BundleId).max(1_000).nullable().default(null),
};

/**
 * Lines by time and severity. A window that holds nothing is an answer, whose sentence says where there is something. Fails
 * with `wrong-usage` for what is no instant, and for an end that is not after the start. A later question about the same
 * case ends an unanswered one as `cancelled`.
 */
export const TimelineHistogramOf = {
  input: z.object({
    ...scope,
    from: instant.nullable().default(null),
    to: instant.nullable().default(null),
    /** Five minutes before and after it, where neither `from` nor `to` is given. */
    incident: instant.nullable().default(null),
    /** At most so many columns; their width is a whole number of seconds, minutes, hours or days that fits the window into them. */
    columns: z.number().int().min(1).max(4_000).default(600),
    lanes: LaneKind.default('component'),
  }),
  output: TimelineHistogram,
} as const;

export const MERGED_LINES_MAX = 1_000;
/** Where nobody says how many. */
export const MERGED_LINES = 200;

/** Lines of all files in the order of time, from an instant or a cursor on, either way. */
export const TimelineLines = {
  input: z.object({
    ...scope,
    at: z.union([
      z.object({ time: instant }),
      /** `before` or `after` of an earlier page to the same question. */
      z.object({ cursor: z.string().max(1_000) }),
    ]),
    /** `after`: lines at or behind an instant, behind a cursor; `before`: lines before either. */
    direction: z.enum(['after', 'before']).default('after'),
    count: z.number().int().min(1).max(MERGED_LINES_MAX).default(MERGED_LINES),
    /** With `after`: only lines before it. */
    until: instant.nullable().default(null),
    /** Only lines of this severity or worse. */
    severity: Severity.nullable().default(null),
    /** Only lines of these lanes of components (their ids); all when null. */
    lanes: z.array(z.string().max(1_000)).max(10_000).nullable().default(null),
  }),
  output: MergedPage,
} as const;

export const ClocksAlign = { input: z.object({ caseId: CaseId }), output: ClockAlignments } as const;

/** A day each way: more is a search, not a correlation. */
export const CORRELATE_WINDOW_MS_MAX = 86_400_000;
export const CORRELATE_WINDOW_MS = 300_000;

/**
 * What happened around a pivot. A pivot that matches nothing, or that has no instant, is an answer with `pivot` null and
 * its reason in `empty`. Fails with `wrong-usage` for what cannot be a pivot, with `not-found` for a finding or file that
 * is not in the case.
 */
export const CorrelateRun = {
  input: z.object({
    ...scope,
    pivot: z.union([
      /** A query; the first line in time that matches is the pivot. */
      z.object({ text: z.string().min(1).max(10_000) }),
      z.object({ finding: FindingId }),
      z.object({ bundle: BundleId, file: z.string(), line: z.number().int().positive() }),
      z.object({ time: instant }),
    ]),
    /** Before and after the pivot; ignored where a span is given. */
    windowMs: z.number().int().min(1_000).max(CORRELATE_WINDOW_MS_MAX).default(CORRELATE_WINDOW_MS),
    from: instant.nullable().default(null),
    to: instant.nullable().default(null),
    limit: z.number().int().min(1).max(500).default(50),
  }),
  output: Correlation,
} as const;

/** Two to twenty bundles: nodes, or one node at several times. `affected` ones against the others, when it is given. */
export const CompareRun = {
  input: z.object({
    caseId: CaseId,
    bundles: z.array(BundleId).min(2).max(COMPARED_BUNDLES_MAX),
    affected: z.array(BundleId).max(COMPARED_BUNDLES_MAX).default([]),
  }),
  output: Comparison,
} as const;

const textSide = z.object({ bundle: BundleId, file: z.string() });

/** Two texts line by line, both known to the case. */
export const CompareText = {
  input: z.object({ caseId: CaseId, left: textSide, right: textSide }),
  output: TextComparison,
} as const;

export const CaseFleet = { input: z.object({ caseId: CaseId }), output: Fleet } as const;
