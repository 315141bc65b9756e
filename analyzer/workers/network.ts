/** Worker entry: answers questions about networks for as long as the engine wants it. */
import { serveNetwork } from '../jobs/network-task.ts';

serveNetwork();
