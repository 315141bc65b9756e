/** Worker entry: answers questions about networks for as long as the engine wants it. */
import '../core/plain-zod.ts';
import { serveNetwork } from '../jobs/network-task.ts';

serveNetwork();
