import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { captured } from '../../components/Captured.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { counted } from '../../model/format.ts';
import type { Severity } from '../../model/types.ts';

/** A line longer than this is shown by its beginning until asked for; layout of a megabyte stops the window. */
const CHARS_SHOWN = 4_000;

/** @returns the text with the ranges marked; ranges outside it are ignored. */
export function markRanges(text: string, ranges: readonly (readonly [number, number])[]): ReactNode {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [start, stop] of [...ranges].sort(([a], [b]) => a - b)) {
    const from = Math.max(at, start);
    const to = Math.min(text.length, stop);
    if (to <= from) continue;
    parts.push(captured(text.slice(at, from)), <mark key={from}>{captured(text.slice(from, to))}</mark>);
    at = to;
  }
  parts.push(captured(text.slice(at)));
  return parts;
}

/** One line, its text always as it was captured: text nodes only. */
export function FileLine({
  number,
  total,
  text,
  version,
  ranges,
  cited,
  current,
  length,
  onMeasure,
  onChoose,
}: {
  readonly number: number;
  readonly total: number;
  /** Undefined while its page is on its way. */
  readonly text: string | undefined;
  readonly version: number;
  readonly ranges: readonly (readonly [number, number])[] | undefined;
  readonly cited: Severity | undefined;
  readonly current: 'current' | 'other';
  readonly length: 'beginning' | 'whole';
  readonly onMeasure: (number: number, element: HTMLElement | null) => void;
  readonly onChoose: (how: 'one' | 'extend' | 'grow') => void;
}) {
  const element = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a line that has arrived or grown has another height
  useLayoutEffect(() => onMeasure(number, element.current), [number, onMeasure, version, length, text]);
  const shown = text === undefined || length === 'whole' ? text : text.slice(0, CHARS_SHOWN);
  const rest = (text?.length ?? 0) - (shown?.length ?? 0);
  const classes = [
    'line',
    cited === undefined ? '' : `is-cited is-cited--${cited}`,
    current === 'current' ? 'is-current' : '',
  ];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list, which has the focus
    <div
      ref={element}
      id={`line-${number}`}
      className={classes.filter((one) => one !== '').join(' ')}
      role="option"
      tabIndex={-1}
      aria-selected={current === 'current'}
      aria-posinset={number}
      aria-setsize={total}
      onClick={(event) => {
        // Selecting text with the mouse is not choosing a line.
        if (window.getSelection()?.type === 'Range' && !event.shiftKey) return;
        const grows = event.target instanceof Element && event.target.closest('[data-grows]') !== null;
        onChoose(grows ? 'grow' : event.shiftKey ? 'extend' : 'one');
      }}
    >
      <i>{cited === undefined ? null : <SeverityMark mark={cited} label={`Cited, ${cited}`} />}</i>
      <b>{number}</b>
      <span>
        {shown === undefined ? (
          <em className="meta">reading</em>
        ) : ranges === undefined ? (
          captured(shown)
        ) : (
          markRanges(shown, ranges)
        )}
        {rest > 0 ? (
          <span className="link line__rest" data-grows="">
            {' '}
            … {counted(rest, 'more character')}: Enter or click shows them
          </span>
        ) : null}
      </span>
    </div>
  );
}
