/** Branded ids: a plain string cannot be passed where a CaseId is wanted, and a CaseId not where a BundleId is. */
import * as z from 'zod';

/** Absolute path of the case folder; the folder is the case, so its path names it. */
export const CaseId = z.string().min(1).brand<'CaseId'>();
export type CaseId = z.infer<typeof CaseId>;

/** Lower-case hex sha256 of the archive's bytes (of the sorted manifest for a folder). */
export const BundleId = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'BundleId'>();
export type BundleId = z.infer<typeof BundleId>;

/** Number of a source file inside its bundle, from 1, in archive order. */
export const FileId = z.number().int().positive().brand<'FileId'>();
export type FileId = z.infer<typeof FileId>;

/** First 16 hex digits of sha256(rule, node, canonical evidence): stable across re-imports. */
export const FindingId = z.string().min(1).brand<'FindingId'>();
export type FindingId = z.infer<typeof FindingId>;

export const JobId = z.string().min(1).brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;
