/** Questions about one source file and its lines, and links to them. Schemas only: this file is imported by the renderer. */
import * as z from 'zod';
import { TimeBasis } from '../core/file-clock.ts';
import { BundleId, CaseId } from '../core/ids.ts';
import { LINES_PER_CALL_MAX } from '../core/limits.ts';
import { Bookmark } from '../core/notebook.ts';
import { Entity, Evidence, Severity } from '../core/vocabulary.ts';

const inFile = { caseId: CaseId, bundle: BundleId, file: z.string() };

/** The line at an instant: the first one of the file, from its start, whose instant is at or after it. */
export const FileLineAt = {
  input: z.object({ ...inFile, time: z.string() }),
  output: z
    .object({
      /** The last line when all are before; null for a file without instants. */
      line: z.number().int().nullable(),
      /** Instant of that line. */
      time: z.string().nullable(),
      timeBasis: TimeBasis.nullable(),
    })
    .readonly(),
} as const;

/** When each file has lines: at most FILE_SPANS_MAX spans a file, ascending, with nothing between two of them. */
export const FileSpans = {
  input: z.object({ caseId: CaseId }),
  output: z
    .array(
      z
        .object({
          bundle: BundleId,
          file: z.string(),
          /** ms since 1970, end exclusive. */
          spans: z.array(z.object({ from: z.number(), to: z.number(), lines: z.number().int() }).readonly()).readonly(),
        })
        .readonly(),
    )
    .readonly(),
} as const;
export const FILE_SPANS_MAX = 64;

/** Bytes of any file as they are stored, for a hex view. */
export const FileBytes = {
  input: z.object({ ...inFile, from: z.number().int().nonnegative(), count: z.number().int().positive().max(65_536) }),
  output: z.object({ size: z.number().int(), from: z.number().int(), base64: z.string() }).readonly(),
} as const;

/** One message of a log: the lines it spans, and its fields as its format tells them. */
export const ParsedMessage = z
  .object({
    line: z.number().int(),
    lines: z.number().int(),
    time: z.string().nullable(),
    timeBasis: TimeBasis.nullable(),
    severity: Severity.nullable(),
    level: z.string().nullable(),
    component: z.string().nullable(),
    host: z.string().nullable(),
    pid: z.string().nullable(),
    /** Source file and line of the program, e.g. `proxier.go:1433`. */
    source: z.string().nullable(),
    message: z.string(),
    entities: z.array(Entity).readonly(),
  })
  .readonly();
export type ParsedMessage = z.infer<typeof ParsedMessage>;

export const FileParsed = {
  input: z.object({
    ...inFile,
    from: z.number().int().positive(),
    count: z.number().int().positive().max(LINES_PER_CALL_MAX),
  }),
  /** The messages that begin in these lines; the first one also when it began before them. */
  output: z.array(ParsedMessage).readonly(),
} as const;

/** Lines as evidence: exact bytes, hashes, text. */
export const FileCite = {
  input: z.object({ ...inFile, line: z.number().int().positive(), endLine: z.number().int().positive() }),
  output: z
    .object({
      evidence: Evidence,
      /** Ready to paste into a case: where, then the lines, quoted. */
      quote: z.string(),
      /** `coldcase://...`, see core/deep-link.ts. */
      link: z.string(),
    })
    .readonly(),
} as const;

/** Where a link leads in this case. Fails with `not-found` when its bundle or file is not in it. */
export const LinkFollow = {
  input: z.object({ caseId: CaseId, link: z.string().max(10_000) }),
  output: z
    .object({
      bundle: BundleId,
      file: z.string(),
      line: z.number().int(),
      /** `same`: the line it was made for; `moved`: that line stands elsewhere in the file; `changed`: it is not there. */
      found: z.enum(['same', 'moved', 'changed']),
    })
    .readonly(),
} as const;

export const BookmarkSet = {
  input: z.object({ ...inFile, line: z.number().int().positive(), note: z.string().max(10_000) }),
  output: Bookmark,
} as const;
