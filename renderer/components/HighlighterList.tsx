/** The highlighters of the case: words, phrases and patterns, each with a colour, on or off. */
import { Highlighter as Pen, Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { parseQuery } from '../../analyzer/query/parse.ts';
import { counted, sentenceCase } from '../model/format.ts';
import { COLOURS, withHighlighter } from '../model/line-marks.ts';
import type { Highlighter } from '../model/types.ts';
import { useHighlighters, useStores } from '../stores/stores.tsx';
import { IconButton } from './IconButton.tsx';

function Row({
  one,
  onChange,
  onRemove,
}: {
  readonly one: Highlighter;
  readonly onChange: (part: Partial<Highlighter>) => void;
  readonly onRemove: () => void;
}) {
  return (
    <li className="pen">
      <input
        type="checkbox"
        className="check"
        aria-label={`Highlight ${one.query}`}
        checked={one.shown === 'on'}
        onChange={(event) => onChange({ shown: event.target.checked ? 'on' : 'off' })}
      />
      <span className="pen__words mono clip" title={one.query}>
        <mark className={`hl hl--${one.colour}`}>{one.query}</mark>
      </span>
      <select
        className="select"
        aria-label={`Colour of ${one.query}`}
        value={one.colour}
        onChange={(event) =>
          onChange({ colour: COLOURS.find((colour) => colour === event.target.value) ?? one.colour })
        }
      >
        {COLOURS.map((colour) => (
          <option key={colour} value={colour}>
            {sentenceCase(colour)}
          </option>
        ))}
      </select>
      <IconButton icon={X} look="quiet" label={`Remove highlighter ${one.query}`} onClick={onRemove} />
    </li>
  );
}

function Panel() {
  const { highlights } = useStores();
  const list = useHighlighters((state) => state.list);
  const failure = useHighlighters((state) => state.failure);
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const { edit } = highlights.getState();
  const add = () => {
    const query = text.trim();
    if (query === '') return;
    const parsed = parseQuery(query);
    if (!parsed.ok) {
      setWrong(`${sentenceCase(parsed.error.message)} (character ${parsed.error.start + 1}).`);
      return;
    }
    edit((now) => withHighlighter(now, query));
    setText('');
    setWrong(null);
  };
  return (
    <>
      <h2>Highlighters</h2>
      <p className="meta">Marked wherever lines are shown: search, files, evidence. Kept with the case.</p>
      <form
        className="pen-add"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          ref={input}
          className="input input--s mono"
          aria-label="Words, a phrase or a pattern to highlight"
          aria-invalid={wrong !== null}
          placeholder={'word, "a phrase" or /pattern/'}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setWrong(null);
          }}
        />
        <button type="submit" className="btn btn--s" disabled={text.trim() === ''}>
          <Plus className="icon" aria-hidden="true" />
          Add
        </button>
      </form>
      {wrong === null ? null : (
        <p className="pen-wrong" role="alert">
          {wrong}
        </p>
      )}
      {list.length === 0 ? (
        <p className="meta">None yet.</p>
      ) : (
        <ul>
          {list.map((one) => (
            <Row
              key={one.query}
              one={one}
              onChange={(part) =>
                edit((now) => now.map((other) => (other.query === one.query ? { ...other, ...part } : other)))
              }
              onRemove={() => {
                edit((now) => now.filter(({ query }) => query !== one.query));
                input.current?.focus();
              }}
            />
          ))}
        </ul>
      )}
      {failure === null ? null : (
        <p className="pen-wrong" role="alert">
          Not kept in the case: {failure.message}
        </p>
      )}
    </>
  );
}

/** A button that opens the list; the same on every screen that shows lines. */
export function HighlighterButton() {
  const on = useHighlighters((state) => state.list.filter((one) => one.shown === 'on').length);
  return (
    <DialogTrigger>
      <Button className="btn btn--s" aria-label={`Highlighters, ${counted(on, 'highlighter')} on`}>
        <Pen className="icon" aria-hidden="true" />
        <span className="btn__word">Highlight</span>
        {on === 0 ? '' : ` ${on}`}
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog className="pens" aria-label="Highlighters">
          <Panel />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
