import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASE_FILE } from '../core/case-files.ts';
import { FailureError } from '../core/failure.ts';
import { FindingId } from '../core/ids.ts';
import type { ReportDraft } from '../core/report.ts';
import { type CaseStore, openCase } from './case-store.ts';
import { REDACTION_KEY_BYTES } from './report-shelf.ts';
import { CASE_SCHEMA_VERSION } from './schema.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'coldcase-shelf-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(name: string): CaseStore {
  const opened = openCase(path.join(folder, name), 'create', 'a title');
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const PIN = {
  method: 'network.trace',
  input: { bundle: null, node: 'n-1', from: 'node', to: '10.100.0.1:443', inInterface: null },
  title: 'From the node to the API',
  note: 'as the customer says',
} as const;
const DRAFT: ReportDraft = {
  template: 'internal-note',
  title: 'What we know',
  sections: [{ kind: 'verdict', heading: 'Verdict', shown: 'yes', text: 'my words' }],
  leftOut: [FindingId.parse('00ff')],
  order: [],
  context: 3,
  redaction: { profiles: ['secrets'], words: ['acme'], keep: [] },
};
const ENTRY = { kind: 'address', original: '203.0.113.7', pseudonym: '198.51.100.9', count: 4 };

describe('what a case keeps of its report', () => {
  it('pins: in their order, changed in their place, given back when removed, no id given twice', () => {
    const { reports } = open('pins');
    const first = reports.setPin(null, PIN);
    const second = reports.setPin(null, { ...PIN, method: 'runbooks.run', input: { runbook: 'dns' } });
    expect(reports.pins()).toEqual([first, second]);
    expect(reports.setPin(first?.id ?? 0, { ...PIN, note: '' })).toEqual({ ...first, note: '' });
    expect(reports.setPin(12_345, PIN)).toBeNull();
    expect(reports.removePins([second?.id ?? 0, 12_345])).toEqual([second]);
    expect(reports.setPin(null, PIN)?.id).toBeGreaterThan(second?.id ?? 0);
    expect(reports.pins()).toHaveLength(2);
  });

  it('one draft, until it is forgotten; one that is none of ours is no draft', () => {
    const { reports } = open('draft');
    expect(reports.draft()).toBeNull();
    reports.changeDraft(() => ({ ...DRAFT, title: 'before' }));
    reports.changeDraft((kept) => (kept?.title === 'before' ? DRAFT : null));
    expect(reports.draft()).toMatchObject({ draft: DRAFT });
    const db = new Database(path.join(folder, 'draft', CASE_FILE));
    db.exec(`UPDATE report_draft SET draft = '{"title":7}'`);
    db.close();
    expect(reports.draft()).toBeNull();
    reports.changeDraft(() => null);
    expect(reports.draft()).toBeNull();
  });

  it('one key for its life, and the pseudonyms that were made with it', () => {
    const store = open('key');
    const { key, entries } = store.reports.redactionState();
    expect(key).toHaveLength(REDACTION_KEY_BYTES);
    expect(entries).toEqual([]);
    store.reports.keepRedaction([ENTRY]);
    store.close();
    const again = open('key');
    expect(again.reports.redactionState()).toEqual({ key, entries: [ENTRY] });
    expect(open('other key').reports.redactionState().key).not.toEqual(key);
    again.close();
  });
});

describe('a case of schema 4', () => {
  it('gets a shelf for reports and keeps what it holds', () => {
    const made = open('old');
    const marks = made.notebook.markFinding({ finding: FindingId.parse('00ff'), pinned: 'yes', noise: 'no', note: '' });
    made.close();
    const file = path.join(folder, 'old', CASE_FILE);
    const db = new Database(file);
    for (const table of ['pinned_answers', 'report_draft', 'redaction']) db.exec(`DROP TABLE ${table}`);
    db.pragma('user_version = 4');
    db.close();
    const store = open('old');
    expect(store.notebook.findingMarks()).toEqual(marks);
    expect(store.reports.pins()).toEqual([]);
    expect(store.reports.setPin(null, PIN)).toMatchObject(PIN);
    store.close();
    const read = new Database(file, { readonly: true });
    expect(read.pragma('user_version', { simple: true })).toBe(CASE_SCHEMA_VERSION);
    read.close();
  });
});

describe('a case that can only be read', () => {
  it('keeps no draft and no pin, and one key while it is open', () => {
    open('read-only').close();
    // A folder in the place of its log: SQLite cannot open the file then, as on a disk that can only be read.
    mkdirSync(path.join(folder, 'read-only', `${CASE_FILE}-wal`));
    const { reports } = open('read-only');
    for (const write of [
      () => reports.setPin(null, PIN),
      () => reports.removePins([1]),
      () => reports.changeDraft(() => DRAFT),
    ]) {
      expect(write).toThrow(FailureError);
    }
    const { key } = reports.redactionState();
    reports.keepRedaction([ENTRY]);
    expect(reports.redactionState()).toEqual({ key, entries: [ENTRY] });
  });
});
