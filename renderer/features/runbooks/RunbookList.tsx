/** Which runbooks fit this case and why, then all of them, then the files that are none. */
import { Play } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { Prose } from '../../components/Prose.tsx';
import { Section } from '../../components/Section.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { count, counted } from '../../model/format.ts';
import type { BrokenRunbook, ListedRunbook, RunbooksAnswer } from '../../model/types.ts';
import type { RunbooksState } from '../../stores/runbooks.ts';
import { runRoute } from '../../stores/runbooks-route.ts';
import { useRunbooks, useStores } from '../../stores/stores.tsx';
import { RunbookInspector } from './RunbookInspector.tsx';
import { filterRunbooks, listSentence, severityOf } from './words.ts';

const SHOWN: readonly { readonly shown: RunbooksState['view']['shown']; readonly name: string }[] = [
  { shown: 'all', name: 'All' },
  { shown: 'suggested', name: 'Suggested' },
  { shown: 'own', name: 'Own' },
];

function Row({
  listed,
  state,
  index,
  onSelect,
  onRun,
}: {
  readonly listed: ListedRunbook;
  readonly state: 'selected' | 'other';
  readonly index: number;
  readonly onSelect: () => void;
  readonly onRun: () => void;
}) {
  const { runbook, suggested } = listed;
  const severity = severityOf(runbook.severity);
  return (
    <li className={state === 'selected' ? 'runbook is-selected' : 'runbook'} data-runbook={index}>
      <SeverityMark mark={severity ?? 'info'} label={`Severity ${runbook.severity}`} />
      <div>
        <button
          type="button"
          className="runbook__title"
          aria-pressed={state === 'selected'}
          onClick={onSelect}
          onDoubleClick={onRun}
        >
          {runbook.title}
        </button>
        <span className="mono meta"> {runbook.id}</span>
        {runbook.origin === 'own' ? <span className="chip runbook__own">own</span> : null}
        {suggested.length === 0 ? (
          <p className="runbook__says">{runbook.description}</p>
        ) : (
          <ul className="runbook__why">
            {suggested.map((reason) => (
              <li key={reason.because}>
                <Prose text={reason.because} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <button type="button" className="btn btn--s" aria-label={`Run ${runbook.title}`} onClick={onRun}>
        <Play className="icon" aria-hidden="true" />
        Run
      </button>
    </li>
  );
}

/** Files that cannot be used as they stand, with the place of each mistake. */
function Broken({ broken }: { readonly broken: readonly BrokenRunbook[] }) {
  if (broken.length === 0) return null;
  return (
    <Section title="Files that cannot be used" says={`${counted(broken.length, 'file')}; the others are not affected`}>
      <ul className="mistakes">
        {broken.map(({ file, mistakes }) => (
          <li key={file} className="mistakes__of">
            <SeverityMark mark="high" label="Cannot be used" />
            <div>
              <p className="mono mistakes__file">{file}</p>
              <ul>
                {mistakes.map(({ line, column, message }) => (
                  <li key={`${line}:${column} ${message}`}>
                    <span className="mono mistakes__at">
                      line {count(line)}, column {count(column)}
                    </span>{' '}
                    <Prose text={message} />
                  </li>
                ))}
              </ul>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Ready({ answer }: { readonly answer: RunbooksAnswer }) {
  const { runbooks, navigation } = useStores();
  const view = useRunbooks((state) => state.view);
  const centre = useRef<HTMLDivElement>(null);
  const { change } = runbooks.getState();
  const shown = useMemo(() => filterRunbooks(answer.runbooks, view), [answer, view]);
  const fitting = shown.filter(({ suggested }) => suggested.length > 0);
  const others = shown.filter(({ suggested }) => suggested.length === 0);
  const order = [...fitting, ...others];
  const at = Math.max(
    0,
    order.findIndex(({ runbook }) => runbook.id === view.selected),
  );
  const current = order[at];
  const select = (index: number) => {
    const next = order[Math.max(0, Math.min(order.length - 1, index))];
    if (next === undefined) return;
    change({ selected: next.runbook.id });
    centre.current?.querySelector(`[data-runbook="${order.indexOf(next)}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const run = (listed: ListedRunbook | undefined) => {
    if (listed === undefined) return;
    change({ selected: listed.runbook.id });
    navigation.getState().go(runRoute({ runbook: listed.runbook.id, bundle: view.bundle }));
  };
  useScreenKeys({
    'next-row': () => select(at + 1),
    'previous-row': () => select(at - 1),
    'first-row': () => select(0),
    'last-row': () => select(order.length - 1),
    open: () => run(current),
  });
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = centre.current;
    if (element === null) return;
    element.scrollTop = runbooks.getState().view.scroll;
    return () => runbooks.getState().change({ scroll: element.scrollTop });
  }, [runbooks]);
  const rows = (list: readonly ListedRunbook[]) =>
    list.map((listed) => (
      <Row
        key={listed.runbook.id}
        listed={listed}
        index={order.indexOf(listed)}
        state={listed === current ? 'selected' : 'other'}
        onSelect={() => select(order.indexOf(listed))}
        onRun={() => run(listed)}
      />
    ));
  const has = (kind: RunbooksState['view']['shown']) =>
    filterRunbooks(answer.runbooks, { text: view.text, shown: kind }).length;
  return (
    <>
      <div className="centre centre--fixed">
        <div className="pane-head">
          <h1>Runbooks</h1>
          <span className="meta grow clip" role="status">
            {listSentence(answer.runbooks)}
            {shown.length < answer.runbooks.length ? ` ${shown.length} shown.` : ''}
          </span>
          <input
            className="input input--s runbooks__filter"
            type="text"
            aria-label="Filter runbooks"
            placeholder="Name, trigger or owner"
            value={view.text}
            onChange={(event) => change({ text: event.target.value, scroll: 0 })}
          />
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
          <span className="toggles" role="group" aria-label="Runbooks shown">
            {SHOWN.map(({ shown: kind, name }) => (
              <button
                key={kind}
                type="button"
                aria-pressed={view.shown === kind}
                onClick={() => change({ shown: kind, scroll: 0 })}
              >
                {name} {has(kind)}
              </button>
            ))}
          </span>
        </div>
        <div className="runbooks" ref={centre}>
          {answer.notSuggested === null ? null : (
            <p className="note runbooks__note">
              <SeverityMark mark="unknown" />
              <span>Which ones fit is not known: {answer.notSuggested}</span>
            </p>
          )}
          {fitting.length === 0 ? null : (
            <section aria-label="Suggested for this case">
              <h2 className="runbooks__head">Suggested for this case</h2>
              <ol>{rows(fitting)}</ol>
            </section>
          )}
          {others.length === 0 ? null : (
            <section aria-label="Other runbooks">
              <h2 className="runbooks__head">{fitting.length === 0 ? 'All runbooks' : 'Others'}</h2>
              <ol>{rows(others)}</ol>
            </section>
          )}
          {order.length > 0 ? null : (
            <Empty mark="unknown" title={answer.runbooks.length === 0 ? 'No runbook was read' : 'No runbook passes'}>
              {answer.runbooks.length === 0 ? (
                <p>What kept them from being read stands below.</p>
              ) : (
                <button type="button" className="btn" onClick={() => change({ text: '', shown: 'all' })}>
                  Clear the filters
                </button>
              )}
            </Empty>
          )}
          <Broken broken={answer.broken} />
        </div>
      </div>
      {current === undefined ? null : <RunbookInspector listed={current} onRun={() => run(current)} />}
    </>
  );
}

export function RunbookList() {
  const { runbooks } = useStores();
  const list = useRunbooks((state) => state.list);
  // Files of one's own may have changed meanwhile.
  useEffect(() => runbooks.getState().reload(), [runbooks]);
  if (list.state === 'ready') return <Ready answer={list.value} />;
  return (
    <div className="centre">
      {list.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={list.failure} onRetry={() => runbooks.getState().reload()} />
        </div>
      ) : (
        <Loading what="Looking for runbooks that fit" />
      )}
    </div>
  );
}
