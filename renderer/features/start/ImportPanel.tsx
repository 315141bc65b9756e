/** The import that runs, live, and what became of the last one: archive by archive. */
import { useRef } from 'react';
import { gapSentence } from '../../../analyzer/core/gap-sentence.ts';
import { useFocusWhenFree } from '../../components/focus.ts';
import { Progress } from '../../components/Progress.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote } from '../../components/States.tsx';
import type { Mark } from '../../model/derive.ts';
import { baseName, count, counted, percent, size } from '../../model/format.ts';
import type { ImportResult, Job } from '../../model/types.ts';
import { isRunning } from '../../stores/jobs.ts';
import { useJobs, useSession, useStores } from '../../stores/stores.tsx';

const OUTCOME: Readonly<Record<ImportResult['outcome'], { readonly mark: Mark; readonly says: string }>> = {
  imported: { mark: 'pass', says: 'Imported' },
  'already-imported': { mark: 'info', says: 'Already in this case' },
  failed: { mark: 'critical', says: 'Not imported' },
  cancelled: { mark: 'skipped', says: 'Cancelled' },
};

function Running({ job }: { readonly job: Job }) {
  const { session } = useStores();
  const { phase, bytesDone, bytesTotal, files, lines, bytesPerSecond } = job.progress;
  const done = percent(bytesDone, bytesTotal);
  return (
    <section className="import" aria-label="Import in progress">
      <div className="import__head">
        <h2 className="clip">{job.title}</h2>
        <span className="meta">{phase}</span>
        <button type="button" className="btn btn--s" onClick={() => void session.getState().cancelJob(job.id)}>
          Cancel
        </button>
      </div>
      <Progress percent={done} label={`${job.title}, progress`} />
      <p className="import__numbers">
        <span>
          <b>{size(bytesDone)}</b>
          {bytesTotal === null ? '' : ` of ${size(bytesTotal)}`}
          {done === null ? '' : ` (${done} %)`}
        </span>
        <span>
          <b>{count(files)}</b> {files === 1 ? 'file' : 'files'}
        </span>
        <span>
          <b>{count(lines)}</b> {lines === 1 ? 'line' : 'lines'}
        </span>
        <span>
          <b>{size(Math.round(bytesPerSecond))}</b> per second
        </span>
      </p>
    </section>
  );
}

function Gaps({ result }: { readonly result: ImportResult }) {
  const bundle = result.bundle;
  if (bundle === null || bundle.gaps.length + bundle.gapsNotListed === 0) return null;
  return (
    <details>
      <summary>{counted(bundle.gaps.length + bundle.gapsNotListed, 'gap')}</summary>
      <ul className="bullets">
        {bundle.gaps.map((gap, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: gaps have no identity and their order is fixed
          <li key={index}>
            <SeverityMark mark={gap.weight === 'major' ? 'high' : 'low'} label={gap.weight} />
            <span>
              {gapSentence(gap)}
              {gap.file === null ? null : <small className="mono">{gap.file}</small>}
            </span>
          </li>
        ))}
        {bundle.gapsNotListed > 0 ? <li>{counted(bundle.gapsNotListed, 'more gap')} not listed</li> : null}
      </ul>
    </details>
  );
}

function Ended({ job }: { readonly job: Job }) {
  const { navigation } = useStores();
  const imported = job.imports.some((one) => one.bundle !== null);
  const section = useRef<HTMLElement>(null);
  // The button that had the focus, Cancel, is gone with the running import.
  useFocusWhenFree(section);
  return (
    <section ref={section} tabIndex={-1} aria-label="Last import">
      <div className="section__head">
        <h2>Last import</h2>
        <span className="meta">{job.outcome}</span>
        {imported ? (
          <button
            type="button"
            className="btn btn--s"
            onClick={() => navigation.getState().go({ screen: 'overview', params: {} })}
          >
            Open Overview
          </button>
        ) : null}
      </div>
      {job.failure === null || job.imports.some((one) => one.failure !== null) ? null : (
        <FailureNote failure={job.failure} />
      )}
      <ul className="imports">
        {job.imports.map((result) => {
          const { mark, says } = OUTCOME[result.outcome];
          const gapsMark = result.outcome === 'imported' && result.bundle?.outcome === 'with-gaps' ? 'medium' : mark;
          return (
            <li key={result.source}>
              <SeverityMark mark={gapsMark} label={null} />
              <div className="grow">
                <p>
                  <b className="mono">{baseName(result.source)}</b>
                  <span className="meta">
                    {says}
                    {result.bundle === null
                      ? ''
                      : `: ${counted(result.bundle.files, 'file')}, ${counted(result.bundle.lines, 'line')}, ${size(result.bundle.bytes)}`}
                  </span>
                </p>
                {result.bundle === null ? null : (
                  <dl className="kv">
                    <dt>Layout</dt>
                    <dd>
                      {result.bundle.layout}, because {result.bundle.layoutBecause}
                    </dd>
                    <dt>Node</dt>
                    <dd>
                      {result.bundle.node ?? 'not known'}, because {result.bundle.nodeBecause}
                    </dd>
                  </dl>
                )}
                {result.failure === null ? null : <FailureNote failure={result.failure} />}
                <Gaps result={result} />
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function ImportPanel() {
  const upload = useSession((state) => state.upload);
  const last = useSession((state) => state.lastImport);
  const jobs = useJobs((state) => state.jobs);
  const running = jobs.filter((job) => job.kind === 'import' && isRunning(job));
  const ended = jobs.find((job) => job.id === last && !isRunning(job));
  return (
    <>
      {upload === null ? null : (
        <section className="import" aria-label="Reading files">
          <div className="import__head">
            <h2 className="clip">Reading {upload.names.join(', ')}</h2>
          </div>
          <Progress percent={percent(upload.sent, upload.total)} label="Reading files" />
          <p className="import__numbers">
            <span>
              <b>{size(upload.sent)}</b> of {size(upload.total)}
            </span>
          </p>
        </section>
      )}
      {running.map((job) => (
        <Running key={job.id} job={job} />
      ))}
      {ended === undefined ? null : <Ended job={ended} />}
    </>
  );
}
