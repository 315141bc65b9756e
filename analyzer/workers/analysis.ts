/** Worker entry: one analysis, chain analysis or check over the bundles of a case. */
import { type AnalysisTask, runAnalysisTask } from '../jobs/analysis-task.ts';
import { runTask } from '../jobs/task.ts';

void runTask((task: AnalysisTask, context) => runAnalysisTask(task, context));
