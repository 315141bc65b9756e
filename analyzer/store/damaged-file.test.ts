/** Files of which a page was overwritten. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { SHA, sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';
import { CASE_FILE } from '../core/case-files.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { FailureError } from '../core/failure.ts';
import type { BundleId, FindingId } from '../core/ids.ts';
import { openBundle } from './bundle-reader.ts';
import { type CaseStore, openCase } from './case-store.ts';

const PAGE = 4096;

/** Bytes as random as any, the same in each run. */
function noise(seed: number): Buffer {
  const parts = Array.from({ length: PAGE / 64 }, (_, nth) => createHash('sha512').update(`${seed} ${nth}`).digest());
  return Buffer.concat(parts);
}

/** Writes `sound` to `file` with one page of noise. */
function damagePage(file: string, sound: Buffer, page: number): void {
  const bytes = Buffer.from(sound);
  noise(page).copy(bytes, page * PAGE);
  writeFileSync(file, bytes);
}

/** A log whose text does not shrink to a few blocks. */
function log(seed: number): Buffer {
  const lines = Array.from({ length: 500 }, (_, nth) => {
    const id = createHash('sha256').update(`${seed} ${nth}`).digest('hex');
    return `E0501 10:${String(nth % 60).padStart(2, '0')}:00.000000       1 a.go:1] kubelet ${id}\n`;
  });
  return Buffer.from(lines.join(''));
}

/** Everything that a bundle answers. */
const QUESTIONS: Readonly<Record<string, (reader: BundleReader) => unknown>> = {
  files: (reader) => reader.files(),
  lines: (reader) => reader.files().map(({ id }) => reader.lines(id, 1, 1_000)),
  blocks: (reader) => reader.files().map(({ id }) => [...reader.blocks(id)]),
  bytes: (reader) => reader.files().map(({ id }) => reader.bytes(id, 0, 1e6)),
  text: (reader) => reader.files().map(({ id }) => reader.text(id)),
  histogram: (reader) => reader.files().map(({ id }) => reader.histogram(id, 0)),
  candidates: (reader) => reader.candidates(null).map((place) => [reader.carriedInto(place), reader.ownBlock(place)]),
  'best matches': (reader) => reader.bestMatches('kubelet', 10),
};

describe('a bundle of which a page was overwritten', () => {
  test('answers, or fails as damaged and names its file: whatever page it is, whatever it is asked', () =>
    inTemporaryFolder(async (folder) => {
      await sealFiles(writerIn(folder), [
        { name: 'a.log', bytes: log(1) },
        { name: 'b.log', bytes: log(2) },
      ]);
      const file = path.join(folder, `${SHA}.bundle`);
      const sound = readFileSync(file);
      const failed = new Set<string>();
      for (let page = 0; page < sound.length / PAGE; page++) {
        damagePage(file, sound, page);
        const opened = openBundle(file);
        if (!opened.ok) {
          expect(opened.failure, `page ${page}`).toMatchObject({ code: 'corrupt', where: file });
          continue;
        }
        for (const [name, ask] of Object.entries(QUESTIONS)) {
          const failure = failureOf(() => ask(opened.value));
          if (failure === null) continue;
          expect(failure, `page ${page}, ${name}`).toMatchObject({
            code: 'corrupt',
            message: expect.stringMatching(/^(the bundle is damaged: |block \d+ of the bundle is damaged$)/),
            where: file,
            advice: 'Delete the file, and import the archive again.',
          });
          failed.add(name);
        }
        opened.value.close();
      }
      expect([...failed]).toEqual(expect.arrayContaining(['files', 'lines', 'blocks', 'bytes', 'text', 'candidates']));
    }));
});

