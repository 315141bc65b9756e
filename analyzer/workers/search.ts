/** Worker entry: takes part in searches for as long as the engine wants it. */
import { serveSearches } from '../jobs/search-task.ts';

serveSearches();
