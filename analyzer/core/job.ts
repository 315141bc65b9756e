/** Jobs: everything that takes longer than a blink. Each one has progress, can be cancelled and ends in a stated outcome. */
import * as z from 'zod';
import { Failure } from './failure.ts';
import { CaseId, JobId } from './ids.ts';
import { Bundle } from './vocabulary.ts';

export const JobProgress = z
  .object({
    phase: z.string(),
    bytesDone: z.number(),
    /** null when the size is not known beforehand (a folder, a stream). */
    bytesTotal: z.number().nullable(),
    files: z.number().int(),
    lines: z.number().int(),
    bytesPerSecond: z.number(),
  })
  .readonly();
export type JobProgress = z.infer<typeof JobProgress>;

/** What became of one archive or folder given to an import. */
export const ImportResult = z
  .object({
    source: z.string(),
    outcome: z.enum(['imported', 'already-imported', 'failed', 'cancelled']),
    bundle: Bundle.nullable(),
    failure: Failure.nullable(),
  })
  .readonly();
export type ImportResult = z.infer<typeof ImportResult>;

export const JobState = z.enum(['running', 'done', 'done-with-gaps', 'failed', 'cancelled']);
export type JobState = z.infer<typeof JobState>;

export const Job = z
  .object({
    id: JobId,
    kind: z.enum(['import', 'analysis', 'search', 'runbook']),
    title: z.string(),
    caseId: CaseId,
    state: JobState,
    progress: JobProgress,
    /** One sentence once it has ended, e.g. "Imported 1 archive: 196 files, 1,204,118 lines". */
    outcome: z.string().nullable(),
    failure: Failure.nullable(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    imports: z.array(ImportResult).readonly(),
  })
  .readonly();
export type Job = z.infer<typeof Job>;
