import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASE_FILE } from '../core/case-files.ts';
import { FailureError } from '../core/failure.ts';
import { BundleId, FindingId } from '../core/ids.ts';
import { type CaseStore, openCase } from './case-store.ts';
import { HISTORY_KEPT } from './notebook.ts';
import { CASE_SCHEMA_VERSION } from './schema.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'coldcase-notebook-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(name: string): CaseStore {
  const opened = openCase(path.join(folder, name), 'create', 'a title');
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const bundle = BundleId.parse('ab'.repeat(32));
const MARK = { bundle, file: 'a.log', line: 7, sha256: 'cd'.repeat(32), text: 'a line', note: '' };

const NOTEBOOK = [
  'bookmarks',
  'saved_searches',
  'search_history',
  'highlighters',
  'finding_marks',
  'pinned_answers',
  'report_draft',
  'redaction',
];

describe('the notebook of a case', () => {
  it('keeps one bookmark a line, in the order of the lines, and gives back what is removed', () => {
    const { notebook } = open('marks');
    const seventh = notebook.setBookmark(MARK);
    const third = notebook.setBookmark({ ...MARK, line: 3, note: 'first' });
    const other = notebook.setBookmark({ ...MARK, file: 'A.log' });
    expect(notebook.bookmarks()).toEqual([other, third, seventh]);
    const again = notebook.setBookmark({ ...MARK, note: 'now with a note' });
    expect(again).toMatchObject({ ...MARK, id: seventh.id, note: 'now with a note' });
    expect(notebook.removeBookmarks([third.id, seventh.id, 12_345])).toEqual([third, again]);
    expect(notebook.bookmarks()).toEqual([other]);
    const { markedAt: _, ...back } = notebook.setBookmark(MARK);
    expect(back.id).toBeGreaterThan(other.id);
  });

  it('keeps one search of a name, the last one first', () => {
    const { notebook } = open('searches');
    const one = notebook.saveSearch('one', 'a');
    const two = notebook.saveSearch('two', 'b');
    expect(notebook.savedSearches()).toEqual([two, one]);
    const changed = notebook.saveSearch('one', 'c -d');
    expect(notebook.savedSearches()).toEqual([changed, two]);
    expect(notebook.removeSearches([two.id, one.id])).toEqual([two]);
    expect(notebook.savedSearches()).toEqual([changed]);
  });

  it('remembers the last queries, each once', () => {
    const { notebook } = open('history');
    for (let nth = 0; nth < HISTORY_KEPT + 5; nth++) notebook.remember(`query ${nth}`);
    const history = notebook.remember('query 50');
    expect(history).toHaveLength(HISTORY_KEPT);
    expect(history.slice(0, 3)).toEqual(['query 50', 'query 104', 'query 103']);
    expect(history.filter((query) => query === 'query 50')).toHaveLength(1);
    expect(history.at(-1)).toBe('query 5');
  });

  it('keeps the highlighters as they were given', () => {
    const { notebook } = open('colours');
    const list = [
      { query: '"x y"', colour: 'blue', shown: 'on' },
      { query: 'x', colour: 'blue', shown: 'off' },
    ] as const;
    expect(notebook.setHighlighters(list)).toEqual(list);
    expect(notebook.setHighlighters([list[1]])).toEqual([list[1]]);
    expect(notebook.highlighters()).toEqual([list[1]]);
  });

  it('keeps what is said of a finding until nothing is said any more', () => {
    const { notebook } = open('findings');
    const finding = FindingId.parse('00ff');
    const other = FindingId.parse('11ff');
    const said = { finding, pinned: 'yes', noise: 'no', note: '' } as const;
    notebook.markFinding(said);
    notebook.markFinding({ ...said, finding: other, pinned: 'no', noise: 'yes' });
    expect(notebook.markFinding({ ...said, note: 'the cause' })).toMatchObject([
      { ...said, note: 'the cause' },
      { finding: other, pinned: 'no', noise: 'yes', note: '' },
    ]);
    expect(notebook.markFinding({ ...said, pinned: 'no' })).toMatchObject([{ finding: other }]);
    expect(notebook.findingMarks()).toHaveLength(1);
  });

  it('is there again when the case is opened again', () => {
    const first = open('again');
    const mark = first.notebook.setBookmark(MARK);
    first.notebook.remember('q');
    first.close();
    const second = open('again');
    expect(second.notebook.bookmarks()).toEqual([mark]);
    expect(second.notebook.history()).toEqual(['q']);
    second.close();
  });
});

describe('a case of schema 2', () => {
  it('gets a notebook and keeps what it holds', () => {
    const made = open('old');
    const shift = { what: 'shift', value: '+90s', file: null, node: 'node-1', bundle: null } as const;
    const { set } = made.setOverride(shift);
    made.keepAnalysis(bundle, 'me', { verdict: 1 });
    made.close();
    const file = path.join(folder, 'old', CASE_FILE);
    const db = new Database(file);
    for (const table of NOTEBOOK) db.exec(`DROP TABLE ${table}`);
    db.pragma('user_version = 2');
    db.close();
    const store = open('old');
    expect(store.title).toBe('a title');
    expect(store.overrides()).toEqual([set]);
    expect(store.analysisOf(bundle, 'me')).toEqual({ verdict: 1 });
    expect(store.notebook.bookmarks()).toEqual([]);
    expect(store.notebook.setBookmark(MARK)).toMatchObject(MARK);
    store.close();
    const read = new Database(file, { readonly: true });
    expect(read.pragma('user_version', { simple: true })).toBe(CASE_SCHEMA_VERSION);
    read.close();
  });
});

describe('a case file that can only be read', () => {
  const refused = 'The case file cannot be changed: it can only be read.';

  /** A folder in the place of its log: SQLite cannot open the file then, as on a disk that can only be read. */
  function readOnly(name: string, keep: (store: CaseStore) => void): CaseStore {
    const made = open(name);
    keep(made);
    made.close();
    mkdirSync(path.join(folder, name, `${CASE_FILE}-wal`));
    return open(name);
  }

  it('is opened with all it holds, and says why nothing is kept', () => {
    const override = { what: 'shift', value: '+90s', file: null, node: 'node-1', bundle: null } as const;
    const store = readOnly('read-only', (made) => {
      made.notebook.setBookmark(MARK);
      made.setOverride(override);
    });
    const { notebook } = store;
    expect(store.title).toBe('a title');
    expect(notebook.bookmarks()).toMatchObject([MARK]);
    expect(store.overrides()).toMatchObject([override]);
    for (const write of [
      () => notebook.setBookmark(MARK),
      () => notebook.removeBookmarks([1]),
      () => notebook.saveSearch('a', 'b'),
      () => notebook.removeSearches([1]),
      () => notebook.remember('a'),
      () => notebook.setHighlighters([]),
      () => notebook.markFinding({ finding: FindingId.parse('00'), pinned: 'yes', noise: 'no', note: '' }),
      () => store.setOverride(override),
      () => store.removeOverrides('all'),
      () => store.markHealthy(bundle),
    ]) {
      expect(write).toThrow(FailureError);
      expect(write).toThrow(refused);
    }
    // What can be concluded again is kept for as long as the case is open.
    store.keepAnalysis(bundle, 'me', { verdict: 1 });
    expect(store.analysisOf(bundle, 'me')).toEqual({ verdict: 1 });
    expect(notebook.bookmarks()).toMatchObject([MARK]);
    store.close();
  });

  it('of an older schema is opened too', () => {
    const store = readOnly('read-only-old', (made) => {
      made.close();
      const db = new Database(path.join(folder, 'read-only-old', CASE_FILE));
      for (const table of NOTEBOOK) db.exec(`DROP TABLE ${table}`);
      db.pragma('user_version = 2');
      db.close();
    });
    expect(store.notebook.bookmarks()).toEqual([]);
    expect(store.title).toBe('a title');
    store.close();
  });

  it('is read with what stands in its log only', () => {
    const made = open('killed');
    made.notebook.setBookmark(MARK);
    const copy = path.join(folder, 'killed-copy');
    mkdirSync(copy);
    for (const name of [CASE_FILE, `${CASE_FILE}-wal`]) {
      copyFileSync(path.join(folder, 'killed', name), path.join(copy, name));
    }
    made.close();
    expect(statSync(path.join(copy, `${CASE_FILE}-wal`)).size).toBeGreaterThan(0);
    // A folder in the place of the index of the log.
    mkdirSync(path.join(copy, `${CASE_FILE}-shm`));
    const store = open('killed-copy');
    expect(store.notebook.bookmarks()).toMatchObject([MARK]);
    expect(() => store.notebook.remember('x')).toThrow(refused);
    store.close();
  });

  it('fails as before when it cannot be read either', () => {
    mkdirSync(path.join(folder, 'folder', CASE_FILE), { recursive: true });
    expect(openCase(path.join(folder, 'folder'), 'existing')).toMatchObject({ ok: false, failure: { code: 'disk' } });
  });
});
