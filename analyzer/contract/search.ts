/**
 * Questions about lines and their answers: searches over the case, pages of them, places in one file, and what the
 * engineer keeps of them. Schemas only: this file is imported by the renderer.
 */
import * as z from 'zod';
import { TimeBasis } from '../core/file-clock.ts';
import { BundleId, CaseId } from '../core/ids.ts';
import { SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX, SEARCH_MS_DEFAULT, SEARCH_MS_MAX } from '../core/limits.ts';
import { Severity } from '../core/vocabulary.ts';

/** Half-open range of UTF-16 code units in a text. */
export const TextRange = z.tuple([z.number().int(), z.number().int()]).readonly();
export type TextRange = z.infer<typeof TextRange>;

/** `file`: bundles in case order, files in archive order, lines. `time`: by instant, then as `file`; lines without an instant last. */
export const SearchOrder = z.enum(['file', 'time']);
export type SearchOrder = z.infer<typeof SearchOrder>;

export const SearchMatch = z
  .object({
    bundle: BundleId,
    node: z.string().nullable(),
    file: z.string(),
    /** Paths of the same bytes in this bundle that were folded into this one. */
    aliases: z.array(z.string()).readonly(),
    line: z.number().int(),
    time: z.string().nullable(),
    /** What `time` rests on; null without a time. */
    timeBasis: TimeBasis.nullable(),
    severity: Severity.nullable(),
    text: z.string(),
    ranges: z.array(TextRange).readonly(),
    before: z.array(z.string()).readonly(),
    after: z.array(z.string()).readonly(),
  })
  .readonly();
export type SearchMatch = z.infer<typeof SearchMatch>;

/** Exact counts of matching lines, largest first (hours: earliest first). */
export const SearchFacets = z
  .object({
    node: z
      .array(z.object({ bundle: BundleId, node: z.string().nullable(), count: z.number().int() }).readonly())
      .readonly(),
    file: z
      .array(
        z
          .object({ bundle: BundleId, node: z.string().nullable(), file: z.string(), count: z.number().int() })
          .readonly(),
      )
      .readonly(),
    /** null: lines that tell no severity. */
    severity: z.array(z.object({ severity: Severity.nullable(), count: z.number().int() }).readonly()).readonly(),
    /** `hour`: ISO instant of its start, null for lines without an instant. */
    hour: z.array(z.object({ hour: z.string().nullable(), count: z.number().int() }).readonly()).readonly(),
  })
  .readonly();
export type SearchFacets = z.infer<typeof SearchFacets>;

/** Why not every line was looked at. */
export const SearchStop = z
  .object({
    because: z.enum(['time-limit', 'runaway-pattern', 'cancelled', 'not-opened']),
    /** Plain sentence with what to do. */
    message: z.string(),
  })
  .readonly();
export type SearchStop = z.infer<typeof SearchStop>;

export const SearchAnswer = z
  .object({
    /** Matching lines; folded duplicates count once. */
    total: z.number().int(),
    /** True when every line of every file in scope was looked at; never while a bundle of the case cannot be opened. */
    complete: z.boolean(),
    stopped: SearchStop.nullable(),
    /** Text that was looked at, and that there is to look at, in blocks; an index can rule out most of it at once. */
    blocksDone: z.number().int(),
    blocks: z.number().int(),
    /** The first matches in the order asked for, up to the limit. */
    matches: z.array(SearchMatch).readonly(),
    /** What `search.page` takes to go on behind the last match; null when there is no more. */
    next: z.string().nullable(),
    /** Best matches of the event index, best first. */
    best: z.array(SearchMatch).readonly(),
    facets: SearchFacets,
    /** From asking to this answer. */
    milliseconds: z.number(),
  })
  .readonly();
export type SearchAnswer = z.infer<typeof SearchAnswer>;

export const SearchPage = z
  .object({ matches: z.array(SearchMatch).readonly(), next: z.string().nullable() })
  .readonly();
export type SearchPage = z.infer<typeof SearchPage>;

const asked = {
  caseId: CaseId,
  query: z.string(),
  order: SearchOrder.default('file'),
  limit: z.number().int().min(0).max(SEARCH_LIMIT_MAX).default(SEARCH_LIMIT_DEFAULT),
  context: z.number().int().min(0).max(100).default(0),
  /** Only these; all of the case when null. */
  bundles: z.array(BundleId).nullable().default(null),
  /** After so long a search with a pattern is stopped and says so; other searches end by themselves. */
  timeLimitMs: z.number().int().min(1).max(SEARCH_MS_MAX).default(SEARCH_MS_DEFAULT),
};

export const SearchInput = z.object({
  ...asked,
  /** A name for this search, chosen by the caller: `onDidProgressSearch` and `search.cancel` tell it by this. */
  search: z.string().min(1).max(100).nullable().default(null),
});

export const SearchPageInput = z.object({ ...asked, after: z.string().max(1_000) });

/**
 * A search while it runs: the answer so far, at most ten times a second. Its matches are final, its counts grow; of files
 * and hours it has those with the most lines.
 */
export const SearchProgress = z.object({ search: z.string(), answer: SearchAnswer }).readonly();

/** A search that is ended answers with what it has found so far. */
export const SearchCancel = {
  input: z.object({ search: z.string().min(1).max(100) }),
  /** How many searches were ended: none when there is no such search any more. */
  output: z.object({ ended: z.number().int() }).readonly(),
} as const;

export const FileFind = {
  input: z.object({
    caseId: CaseId,
    bundle: BundleId,
    file: z.string(),
    query: z.string(),
    /** The first line looked at. */
    from: z.number().int().positive(),
    direction: z.enum(['down', 'up']),
  }),
  output: z.object({ line: z.number().int().nullable() }).readonly(),
} as const;

export const FileMatchMap = {
  input: z.object({
    caseId: CaseId,
    bundle: BundleId,
    file: z.string(),
    query: z.string(),
    /** The file's lines are divided into so many parts. */
    parts: z.number().int().min(1).max(2_000),
  }),
  output: z
    .object({ total: z.number().int(), complete: z.boolean(), counts: z.array(z.number().int()).readonly() })
    .readonly(),
} as const;
