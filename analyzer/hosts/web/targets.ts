/** What was named on the command line is ready when the page opens: cases are opened, everything else imported. */
import path from 'node:path';
import type { EngineApi } from '../../contract/engine-api.ts';
import type { CaseId } from '../../core/ids.ts';

/**
 * Opens cases and starts one import of all other targets into a new case. Does not wait for the import: the page
 * shows its progress. Failures are told through `log` and do not stop the host.
 * @param targets absolute paths that exist.
 * @param given receives the cases that were opened or made.
 */
export async function openTargets(
  engine: EngineApi,
  targets: readonly string[],
  given: Set<string>,
  log: (line: string) => void,
): Promise<void> {
  const sources: string[] = [];
  for (const target of targets) {
    const opened = await engine.call('case.open', { caseId: target as CaseId });
    if (opened.ok) {
      given.add(opened.value.id);
      log(`Case ${opened.value.title}: ${opened.value.bundles.length} bundle(s).`);
    } else sources.push(target);
  }
  if (sources.length === 0) return;
  const title = sources.map((source) => path.basename(source)).join(', ');
  const made = await engine.call('case.create', { title: title.slice(0, 200), dir: null });
  if (!made.ok) {
    log(`No case could be made: ${made.failure.message}`);
    return;
  }
  given.add(made.value.id);
  const started = await engine.call('case.import', {
    caseId: made.value.id,
    paths: sources,
    node: null,
    layout: null,
    mark: null,
  });
  log(started.ok ? `Importing ${title} into ${made.value.id}` : `Not imported: ${started.failure.message}`);
}
