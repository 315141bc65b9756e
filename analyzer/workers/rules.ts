/** Worker entry: reads a part of a bundle's logs for the rules of an analysis. */
import '../core/plain-zod.ts';
import { serveRuleThread } from '../jobs/rule-thread.ts';

serveRuleThread();
