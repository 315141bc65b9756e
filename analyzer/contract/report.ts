/** Reports of a case: what they are made of, how they are written, redacted, packed and checked. Schemas only: this file is imported by the renderer. */
import * as z from 'zod';
import { BundleId, CaseId, FindingId } from '../core/ids.ts';
import { REPORT_BYTES_MAX } from '../core/limits.ts';
import { PinnedAnswer, RedactionPreview, ReportCheck, ReportDraft } from '../core/report.ts';

const inCase = { caseId: CaseId };

export const REPORT_FORMATS = ['html', 'md', 'json', 'yaml'] as const;
export const ReportFormat = z.enum(REPORT_FORMATS);
export type ReportFormat = z.infer<typeof ReportFormat>;

/** What a report begins with: headings and their order, as data (report/templates). */
export const ReportTemplate = z
  .object({
    id: z.string(),
    title: z.string(),
    /** One sentence: who reads it. */
    description: z.string(),
    draft: ReportDraft,
  })
  .readonly();
export type ReportTemplate = z.infer<typeof ReportTemplate>;

export const ReportTemplates = { input: z.object({}), output: z.array(ReportTemplate).readonly() } as const;

export const RedactionProfileRow = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    /** Names of what it replaces, e.g. `IPv4 address`. */
    kinds: z.array(z.string()).readonly(),
  })
  .readonly();
export type RedactionProfileRow = z.infer<typeof RedactionProfileRow>;

export const RedactionProfiles = { input: z.object({}), output: z.array(RedactionProfileRow).readonly() } as const;

/** The draft that the case keeps, else that of the template `customer-summary` (`keptAt` null). */
export const ReportDraftGet = {
  input: z.object(inCase),
  output: z.object({ draft: ReportDraft, keptAt: z.string().nullable() }).readonly(),
} as const;

/**
 * Does to the kept draft what differs between `from`, the draft that was kept when the change began, and `draft`. Answers as
 * `report.draft`. Fails with `busy` when both changes together are more than a report holds.
 */
export const ReportDraftKeep = {
  input: z.object({
    ...inCase,
    /** null: whatever is kept gives way to `draft`. */
    from: ReportDraft.nullable(),
    /** null: forgets what is kept. */
    draft: ReportDraft.nullable(),
  }),
  output: z
    .object({
      draft: ReportDraft,
      keptAt: z.string().nullable(),
      /** Not null when another draft than `from` was kept meanwhile, so that `draft` here is one of both. */
      meanwhile: z
        .object({
          /** What of this change could not be done, because the other one says something else there: `the title “CS-1”`. */
          gaveWay: z.array(z.string()).readonly(),
        })
        .readonly()
        .nullable(),
    })
    .readonly(),
} as const;

export const PinList = { input: z.object(inCase), output: z.array(PinnedAnswer).readonly() } as const;

/** `id` null: a new one; else takes the place of that one. The question is validated as the method would; a wrong one fails with `wrong-usage`. */
export const PinSet = {
  input: z.object({
    ...inCase,
    ...PinnedAnswer.unwrap().omit({ id: true, pinnedAt: true }).shape,
    id: z.number().int().positive().nullable(),
  }),
  output: PinnedAnswer,
} as const;

/** Answers with those that were removed. */
export const PinRemove = {
  input: z.object({ ...inCase, ids: z.array(z.number().int()).max(100_000) }),
  output: z.array(PinnedAnswer).readonly(),
} as const;

const ofReport = {
  ...inCase,
  /** null: the kept draft, else the default one. */
  draft: ReportDraft.nullable().default(null),
  /** Takes the place of the draft's `leftOut`: only these; null: as the draft says. */
  findings: z.array(FindingId).nullable().default(null),
};

export const ReportDocument = z
  .object({
    fileName: z.string(),
    mediaType: z.string(),
    text: z.string(),
    /** The private map file of a redacted report (report/redaction/map.ts), which undoes it; null: not redacted. */
    map: z.string().nullable(),
    /** References that were resolved against the case, e.g. 214. */
    references: z.number().int(),
  })
  .readonly();
export type ReportDocument = z.infer<typeof ReportDocument>;

/**
 * Every reference of the report is read again from its bundle: one that cannot be resolved fails the export, and names the
 * finding, the archive and the file. A redacted report that still holds an original value fails, and names where.
 */
export const ReportBuild = { input: z.object({ ...ofReport, format: ReportFormat }), output: ReportDocument } as const;

/** What redaction would replace in the report (all formats say the same). Fails with `wrong-usage` when the draft redacts nothing. */
export const ReportRedaction = { input: z.object(ofReport), output: RedactionPreview } as const;

/** A zip: the report, its excerpts with their context, a manifest with the sha256 of everything. */
export const ReportPack = {
  input: z.object({
    ...ofReport,
    formats: z.array(ReportFormat).min(1).max(REPORT_FORMATS.length),
    /** `yes`: the cited files whole as well; fails with `wrong-usage` when the report is redacted, or they are too large. */
    sources: z.enum(['yes', 'no']).default('no'),
  }),
  output: z
    .object({
      fileName: z.string(),
      mediaType: z.string(),
      base64: z.string(),
      map: z.string().nullable(),
      /** Paths in the pack, in its order. */
      files: z.array(z.string()).readonly(),
      references: z.number().int(),
    })
    .readonly(),
} as const;

/** Reads the references of a report (any format, redacted or not) or of a pack's manifest, and reads their lines again. */
export const ReportVerify = {
  input: z.object({ ...inCase, text: z.string().max(REPORT_BYTES_MAX) }),
  output: ReportCheck,
} as const;

/** Puts the originals back. Fails with `wrong-usage` when the map is not one, or is of another report. */
export const ReportUnredact = {
  input: z.object({ text: z.string().max(REPORT_BYTES_MAX), map: z.string().max(REPORT_BYTES_MAX) }),
  output: z.object({ text: z.string(), format: ReportFormat, restored: z.number().int() }).readonly(),
} as const;

/** One reference as every format carries it, for programs: in HTML, Markdown, JSON and YAML alike. */
export const ReportReference = z
  .object({
    /** `F2.1`: the first evidence of finding 2; `L3`: the third kept line; `A1.4`: the fourth of pinned answer 1. */
    label: z.string().max(40),
    bundle: BundleId,
    node: z.string().nullable(),
    /** The member's path in the bundle; a pseudonym where the report is redacted. */
    file: z.string(),
    /** Place of the file in the bundle: also a redacted report names its file. */
    fileId: z.number().int(),
    line: z.number().int().positive(),
    endLine: z.number().int().positive(),
    byteStart: z.number().int().nonnegative(),
    byteEnd: z.number().int().nonnegative(),
    /** Of the bytes from byteStart to byteEnd. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .readonly();
export type ReportReference = z.infer<typeof ReportReference>;
