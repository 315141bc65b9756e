/** The bookmarks of the case: open them, take them away, put them back. */
import { Bookmark as Mark, Undo2, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { holdFocus } from '../../components/focus.ts';
import { chipLabel } from '../../model/evidence.ts';
import { nodeNames } from '../../model/node-names.ts';
import type { Bookmark } from '../../model/types.ts';
import { useNotebook, useSession, useStores } from '../../stores/stores.tsx';

/** Characters of a line that a row has room for. */
const CHARS_SHOWN = 200;

const nameOf = (one: Bookmark) => chipLabel({ file: one.file, line: one.line, endLine: one.line });

export function BookmarkList({ onOpen }: { readonly onOpen: (bookmark: Bookmark) => void }) {
  const { notebook, screens } = useStores();
  const say = screens.getState().announce;
  const bundles = useSession((state) => state.openCase?.bundles);
  const kept = useNotebook((state) => state.bookmarks);
  const removed = useNotebook((state) => state.removed);
  const [active, setActive] = useState<number | null>(null);
  const order = useMemo(() => {
    const at = new Map((bundles ?? []).map((bundle, index) => [bundle.id, index]));
    return [...kept].sort(
      (a, b) =>
        (at.get(a.bundle) ?? -1) - (at.get(b.bundle) ?? -1) ||
        (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line),
    );
  }, [kept, bundles]);
  const found = order.findIndex((one) => one.id === active);
  const at = Math.max(0, found);
  useEffect(() => {
    const id = order[at]?.id;
    if (id !== undefined) document.getElementById(`bookmark-${id}`)?.scrollIntoView({ block: 'nearest' });
  }, [order, at]);

  const remove = async (one: Bookmark) => {
    setActive(order[order.indexOf(one) + 1]?.id ?? order[order.indexOf(one) - 1]?.id ?? null);
    const failure = await notebook.getState().unmark(one.id);
    say(failure === null ? 'Bookmark taken away: Ctrl Z puts it back' : `Not done: ${failure.message}`);
  };
  const putBack = async () => {
    const done = await notebook.getState().putBack();
    if (done === 'back') say('The bookmark is back');
    else if (done === 'beside a newer note') say('The bookmark is back: its note stands below the newer one');
    else if (done !== null) say(`Not done: ${done.message}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const one = order[at];
    if ((event.ctrlKey || event.metaKey) && event.key === 'z') void putBack();
    else if (event.altKey || event.ctrlKey || event.metaKey || one === undefined) return;
    else if (event.key === 'Enter') onOpen(one);
    else if (event.key === 'Delete' || event.key === 'Backspace') void remove(one);
    else {
      const to: Readonly<Record<string, number>> = {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        j: at + 1,
        k: at - 1,
        Home: 0,
        End: order.length - 1,
      };
      const next = to[event.key];
      if (next === undefined) return;
      setActive(order[Math.max(0, Math.min(order.length - 1, next))]?.id ?? null);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const [last] = removed;
  return (
    <>
      {last === undefined ? null : (
        <div className="tree__undo">
          <span className="clip grow">Taken away: {nameOf(last)}</span>
          <button type="button" className="btn btn--s" onClick={() => void putBack()}>
            <Undo2 className="icon" aria-hidden="true" />
            Put back
          </button>
        </div>
      )}
      <div
        className="tree__rows"
        role="listbox"
        aria-label="Bookmarks"
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={holdFocus}
        {...(order[at] === undefined ? {} : { 'aria-activedescendant': `bookmark-${order[at].id}` })}
      >
        {order.length === 0 ? (
          <p className="meta tree__none">No line is kept yet: B keeps the chosen line, N writes a note on it.</p>
        ) : null}
        {order.map((one, index) => {
          const bundle = bundles?.find(({ id }) => id === one.bundle);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the list, which has the focus
            <div
              key={one.id}
              id={`bookmark-${one.id}`}
              className={index === at ? 'kept is-active' : 'kept'}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              aria-label={`${nameOf(one)}${one.note === '' ? '' : `, ${one.note}`}`}
              title={`${one.file}:${one.line}`}
              onClick={(event) => {
                setActive(one.id);
                if (event.target instanceof Element && event.target.closest('[data-removes]') !== null)
                  void remove(one);
                else onOpen(one);
              }}
            >
              <Mark className="icon line__bookmark" aria-hidden="true" />
              <div className="kept__body">
                <p className="kept__name">
                  <span className="mono clip">{nameOf(one)}</span>
                  {bundle === undefined || (bundles?.length ?? 0) < 2 ? null : (
                    <span className="meta clip">{nodeNames(bundles ?? []).whole.get(bundle.id)}</span>
                  )}
                </p>
                {one.note === '' ? null : <p className="kept__note">{one.note}</p>}
                <p className="kept__text mono clip">{one.text.slice(0, CHARS_SHOWN)}</p>
              </div>
              <span className="kept__remove" data-removes="" title="Take away (Delete)">
                <X className="icon" aria-hidden="true" />
              </span>
            </div>
          );
        })}
      </div>
    </>
  );
}
