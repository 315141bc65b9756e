/** Filter in, filter out or highlight by a piece of text: what is selected with the mouse, or typed. */
import { Highlighter, Minus, Plus } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';
import { printQuery } from '../../analyzer/query/print.ts';
import { addFilter } from '../model/filters.ts';
import { withHighlighter } from '../model/line-marks.ts';
import { useScreens, useStores } from '../stores/stores.tsx';

/** Longest selection that is taken: more than a line is no piece of one. */
const CHARS_MAX = 500;

/** @returns the text selected on the page, when it is a piece of one line; else empty. */
export function selectedText(): string {
  const text = window.getSelection()?.toString() ?? '';
  return text.length > CHARS_MAX || /[\r\n]/.test(text) ? '' : text.trim();
}

/** What can be done with a piece of text, wherever it was selected. */
export function useTextActions() {
  const { search, highlights, navigation } = useStores();
  const announce = useScreens((state) => state.announce);
  const queryOf = (text: string) => printQuery({ kind: 'text', text, bounds: 'anywhere' });
  return {
    filter: (text: string, side: 'in' | 'out') => {
      if (text === '') return;
      const { filters, setFilters } = search.getState();
      setFilters(addFilter(filters, { kind: 'text', query: queryOf(text), side }));
      if (navigation.getState().route.screen === 'search')
        announce(side === 'in' ? `Only lines with ${text}` : `Without lines with ${text}`);
    },
    highlight: (text: string) => {
      if (text === '') return;
      const query = queryOf(text);
      if (highlights.getState().list.some((one) => one.query === query)) return;
      highlights.getState().edit((list) => withHighlighter(list, query));
      announce(`Highlighted ${text}`);
    },
  };
}

export function TextFilter({
  input,
  start,
  words,
}: {
  readonly input: RefObject<HTMLInputElement | null>;
  /** Text to begin with, e.g. what the query found in the line. */
  readonly start: string;
  /** What can be chosen from: the words of the line. */
  readonly words: readonly string[];
}) {
  const { filter, highlight } = useTextActions();
  const [text, setText] = useState(start);
  useEffect(() => setText(start), [start]);
  useEffect(() => {
    const follow = () => {
      const selected = selectedText();
      const inText = window.getSelection()?.anchorNode?.parentElement?.closest('.result, .lines, .viewer__lines');
      if (selected !== '' && inText !== null && inText !== undefined) setText(selected);
    };
    document.addEventListener('selectionchange', follow);
    return () => document.removeEventListener('selectionchange', follow);
  }, []);
  const piece = text.trim();
  return (
    <form
      className="text-filter"
      onSubmit={(event) => {
        event.preventDefault();
        filter(piece, 'in');
      }}
    >
      <input
        ref={input}
        className="input input--s mono"
        type="text"
        aria-label="Text to filter by"
        placeholder="select text, or type a piece of it"
        list="text-filter-words"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !event.altKey) return;
          event.preventDefault();
          filter(piece, 'out');
        }}
      />
      <datalist id="text-filter-words">
        {words.map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
      <div className="text-filter__acts">
        <button type="submit" className="btn btn--s" disabled={piece === ''} title="Only lines with this text (+)">
          <Plus className="icon" aria-hidden="true" />
          Filter in
        </button>
        <button
          type="button"
          className="btn btn--s"
          disabled={piece === ''}
          title="Without lines with this text (-), or Alt Enter"
          onClick={() => filter(piece, 'out')}
        >
          <Minus className="icon" aria-hidden="true" />
          Filter out
        </button>
        <button
          type="button"
          className="btn btn--s"
          disabled={piece === ''}
          title="Mark this text wherever lines are shown"
          onClick={() => highlight(piece)}
        >
          <Highlighter className="icon" aria-hidden="true" />
          Highlight
        </button>
      </div>
    </form>
  );
}
