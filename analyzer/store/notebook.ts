/** What the engineer keeps in the case file: bookmarks, searches, highlighters, marks of findings (core/notebook.ts). */
import type { Database } from 'better-sqlite3';
import type { Bookmark, FindingMark, Highlighter, SavedSearch } from '../core/notebook.ts';
import { changeCase } from './case-change.ts';
import type { OpenCaseFile } from './case-file.ts';

/** Queries remembered: what was typed in some days of work. */
export const HISTORY_KEPT = 100;

const BOOKMARK = 'id, bundle, file, line, sha256, text, note, marked_at AS markedAt';
const SEARCH = 'id, name, query, saved_at AS savedAt';

/** What writes fails with `disk` (a FailureError) when the case file cannot be written. */
export class Notebook {
  readonly #db: Database;
  readonly #access: OpenCaseFile['access'];

  constructor({ db, access }: OpenCaseFile) {
    this.#db = db;
    this.#access = access;
  }

  /** By bundle, file and line. */
  bookmarks(): readonly Bookmark[] {
    return this.#db.prepare(`SELECT ${BOOKMARK} FROM bookmarks ORDER BY bundle, file, line`).all() as Bookmark[];
  }

  /** Takes the place of one on the same line. */
  setBookmark(mark: Omit<Bookmark, 'id' | 'markedAt'>): Bookmark {
    const set = `INSERT INTO bookmarks (bundle, file, line, sha256, text, note, marked_at)
        VALUES (@bundle, @file, @line, @sha256, @text, @note, @markedAt)
      ON CONFLICT (bundle, file, line) DO UPDATE SET sha256 = excluded.sha256, text = excluded.text,
        note = excluded.note, marked_at = excluded.marked_at
      RETURNING ${BOOKMARK}`;
    return this.#write(() => this.#db.prepare(set).get({ ...mark, markedAt: now() }) as Bookmark);
  }

  /** @returns those that there were. */
  removeBookmarks(ids: readonly number[]): readonly Bookmark[] {
    return this.#removed('bookmarks', ids, this.bookmarks());
  }

  /** The one saved last first. */
  savedSearches(): readonly SavedSearch[] {
    return this.#db.prepare(`SELECT ${SEARCH} FROM saved_searches ORDER BY id DESC`).all() as SavedSearch[];
  }

  /** Takes the place of one of the same name. */
  saveSearch(name: string, query: string): SavedSearch {
    const set = `INSERT INTO saved_searches (name, query, saved_at) VALUES (?, ?, ?) RETURNING ${SEARCH}`;
    return this.#write(() => {
      this.#db.prepare('DELETE FROM saved_searches WHERE name = ?').run(name);
      return this.#db.prepare(set).get(name, query, now()) as SavedSearch;
    });
  }

  /** @returns those that there were. */
  removeSearches(ids: readonly number[]): readonly SavedSearch[] {
    return this.#removed('saved_searches', ids, this.savedSearches());
  }

  /** Queries, the last one first, each once. */
  history(): readonly string[] {
    return this.#db.prepare('SELECT query FROM search_history ORDER BY id DESC').pluck().all() as string[];
  }

  remember(query: string): readonly string[] {
    this.#write(() => {
      this.#db.prepare('DELETE FROM search_history WHERE query = ?').run(query);
      this.#db.prepare('INSERT INTO search_history (query) VALUES (?)').run(query);
      this.#db
        .prepare('DELETE FROM search_history WHERE id NOT IN (SELECT id FROM search_history ORDER BY id DESC LIMIT ?)')
        .run(HISTORY_KEPT);
    });
    return this.history();
  }

  /** In the order in which they were given. */
  highlighters(): readonly Highlighter[] {
    return this.#db.prepare('SELECT query, colour, shown FROM highlighters ORDER BY id').all() as Highlighter[];
  }

  /** Takes the place of all that there were. */
  setHighlighters(highlighters: readonly Highlighter[]): readonly Highlighter[] {
    this.#write(() => {
      this.#db.prepare('DELETE FROM highlighters').run();
      const insert = this.#db.prepare(
        'INSERT INTO highlighters (query, colour, shown) VALUES (@query, @colour, @shown)',
      );
      for (const one of highlighters) insert.run(one);
    });
    return this.highlighters();
  }

  /** By the time of marking, the first one first. */
  findingMarks(): readonly FindingMark[] {
    return this.#db
      .prepare('SELECT finding, pinned, noise, note, marked_at AS markedAt FROM finding_marks ORDER BY id')
      .all() as FindingMark[];
  }

  /** Takes the place of what was said of this finding; one of which nothing is said is forgotten. @returns all marks. */
  markFinding(mark: Omit<FindingMark, 'markedAt'>): readonly FindingMark[] {
    const set = `INSERT INTO finding_marks (finding, pinned, noise, note, marked_at)
        VALUES (@finding, @pinned, @noise, @note, @markedAt)
      ON CONFLICT (finding) DO UPDATE SET pinned = excluded.pinned, noise = excluded.noise, note = excluded.note`;
    const says = mark.pinned === 'yes' || mark.noise === 'yes' || mark.note !== '';
    this.#write(() => {
      if (says) this.#db.prepare(set).run({ ...mark, markedAt: now() });
      else this.#db.prepare('DELETE FROM finding_marks WHERE finding = ?').run(mark.finding);
    });
    return this.findingMarks();
  }

  #removed<T extends { readonly id: number }>(
    table: 'bookmarks' | 'saved_searches',
    ids: readonly number[],
    there: readonly T[],
  ): readonly T[] {
    const wanted = new Set(ids);
    const gone = there.filter(({ id }) => wanted.has(id));
    const remove = this.#db.prepare(`DELETE FROM ${table} WHERE id = ?`);
    this.#write(() => {
      for (const { id } of gone) remove.run(id);
    });
    return gone;
  }

  #write<T>(work: () => T): T {
    return changeCase({ db: this.#db, access: this.#access }, work);
  }
}

function now(): string {
  return new Date().toISOString();
}
