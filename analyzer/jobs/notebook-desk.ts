/** The engine's side of what the engineer keeps in a case. */
import type { MethodArguments, MethodName, MethodOutput } from '../contract/contract.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import type { CaseId } from '../core/ids.ts';
import { EVIDENCE_CHARS_MAX } from '../core/limits.ts';
import type { Bookmark } from '../core/notebook.ts';
import type { CaseStore } from '../store/case-store.ts';
import { findFile } from './file-desk.ts';
import { lineHash } from './find-line.ts';

type NotebookMethod = Extract<
  MethodName,
  | `bookmark.${string}`
  | `highlighter.${string}`
  | `mark.${string}`
  | 'search.saved'
  | 'search.save'
  | 'search.unsave'
  | 'search.remember'
>;
export type NotebookHandlers = {
  readonly [M in NotebookMethod]: (input: MethodArguments<M>) => Promise<Result<MethodOutput<M>>>;
};

/** @param caseAt opens a case. @returns the handlers of these methods; they throw `disk` when nothing can be written. */
export function notebookHandlers(caseAt: (id: CaseId) => Result<CaseStore>): NotebookHandlers {
  const inCase = async <T>(
    { caseId }: { readonly caseId: CaseId },
    work: (store: CaseStore) => T,
  ): Promise<Result<T>> => {
    const store = caseAt(caseId);
    return store.ok ? ok(work(store.value)) : store;
  };
  return {
    'bookmark.list': (input) => inCase(input, ({ notebook }) => notebook.bookmarks()),
    'bookmark.set': async (input) => {
      const store = caseAt(input.caseId);
      return store.ok ? setBookmark(store.value, input) : store;
    },
    'bookmark.remove': (input) => inCase(input, ({ notebook }) => notebook.removeBookmarks(input.ids)),
    'search.saved': (input) =>
      inCase(input, ({ notebook }) => ({ saved: notebook.savedSearches(), history: notebook.history() })),
    'search.save': (input) => inCase(input, ({ notebook }) => notebook.saveSearch(input.name, input.query)),
    'search.unsave': (input) => inCase(input, ({ notebook }) => notebook.removeSearches(input.ids)),
    'search.remember': (input) => inCase(input, ({ notebook }) => notebook.remember(input.query)),
    'highlighter.list': (input) => inCase(input, ({ notebook }) => notebook.highlighters()),
    'mark.list': (input) => inCase(input, ({ notebook }) => notebook.findingMarks()),
    'mark.set': ({ caseId, ...mark }) => inCase({ caseId }, ({ notebook }) => notebook.markFinding(mark)),
    'highlighter.set': (input) => inCase(input, ({ notebook }) => notebook.setHighlighters(input.highlighters)),
  };
}

function setBookmark(store: CaseStore, input: MethodArguments<'bookmark.set'>): Result<Bookmark> {
  const found = findFile(store, input);
  if (!found.ok) return found;
  const { reader, file } = found.value;
  const { bundle, line, note } = input;
  const [there] = file.format === 'binary' ? [] : reader.lines(file.id, line, 1);
  const sha256 = there === undefined ? null : lineHash(reader, file.id, line);
  if (there === undefined || sha256 === null) {
    return fail('not-found', `${file.path} has ${file.lines} lines`, `line ${line}`);
  }
  const text = there.text.slice(0, EVIDENCE_CHARS_MAX).replace(/[\uD800-\uDBFF]$/, '');
  return ok(store.notebook.setBookmark({ bundle, file: file.path, line, sha256, text, note }));
}
