/** What the engineer keeps in a case: questions and answers. Schemas only: this file is imported by the renderer. */
import * as z from 'zod';
import { CaseId } from '../core/ids.ts';
import { Bookmark, FindingMark, Highlighter, SavedSearch } from '../core/notebook.ts';

const inCase = { caseId: CaseId };
const ids = z.array(z.number().int()).max(100_000);
/** As long as a query may be (query/query.ts). */
const query = z.string().min(1).max(10_000);

export const BookmarkList = { input: z.object(inCase), output: z.array(Bookmark).readonly() } as const;

/** Answers with those that were removed. */
export const BookmarkRemove = { input: z.object({ ...inCase, ids }), output: z.array(Bookmark).readonly() } as const;

export const SearchSaved = {
  input: z.object(inCase),
  output: z
    .object({
      /** The one saved last first. */
      saved: z.array(SavedSearch).readonly(),
      /** Queries, the last one first, each once; at most 100. */
      history: z.array(z.string()).readonly(),
    })
    .readonly(),
} as const;

/** Takes the place of the one with this name. The query is kept as it is, right or wrong. */
export const SearchSave = {
  input: z.object({ ...inCase, name: z.string().trim().min(1).max(200), query }),
  output: SavedSearch,
} as const;

/** Answers with those that were removed. */
export const SearchUnsave = { input: z.object({ ...inCase, ids }), output: z.array(SavedSearch).readonly() } as const;

/** Puts a query at the front of the history. Answers with the history. */
export const SearchRemember = {
  input: z.object({ ...inCase, query }),
  output: z.array(z.string()).readonly(),
} as const;

export const HIGHLIGHTERS_MAX = 50;

export const HighlighterList = { input: z.object(inCase), output: z.array(Highlighter).readonly() } as const;

/** Takes the place of all that there were. */
export const HighlighterSet = {
  input: z.object({ ...inCase, highlighters: z.array(Highlighter).max(HIGHLIGHTERS_MAX) }),
  output: z.array(Highlighter).readonly(),
} as const;

/** By the time of marking, the first one first. */
export const MarkList = { input: z.object(inCase), output: z.array(FindingMark).readonly() } as const;

/** Takes the place of what was said of this finding; neither pinned nor noise and without a note it is forgotten. */
export const MarkSet = {
  input: z.object({ ...inCase, ...FindingMark.unwrap().omit({ markedAt: true }).shape }),
  output: z.array(FindingMark).readonly(),
} as const;
