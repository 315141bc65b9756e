/** The table of a case's nodes: its analysis first, then what a worker reads of machines and clocks. */
import { fleetOf } from '../compare/fleet.ts';
import type { Fleet } from '../core/comparison.ts';
import { ok, type Result } from '../core/failure.ts';
import type { Analysis } from '../core/vocabulary.ts';
import type { CaseStore } from '../store/case-store.ts';
import { bundleRef } from './bundle-ref.ts';
import type { CorrelateTask, CorrelateTaskOutput } from './correlate-task.ts';
import { runInWorker } from './worker-job.ts';

/** Nodes and what was concluded of them are shown also when clocks and machines could not be read: with that reason. */
export async function caseFleet(
  store: CaseStore,
  analysisOf: (store: CaseStore) => Promise<Result<Analysis>>,
  signal: AbortSignal,
): Promise<Result<Fleet>> {
  const analysis = await analysisOf(store);
  if (!analysis.ok) return analysis;
  const readers = store.bundles();
  const bundles = readers.map((reader) => reader.bundle);
  const task: CorrelateTask = { want: 'fleet', bundles: readers.map((reader) => bundleRef(store, reader)) };
  const read = await runInWorker<CorrelateTask, CorrelateTaskOutput>('correlate', task, { signal });
  if (!read.ok && read.failure.code === 'cancelled') return read;
  const known = read.ok && read.value.want === 'fleet' ? read.value : null;
  const why = read.ok ? 'the worker answered another task' : read.failure.message;
  return ok(
    fleetOf({
      bundles,
      analysis: analysis.value,
      machines: known?.machines ?? [],
      clocks: known?.clocks ?? `not measured: ${why}`,
    }),
  );
}
