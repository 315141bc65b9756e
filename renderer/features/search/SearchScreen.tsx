/** How many, and that it is all of them. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { cannotMatch } from '../../../analyzer/query/cannot-match.ts';
import { parseQuery } from '../../../analyzer/query/parse.ts';
import { readAsText } from '../../../analyzer/query/read-as-text.ts';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { useCopy } from '../../components/copy.ts';
import { fileRoute } from '../../components/EvidenceChip.tsx';
import { faultText, QueryBox } from '../../components/QueryBox.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { Empty, FailureNote, Loading, NothingImported } from '../../components/States.tsx';
import { selectedText, useTextActions } from '../../components/TextFilter.tsx';
import { useBookmark } from '../../components/use-bookmark.ts';
import { usePivotOn } from '../../components/WhatCameBefore.tsx';
import { parseFilters } from '../../model/filters.ts';
import { counted } from '../../model/format.ts';
import type { Bundle, SearchMatch } from '../../model/types.ts';
import { type Shown, sameLines } from '../../stores/search-answers.ts';
import { searchRoute } from '../../stores/search-route.ts';
import { useNavigation, useNotebook, useSearch, useSession, useStores } from '../../stores/stores.tsx';
import { Facets } from './Facets.tsx';
import { FilterChips } from './FilterChips.tsx';
import { Hints } from './Hints.tsx';
import { MatchInspector } from './MatchInspector.tsx';
import { QueryTools, WholeQuery } from './QueryTools.tsx';
import { Results } from './Results.tsx';
import { ResultNotes, ResultsBar } from './ResultsBar.tsx';

const NO_MATCHES: readonly SearchMatch[] = [];
const NO_BUNDLES: readonly Bundle[] = [];

/** @returns the list that is shown, and which one it is. */
function listOf(shown: Shown | null, show: 'best' | 'all') {
  const list = show === 'best' && shown !== null && shown.answer.best.length > 0 ? 'best' : 'all';
  return { list, matches: shown === null ? NO_MATCHES : list === 'best' ? shown.answer.best : shown.matches } as const;
}

/** The search of the route, and the nodes and the time that are looked at. */
function useFollow(): void {
  const { search, navigation } = useStores();
  const query = useNavigation((state) => state.route.params.q);
  const filters = useNavigation((state) => state.route.params.f);
  const hidden = useSession((state) => state.hidden);
  const window = useSession((state) => state.window);
  const forgotten = useSearch((state) => state.forgotten);
  const first = useRef(true);
  useEffect(() => {
    const { draft, filters: present, recall } = search.getState();
    // A link, or back and forward, brings its own search; the rail brings none, and the one that is shown is put there.
    if (query !== undefined || filters !== undefined)
      recall({ draft: query ?? '', filters: parseFilters(filters ?? '') });
    else if (draft.trim() !== '' || present.length > 0)
      navigation.getState().replace(searchRoute({ draft: draft.trim(), filters: present }));
  }, [query, filters, search, navigation]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other nodes, another time and other clocks have other matches
  useEffect(() => {
    const { shown, running, run } = search.getState();
    const arrived = first.current;
    first.current = false;
    // What was typed on another screen and not searched for waits for Enter.
    if (!arrived || shown !== null || running !== null) run('live');
  }, [hidden, window, forgotten, search]);
}

/** Says the outcome once it is there and the typing has paused: not each number on the way. */
function Spoken({ shown }: { readonly shown: Shown | null }) {
  const running = useSearch((state) => state.running);
  const fault = useSearch((state) => state.fault);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (running !== null) return;
    const text =
      fault !== null
        ? faultText(fault)
        : shown === null
          ? ''
          : `${counted(shown.answer.total, 'matching line')}, ${shown.answer.complete ? 'complete' : 'not complete'}`;
    const timer = setTimeout(() => setSaid(text), 700);
    return () => clearTimeout(timer);
  }, [running, fault, shown?.answer, shown]);
  return (
    <div role="status" className="visually-hidden">
      {said}
    </div>
  );
}

