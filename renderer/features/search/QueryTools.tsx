/** Beside the box: earlier and saved searches, saving, all filters as one query, highlighters. */
import { Bookmark, Code, History, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { CopyButton } from '../../components/CopyButton.tsx';
import { HighlighterButton } from '../../components/HighlighterList.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { QueryText } from '../../components/QueryText.tsx';
import { composeQuery } from '../../model/filters.ts';
import { useNotebook, useSearch, useSession, useStores } from '../../stores/stores.tsx';

const HISTORY_SHOWN = 15;

/** @returns what is typed, the filters and the window as one query; empty while it is none. Reads all of it anew. */
function useWholeQuery(): string {
  const draft = useSearch((state) => state.draft);
  const filters = useSearch((state) => state.filters);
  const window = useSession((state) => state.window);
  const composed = useMemo(() => composeQuery(draft, filters, window), [draft, filters, window]);
  return composed.ok ? composed.query : '';
}

function Searches({ close }: { readonly close: () => void }) {
  const { search, notebook } = useStores();
  const saved = useNotebook((state) => state.saved);
  const history = useNotebook((state) => state.history);
  const run = (query: string) => {
    search.setState({ draft: query, filters: [] });
    search.getState().run('entered');
    close();
  };
  return (
    <div className="searches">
      <h2>Saved searches</h2>
      {saved.length === 0 ? <p className="meta">None yet: Save keeps the query with a name.</p> : null}
      <ul>
        {saved.map((one) => (
          <li key={one.id}>
            <button type="button" className="searches__run" onClick={() => run(one.query)}>
              <b className="clip">{one.name}</b>
              <span className="mono clip">
                <QueryText text={one.query} />
              </span>
            </button>
            <IconButton
              icon={X}
              look="quiet"
              label={`Remove saved search ${one.name}`}
              onClick={() => void notebook.getState().forget(one.id)}
            />
          </li>
        ))}
      </ul>
      <h2>Earlier searches</h2>
      {history.length === 0 ? <p className="meta">Enter in the box keeps a search here.</p> : null}
      <ul>
        {history.slice(0, HISTORY_SHOWN).map((query) => (
          <li key={query}>
            <button type="button" className="searches__run" onClick={() => run(query)}>
              <span className="mono clip">
                <QueryText text={query} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Save({ close }: { readonly close: () => void }) {
  const { notebook, screens } = useStores();
  const query = useWholeQuery();
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  return (
    <form
      className="save-search"
      onSubmit={(event) => {
        event.preventDefault();
        void notebook
          .getState()
          .save(name.trim(), query)
          .then((failure) => {
            if (failure !== null) {
              setWrong(failure.message);
              return;
            }
            screens.getState().announce(`Saved as ${name.trim()}`);
            close();
          });
      }}
    >
      <h2>Save this search</h2>
      <p className="whole-query mono">
        <QueryText text={query} />
      </p>
      <label className="field">
        <span>Name</span>
        <input
          className="input input--s"
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type this
          autoFocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {wrong === null ? null : (
        <p className="pen-wrong" role="alert">
          {wrong}
        </p>
      )}
      <button type="submit" className="btn btn--s btn--primary" disabled={name.trim() === ''}>
        Save
      </button>
    </form>
  );
}

export function QueryTools({ whole, onWhole }: { readonly whole: 'shown' | 'hidden'; readonly onWhole: () => void }) {
  const nothing = useSearch(
    ({ draft, filters, fault }) =>
      fault !== null || (draft.trim() === '' && filters.every((one) => one.state === 'off')),
  );
  return (
    <div className="query-tools">
      <DialogTrigger>
        <Button className="btn btn--s" aria-label="Saved and earlier searches">
          <History className="icon" aria-hidden="true" />
          Searches
        </Button>
        <Popover className="popover" placement="bottom start">
          <Dialog aria-label="Saved and earlier searches">{({ close }) => <Searches close={close} />}</Dialog>
        </Popover>
      </DialogTrigger>
      <DialogTrigger>
        <Button className="btn btn--s" isDisabled={nothing}>
          <Bookmark className="icon" aria-hidden="true" />
          Save
        </Button>
        <Popover className="popover" placement="bottom start">
          <Dialog aria-label="Save this search">{({ close }) => <Save close={close} />}</Dialog>
        </Popover>
      </DialogTrigger>
      <button
        type="button"
        className="btn btn--s"
        aria-pressed={whole === 'shown'}
        disabled={nothing}
        title="What is typed, every filter and the time window, as they are searched"
        onClick={onWhole}
      >
        <Code className="icon" aria-hidden="true" />
        One query
      </button>
      <HighlighterButton />
    </div>
  );
}

/** All of it in the query language: to copy to a command line, or to type on in the box. */
export function WholeQuery() {
  const { search, session } = useStores();
  const query = useWholeQuery();
  const filters = useSearch((state) => state.filters.length);
  const window = useSession((state) => state.window);
  if (query === '') return null;
  return (
    <div className="whole">
      <p className="whole-query mono">
        <QueryText text={query} />
      </p>
      <CopyButton text={query} what="the whole query" />
      {filters === 0 && window === null ? null : (
        <button
          type="button"
          className="btn btn--s"
          title="Filters and time window become part of what is typed"
          onClick={() => {
            search.setState({ draft: query, filters: [] });
            if (window !== null) session.getState().setWindow(null);
            search.getState().run('entered');
          }}
        >
          Put in the box
        </button>
      )}
    </div>
  );
}
