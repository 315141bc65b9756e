/** Worker entry: one correlation, alignment of clocks, or comparison. */
import '../core/plain-zod.ts';
import { type CorrelateTask, runCorrelateTask } from '../jobs/correlate-task.ts';
import { runTask } from '../jobs/task.ts';

void runTask((task: CorrelateTask, context) => runCorrelateTask(task, context));
