/** How many, and that it is all of them. */
import { useEffect, useMemo, useRef } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { fileRoute } from '../../components/EvidenceChip.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, Loading } from '../../components/States.tsx';
import { inScope } from '../../model/derive.ts';
import { count, counted } from '../../model/format.ts';
import type { SearchAnswer, SearchMatch } from '../../model/types.ts';
import { SEARCH_LIMITS } from '../../stores/screens.ts';
import { useNavigation, useScreens, useSession, useStores } from '../../stores/stores.tsx';
import { FileFacet } from './FileFacet.tsx';
import { MatchInspector } from './MatchInspector.tsx';
import { QueryFailure } from './QueryFailure.tsx';
import { fileKey, Results } from './Results.tsx';

const CONTEXTS = [0, 1, 3, 5] as const;

/** @returns a function that runs the query on the screen again, with whatever else has changed. */
function useRerun(): () => void {
  const { bridge, session, screens } = useStores();
  return () => {
    const id = session.getState().openCase?.id;
    if (id === undefined) return;
    screens.getState().change('search', { draft: screens.getState().search.ran });
    void screens.getState().runSearch(bridge, id);
  };
}

function Bar({
  answer,
  shown,
  loaded,
}: {
  readonly answer: SearchAnswer;
  readonly shown: number;
  readonly loaded: number;
}) {
  const { screens } = useStores();
  const { show, context, limit } = useScreens((state) => state.search);
  const rerun = useRerun();
  const choose = (next: 'best' | 'all') => screens.getState().change('search', { show: next, selected: 0, scroll: 0 });
  return (
    <div className="pane-head search-head">
      <div role="status">
        <h1>{counted(answer.total, 'matching line')}</h1>
      </div>
      <span className={answer.complete ? 'chip chip--ok' : 'chip chip--warn'}>
        <SeverityMark mark={answer.complete ? 'pass' : 'high'} label={null} />
        {answer.complete ? 'complete: every line was looked at' : 'not complete: not every line was looked at'}
      </span>
      <span className="grow" />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar */}
      <span className="toggles" role="group" aria-label="Which matches">
        <button
          type="button"
          aria-pressed={show === 'best'}
          disabled={answer.best.length === 0}
          onClick={() => choose('best')}
        >
          Best matches <b>{count(answer.best.length)}</b>
        </button>
        <button type="button" aria-pressed={show === 'all'} onClick={() => choose('all')}>
          All matches <b>{count(answer.total)}</b>
        </button>
      </span>
      <select
        className="select"
        aria-label="Context lines"
        value={context}
        onChange={(event) => {
          screens.getState().change('search', { context: Number(event.target.value) });
          rerun();
        }}
      >
        {CONTEXTS.map((lines) => (
          <option key={lines} value={lines}>
            Context: {lines === 0 ? 'none' : counted(lines, 'line')}
          </option>
        ))}
      </select>
      {show === 'all' && loaded < answer.total ? (
        <span className="search-head__more">
          <span className="meta">
            {count(shown)} of {count(answer.total)} shown
          </span>
          {limit < SEARCH_LIMITS.most ? (
            <button
              type="button"
              className="btn btn--s"
              onClick={() => {
                screens
                  .getState()
                  .change('search', { limit: limit < SEARCH_LIMITS.more ? SEARCH_LIMITS.more : SEARCH_LIMITS.most });
                rerun();
              }}
            >
              Show more
            </button>
          ) : (
            <span className="meta">narrow the query to see the others</span>
          )}
        </span>
      ) : null}
    </div>
  );
}

