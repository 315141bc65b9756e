/** A case of which files were damaged after they were written: what is said of it, and what Coldcase puts right by itself. */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Engine } from '../../analyzer/contract/engine-api.ts';
import { CaseId } from '../../analyzer/core/ids.ts';
import { sampleArchive } from '../../analyzer/core/resources.ts';
import type { Analysis } from '../../analyzer/core/vocabulary.ts';
import { createEngine } from '../../analyzer/engine.ts';
import { inTemporaryFolder } from '../support/archives.ts';

const PAGE = 4096;
/** No byte of a page that SQLite writes, nor of text, is all of these. */
const DAMAGE = Buffer.alloc(PAGE, 0xa5);

async function withCase(work: (at: { folder: string; caseId: CaseId; bundle: string }) => Promise<void>) {
  await inTemporaryFolder(async (folder) => {
    const caseId = CaseId.parse(path.join(folder, 'case'));
    await withEngine(folder, async (engine) => {
      expect((await engine.call('case.create', { dir: caseId, title: null })).ok).toBe(true);
      const paths = [sampleArchive()];
      const started = await engine.call('case.import', { caseId, paths, node: null, layout: null, mark: null });
      if (!started.ok) throw new Error(started.failure.message);
      expect(await engine.call('job.wait', { job: started.value.job })).toMatchObject({ value: { state: 'done' } });
    });
    const [name] = readdirSync(path.join(caseId, 'bundles'));
    await work({ folder, caseId, bundle: path.join(caseId, 'bundles', name as string) });
  });
}

async function withEngine<T>(folder: string, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = createEngine({ casesFolder: path.join(folder, 'cases'), stateFolder: null });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const analysed = (folder: string, caseId: CaseId) =>
  withEngine(folder, async (engine) => {
    const analysis = await engine.call('case.analysis', { caseId });
    if (!analysis.ok) throw new Error(analysis.failure.message);
    return analysis.value;
  });

function damage(file: string, sound: Buffer, page: number): void {
  const bytes = Buffer.from(sound);
  DAMAGE.copy(bytes, page * PAGE);
  writeFileSync(file, bytes);
}

test('a search of a damaged bundle names its file', () =>
  withCase(async ({ folder, caseId, bundle }) => {
    const sound = readFileSync(bundle);
    const failed: unknown[] = [];
    // Of the tables of blocks, files and text.
    for (const page of [2, 3, 4, 19, 22, 27, 40]) {
      damage(bundle, sound, page);
      const found = await withEngine(folder, (engine) => engine.call('search.run', { caseId, query: 'kubelet' }));
      if (!found.ok) failed.push(found.failure);
    }
    expect(failed.length).toBeGreaterThan(2);
    const advice = 'Delete the file, and import the archive again.';
    for (const failure of failed) expect(failure).toMatchObject({ code: 'corrupt', where: bundle, advice });
  }));

test('a kept analysis that is damaged is made anew, and kept', () =>
  withCase(async ({ folder, caseId }) => {
    const file = path.join(caseId, 'case.coldcase');
    const first = await analysed(folder, caseId);
    const sound = readFileSync(file);
    const text = sound.indexOf('"completeness"');
    expect(text).toBeGreaterThan(0);
    damage(file, sound, Math.floor(text / PAGE));
    expect((await analysed(folder, caseId)).findings).toEqual(first.findings);
    // As it was kept now: nothing of a kept analysis is concluded a second time.
    const kept = readFileSync(file);
    expect(kept.includes('"completeness"')).toBe(true);
    expect((await analysed(folder, caseId)).findings).toEqual(first.findings);
    expect(readFileSync(file).equals(kept)).toBe(true);
  }));

test('what could not be concluded of a damaged bundle does not outlive it', () =>
  withCase(async ({ folder, caseId, bundle }) => {
    const copy = path.join(folder, 'sound');
    copyFileSync(bundle, copy);
    // Of the table of blocks: what there is of files is known.
    damage(bundle, readFileSync(copy), 4);
    expect(failedOf(await analysed(folder, caseId))).not.toEqual([]);
    copyFileSync(copy, bundle);
    const whole = await analysed(folder, caseId);
    expect(failedOf(whole)).toEqual([]);
    expect(whole.findings).not.toEqual([]);
  }));

function failedOf({ coverage }: Analysis): readonly string[] {
  return coverage.analyzers.flatMap(({ id, outcome }) => (outcome.outcome === 'failed' ? [id] : []));
}