describe('a case file of which a page was overwritten', () => {
  test('loses analyses alone by itself: they are kept anew, and what the engineer keeps is there, or the failure names the file', () =>
    inTemporaryFolder((folder) => {
      const file = path.join(folder, CASE_FILE);
      const made = openedCase(folder);
      made.keepAnalysis(BUNDLE, 'me', FIRST);
      made.notebook.setBookmark({ bundle: BUNDLE, file: 'a.log', line: 1, sha256: SHA, text: 'x', note: 'mine' });
      made.notebook.markFinding({ finding: FINDING, pinned: 'yes', noise: 'no', note: 'mine' });
      made.close();
      const sound = readFileSync(file);
      const seen = { 'not opened': 0, 'kept anew': 0, 'not kept': 0, 'notes lost': 0 };
      for (let page = 0; page < sound.length / PAGE; page++) {
        damagePage(file, sound, page);
        const opened = openCase(folder, 'existing');
        if (!opened.ok) {
          expect(opened.failure, `page ${page}`).toMatchObject(DAMAGED_CASE(file));
          seen['not opened'] += 1;
          continue;
        }
        const store = opened.value;
        const lost = store.analysisOf(BUNDLE, 'me') === null;
        expect(store.keptFinding(FINDING)).toBeNull();
        const notKept = failureOf(() => store.keepAnalysis(BUNDLE, 'me', SECOND));
        if (notKept === null) expect(store.analysisOf(BUNDLE, 'me'), `page ${page}`).toEqual(SECOND);
        else expect(notKept, `page ${page}`).toMatchObject(DAMAGED_CASE(file));
        if (lost) seen[notKept === null ? 'kept anew' : 'not kept'] += 1;
        const notRead = failureOf(() => {
          expect(store.notebook.bookmarks()).toMatchObject([{ note: 'mine' }]);
          expect(store.notebook.findingMarks()).toMatchObject([{ note: 'mine' }]);
          store.notebook.markFinding({ finding: FINDING, pinned: 'no', noise: 'no', note: 'changed' });
        });
        if (notRead === null) expect(store.notebook.findingMarks()).toMatchObject([{ note: 'changed' }]);
        else expect(notRead, `page ${page}`).toMatchObject(DAMAGED_CASE(file));
        if (notRead !== null) seen['notes lost'] += 1;
        store.close();
      }
      expect(seen).toMatchObject({ 'not kept': 0 });
      expect(seen['kept anew']).toBeGreaterThan(PAGES_OF_ANALYSIS);
      expect(seen['notes lost']).toBeGreaterThan(1);
      expect(seen['not opened']).toBeGreaterThan(1);
    }));
});

test('an analysis of which a letter was changed is not told', () =>
  inTemporaryFolder((folder) => {
    const made = openedCase(folder);
    made.keepAnalysis(BUNDLE, 'me', FIRST);
    made.close();
    const file = path.join(folder, CASE_FILE);
    const bytes = readFileSync(file);
    bytes.write('y', bytes.indexOf('xxxx'));
    writeFileSync(file, bytes);
    const opened = openedCase(folder);
    expect(opened.analysisOf(BUNDLE, 'me')).toBeNull();
    opened.keepAnalysis(BUNDLE, 'me', FIRST);
    expect(opened.analysisOf(BUNDLE, 'me')).toEqual(FIRST);
    opened.close();
  }));

const BUNDLE = SHA as BundleId;
const FINDING = '8f0f543b3a80f2ee' as FindingId;
const PAGES_OF_ANALYSIS = 10;
const FIRST = { findings: [], text: 'x'.repeat(PAGES_OF_ANALYSIS * PAGE) };
const SECOND = { findings: [], text: 'y'.repeat(PAGES_OF_ANALYSIS * PAGE) };

const DAMAGED_CASE = (file: string) => ({
  code: 'corrupt',
  message: expect.stringContaining('the case file is damaged: '),
  where: file,
  advice: expect.stringContaining('its bundles are kept. The notes, pins and bookmarks in it are lost.'),
});

function openedCase(folder: string): CaseStore {
  const opened = openCase(folder, 'create');
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

function failureOf(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
}
