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
