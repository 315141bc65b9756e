/** Opens what the operating system or the menu hands over: archives become a new case, shown on the Start screen. */

import type { EngineApi } from '../analyzer/contract/engine-api.ts';
import { fail, ok, type Result } from '../analyzer/core/failure.ts';
import type { CaseId } from '../analyzer/core/ids.ts';

/**
 * What the page shows first, as its location fragment. The renderer opens the case that is named there;
 * `sample` stands for the sample case, which the engine imports when it is not there yet.
 */
export function openFragment(open: CaseId | 'sample' | null): string {
  return open === null ? '' : `/start?${new URLSearchParams({ open }).toString()}`;
}

/**
 * A path that is a case is opened; everything else is imported into one new case, as a customer sends several
 * archives for one question.
 * @param paths absolute paths.
 * @returns the case to show. The import itself goes on as a job.
 */
export async function openPaths(engine: EngineApi, paths: readonly string[]): Promise<Result<CaseId>> {
  const sources: string[] = [];
  let opened: CaseId | null = null;
  for (const path of paths) {
    const known = await engine.call('case.open', { caseId: path as CaseId });
    if (known.ok) opened = known.value.id;
    else sources.push(path);
  }
  if (sources.length === 0) {
    return opened === null ? fail('wrong-usage', 'Nothing was given to open.') : ok(opened);
  }
  const made = await engine.call('case.create', { title: null, dir: null });
  if (!made.ok) return made;
  const started = await engine.call('case.import', {
    caseId: made.value.id,
    paths: sources,
    node: null,
    layout: null,
    mark: null,
  });
  return started.ok ? ok(made.value.id) : started;
}
