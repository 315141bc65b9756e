/** The pane on the left: files or bookmarks, and how they are listed. */
import { Maximize2, Minimize2 } from 'lucide-react';
import { IconButton } from '../../components/IconButton.tsx';
import { count } from '../../model/format.ts';
import type { Bookmark, SourceFile } from '../../model/types.ts';
import type { FileOrder } from '../../stores/files.ts';
import { useFiles, useNotebook, useStores } from '../../stores/stores.tsx';
import { BookmarkList } from './BookmarkList.tsx';
import { FileTree } from './FileTree.tsx';

const ORDERS: readonly { readonly order: FileOrder; readonly says: string }[] = [
  { order: 'name', says: 'By name' },
  { order: 'size', says: 'Largest first' },
  { order: 'lines', says: 'Most lines first' },
  { order: 'time', says: 'Earliest first' },
];

export function TreePane({
  files,
  current,
  wide,
  onOpen,
  onEnter,
  onBookmark,
}: {
  readonly files: readonly SourceFile[];
  readonly current: SourceFile | null;
  readonly wide: 'wide' | 'narrow';
  readonly onOpen: (file: SourceFile, where: 'here' | 'beside') => void;
  readonly onEnter: () => void;
  readonly onBookmark: (bookmark: Bookmark) => void;
}) {
  const store = useStores().files;
  const filter = useFiles((state) => state.filter);
  const order = useFiles((state) => state.order);
  const list = useFiles((state) => state.list);
  const bookmarks = useNotebook((state) => state.bookmarks.length);
  const widens = wide === 'wide' ? 'Show the list beside the file' : 'Show all that is known of each file';
  return (
    <div className={wide === 'wide' ? 'tree tree--wide' : 'tree'}>
      <div className="tree__tabs">
        <fieldset className="toggles" aria-label="What is listed">
          <button
            type="button"
            aria-pressed={list === 'files'}
            onClick={() => store.getState().change({ list: 'files' })}
          >
            Files {count(files.length)}
          </button>
          <button
            type="button"
            aria-pressed={list === 'bookmarks'}
            onClick={() => store.getState().change({ list: 'bookmarks' })}
          >
            Bookmarks {count(bookmarks)}
          </button>
        </fieldset>
        <span className="grow" />
        {current === null || list === 'bookmarks' ? null : (
          <IconButton
            icon={wide === 'wide' ? Minimize2 : Maximize2}
            look="quiet"
            label={widens}
            onClick={() => store.getState().change({ tree: wide === 'wide' ? 'narrow' : 'wide' })}
          />
        )}
      </div>
      {list === 'bookmarks' ? (
        <BookmarkList onOpen={onBookmark} />
      ) : (
        <>
          <div className="tree__filter">
            <input
              className="input input--s"
              type="text"
              aria-label="Filter files by name, role or node"
              placeholder="Filter by name, role or node"
              value={filter}
              onChange={(event) => store.getState().change({ filter: event.target.value })}
            />
            <select
              className="select"
              aria-label="Order of the files"
              value={order}
              onChange={(event) =>
                store
                  .getState()
                  .change({ order: ORDERS.find((one) => one.order === event.target.value)?.order ?? 'name' })
              }
            >
              {ORDERS.map((one) => (
                <option key={one.order} value={one.order}>
                  {one.says}
                </option>
              ))}
            </select>
          </div>
          <FileTree files={files} current={current} wide={wide} onOpen={onOpen} onEnter={onEnter} />
        </>
      )}
    </div>
  );
}
