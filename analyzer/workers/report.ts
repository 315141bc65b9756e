/** Worker entry: one report, made or checked. */
import '../core/plain-zod.ts';
import { type CheckTask, runCheckTask } from '../jobs/report-check-task.ts';
import { type ReportTask, runReportTask } from '../jobs/report-task.ts';
import { runTask } from '../jobs/task.ts';

void runTask(async (task: ReportTask | CheckTask, context) =>
  task.want === 'make' ? runReportTask(task, context) : runCheckTask(task, context),
);
