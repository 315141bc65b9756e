import { Bookmark } from 'lucide-react';
import { type ReactNode, useLayoutEffect, useMemo, useRef } from 'react';
import type { QueryNode } from '../../../analyzer/query/query.ts';
import { matchRanges } from '../../../analyzer/query/ranges.ts';
import { markedText, useHighlights } from '../../components/MarkedText.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { counted, instant, shortInstant } from '../../model/format.ts';
import type { Highlight, Range } from '../../model/line-marks.ts';
import { rangesIn } from '../../model/may-match.ts';
import type { Severity } from '../../model/types.ts';
import { entityRanges, type Message, type ParsedRow } from './parsed-rows.ts';
import type { LineRow } from './use-rows.ts';

/** A line longer than this is shown by its beginning until asked for; layout of a megabyte stops the window. */
const CHARS_SHOWN = 4_000;

export interface FileLineProps {
  readonly id: string;
  readonly number: number;
  readonly total: number;
  /** Undefined while its page is on its way. */
  readonly row: LineRow | undefined;
  /** What the format tells of the line; null in the raw view. */
  readonly parsed: ParsedRow | 'coming' | null;
  readonly version: number;
  readonly query: QueryNode | null;
  readonly cited: Severity | undefined;
  /** Its note, perhaps empty; undefined without a bookmark. */
  readonly bookmark: string | undefined;
  readonly look: 'current' | 'same time' | 'other';
  readonly length: 'beginning' | 'whole';
  readonly onMeasure: (number: number, element: HTMLElement | null) => void;
  readonly onChoose: (how: 'one' | 'extend' | 'grow') => void;
}

/** One line, its text always as it was captured: text nodes only. */
export function FileLine(props: FileLineProps) {
  const { id, number, total, row, parsed, version, cited, bookmark, look, length, onMeasure, onChoose } = props;
  const element = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a line that has arrived or grown has another height
  useLayoutEffect(() => onMeasure(number, element.current), [number, onMeasure, version, length, row]);
  const classes = [
    'line',
    parsed === null ? '' : 'line--parsed',
    cited === undefined ? '' : `is-cited is-cited--${cited}`,
    look === 'current' ? 'is-current' : look === 'same time' ? 'is-same-time' : '',
  ];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list, which has the focus
    // biome-ignore lint/a11y/useFocusableInteractive: a line that took the focus would end a selection of its text
    <div
      ref={element}
      id={id}
      className={classes.filter((one) => one !== '').join(' ')}
      role="option"
      aria-selected={look === 'current'}
      aria-posinset={number}
      aria-setsize={total}
      onClick={(event) => {
        // Selecting text with the mouse is not choosing a line.
        if (window.getSelection()?.type === 'Range' && !event.shiftKey) return;
        const grows = event.target instanceof Element && event.target.closest('[data-grows]') !== null;
        onChoose(grows ? 'grow' : event.shiftKey ? 'extend' : 'one');
      }}
    >
      <i>
        {bookmark === undefined ? null : (
          <Bookmark
            className="icon line__bookmark"
            role="img"
            aria-label={bookmark === '' ? 'Bookmarked' : `Bookmarked: ${bookmark}`}
          />
        )}
        {cited === undefined ? null : <SeverityMark mark={cited} label={`Cited, ${cited}`} />}
      </i>
      <b>{number}</b>
      {parsed === null ? <Raw {...props} /> : <Parsed {...props} />}
    </div>
  );
}

/** Names of what stands in the columns of parsed lines; the lines themselves say it to who hears them. */
export function ParsedHead() {
  return (
    <div className="line line--parsed line--head" aria-hidden="true">
      <i />
      <b>Line</b>
      <span className="line__fields">
        <span>Time, UTC</span>
        <span />
        <span className="clip">Component</span>
        <span className="clip">Source</span>
      </span>
      <span>Message</span>
    </div>
  );
}

function Raw({ row, query, length }: FileLineProps) {
  return (
    <span>
      <Text row={row} text={row?.text} query={query} length={length} entities={NO_ENTITIES} />
    </span>
  );
}

function Parsed({ row, parsed, query, length }: FileLineProps) {
  if (parsed === 'coming' || parsed === null || parsed.kind === 'continued') {
    return (
      <>
        <span className="line__fields" />
        <span className="line__continued">
          <Text row={row} text={row?.text} query={query} length={length} entities={NO_ENTITIES} />
        </span>
      </>
    );
  }
  const { message } = parsed;
  const [text = ''] = message.message.split('\n', 1);
  return (
    <>
      <span className="line__fields">
        {message.time === null ? (
          <span className="meta">no time</span>
        ) : (
          <time dateTime={message.time} title={`${instant(message.time)} UTC`}>
            {shortInstant(message.time)}
          </time>
        )}
        <span className="line__level" title={message.level ?? undefined}>
          {message.severity === null ? null : (
            <SeverityMark mark={message.severity} label={message.level ?? message.severity} />
          )}
        </span>
        <span className="clip" title={message.component ?? undefined}>
          {message.component ?? ''}
        </span>
        <span className="clip line__source" title={message.source ?? undefined}>
          {message.source ?? ''}
        </span>
      </span>
      <span>
        <Text row={row} text={text} query={query} length={length} entities={message.entities} />
      </span>
    </>
  );
}

const NO_ENTITIES: Message['entities'] = [];

/** @param row the whole line: it tells whether the query matches at all. @param text the part of it that is shown. */
function Text({
  row,
  text,
  query,
  length,
  entities,
}: {
  readonly row: LineRow | undefined;
  readonly text: string | undefined;
  readonly query: QueryNode | null;
  readonly length: 'beginning' | 'whole';
  readonly entities: Message['entities'];
}) {
  const shown = text === undefined || length === 'whole' ? text : text.slice(0, CHARS_SHOWN);
  const highlights = useHighlights(shown ?? '');
  const ranges = useMemo(() => {
    if (row === undefined || shown === undefined || query === null) return [];
    const time = row.time === null ? null : Date.parse(row.time);
    const inLine = rangesIn({ text: row.text, time }, query);
    return shown === row.text || row.text.startsWith(shown)
      ? inLine
      : inLine.length === 0
        ? []
        : matchRanges(shown, query);
  }, [row, shown, query]);
  if (shown === undefined) return <em className="meta">reading</em>;
  const rest = (text?.length ?? 0) - shown.length;
  return (
    <>
      {withEntities(shown, ranges, highlights, entities)}
      {rest > 0 ? (
        <span className="link line__rest" data-grows="">
          {' '}
          … {counted(rest, 'more character')}: Enter or click shows them
        </span>
      ) : null}
    </>
  );
}

function withEntities(
  text: string,
  ranges: readonly Range[],
  highlights: readonly Highlight[],
  entities: Message['entities'],
): ReactNode {
  const within = (from: number, to: number) =>
    markedText(
      text.slice(from, to),
      ranges
        .filter(([start, end]) => end > from && start < to)
        .map(([start, end]) => [start - from, end - from] as const),
      highlights
        .filter(({ start, end }) => end > from && start < to)
        .map((one) => ({ ...one, start: one.start - from, end: one.end - from })),
    );
  const named = entityRanges(text, entities);
  if (named.length === 0) return markedText(text, ranges, highlights);
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { start, end, title } of named) {
    parts.push(<span key={`t${at}`}>{within(at, start)}</span>);
    parts.push(
      <span key={`e${start}`} className="entity" title={title}>
        {within(start, end)}
      </span>,
    );
    at = end;
  }
  parts.push(<span key={`t${at}`}>{within(at, text.length)}</span>);
  return parts;
}
