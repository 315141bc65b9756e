/** What a report is made of, and what is kept of it: the draft, pinned answers, the outcome of a check. Pure schemas. */
import * as z from 'zod';
import { BundleId, FindingId } from './ids.ts';

export const REPORT_SECTION_KINDS = [
  'verdict',
  'causes',
  'findings',
  'lines',
  'timeline',
  'traces',
  'comparisons',
  'runbooks',
  'text',
  'ask',
  'not-known',
  'nodes',
  'bundles',
] as const;
/** `lines`: bookmarks with their notes; `text`: the engineer's own words; `not-known`: coverage, gaps, checks that did not run. */
export const ReportSectionKind = z.enum(REPORT_SECTION_KINDS);
export type ReportSectionKind = z.infer<typeof ReportSectionKind>;

export const ReportSection = z
  .object({
    kind: ReportSectionKind,
    heading: z.string().trim().min(1).max(200),
    shown: z.enum(['yes', 'no']),
    /** The engineer's words at its beginning, plain text; they are marked as such in the report. */
    text: z.string().max(20_000),
  })
  .readonly();
export type ReportSection = z.infer<typeof ReportSection>;

/** How a report is to be redacted. */
export const RedactionChoice = z
  .object({
    /** Ids of profiles: `secrets`, `identifiers`, `network`. */
    profiles: z.array(z.string().max(100)).max(20).readonly(),
    /** The customer's own words, each replaced wherever it stands. */
    words: z.array(z.string().min(3).max(200)).max(1_000).readonly(),
    /** Values that stay as they are. */
    keep: z.array(z.string().min(1).max(1_000)).max(10_000).readonly(),
  })
  .readonly();
export type RedactionChoice = z.infer<typeof RedactionChoice>;

/** The report of a case as the engineer arranges it; kept by the case. */
export const ReportDraft = z
  .object({
    /** Id of the template it began with. */
    template: z.string().max(100),
    title: z.string().trim().min(1).max(200),
    /** In the order of the report. */
    sections: z.array(ReportSection).max(50).readonly(),
    /** Findings that stay out; all others are in. */
    leftOut: z.array(FindingId).max(100_000).readonly(),
    /** Findings that come first, in this order; the others follow by rank and severity. */
    order: z.array(FindingId).max(100_000).readonly(),
    /** Lines before and after each excerpt. */
    context: z.number().int().min(0).max(20),
    /** null: not redacted. */
    redaction: RedactionChoice.nullable(),
  })
  .readonly();
export type ReportDraft = z.infer<typeof ReportDraft>;

/**
 * An answer that goes into the report, kept as its question (input of the contract's method without `caseId`): it is asked
 * again when the report is made, so that it can never tell what the case does not show any more.
 */
export const PinnedAnswer = z
  .object({
    id: z.number().int().positive(),
    method: z.enum(['network.trace', 'compare.run', 'runbooks.run', 'correlate.run', 'timeline.lines']),
    input: z.record(z.string(), z.unknown()),
    title: z.string().trim().min(1).max(200),
    note: z.string().max(10_000),
    pinnedAt: z.string(),
  })
  .readonly();
export type PinnedAnswer = z.infer<typeof PinnedAnswer>;

/** What became of one reference of a report, held against a case. */
export const CheckedReference = z
  .object({
    /** Where in the report, e.g. `F2, 1st line`. */
    where: z.string(),
    bundle: BundleId,
    node: z.string().nullable(),
    file: z.string(),
    line: z.number().int(),
    endLine: z.number().int(),
    /** `missing`: the bundle or the file is not in the case. */
    outcome: z.enum(['ok', 'changed', 'missing']),
    because: z.string().nullable(),
  })
  .readonly();
export type CheckedReference = z.infer<typeof CheckedReference>;

export const ReportCheck = z
  .object({
    outcome: z.enum(['ok', 'changed', 'missing']),
    /** Plain sentence with the counts. */
    sentence: z.string(),
    ok: z.number().int(),
    changed: z.number().int(),
    missing: z.number().int(),
    /** Those that are not ok, in the report's order; at most 1,000. */
    references: z.array(CheckedReference).readonly(),
  })
  .readonly();
export type ReportCheck = z.infer<typeof ReportCheck>;

/** One kind of value that is replaced, for the preview. */
export const RedactionPreview = z
  .object({
    /** By kind, then by the value's first place; at most 10,000. */
    entries: z
      .array(
        z
          .object({
            /** E.g. `IPv4 address`, `bearer token`. */
            kind: z.string(),
            profile: z.string(),
            original: z.string(),
            pseudonym: z.string(),
            count: z.number().int(),
          })
          .readonly(),
      )
      .readonly(),
    notListed: z.number().int(),
    /** Values that were left as they are, by the engineer's wish. */
    kept: z.number().int(),
    /** What the report will say of it. */
    statement: z.string(),
  })
  .readonly();
export type RedactionPreview = z.infer<typeof RedactionPreview>;

/** Of the file of a report, by its format. */
export const REPORT_MEDIA_TYPES = {
  html: 'text/html; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  json: 'application/json',
  yaml: 'application/yaml',
} as const;