function Nothing({ shown }: { readonly shown: Shown }) {
  const { session } = useStores();
  const window = useSession((state) => state.window);
  const hidden = useSession((state) => state.hidden);
  const bundles = useSession((state) => state.openCase?.bundles ?? NO_BUNDLES);
  const files = useSession((state) => state.files);
  const { draft } = shown.asked;
  const sentences = useMemo(() => {
    const parsed = parseQuery(draft);
    const searched = {
      nodes: bundles.filter(({ id }) => !hidden.has(id)).map(({ node }) => node),
      files: files.state === 'ready' ? files.value.filter(({ bundle }) => !hidden.has(bundle)) : null,
    };
    return [...readAsText(draft), ...(parsed.ok ? cannotMatch(parsed.query, searched) : [])];
  }, [draft, bundles, files, hidden]);
  const filters = useSearch((state) => state.filters.filter((one) => one.state === 'on').length);
  return (
    <Empty title={shown.answer.complete ? 'No line matches' : 'No line matches so far'}>
      <p>
        {shown.answer.complete
          ? 'No line read from the nodes in scope fits it. What was not read is listed in Overview.'
          : 'Not every line was looked at, so a match may have been missed.'}
      </p>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {filters === 0 ? null : (
        <p>
          {filters === 1 ? 'A filter narrows it: press it' : `${counted(filters, 'filter')} narrow it: press one`} to
          set it aside.
        </p>
      )}
      {window === null || shown.leftOut !== null ? null : (
        <button type="button" className="btn btn--s" onClick={() => session.getState().setWindow(null)}>
          Search all times
        </button>
      )}
    </Empty>
  );
}

function Body({ onOpen }: { readonly onOpen: (match: SearchMatch) => void }) {
  const { search } = useStores();
  const shown = useSearch((state) => state.shown);
  const show = useSearch((state) => state.show);
  const running = useSearch((state) => state.running);
  const failure = useSearch((state) => state.failure);
  const fault = useSearch((state) => state.fault);
  const { list, matches } = listOf(shown, show);
  if (failure !== null) {
    return (
      <div className="section">
        <FailureNote failure={failure.failure} onRetry={() => search.getState().run('again')} />
      </div>
    );
  }
  if (shown === null)
    return running !== null ? <Loading what="Searching every line" /> : fault !== null ? null : <Hints />;
  const stale = running !== null && !sameLines(running.asked, shown.asked);
  return (
    <div className={stale ? 'found is-stale' : 'found'} aria-busy={running !== null}>
      {fault === null ? null : (
        <p className="result-note">
          These are the matches of <span className="mono clip">{shown.asked.query}</span>
        </p>
      )}
      {stale ? null : <ResultNotes shown={shown} />}
      {matches.length === 0 ? (
        running === null ? (
          <Nothing shown={shown} />
        ) : (
          <Loading what="Searching every line" />
        )
      ) : (
        <Results
          shown={shown}
          list={list}
          matches={matches}
          selected={Math.min(shown.selected, matches.length - 1)}
          onOpen={onOpen}
        />
      )}
    </div>
  );
}

