/** A file of any size: only the lines in view are drawn, and only their pages are fetched. */
import { WrapText } from 'lucide-react';
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { useCopy } from '../../components/copy.ts';
import { holdFocus, useFocusWhenFree } from '../../components/focus.ts';
import { FailureNote } from '../../components/States.tsx';
import { quote } from '../../model/evidence.ts';
import { count, counted } from '../../model/format.ts';
import type { SourceFile } from '../../model/types.ts';
import { useSession, useStores } from '../../stores/stores.tsx';
import { FileLine } from './FileLine.tsx';
import type { LineMarks } from './line-marks.ts';
import { createLinePages } from './line-pages.ts';
import { ScrollBar } from './ScrollBar.tsx';
import { moveBy, type Position, positionFor, positionOf, ROW_PX, TOP, visibleLines } from './scroll-map.ts';

/** Width of one character of the 12 px mono face, for estimating wrapped lines that were not drawn yet. */
const CHAR_PX = 7.2;
/** Lines copied at once; more is a file, not a quotation. */
const COPY_LINES_MAX = 2_000;

const COVERAGE_NOTE: Partial<Readonly<Record<SourceFile['coverage'], string>>> = {
  truncated: 'The captured file is cut off: what follows its last line is not known.',
  empty: 'The file was captured and is empty.',
  binary: 'Not text: the file is listed, its bytes are not shown.',
  'not-opened': 'This file was not opened.',
};

