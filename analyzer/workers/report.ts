/** Worker entry: one report, or the check of one. */
import { type ReportCheckTask, runReportCheck } from '../jobs/report-check-task.ts';
import { type ReportTask, runReportTask } from '../jobs/report-task.ts';
import { runTask } from '../jobs/task.ts';

void runTask((task: ReportTask | ReportCheckTask, context) =>
  task.want === 'check' ? runReportCheck(task, context) : runReportTask(task, context),
);
