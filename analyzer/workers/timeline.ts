/** Worker entry: answers questions about the timeline for as long as the engine wants it. */
import '../core/plain-zod.ts';
import { serveTimeline } from '../jobs/timeline-task.ts';

serveTimeline();
