/** The bytes of a file that is no text: sixteen a row, only those in view drawn and fetched. */
import { Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useScreenKeys } from '../../app/screen-keys.tsx';
import { useCopy } from '../../components/copy.ts';
import { useFocusWhenFree } from '../../components/focus.ts';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import { counted } from '../../model/format.ts';
import type { Loadable } from '../../model/types.ts';
import { fileKey } from '../../stores/files.ts';
import { useFiles, useSession, useStores } from '../../stores/stores.tsx';
import { asciiText, hexDump, hexRows, hexText, offsetText, parseOffset, ROW_BYTES } from './hex.ts';
import { PaneBar } from './PaneBar.tsx';
import { PaneNotes } from './PaneNotes.tsx';
import { PaneFrame, PaneRows } from './PaneRows.tsx';
import { BesideTools, NameBar, TreeButton } from './PaneTools.tsx';
import { lineId, listId, type PaneProps } from './pane.ts';
import { ScrollBar } from './ScrollBar.tsx';
import { ROW_PX, visibleLines } from './scroll-map.ts';
import { extended, rangeOf, type Selection, stepped } from './selection.ts';
import { useByteRows, useWanted } from './use-rows.ts';
import { useScroll } from './use-scroll.ts';

/** Rows that are copied at once: 32 KiB are a page of text, more is a file. */
const COPY_ROWS_MAX = 2_048;

const oneRow = () => ROW_PX;

