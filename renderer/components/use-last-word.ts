/** Text that is being written when its box goes away. */
import { useEffect, useRef } from 'react';
import { useStores } from '../stores/stores.tsx';

/**
 * A box that leaves the page loses its focus without a word: React calls no `onBlur` then. So what stands in it is kept as the box goes
 * (an answer took its place, another line was selected) and as the page goes (the window is closed, the page loaded anew).
 * Not once another case is open: it is not the one that was written about.
 * @param keep what leaving the box would do, as of the last render.
 */
export function useLastWord(keep: () => void): void {
  const { session } = useStores();
  const latest = useRef(keep);
  useEffect(() => {
    latest.current = keep;
  });
  useEffect(() => {
    const about = session.getState().openCase?.id;
    const last = () => {
      if (session.getState().openCase?.id === about) latest.current();
    };
    window.addEventListener('pagehide', last);
    return () => {
      window.removeEventListener('pagehide', last);
      last();
    };
  }, [session]);
}
