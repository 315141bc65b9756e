import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHA, sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';
import { CASE_FILE } from '../core/case-files.ts';
import type { ClockOverrideRequest } from '../core/clock-override.ts';
import { bundlesFolder, type CaseStore, isCaseFolder, openCase } from './case-store.ts';
import { CASE_APPLICATION_ID, CASE_SCHEMA_VERSION } from './schema.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'coldcase-case-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(name: string, mode: 'create' | 'existing' = 'create'): CaseStore {
  const opened = openCase(path.join(folder, name), mode, 'a title');
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const SHIFT: ClockOverrideRequest = { what: 'shift', value: '+90s', file: null, node: 'node-1', bundle: null };

describe('a case of schema 1', () => {
  it('is brought to this schema, and keeps what it holds', () => {
    open('old').close();
    const file = path.join(folder, 'old', CASE_FILE);
    const db = new Database(file);
    const later = [
      'clock_overrides',
      'bookmarks',
      'saved_searches',
      'search_history',
      'highlighters',
      'finding_marks',
      'pinned_answers',
      'report_draft',
      'redaction',
    ];
    for (const table of later) db.exec(`DROP TABLE ${table}`);
    db.pragma('user_version = 1');
    db.close();
    const store = open('old', 'existing');
    expect(store.title).toBe('a title');
    expect(store.setOverride(SHIFT)).toMatchObject({ set: SHIFT, replaced: null });
    store.close();
    const read = new Database(file, { readonly: true });
    expect(read.pragma('user_version', { simple: true })).toBe(CASE_SCHEMA_VERSION);
    expect(read.pragma('application_id', { simple: true })).toBe(CASE_APPLICATION_ID);
    read.close();
    expect(open('old', 'existing').overrides()).toHaveLength(1);
  });

  it('of a later schema is refused', () => {
    open('later').close();
    const db = new Database(path.join(folder, 'later', CASE_FILE));
    db.pragma(`user_version = ${CASE_SCHEMA_VERSION + 1}`);
    db.close();
    expect(openCase(path.join(folder, 'later'), 'existing')).toMatchObject({ ok: false, failure: { code: 'corrupt' } });
  });
});

/** Files of the case that this process has open; descriptors may close while they are looked at. */
function openFiles(name: string): readonly string[] {
  const files = readdirSync('/proc/self/fd').flatMap((one) => {
    try {
      return readlinkSync(`/proc/self/fd/${one}`);
    } catch {
      return [];
    }
  });
  return files.filter((file) => file.startsWith(path.join(folder, name)));
}

describe('a case file that cannot be used', () => {
  it.each([
    ['text', (file: string) => writeFileSync(file, 'text, which is longer than the header of a database')],
    [
      'tables that are gone',
      (file: string) => {
        const db = new Database(file);
        db.exec('DROP TABLE bundles');
        db.close();
      },
    ],
  ])('%s: is not kept open, so that it can be moved away', (name, damage) => {
    const store = open(name);
    expect(openFiles(name)).not.toEqual([]);
    store.close();
    damage(path.join(folder, name, CASE_FILE));
    expect(openCase(path.join(folder, name), 'existing').ok).toBe(false);
    expect(openFiles(name)).toEqual([]);
  });
});

describe('a folder without a case file', () => {
  const place = (name: string) => path.join(folder, name);

  it('that holds bundles is a case: they are taken in, nothing else is known of them', async () => {
    const store = open('moved-away');
    await sealFiles(writerIn(bundlesFolder(store.dir)), [{ name: 'a.log', bytes: Buffer.from('hello\n') }]);
    store.close();
    const file = path.join(store.dir, CASE_FILE);
    truncateSync(file, 50_000);
    const damaged = openCase(store.dir, 'existing');
    expect(damaged).toMatchObject({
      failure: {
        code: 'corrupt',
        where: file,
        advice:
          'Move case.coldcase away and open the folder again: its bundles are kept. The notes, pins and bookmarks in it are lost.',
      },
    });
    renameSync(file, `${file}.old`);
    expect(isCaseFolder(store.dir)).toBe(true);
    const again = openCase(store.dir, 'existing');
    if (!again.ok) throw new Error(again.failure.message);
    expect(again.value.bundles().map((reader) => reader.bundle.id)).toEqual([SHA]);
    expect(again.value.notebook.bookmarks()).toEqual([]);
    again.value.close();
    expect(readdirSync(store.dir)).toContain(CASE_FILE);
  });

  it('in which there is the folder for bundles alone is a case without bundles', () => {
    mkdirSync(path.join(place('begun'), 'bundles'), { recursive: true });
    expect(isCaseFolder(place('begun'))).toBe(true);
    const store = open('begun', 'existing');
    expect(store.bundles()).toEqual([]);
    store.close();
  });

  it.each([
    ['logs', ['messages']],
    ['other-bundles', ['bundles/Gemfile.bundle']],
    ['empty-bundles-beside-logs', ['bundles/', 'messages']],
    ['bundles-is-a-file', ['bundles']],
  ])('that holds %s is no case', (name, files) => {
    for (const file of files) {
      mkdirSync(path.dirname(path.join(place(name), `${file}x`)), { recursive: true });
      if (!file.endsWith('/')) writeFileSync(path.join(place(name), file), 'text');
    }
    expect(isCaseFolder(place(name))).toBe(false);
    expect(openCase(place(name), 'existing')).toMatchObject({ failure: { code: 'not-found' } });
  });
});

describe('overrides of clocks', () => {
  it('take the place of one for the same files, and can be taken back', () => {
    const store = open('clocks');
    const first = store.setOverride(SHIFT).set;
    const zone = store.setOverride({ ...SHIFT, what: 'zone', value: 'UTC' }).set;
    const second = store.setOverride({ ...SHIFT, value: '-2m' });
    expect(second.replaced).toEqual(first);
    expect(store.overrides()).toEqual([zone, second.set]);
    expect(second.set.id).toBeGreaterThan(zone.id);
    expect(store.removeOverrides([zone.id, 12_345])).toEqual([zone]);
    expect(store.removeOverrides('all')).toEqual([second.set]);
    expect(store.overrides()).toEqual([]);
    store.close();
  });
});
