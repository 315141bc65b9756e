/** Worker entry: reads one archive or folder into one sealed bundle. */
import '../core/plain-zod.ts';
import { type IngestTask, ingestSource } from '../jobs/ingest-source.ts';
import { shippedLiterals } from '../jobs/shipped-literals.ts';
import { warmIndexer } from '../jobs/slab-threads.ts';
import { runTask } from '../jobs/task.ts';

void runTask((task: IngestTask, context) => ingestSource(task, context));

// A worker may be started before its task is known: its index worker loads meanwhile.
warmIndexer(shippedLiterals());
