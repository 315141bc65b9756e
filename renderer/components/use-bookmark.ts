/** What B does on every screen that shows lines. */
import type { LineOf } from '../stores/notebook.ts';
import { useStores } from '../stores/stores.tsx';

/** @returns keeps a line or takes its bookmark away, and says so. */
export function useBookmark(): (line: LineOf) => Promise<void> {
  const { notebook, screens } = useStores();
  return async (line) => {
    const done = await notebook.getState().toggle(line);
    screens
      .getState()
      .announce(
        done === 'kept'
          ? 'Bookmarked this line: N writes a note'
          : done === 'taken away'
            ? 'Bookmark taken away: the list of bookmarks in Files can put it back'
            : `Not done: ${done.message}`,
      );
  };
}