function Ready({ answer }: { readonly answer: SearchAnswer }) {
  const { screens, navigation } = useStores();
  const hidden = useSession((state) => state.hidden);
  const { show, file, selected, ran } = useScreens((state) => state.search);
  const list = show === 'best' && answer.best.length > 0 ? answer.best : answer.matches;
  const shown = useMemo(
    () => inScope(list, hidden).filter((match) => file === null || fileKey(match) === file),
    [list, hidden, file],
  );
  const at = Math.max(0, Math.min(selected, shown.length - 1));
  const current = shown[at];
  const select = (index: number) =>
    screens.getState().change('search', { selected: Math.max(0, Math.min(shown.length - 1, index)) });
  const open = (match: SearchMatch | undefined) => {
    if (match !== undefined) {
      navigation
        .getState()
        .go(fileRoute({ bundle: match.bundle, file: match.file, line: match.line, endLine: match.line }));
    }
  };
  useScreenKeys({
    'next-row': () => select(at + 1),
    'previous-row': () => select(at - 1),
    'next-match': () => select(at + 1),
    'previous-match': () => select(at - 1),
    'first-row': () => select(0),
    'last-row': () => select(shown.length - 1),
    open: () => open(current),
    return: () => navigation.getState().back(),
  });
  return (
    <>
      <div className="search">
        <FileFacet answer={answer} hidden={hidden} chosen={file} />
        <div className="centre centre--fixed">
          <Bar answer={answer} shown={shown.length} loaded={answer.matches.length} />
          {shown.length === 0 ? (
            <Empty title={answer.total === 0 ? 'No line matches' : 'No match among those shown'}>
              <p>
                {answer.total === 0
                  ? answer.complete
                    ? 'Every line of every file that was read was looked at. What was not read is listed in Overview.'
                    : 'Not every line was looked at, so a match may have been missed.'
                  : 'The nodes in scope or the chosen file leave none of the matches that were fetched.'}
              </p>
              {file === null ? null : (
                <button
                  type="button"
                  className="btn"
                  onClick={() => screens.getState().change('search', { file: null })}
                >
                  All files
                </button>
              )}
            </Empty>
          ) : (
            <Results key={ran} ran={ran} matches={shown} selected={at} onSelect={select} onOpen={open} />
          )}
        </div>
      </div>
      {current === undefined ? null : <MatchInspector match={current} />}
    </>
  );
}

function Hints() {
  return (
    <Empty title="Search every line of the case">
      <p>Type in the box above and press Enter. All words must be in one line; capitals do not matter.</p>
      <dl className="kv">
        <dt className="mono">iptables-restore failed</dt>
        <dd>both words, in any order</dd>
        <dt className="mono">"exit status 4"</dt>
        <dd>exactly this text</dd>
      </dl>
    </Empty>
  );
}

export function SearchScreen() {
  const { bridge, session, screens, navigation } = useStores();
  const query = useNavigation((state) => state.route.params.q);
  const openCase = useSession((state) => state.openCase);
  const answer = useScreens((state) => state.search.answer);
  const rerun = useRerun();
  const first = useRef(true);
  useEffect(() => {
    const id = session.getState().openCase?.id;
    const { ran } = screens.getState().search;
    // A link, or back and forward, brings its own query; the rail brings none, and the one that is shown is put there.
    if (query !== undefined && id !== undefined && (query !== ran || (first.current && answer.state === 'idle'))) {
      if (screens.getState().recallSearch(query) === 'not-kept') {
        screens.getState().change('search', { draft: query });
        void screens.getState().runSearch(bridge, id);
      }
    } else if (query === undefined && ran !== '') {
      navigation.getState().replace({ screen: 'search', params: { q: ran } });
    }
    first.current = false;
  }, [query, answer.state, bridge, session, screens, navigation]);
  if (openCase === null) return <div className="centre" />;
  if (openCase.bundles.length === 0) {
    return (
      <div className="centre">
        <Empty title="Nothing is imported yet" />
      </div>
    );
  }
  if (answer.state === 'ready') return <Ready answer={answer.value} />;
  return (
    <div className="centre">
      <h1 className="visually-hidden">Search</h1>
      {answer.state === 'failed' ? (
        <div className="section">
          <QueryFailure failure={answer.failure} onRetry={rerun} />
        </div>
      ) : answer.state === 'loading' ? (
        <Loading what="Searching every line" />
      ) : (
        <Hints />
      )}
    </div>
  );
}