export function FileViewer({
  file,
  line,
  end,
  marks,
  wrap,
}: {
  readonly file: SourceFile;
  readonly line: number | null;
  readonly end: number | null;
  readonly marks: LineMarks;
  readonly wrap: 'wrap' | 'no-wrap';
}) {
  const { bridge, session, screens, navigation } = useStores();
  const copy = useCopy();
  const caseId = useSession((state) => state.openCase?.id);
  const viewport = useRef<HTMLDivElement>(null);
  const goTo = useRef<HTMLInputElement>(null);
  const [box, setBox] = useState({ height: 600, width: 800 });
  const [version, changed] = useReducer((value: number) => value + 1, 0);
  useFocusWhenFree(viewport);
  const total = file.lines;
  const key = `${file.bundle}/${file.path}`;
  const heights = useRef(new Map<number, number>());
  const [grown, setGrown] = useState<ReadonlySet<number>>(new Set());
  // The line that was asked for, until its page is here: lines above it may turn out taller than estimated.
  const settling = useRef<number | null>(null);

  const pages = useMemo(
    () =>
      createLinePages(
        async (from, amount) => {
          if (caseId === undefined) return { ok: true, value: [] };
          const answer = await bridge.call('file.lines', {
            caseId,
            bundle: file.bundle,
            file: file.path,
            from,
            count: amount,
          });
          return answer.ok ? { ok: true, value: answer.value.lines } : answer;
        },
        total,
        changed,
      ),
    [bridge, caseId, file.bundle, file.path, total],
  );

  const heightOf = useCallback(
    (number: number) => {
      if (wrap === 'no-wrap') return ROW_PX;
      const measured = heights.current.get(number);
      if (measured !== undefined) return measured;
      const columns = Math.max(20, Math.floor((box.width - 84) / CHAR_PX));
      return Math.max(1, Math.ceil((pages.text(number)?.length ?? 0) / columns)) * ROW_PX;
    },
    [wrap, box.width, pages],
  );

  const [position, setPosition] = useState<Position>(() => {
    const kept = screens.getState().files.tops.get(key);
    return line === null && kept !== undefined ? { line: kept, px: 0 } : TOP;
  });
  const move = useCallback(
    (delta: number) => {
      settling.current = null;
      setPosition((from) => moveBy(from, delta, total, box.height, heightOf));
    },
    [total, box.height, heightOf],
  );
  const show = useCallback(
    (number: number) => {
      settling.current = number;
      setPosition(positionFor(number, total, box.height, heightOf));
    },
    [total, box.height, heightOf],
  );

  useLayoutEffect(() => {
    const element = viewport.current;
    if (element === null) return;
    const measure = () => {
      if (element.clientHeight > 0) setBox({ height: element.clientHeight, width: element.clientWidth });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other widths and another wrapping have other heights
  useLayoutEffect(() => heights.current.clear(), [box.width, wrap]);

  useEffect(() => {
    screens.getState().change('files', { tops: new Map(screens.getState().files.tops).set(key, position.line) });
  }, [screens, key, position.line]);

  const rows = Math.ceil(box.height / ROW_PX) + 1;
  const first = position.line;
  const last = Math.min(total, first + rows);
  useEffect(() => {
    // A dragged thumb passes hundreds of pages: only where it rests is fetched.
    const timer = setTimeout(() => pages.want(first - rows, last + rows), 20);
    return () => clearTimeout(timer);
  }, [pages, first, last, rows]);

  // Shows a line that was asked for by route, and only then: scrolling must not be pulled back.
  const asked = useRef<number | null>(null);
  useEffect(() => {
    if (line === null || asked.current === line) return;
    asked.current = line;
    show(line);
  }, [line, show]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: lines have arrived, and drawing them has measured them
  useEffect(() => {
    const target = settling.current;
    if (target === null) return;
    const frame = requestAnimationFrame(() => {
      if (settling.current !== target) return;
      if (pages.text(target) !== undefined && heights.current.has(target)) settling.current = null;
      setPosition(positionFor(target, total, box.height, heightOf));
    });
    return () => cancelAnimationFrame(frame);
  }, [version, position.line, box.height]);

  // React listens to wheel passively; a wheel that moves the lines must not scroll anything else.
  useEffect(() => {
    const element = viewport.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) return;
      event.preventDefault();
      move(
        event.deltaMode === 1
          ? event.deltaY * ROW_PX
          : event.deltaMode === 2
            ? event.deltaY * box.height
            : event.deltaY,
      );
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [move, box.height]);

  const cursor = (from: number, to: number = from) => {
    const low = Math.max(1, Math.min(from, to, total));
    const high = Math.min(total, Math.max(from, to));
    asked.current = low;
    navigation.getState().replace({
      screen: 'files',
      params: { bundle: file.bundle, file: file.path, line: String(low), ...(high > low ? { end: String(high) } : {}) },
    });
  };
  const step = (delta: number) => {
    const next = Math.max(1, Math.min(total, (line ?? first - delta) + delta));
    cursor(next);
    const frame = viewport.current?.getBoundingClientRect();
    const row = document.getElementById(`line-${next}`)?.getBoundingClientRect();
    if (frame === undefined || row === undefined || row.top < frame.top || row.bottom > frame.bottom) show(next);
  };
  const stops = useMemo(() => {
    const source = marks.ranges.size > 0 ? marks.ranges.keys() : marks.cited.keys();
    return [...source].sort((a, b) => a - b);
  }, [marks]);
  const jump = (to: number | undefined) => {
    if (to === undefined) return;
    cursor(to);
    show(to);
  };
  const copyEvidence = async () => {
    const id = session.getState().openCase?.id;
    if (line === null || id === undefined) return;
    const to = Math.min(end ?? line, line + COPY_LINES_MAX - 1);
    const answer = await bridge.call('file.lines', {
      caseId: id,
      bundle: file.bundle,
      file: file.path,
      from: line,
      count: to - line + 1,
    });
    if (!answer.ok) {
      screens.getState().announce(answer.failure.message);
      return;
    }
    const node = session.getState().openCase?.bundles.find((one) => one.id === file.bundle)?.node ?? null;
    const text = quote(
      { file: file.path, line, endLine: to },
      answer.value.lines.map((one) => one.text),
      node,
    );
    copy(text, `${counted(to - line + 1, 'line')} with their source`);
  };
  useScreenKeys({
    'next-row': () => step(1),
    'previous-row': () => step(-1),
    'first-row': () => jump(1),
    'last-row': () => jump(total),
    'go-to-line': () => {
      goTo.current?.focus();
      goTo.current?.select();
    },
    'next-match': () => jump(stops.find((stop) => stop > (line ?? 0))),
    'previous-match': () => jump(stops.findLast((stop) => stop < (line ?? total + 1))),
    'copy-evidence': () => void copyEvidence(),
    open: () => {
      if (line !== null) setGrown(new Set(grown).add(line));
    },
    return: () => navigation.getState().back(),
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'PageDown') move(box.height - ROW_PX);
    else if (event.key === 'PageUp') move(ROW_PX - box.height);
    else return;
    event.preventDefault();
  };

  const measureLine = useCallback((number: number, element: HTMLElement | null) => {
    if (element !== null && element.offsetHeight > 0) heights.current.set(number, element.offsetHeight);
  }, []);
  const shown = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const failure = pages.failure();
  const note = COVERAGE_NOTE[file.coverage];
  return (
    <>
      <div className="viewer__bar">
        <h1 className="mono clip grow" title={file.path}>
          {file.path}
        </h1>
        {stops.length === 0 ? null : (
          <span className="meta">
            {marks.ranges.size > 0 ? counted(stops.length, 'match', 'matches') : counted(stops.length, 'cited line')}
          </span>
        )}
        <form
          className="viewer__goto"
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = Number(goTo.current?.value.replace(/[,\s]/g, ''));
            if (!Number.isInteger(wanted) || wanted < 1) {
              screens.getState().announce(`No such line: give a number from 1 to ${count(total)}`);
              goTo.current?.select();
              return;
            }
            jump(Math.min(wanted, total));
            viewport.current?.focus();
          }}
        >
          <label>
            <span>line</span>
            <input
              ref={goTo}
              className="input input--s mono"
              type="text"
              inputMode="numeric"
              aria-label={`Go to line, 1 to ${total}`}
              title="Go to line (G)"
              key={line ?? 0}
              defaultValue={line ?? ''}
              onBlur={(event) => {
                // What was typed and not gone to would read as the line that is shown.
                event.target.value = line === null ? '' : String(line);
              }}
              placeholder={count(first)}
            />
          </label>
        </form>
        <button
          type="button"
          className="btn btn--s"
          aria-pressed={wrap === 'wrap'}
          onClick={() => screens.getState().change('files', { wrap: wrap === 'wrap' ? 'no-wrap' : 'wrap' })}
        >
          <WrapText className="icon" aria-hidden="true" />
          Wrap
        </button>
        <button
          type="button"
          className="btn btn--s"
          disabled={line === null}
          title="Copy as evidence (C)"
          onClick={() => void copyEvidence()}
        >
          Copy as evidence
        </button>
      </div>
      {note === undefined ? null : <p className="viewer__note">{note}</p>}
      {failure === null ? null : <FailureNote failure={failure} onRetry={pages.retry} />}
      <div className="viewer__body">
        <div
          id="viewer-lines"
          className={wrap === 'wrap' ? 'viewer__lines is-wrapped' : 'viewer__lines'}
          ref={viewport}
          role="listbox"
          data-screen-keys=""
          aria-label={`Lines of ${file.path}`}
          aria-multiselectable="true"
          tabIndex={0}
          {...(line === null ? {} : { 'aria-activedescendant': `line-${line}` })}
          onKeyDown={onKeyDown}
          onFocus={holdFocus}
        >
          <div className="viewer__window" style={{ transform: `translateY(${-position.px}px)` }}>
            {shown.map((number) => (
              <FileLine
                key={number}
                number={number}
                total={total}
                text={pages.text(number)}
                version={version}
                ranges={marks.ranges.get(number)}
                cited={marks.cited.get(number)}
                current={line !== null && number >= line && number <= (end ?? line) ? 'current' : 'other'}
                onMeasure={measureLine}
                length={grown.has(number) ? 'whole' : 'beginning'}
                onChoose={(how) => {
                  if (how === 'grow') setGrown(new Set(grown).add(number));
                  else if (how === 'extend' && line !== null) cursor(line, number);
                  else cursor(number);
                }}
              />
            ))}
          </div>
        </div>
        <ScrollBar
          first={first + (position.px === 0 ? 0 : position.px / heightOf(first))}
          visible={visibleLines(total, box.height, heightOf)}
          total={total}
          marks={marks}
          onLine={(next) => {
            settling.current = null;
            setPosition(moveBy(positionOf(next, heightOf), 0, total, box.height, heightOf));
          }}
        />
      </div>
    </>
  );
}
