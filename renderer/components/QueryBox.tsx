/** The one search box, in the top bar and on the Search screen: colours, completion, history, errors. */
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { complete } from '../../analyzer/query/complete.ts';
import type { QueryError } from '../../analyzer/query/query.ts';
import { sentenceCase } from '../model/format.ts';
import { QueryText } from './QueryText.tsx';
import { useQueryNames } from './query-names.ts';

/** One line of the list below the box. */
interface Offer {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly label: string;
  readonly hint: string;
}

type Offers = { readonly what: 'completions' | 'history'; readonly list: readonly Offer[]; readonly at: number } | null;

/** More than these are found by typing one more letter. */
const OFFERS_MAX = 50;

export function QueryBox({
  input,
  label,
  placeholder,
  lines,
  value,
  fault,
  history,
  onType,
  onEnter,
  onLeave,
  tells = 'nothing',
  children,
}: {
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly label: string;
  readonly placeholder: string;
  readonly lines: 'one' | 'many';
  readonly value: string;
  /** Why it is no query; null while it is one. */
  readonly fault: QueryError | null;
  /** Queries that were asked before, newest first. */
  readonly history: readonly string[];
  readonly onType: (text: string) => void;
  readonly onEnter: () => void;
  /** Arrow down, with nothing offered. */
  readonly onLeave?: () => void;
  /** `fault`: the box itself says below what is wrong, while it has the focus. */
  readonly tells?: 'fault' | 'nothing';
  /** What stands in the frame beside the text. */
  readonly children?: ReactNode;
}) {
  const id = useId();
  const names = useQueryNames();
  const paint = useRef<HTMLDivElement>(null);
  const [offers, setOffers] = useState<Offers>(null);
  const [caret, setCaret] = useState<number | null>(null);

  // The box is as high as its text: what is typed and what is painted stand on the same lines.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has another height
  useLayoutEffect(() => {
    const element = input.current;
    if (element === null || lines === 'one') return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [input, lines, value]);

  useEffect(() => {
    if (caret === null || input.current === null) return;
    input.current.setSelectionRange(caret, caret);
    setCaret(null);
  }, [caret, input]);

  const follow = () => {
    if (paint.current === null || input.current === null) return;
    paint.current.scrollLeft = input.current.scrollLeft;
    paint.current.scrollTop = input.current.scrollTop;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: typing at the end scrolls without an event of its own
  useLayoutEffect(follow, [value]);

  const offer = (text: string, at: number) => {
    const list = complete(text, at, names).slice(0, OFFERS_MAX);
    // What is there already needs no completion.
    const useful = list.filter((one) => text.slice(one.from, one.to) !== one.insert);
    setOffers(useful.length === 0 ? null : { what: 'completions', list: useful, at: -1 });
  };
  const offerHistory = () => {
    const list = history
      .slice(0, OFFERS_MAX)
      .map((query) => ({ from: 0, to: value.length, insert: query, label: query, hint: '' }));
    if (list.length > 0) setOffers({ what: 'history', list, at: 0 });
  };
  const accept = (chosen: Offer) => {
    const text = value.slice(0, chosen.from) + chosen.insert + value.slice(chosen.to);
    const at = chosen.from + chosen.insert.length;
    onType(text);
    setCaret(at);
    // A field is followed by its values.
    if (offers?.what === 'completions' && chosen.insert.endsWith(':')) offer(text, at);
    else setOffers(null);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.altKey || event.metaKey) return;
    const handled = keyDown(event);
    if (handled === 'handled') {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const keyDown = (event: KeyboardEvent<HTMLTextAreaElement>): 'handled' | 'left' => {
    if (event.ctrlKey) {
      if (event.key !== ' ') return 'left';
      offer(value, event.currentTarget.selectionStart);
      return 'handled';
    }
    const chosen = offers === null ? undefined : offers.list[offers.at];
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        if (offers !== null) {
          const count = offers.list.length;
          const at = offers.at < 0 && step < 0 ? count - 1 : (offers.at + step + count) % count;
          setOffers({ ...offers, at });
          return 'handled';
        }
        if (value === '') {
          offerHistory();
          return 'handled';
        }
        if (step > 0 && event.currentTarget.selectionStart === value.length && onLeave !== undefined) {
          onLeave();
          return 'handled';
        }
        return 'left';
      }
      case 'Tab': {
        const first = chosen ?? (offers?.what === 'completions' ? offers.list[0] : undefined);
        if (event.shiftKey || first === undefined) return 'left';
        accept(first);
        return 'handled';
      }
      case 'Enter':
        if (chosen !== undefined) accept(chosen);
        else {
          setOffers(null);
          onEnter();
        }
        return 'handled';
      case 'Escape':
        if (offers === null) return 'left';
        setOffers(null);
        return 'handled';
      default:
        return 'left';
    }
  };

  return (
    <div className={`query query--${lines}`}>
      {children}
      <div className="query__paint" ref={paint} aria-hidden="true">
        <QueryText text={value} fault={fault} />
      </div>
      <textarea
        ref={input}
        className="query__input"
        data-query-box={lines}
        rows={1}
        aria-label={label}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-invalid={fault !== null}
        {...(offers === null ? {} : { 'aria-controls': `${id}-offers` })}
        {...(offers === null || offers.at < 0 ? {} : { 'aria-activedescendant': `${id}-${offers.at}` })}
        {...(fault === null ? {} : { 'aria-describedby': `${id}-fault` })}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        wrap={lines === 'one' ? 'off' : 'soft'}
        value={value}
        onChange={(event) => {
          const text = event.target.value.replace(/[\r\n]+/g, ' ');
          onType(text);
          // The empty box offers earlier searches, when asked.
          if (text.trim() === '') setOffers(null);
          else offer(text, event.target.selectionStart);
        }}
        onKeyDown={onKeyDown}
        onScroll={follow}
        onBlur={() => setOffers(null)}
      />
      {offers === null ? null : (
        <div
          className="offers"
          id={`${id}-offers`}
          role="listbox"
          // It scrolls; the keys of the box move in it.
          tabIndex={0}
          aria-label={offers.what === 'history' ? 'Searches before' : 'Completions'}
        >
          {offers.list.map((one, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the box, which has the focus
            // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus
            <div
              key={`${one.insert} ${one.label}`}
              id={`${id}-${index}`}
              ref={index === offers.at ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
              className={index === offers.at ? 'offer is-selected' : 'offer'}
              role="option"
              aria-selected={index === offers.at}
              // The box would lose the focus, and the list with it.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => accept(one)}
            >
              <span className="offer__label mono clip">
                {offers.what === 'history' ? <QueryText text={one.label} /> : one.label}
              </span>
              {one.hint === '' ? null : <span className="offer__hint">{one.hint}</span>}
            </div>
          ))}
        </div>
      )}
      {fault === null ? null : (
        <span
          id={`${id}-fault`}
          className={tells === 'fault' && offers === null ? 'offers query__fault' : 'visually-hidden'}
        >
          {faultText(fault)}
        </span>
      )}
    </div>
  );
}

/** @returns e.g. "This quote is never closed (character 7). Expected a closing quote." */
export function faultText(fault: QueryError): string {
  const place = `(character ${fault.start + 1})`;
  const expected = fault.expected.length === 0 ? '' : ` Expected ${list(fault.expected)}.`;
  return `${sentenceCase(fault.message)} ${place}.${expected}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
