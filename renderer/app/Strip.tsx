/** The bottom strip: what runs, what ended and was not read yet, how much of the case was read. */
import { Lock, X } from 'lucide-react';
import { Progress } from '../components/Progress.tsx';
import { SeverityMark } from '../components/SeverityMark.tsx';
import type { Mark } from '../model/derive.ts';
import { counted, percent } from '../model/format.ts';
import type { Job } from '../model/types.ts';
import { isRunning } from '../stores/jobs.ts';
import { useJobs, useNavigation, useScreens, useSession, useStores } from '../stores/stores.tsx';
import { SCREEN_NAMES } from './screen-names.ts';

const JOB_MARK: Readonly<Record<Job['state'], Mark>> = {
  running: 'info',
  done: 'pass',
  'done-with-gaps': 'medium',
  failed: 'critical',
  cancelled: 'skipped',
};

/** More than this and none of them could be read. */
const RUNNING_SHOWN = 2;

function RunningJob({ job }: { readonly job: Job }) {
  const { session } = useStores();
  const done = percent(job.progress.bytesDone, job.progress.bytesTotal);
  const where = [job.progress.phase, done === null ? '' : `${done} %`].filter((text) => text !== '').join(', ');
  return (
    <span className="strip__job">
      <Progress percent={done} label={job.title} />
      <span className="clip" title={job.title}>
        {job.title}
      </span>
      {where === '' ? null : <span className="strip__where">{where}</span>}
      <button
        type="button"
        className="link"
        aria-label={`Cancel ${job.title}`}
        onClick={() => void session.getState().cancelJob(job.id)}
      >
        Cancel
      </button>
    </span>
  );
}

function EndedJob({ job }: { readonly job: Job }) {
  const { jobs } = useStores();
  const outcome = job.outcome ?? `${job.title}: ${job.state}`;
  return (
    <span className={`strip__job strip__job--${job.kind}`}>
      <SeverityMark mark={JOB_MARK[job.state]} label={null} />
      <span className="clip" title={job.failure?.message ?? outcome}>
        {outcome}
      </span>
      <button
        type="button"
        className="btn btn--icon btn--quiet strip__close"
        aria-label={`Put away: ${job.title}`}
        title="Put away"
        onClick={() => jobs.getState().markRead(job.id)}
      >
        <X className="icon" aria-hidden="true" />
      </button>
    </span>
  );
}

export function Strip() {
  const jobs = useJobs((state) => state.jobs);
  const read = useJobs((state) => state.read);
  const upload = useSession((state) => state.upload);
  const engine = useSession((state) => state.engine);
  const openCase = useSession((state) => state.openCase);
  const analysis = useSession((state) => state.analysis);
  const { navigation } = useStores();
  const announcement = useScreens((state) => state.announcement);
  const leadsTo = useScreens((state) => state.leadsTo);
  const screen = useNavigation((state) => state.route.screen);
  const lines = openCase?.bundles.reduce((sum, bundle) => sum + bundle.lines, 0) ?? 0;
  const gaps = openCase?.bundles.reduce((sum, bundle) => sum + bundle.gaps.length + bundle.gapsNotListed, 0) ?? 0;
  // What became of another case stands there and in the list of cases; here it would be taken for this one's.
  const running = jobs.filter(isRunning);
  const unread = jobs.filter((job) => !isRunning(job) && !read.has(job.id) && job.caseId === openCase?.id);
  // The analysis that follows an import must not hide how the import ended.
  const ended = (['import', 'analysis', 'search'] as const).flatMap(
    (kind) => unread.findLast((job) => job.kind === kind) ?? [],
  );
  return (
    <footer className="strip">
      {engine === 'ready' ? null : (
        <span className="strip__job" role="alert">
          <SeverityMark mark={engine === 'lost' ? 'critical' : 'high'} label={null} />
          {engine === 'lost'
            ? 'The engine could not be started again: close Coldcase and open it'
            : 'The engine stopped and is being started again'}
        </span>
      )}
      {upload === null ? null : (
        <span className="strip__job">
          <Progress percent={percent(upload.sent, upload.total)} label="Reading files" />
          <span className="clip">
            Reading {upload.names.length === 1 ? upload.names[0] : counted(upload.names.length, 'file')}
          </span>
        </span>
      )}
      {ended.map((job) => (
        <EndedJob key={job.id} job={job} />
      ))}
      {running.slice(0, RUNNING_SHOWN).map((job) => (
        <RunningJob key={job.id} job={job} />
      ))}
      {running.length > RUNNING_SHOWN ? (
        <span className="strip__more meta">and {running.length - RUNNING_SHOWN} more</span>
      ) : null}
      {analysis.state === 'loading' && !running.some((job) => job.kind === 'analysis') ? (
        <span className="strip__job">
          <Progress percent={null} label="Analysing" />
          Analysing
        </span>
      ) : null}
      <output className="strip__said">{announcement}</output>
      {leadsTo === null || leadsTo === screen ? null : (
        <button
          type="button"
          className="link strip__leads"
          onClick={() => navigation.getState().go({ screen: leadsTo, params: {} })}
        >
          Open {SCREEN_NAMES[leadsTo]}
        </button>
      )}
      {openCase === null || openCase.bundles.length === 0 ? null : (
        <span className="strip__coverage">
          Coverage: {counted(lines, 'line')} read, <b>{counted(gaps, 'gap')}</b>
        </span>
      )}
      <span className="strip__offline" title="Coldcase makes no network request">
        <Lock className="icon" aria-hidden="true" />
        Offline
      </span>
    </footer>
  );
}
