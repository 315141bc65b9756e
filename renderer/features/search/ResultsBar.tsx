/** How many, and whether that is all of them; how they are listed. */
import { Progress } from '../../components/Progress.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { count, counted, percent } from '../../model/format.ts';
import type { SearchAnswer } from '../../model/types.ts';
import { TIME_LIMITS } from '../../stores/search.ts';
import type { Shown } from '../../stores/search-answers.ts';
import { useSearch, useStores } from '../../stores/stores.tsx';

const CONTEXTS = [0, 1, 3, 5] as const;

/** @returns e.g. "11 ms", "2.4 s". */
function took(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

function Count({ shown }: { readonly shown: Shown | null }) {
  const running = useSearch((state) => state.running);
  if (running === null || shown === null || shown.asked !== running.asked) {
    if (running !== null) return <h1>Searching</h1>;
    return <h1>{shown === null ? 'Search' : counted(shown.answer.total, 'matching line')}</h1>;
  }
  const done = percent(shown.answer.blocksDone, shown.answer.blocks) ?? 0;
  return (
    <h1>
      {counted(shown.answer.total, 'line')} so far, {done} % of the text
    </h1>
  );
}

function Outcome({ answer }: { readonly answer: SearchAnswer }) {
  if (answer.complete) {
    return (
      <span className="chip chip--ok" title="Every line of every file in scope was looked at">
        <SeverityMark mark="pass" label={null} />
        complete, {took(answer.milliseconds)}
      </span>
    );
  }
  return (
    <span className="chip chip--warn">
      <SeverityMark mark="high" label={null} />
      not complete
    </span>
  );
}

function Which({ answer, list }: { readonly answer: SearchAnswer; readonly list: 'best' | 'all' }) {
  const { search } = useStores();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar
    <span className="toggles" role="group" aria-label="Which matches">
      <button
        type="button"
        aria-pressed={list === 'best'}
        disabled={answer.best.length === 0}
        title="By relevance, severity and how rare the words are"
        onClick={() => search.getState().setShow('best')}
      >
        Best <b>{count(answer.best.length)}</b>
      </button>
      <button type="button" aria-pressed={list === 'all'} onClick={() => search.getState().setShow('all')}>
        All <b>{count(answer.total)}</b>
      </button>
    </span>
  );
}

export function ResultsBar({ shown }: { readonly shown: Shown | null }) {
  const { search } = useStores();
  const { show, order, context, running } = useSearch((state) => state);
  const answer = shown?.answer ?? null;
  const fresh = running !== null && shown?.asked === running.asked;
  const done = fresh && answer !== null ? percent(answer.blocksDone, answer.blocks) : null;
  const list = show === 'best' && answer !== null && answer.best.length > 0 ? 'best' : 'all';
  return (
    <div className="pane-head search-head">
      <Count shown={shown} />
      {running !== null ? (
        <>
          <Progress percent={done} label="Searching" />
          <button type="button" className="btn btn--s" onClick={() => search.getState().cancel()}>
            Cancel
          </button>
        </>
      ) : answer === null ? null : (
        <Outcome answer={answer} />
      )}
      <span className="grow" />
      {answer === null ? null : <Which answer={answer} list={list} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
      <span className="toggles" role="group" aria-label="Order">
        <button
          type="button"
          aria-label="By file"
          title="In the order of the files"
          aria-pressed={order === 'file'}
          onClick={() => search.getState().setOrder('file')}
        >
          File
        </button>
        <button
          type="button"
          aria-label="By time"
          title="In the order of time; lines without a time come last"
          aria-pressed={order === 'time'}
          onClick={() => search.getState().setOrder('time')}
        >
          Time
        </button>
      </span>
      <select
        className="select"
        aria-label="Context lines"
        value={context}
        onChange={(event) => search.getState().setContext(Number(event.target.value))}
      >
        {CONTEXTS.map((lines) => (
          <option key={lines} value={lines}>
            {lines === 0 ? 'No context' : `± ${counted(lines, 'line')}`}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What the count does not say: why a search ended early, and what the window of time leaves out. */
export function ResultNotes({ shown }: { readonly shown: Shown }) {
  const { search, session } = useStores();
  const limit = useSearch((state) => state.timeLimitMs);
  const { stopped } = shown.answer;
  const left = shown.leftOut;
  const raised = limit < TIME_LIMITS.raised ? TIME_LIMITS.raised : TIME_LIMITS.most;
  return (
    <>
      {stopped === null ? null : (
        <div className="result-note result-note--warn" role="status">
          <SeverityMark mark="medium" label={null} />
          <span className="grow">{stopped.message}</span>
          {stopped.because === 'cancelled' ? (
            <button type="button" className="btn btn--s" onClick={() => search.getState().run('again')}>
              Search on
            </button>
          ) : stopped.because !== 'not-opened' && limit < TIME_LIMITS.most ? (
            <button type="button" className="btn btn--s" onClick={() => search.getState().setTimeLimit(raised)}>
              Raise the limit to {raised === TIME_LIMITS.raised ? '5 min' : '1 h'}
            </button>
          ) : null}
        </div>
      )}
      {left === null || left.outside + left.noTime === 0 ? null : (
        <div className="result-note">
          <span className="grow">
            {left.outside === 0 ? null : (
              <>
                <b>{counted(left.outside, 'matching line')}</b> outside the time window
                {left.noTime === 0 ? '.' : ', '}
              </>
            )}
            {left.noTime === 0 ? null : (
              <>
                <b>{counted(left.noTime, 'matching line')}</b> without a time: not in any window.
              </>
            )}
          </span>
          <button type="button" className="btn btn--s" onClick={() => session.getState().setWindow(null)}>
            Search all times
          </button>
        </div>
      )}
    </>
  );
}
