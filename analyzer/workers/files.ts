/** Worker entry: one question about a file that may take reading all of it. */
import '../core/plain-zod.ts';
import { type FileTask, workOnFile } from '../jobs/file-task.ts';
import { runTask } from '../jobs/task.ts';

void runTask((task: FileTask, context) => workOnFile(task, context));
