import { expect, test } from 'vitest';
import { CaseId, JobId } from '../core/ids.ts';
import { ENDED_JOBS_KEPT } from '../core/limits.ts';
import { JobTable } from './job-table.ts';

const caseId = CaseId.parse('/case');
const done = { state: 'done', outcome: 'Did it.', failure: null } as const;

test('a job announces its start, its progress and its stated outcome', async () => {
  const seen: string[] = [];
  const jobs = new JobTable((job) => seen.push(`${job.state} ${job.progress.phase}`));
  const id = jobs.start('import', 'Import x', caseId, async (context) => {
    context.progress({ phase: 'reading', bytesDone: 1, bytesTotal: 2, files: 0, lines: 0, bytesPerSecond: 1 });
    return done;
  });
  expect(await jobs.wait(id)).toMatchObject({ state: 'done', outcome: 'Did it.' });
  expect(seen).toEqual(['running starting', 'running reading', 'done reading']);
});

test('work that throws fails its own job and no other', async () => {
  const jobs = new JobTable(() => {});
  const bad = jobs.start('search', 'bad', caseId, async () => {
    throw new Error('boom');
  });
  const good = jobs.start('search', 'good', caseId, async () => done);
  expect(await jobs.wait(bad)).toMatchObject({ state: 'failed', failure: { code: 'internal', message: 'boom' } });
  expect(await jobs.wait(good)).toMatchObject({ state: 'done' });
});

test('cancel reaches the work; closing waits for it', async () => {
  const jobs = new JobTable(() => {});
  const work = async ({ signal }: { signal: AbortSignal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return { state: 'cancelled', outcome: 'Cancelled.', failure: null } as const;
  };
  const first = jobs.start('import', 'one', caseId, work);
  const second = jobs.start('import', 'two', caseId, work);
  await Promise.resolve();
  jobs.cancel(first);
  expect(await jobs.wait(first)).toMatchObject({ state: 'cancelled' });
  expect(jobs.get(second)?.state).toBe('running');
  await jobs.close();
  expect(jobs.get(second)?.state).toBe('cancelled');
  expect(jobs.cancel(JobId.parse('nope'))).toBeNull();
});

test('what is started by the end of a job that closing cancels is cancelled from its beginning, and waited for', async () => {
  const jobs = new JobTable(() => {});
  const seen: boolean[] = [];
  const first = jobs.start('analysis', 'one', caseId, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return done;
  });
  void jobs.wait(first).then(() =>
    jobs.start('analysis', 'two', caseId, async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(signal.aborted);
      return done;
    }),
  );
  await Promise.resolve();
  await jobs.close();
  expect(seen).toEqual([true]);
});

test('what is started after the end is cancelled from the start', async () => {
  const jobs = new JobTable(() => {});
  await jobs.close();
  const late = jobs.start('import', 'late', caseId, async ({ signal }) => ({
    ...done,
    state: signal.aborted ? 'cancelled' : 'done',
  }));
  expect(await jobs.wait(late)).toMatchObject({ state: 'cancelled' });
});

test('ended jobs are forgotten, oldest first, running ones never', async () => {
  const jobs = new JobTable(() => {});
  let release = () => {};
  const running = jobs.start('import', 'long', caseId, () => new Promise((resolve) => (release = () => resolve(done))));
  const ids: JobId[] = [];
  for (let index = 0; index < ENDED_JOBS_KEPT + 5; index++) {
    const id = jobs.start('search', `${index}`, caseId, async () => done);
    await jobs.wait(id);
    ids.push(id);
  }
  expect(jobs.get(running)?.state).toBe('running');
  expect(jobs.get(ids[0] as JobId)).toBeNull();
  expect(jobs.get(ids.at(-1) as JobId)?.state).toBe('done');
  release();
  await jobs.close();
});
