/** Worker entry: reads one archive or folder into one sealed bundle. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type IngestTask, ingestSource } from '../jobs/ingest-source.ts';
import { runTask } from '../jobs/task.ts';
import { PARTIAL_SUFFIX } from '../store/schema.ts';

void runTask((task: IngestTask, context) =>
  ingestSource(task, path.join(task.folder, `${randomUUID()}${PARTIAL_SUFFIX}`), context),
);
