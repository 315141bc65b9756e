/** One runbook on one node: while it runs, what kept it from its end, or its result. */
import { useEffect } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { Progress } from '../../components/Progress.tsx';
import { Empty, FailureNote } from '../../components/States.tsx';
import { percent } from '../../model/format.ts';
import { isRunning } from '../../stores/jobs.ts';
import type { RunQuestion } from '../../stores/runbooks.ts';
import { runKey } from '../../stores/runbooks.ts';
import { LIST_ROUTE } from '../../stores/runbooks-route.ts';
import { useJobs, useRunbooks, useSession, useStores } from '../../stores/stores.tsx';
import { RunHead } from './RunHead.tsx';
import { RunResult } from './RunResult.tsx';

function Running() {
  const { session } = useStores();
  const caseId = useSession((state) => state.openCase?.id);
  const job = useJobs((state) =>
    state.jobs.findLast((one) => one.kind === 'runbook' && one.caseId === caseId && isRunning(one)),
  );
  const done = job === undefined ? null : percent(job.progress.bytesDone, job.progress.bytesTotal);
  return (
    <div className="state" role="status">
      <h2>
        <span className="spinner" aria-hidden="true" /> Running the runbook
      </h2>
      <p className="meta">{job === undefined || job.progress.phase === '' ? 'Starting' : job.progress.phase}</p>
      <Progress percent={done} label="Running the runbook" />
      {job === undefined ? null : (
        <button type="button" className="btn btn--s" onClick={() => void session.getState().cancelJob(job.id)}>
          Cancel
        </button>
      )}
    </div>
  );
}

export function RunView({ question }: { readonly question: RunQuestion }) {
  const { runbooks, navigation } = useStores();
  const result = useRunbooks((state) => state.results.get(runKey(question)));
  const title = useRunbooks(({ list }) =>
    list.state === 'ready'
      ? list.value.runbooks.find(({ runbook }) => runbook.id === question.runbook)?.runbook.title
      : undefined,
  );
  // Also when what was known was forgotten because the case changed.
  const known = result !== undefined;
  useEffect(() => {
    if (!known) runbooks.getState().run(question);
  }, [known, runbooks, question]);
  useScreenKeys({ return: () => navigation.getState().go(LIST_ROUTE) });
  if (result?.state === 'ready') return <RunResult question={question} result={result.value} />;
  const cancelled = result?.state === 'failed' && result.failure.code === 'cancelled';
  return (
    <div className="centre centre--fixed">
      <RunHead question={question} title={title ?? question.runbook} />
      {result?.state !== 'failed' ? (
        <Running />
      ) : cancelled ? (
        <Empty mark="skipped" title="Cancelled: no step was kept">
          <p>Run it again, or go back to the list.</p>
        </Empty>
      ) : (
        <div className="section">
          <FailureNote failure={result.failure} onRetry={() => runbooks.getState().runAgain(question)} />
        </div>
      )}
    </div>
  );
}
