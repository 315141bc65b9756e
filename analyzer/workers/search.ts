/** Worker entry: one search over the bundles of a case. */
import { type SearchTask, searchCase } from '../jobs/search-case.ts';
import { runTask } from '../jobs/task.ts';

void runTask((task: SearchTask, context) => searchCase(task, context));