/** How many bytes there are is known once some were read: of a file that was not kept there are none. */
export function HexPane(props: PaneProps) {
  const { file, side } = props;
  const { bridge } = useStores();
  const caseId = useSession((state) => state.openCase?.id);
  const [size, setSize] = useState<Loadable<number>>({ state: 'loading' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  useEffect(() => {
    if (caseId === undefined) return;
    let left = false;
    void bridge
      .call('file.bytes', { caseId, bundle: file.bundle, file: file.path, from: 0, count: 1 })
      .then((answer) => {
        if (left) return;
        setSize(
          answer.ok ? { state: 'ready', value: answer.value.size } : { state: 'failed', failure: answer.failure },
        );
      });
    return () => {
      left = true;
    };
  }, [bridge, caseId, file.bundle, file.path, attempt]);
  if (size.state === 'ready' && size.value > 0) return <Bytes {...props} size={size.value} />;
  return (
    <section className="pane" aria-label={side === 'main' ? 'File' : 'File beside it'}>
      <NameBar {...props} />
      <PaneNotes file={file} side={side} />
      {size.state === 'failed' ? (
        <FailureNote failure={size.failure} onRetry={() => setAttempt(attempt + 1)} />
      ) : size.state === 'ready' ? (
        <Empty mark="unknown" title="None of its bytes were kept">
          <p>Only its name, its size and its hash are known. The archive still holds the file.</p>
        </Empty>
      ) : (
        <Loading what="Reading bytes" />
      )}
    </section>
  );
}

function Bytes(props: PaneProps & { readonly size: number }) {
  const { file, side, size } = props;
  const { navigation, files, screens } = useStores();
  const copy = useCopy();
  const active = useFiles((state) => state.active === side);
  const key = fileKey({ bundle: file.bundle, file: file.path });
  const [kept] = useState(() => files.getState().tops.get(key));
  const goTo = useRef<HTMLInputElement>(null);
  const total = hexRows(size);
  const { cache, version } = useByteRows(file, total);
  const [selection, setSelection] = useState<Selection | null>(null);
  const range = selection === null ? null : rangeOf(selection);
  const scroll = useScroll({ total, start: kept ?? 1, heightOf: oneRow, isMeasured: () => true, version });
  const { first, last, box, show } = scroll;
  useFocusWhenFree(scroll.viewport);
  useWanted(cache, first, last);
  useEffect(() => files.getState().keepTop(key, first), [files, key, first]);

  const follow = (next: Selection) => {
    setSelection(next);
    if (scroll.sees(document.getElementById(lineId(side, next.head))) === 'not seen') show(next.head);
  };
  const jump = (row: number) => {
    setSelection({ anchor: row, head: row });
    show(row);
  };
  const copyRows = () => {
    if (range === null) {
      screens.getState().announce('Choose rows first: a click, the arrows or G');
      return;
    }
    const end = Math.min(range.end, range.line + COPY_ROWS_MAX - 1);
    const rows: Uint8Array[] = [];
    for (let row = range.line; row <= end; row += 1) {
      const bytes = cache.at(row);
      if (bytes === undefined) {
        screens.getState().announce('Not copied: not all of these rows are here yet');
        return;
      }
      rows.push(bytes);
    }
    const head = `${file.path}, bytes ${(range.line - 1) * ROW_BYTES} to ${Math.min(size, end * ROW_BYTES) - 1}\n`;
    copy(head + hexDump(rows, range.line, size), counted(rows.length, 'row of bytes', 'rows of bytes'));
  };
  useScreenKeys(
    active
      ? {
          'next-row': () => follow(stepped(selection, 1, total, first)),
          'previous-row': () => follow(stepped(selection, -1, total, first)),
          'first-row': () => jump(1),
          'last-row': () => jump(total),
          'go-to-line': () => {
            goTo.current?.focus();
            goTo.current?.select();
          },
          'copy-evidence': copyRows,
          return: () => navigation.getState().back(),
        }
      : {},
  );
  const failure = cache.failure();
  return (
    <PaneFrame side={side} total={null} onMove={null}>
      <PaneBar
        path={file.path}
        input={goTo}
        label={`Go to byte, 0 to ${size - 1}`}
        hint="Go to (G): 4096, 0x1000, +0x100, 50%"
        value={range === null ? '' : `0x${offsetText(range.line, size).replace(/^0+(?=.)/, '')}`}
        placeholder={`0x${offsetText(first, size)}`}
        onGo={async (text) => {
          const row = parseOffset(text, selection?.head ?? first, size);
          if (row === null)
            return `Not a byte of this file: give an offset from 0 to ${size - 1}, 0x1000, +0x100 or 50%`;
          jump(row);
          scroll.viewport.current?.focus();
          return null;
        }}
        onLeave={() => scroll.viewport.current?.focus()}
        start={side === 'main' ? <TreeButton /> : null}
      >
        <button type="button" className="btn btn--s" title="Copy the chosen rows (C)" onClick={copyRows}>
          <Copy className="icon" aria-hidden="true" />
          Copy
        </button>
        <BesideTools {...props} />
      </PaneBar>
      <PaneNotes file={file} side={side} />
      {failure === null ? null : <FailureNote failure={failure} onRetry={cache.retry} />}
      <PaneRows
        side={side}
        look=" is-hex"
        label={`Bytes of ${file.path}`}
        total={total}
        scroll={scroll}
        selection={selection}
        onExtend={follow}
        onCopy={copyRows}
        onPage={scroll.move}
        row={(row) => {
          const bytes = cache.at(row);
          const current = range !== null && row >= range.line && row <= range.end;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list, which has the focus
            <div
              key={row}
              id={lineId(side, row)}
              className={current ? 'bytes is-current' : 'bytes'}
              role="option"
              tabIndex={-1}
              aria-selected={current}
              aria-posinset={row}
              aria-setsize={total}
              onClick={(event) => {
                if (window.getSelection()?.type === 'Range' && !event.shiftKey) return;
                setSelection(event.shiftKey ? extended(selection, row, total) : { anchor: row, head: row });
              }}
            >
              <b>{offsetText(row, size)}</b>
              {bytes === undefined ? (
                <em className="meta">reading</em>
              ) : (
                <>
                  <span>{hexText(bytes)}</span>
                  <span className="bytes__ascii">{asciiText(bytes)}</span>
                </>
              )}
            </div>
          );
        }}
      >
        <ScrollBar
          controls={listId(side)}
          label="Position in the file"
          first={first}
          visible={visibleLines(total, box.height, oneRow)}
          total={total}
          onRow={scroll.drag}
        />
      </PaneRows>
    </PaneFrame>
  );
}
