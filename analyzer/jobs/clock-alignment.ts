/** The engine's side of the alignment of clocks: asks the correlate worker. */
import { fail, ok, type Result } from '../core/failure.ts';
import type { ClockAlignments } from '../core/timeline.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleRefs } from './bundle-ref.ts';
import type { CorrelateTask, CorrelateTaskOutput } from './correlate-task.ts';
import { runInWorker } from './worker-job.ts';

/** @returns offsets of all clocks of the case, measured in a worker. */
export async function alignedClocks(store: CaseStore, signal?: AbortSignal): Promise<Result<ClockAlignments>> {
  const bundles = bundleRefs(store);
  const output = await runInWorker<CorrelateTask, CorrelateTaskOutput>(
    'correlate',
    { want: 'clocks', bundles },
    signal === undefined ? {} : { signal },
  );
  if (!output.ok) return output;
  return output.value.want === 'clocks'
    ? ok(output.value.clocks)
    : fail('internal', 'the worker answered another task');
}
