/** Worker entry: one analysis, chain analysis or check over the bundles of a case. */
import '../core/plain-zod.ts';
import { workerData } from 'node:worker_threads';
import { type AnalysisTask, prepareAnalysis, runAnalysisTask } from '../jobs/analysis-task.ts';
import { runTask, type WorkerInput } from '../jobs/task.ts';

void runTask((task: AnalysisTask, context) => runAnalysisTask(task, context));

// A worker that was started while its archive is still being imported has time to prepare what every analysis needs.
const { expected } = workerData as WorkerInput;
if (expected !== undefined) {
  setImmediate(() => {
    try {
      prepareAnalysis(expected);
    } catch {
      // Told by the task that needs them.
    }
  });
}
