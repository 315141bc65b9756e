/** What a case keeps of the engineer, in memory: for tests of everything that reads or writes it. */
import type { Bookmark, BundleId, FindingId, FindingMark, Highlighter, SavedSearch } from '../../model/types.ts';
import { lineText } from './fake-case.ts';

const ok = <T>(value: T) => ({ ok: true as const, value });
const AT = '2025-10-14T12:00:00.000Z';

interface InCase {
  readonly caseId: string;
}
interface Ids extends InCase {
  readonly ids: readonly number[];
}

/** @returns answers of the notebook's methods for a fake bridge, all about one case. */
export function fakeNotebook() {
  let bookmarks: readonly Bookmark[] = [];
  let saved: readonly SavedSearch[] = [];
  let history: readonly string[] = [];
  let highlighters: readonly Highlighter[] = [];
  let marks: readonly FindingMark[] = [];
  let id = 0;
  return {
    'bookmark.list': () => ok(bookmarks),
    'bookmark.set': (input: InCase & Pick<Bookmark, 'file' | 'line' | 'note'> & { readonly bundle: string }) => {
      const { file, line, note } = input;
      const bundle = input.bundle as BundleId;
      id += 1;
      const made = { id, bundle, file, line, note, sha256: 'e'.repeat(64), text: lineText(file, line), markedAt: AT };
      const same = (one: Bookmark) => one.bundle === bundle && one.file === file && one.line === line;
      bookmarks = [...bookmarks.filter((one) => !same(one)), made];
      return ok(made);
    },
    'bookmark.remove': ({ ids }: Ids) => {
      const removed = bookmarks.filter((one) => ids.includes(one.id));
      bookmarks = bookmarks.filter((one) => !ids.includes(one.id));
      return ok(removed);
    },
    'search.saved': () => ok({ saved, history }),
    'search.save': ({ name, query }: InCase & Pick<SavedSearch, 'name' | 'query'>) => {
      id += 1;
      const made = { id, name, query, savedAt: AT };
      saved = [made, ...saved.filter((one) => one.name !== name)];
      return ok(made);
    },
    'search.unsave': ({ ids }: Ids) => {
      const removed = saved.filter((one) => ids.includes(one.id));
      saved = saved.filter((one) => !ids.includes(one.id));
      return ok(removed);
    },
    'search.remember': ({ query }: InCase & { readonly query: string }) => {
      history = [query, ...history.filter((one) => one !== query)];
      return ok(history);
    },
    'mark.list': () => ok(marks),
    'mark.set': (input: InCase & Omit<FindingMark, 'markedAt' | 'finding'> & { readonly finding: string }) => {
      const { caseId: _, ...said } = input;
      const mark = { ...said, finding: said.finding as FindingId };
      const says = mark.pinned === 'yes' || mark.noise === 'yes' || mark.note !== '';
      const others = marks.filter(({ finding }) => finding !== mark.finding);
      marks = says ? [...others, { ...mark, markedAt: AT }] : others;
      return ok(marks);
    },
    'highlighter.list': () => ok(highlighters),
    'highlighter.set': (input: InCase & { readonly highlighters: readonly Highlighter[] }) => {
      highlighters = input.highlighters;
      return ok(highlighters);
    },
  };
}