function Screen() {
  const { search, navigation, screens, bridge, session } = useStores();
  const copy = useCopy();
  const bookmark = useBookmark();
  const pivotOn = usePivotOn();
  const { filter } = useTextActions();
  const draft = useSearch((state) => state.draft);
  const fault = useSearch((state) => state.fault);
  const shown = useSearch((state) => state.shown);
  const show = useSearch((state) => state.show);
  const history = useNotebook((state) => state.history);
  const [whole, setWhole] = useState<'shown' | 'hidden'>('hidden');
  const box = useRef<HTMLTextAreaElement>(null);
  const piece = useRef<HTMLInputElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  useFollow();
  const running = useSearch((state) => state.running !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what went away may have had the focus
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    (document.querySelector<HTMLElement>('.results') ?? box.current)?.focus({ preventScroll: true });
  }, [running, shown?.answer]);
  const { matches } = listOf(shown, show);
  const at = Math.max(0, Math.min(shown?.selected ?? 0, matches.length - 1));
  const current = matches[at];

  const select = (index: number) => {
    search.getState().select(Math.max(0, Math.min(matches.length - 1, index)));
    if (index >= matches.length - 1) void search.getState().loadMore();
  };
  const open = (match: SearchMatch | undefined) => {
    if (match !== undefined) navigation.getState().go(fileRoute({ ...match, endLine: match.line }));
  };
  const cite = async () => {
    const caseId = session.getState().openCase?.id;
    if (current === undefined || caseId === undefined) return;
    const { bundle, file, line } = current;
    const answer = await bridge.call('file.cite', { caseId, bundle, file, line, endLine: line });
    if (answer.ok) copy(answer.value.quote, 'the line with its source');
    else screens.getState().announce(`Not copied: ${answer.failure.message}`);
  };
  const mark = () => {
    if (current !== undefined) void bookmark(current);
  };
  const focusOn = (element: HTMLElement | null) => {
    if (screens.getState().inspector === 'closed') screens.getState().toggleInspector();
    // The inspector may just be opening.
    requestAnimationFrame(() => (element ?? piece.current)?.focus());
  };
  const filterBy = (side: 'in' | 'out') => {
    const text = selectedText();
    // What was used is no longer selected: the next press is about something else.
    window.getSelection()?.removeAllRanges();
    if (text !== '') filter(text, side);
    else focusOn(piece.current);
  };
  useScreenKeys({
    'next-row': () => select(at + 1),
    'previous-row': () => select(at - 1),
    'next-match': () => select(at + 1),
    'previous-match': () => select(at - 1),
    'first-row': () => select(0),
    'last-row': () => select(matches.length - 1),
    open: () => open(current),
    return: () => navigation.getState().back(),
    'copy-evidence': () => void cite(),
    bookmark: mark,
    note: () => focusOn(note.current),
    pivot: () => {
      if (current !== undefined)
        pivotOn({ kind: 'line', bundle: current.bundle, file: current.file, line: current.line });
    },
    plus: () => filterBy('in'),
    minus: () => filterBy('out'),
  });

  return (
    <>
      <div className={shown === null ? 'search search--empty' : 'search'}>
        {shown === null ? null : <Facets answer={shown.answer} draft={shown.asked.draft} />}
        <div className="centre centre--fixed">
          <search className="asking" aria-label="Query">
            <QueryBox
              input={box}
              label="Query"
              placeholder="Search every line of the case"
              lines="many"
              value={draft}
              fault={fault}
              history={history}
              onType={(text) => search.getState().type(text)}
              onEnter={() => search.getState().run('entered')}
              onLeave={() => document.querySelector<HTMLElement>('.results')?.focus({ preventScroll: true })}
            />
            {fault === null ? null : (
              <p className="asking__fault">
                <SeverityMark mark="critical" label={null} />
                {faultText(fault)}
              </p>
            )}
            {whole === 'shown' ? <WholeQuery /> : null}
            <div className="asking__row">
              <FilterChips onEmpty={() => box.current?.focus()} />
              <QueryTools whole={whole} onWhole={() => setWhole(whole === 'shown' ? 'hidden' : 'shown')} />
            </div>
          </search>
          <ResultsBar shown={shown} />
          <Spoken shown={shown} />
          <Body onOpen={open} />
        </div>
      </div>
      {current === undefined ? null : (
        <MatchInspector match={current} piece={piece} note={note} onCopy={() => void cite()} onMark={mark} />
      )}
    </>
  );
}

export function SearchScreen() {
  const openCase = useSession((state) => state.openCase);
  if (openCase === null) return <div className="centre" />;
  if (openCase.bundles.length === 0) return <NothingImported />;
  return <Screen />;
}
