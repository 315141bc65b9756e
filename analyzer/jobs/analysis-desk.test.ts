import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { inTemporaryFolder } from '../../test/support/archives.ts';
import { sealFiles, writerIn } from '../../test/support/sealed-bundle.ts';
import { FailureError } from '../core/failure.ts';
import { bundlesFolder, openCase } from '../store/case-store.ts';
import { damagedCase } from '../store/damaged-file.ts';
import { AnalysisDesk } from './analysis-desk.ts';
import { JobTable } from './job-table.ts';

test('a case file that cannot be read any more is a failure of the analysis, and ends no process', () =>
  inTemporaryFolder(async (folder) => {
    const opened = openCase(folder, 'create');
    if (!opened.ok) throw new Error(opened.failure.message);
    const store = opened.value;
    await sealFiles(writerIn(bundlesFolder(folder)), [{ name: 'a.log', bytes: Buffer.from('hello\n') }]);
    store.refresh();
    const damaged = damagedCase(path.join(folder, 'case.coldcase'), 'malformed');
    const said = vi.spyOn(store, 'overridesOf');
    // As it was when the question came, and was not when it was worked on.
    said.mockReturnValueOnce([]).mockImplementation(() => {
      throw new FailureError(damaged);
    });
    const desk = new AnalysisDesk(new JobTable(() => {}), '1.0.0');
    // Vitest fails on a rejection that nobody handles.
    expect(await desk.analysis(store)).toEqual({ ok: false, failure: damaged });
    store.close();
  }));

test('a case that changes while it is analysed is analysed again afterwards, and what was concluded is not concluded twice', () =>
  inTemporaryFolder(async (folder) => {
    const opened = openCase(folder, 'create');
    if (!opened.ok) throw new Error(opened.failure.message);
    const store = opened.value;
    const add = async (sha256: string) => {
      await sealFiles(writerIn(bundlesFolder(folder)), [{ name: 'a.log', bytes: Buffer.from(sha256) }], sha256);
      store.refresh();
    };
    await add('1'.repeat(64));
    const running = new Map<string, string>();
    let most = 0;
    const jobs = new JobTable(({ id, state }) => {
      running.set(id, state);
      most = Math.max(most, [...running.values()].filter((one) => one === 'running').length);
    });
    const kept = vi.spyOn(store, 'keepAnalysis');
    const desk = new AnalysisDesk(jobs, '1.0.0');
    const first = desk.analysis(store);
    await add('2'.repeat(64));
    const [one, two] = await Promise.all([first, desk.analysis(store)]);
    expect([one.ok, two.ok, running.size, most]).toEqual([true, true, 2, 1]);
    expect(kept).toHaveBeenCalledTimes(2);
    await jobs.close();
    store.close();
  }));
