/** What an engineer keeps in a case beside what was captured: searches, highlighters, bookmarks, marks of findings. */
import * as z from 'zod';
import { BundleId, FindingId } from './ids.ts';

/** A search with a name. */
export const SavedSearch = z
  .object({ id: z.number().int(), name: z.string(), query: z.string(), savedAt: z.string() })
  .readonly();
export type SavedSearch = z.infer<typeof SavedSearch>;

export const HIGHLIGHT_COLOURS = ['yellow', 'green', 'blue', 'pink', 'orange', 'violet'] as const;

/** What stands out wherever text is shown: words, "phrases" and /patterns/ of a query. */
export const Highlighter = z
  .object({
    query: z.string().min(1).max(1_000),
    colour: z.enum(HIGHLIGHT_COLOURS),
    shown: z.enum(['on', 'off']),
  })
  .readonly();
export type Highlighter = z.infer<typeof Highlighter>;

/** A line that is kept, with or without a note. */
export const Bookmark = z
  .object({
    id: z.number().int(),
    bundle: BundleId,
    file: z.string(),
    line: z.number().int().positive(),
    /** Lower-case hex sha256 of the line's bytes, without its line ending. */
    sha256: z.string(),
    /** The line as it was when it was kept, cut at EVIDENCE_CHARS_MAX. */
    text: z.string(),
    note: z.string(),
    markedAt: z.string(),
  })
  .readonly();
export type Bookmark = z.infer<typeof Bookmark>;

/** What the engineer says of a finding. Ids of findings are stable, so it holds after the archive was imported again. */
export const FindingMark = z
  .object({
    finding: FindingId,
    /** Goes into the report. */
    pinned: z.enum(['yes', 'no']),
    /** Known and harmless here: shown apart, counted, never hidden for good. */
    noise: z.enum(['yes', 'no']),
    note: z.string().max(10_000),
    markedAt: z.string(),
  })
  .readonly();
export type FindingMark = z.infer<typeof FindingMark>;
