/** A finding keeps its id when its bundle is imported again, elsewhere, packed otherwise and under another name. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sampleArchive } from '../../analyzer/core/resources.ts';
import type { Analysis } from '../../analyzer/core/vocabulary.ts';
import { createEngine } from '../../analyzer/engine.ts';
import { inTemporaryFolder } from '../support/archives.ts';

/** As another machine would: its own folders, its own engine. */
async function analysed(home: string, archive: string): Promise<Analysis> {
  mkdirSync(home, { recursive: true });
  const engine = createEngine({ casesFolder: path.join(home, 'cases'), stateFolder: path.join(home, 'state') });
  const call: typeof engine.call = (method, input) => engine.call(method, input);
  try {
    const made = await call('case.create', { title: null, dir: null });
    if (!made.ok) throw new Error(made.failure.message);
    const caseId = made.value.id;
    const started = await call('case.import', { caseId, paths: [archive], node: null, layout: null, mark: null });
    if (!started.ok) throw new Error(started.failure.message);
    await call('job.wait', started.value);
    const analysis = await call('case.analysis', { caseId });
    if (!analysis.ok) throw new Error(analysis.failure.message);
    return analysis.value;
  } finally {
    await engine.close();
  }
}

test('ids of findings and their ranks are the same everywhere', () =>
  inTemporaryFolder(async (folder) => {
    const tree = path.join(folder, 'tree');
    mkdirSync(tree);
    execFileSync('tar', ['-xzf', sampleArchive(), '-C', tree]);
    const names = readdirSync(tree).sort().reverse();
    const packed = path.join(folder, 'something-else.tar');
    execFileSync('tar', ['-cf', packed, '--mtime=2020-02-02', '--owner=nobody', '-C', tree, ...names]);
    writeFileSync(path.join(folder, 'notes.txt'), 'beside it');
    const first = await analysed(path.join(folder, 'one'), sampleArchive());
    const other = await analysed(path.join(folder, 'two', 'deeper'), packed);
    expect(first.findings.length).toBeGreaterThan(2);
    expect(new Set(first.findings.map(({ bundle }) => bundle))).not.toEqual(
      new Set(other.findings.map(({ bundle }) => bundle)),
    );
    expect(other.findings.map(({ id, rule }) => [id, rule])).toEqual(first.findings.map(({ id, rule }) => [id, rule]));
    expect(other.causes.map(({ finding }) => finding)).toEqual(first.causes.map(({ finding }) => finding));
    expect(other.verdict.cause).toBe(first.verdict.cause);
  }));
