/** Worker entry: reads one archive or folder into one sealed bundle. */
import '../core/plain-zod.ts';
import { type IngestTask, ingestSource } from '../jobs/ingest-source.ts';
import { runTask } from '../jobs/task.ts';

void runTask((task: IngestTask, context) => ingestSource(task, context));
