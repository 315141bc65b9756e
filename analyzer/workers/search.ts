/** Worker entry: takes part in searches for as long as the engine wants it. */
import '../core/plain-zod.ts';
import { serveSearches } from '../jobs/search-task.ts';

serveSearches();
