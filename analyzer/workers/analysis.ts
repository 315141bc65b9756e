/** Worker entry: one analysis, chain analysis or check over the bundles of a case. */
import '../core/plain-zod.ts';
import { workerData } from 'node:worker_threads';
import { type AnalysisTask, prepareAnalysis, runAnalysisTask } from '../jobs/analysis-task.ts';
import { runTask, type WorkerInput } from '../jobs/task.ts';

void runTask((task: AnalysisTask, context) => runAnalysisTask(task, context));

// A worker is started while its archive is still being imported: time enough to prepare what every analysis needs.
setImmediate(() => {
  try {
    prepareAnalysis((workerData as WorkerInput).expected ?? 'any');
  } catch {
    // Told by the task that needs them.
  }
});
