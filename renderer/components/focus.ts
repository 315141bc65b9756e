import { type FocusEvent, type RefObject, useEffect } from 'react';

/** Gives a screen's main list the focus when nothing else has it, so that the keys work without a click. */
export function useFocusWhenFree(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const focused = document.activeElement;
    // The screen itself holds the focus while its list is on its way.
    if (focused === null || focused === document.body || focused.tagName === 'MAIN')
      element.current?.focus({ preventScroll: true });
  }, [element]);
}

/** For the onFocus of a list: a clicked row hands the focus to its list, as scrolling may take the row away. */
export function holdFocus(event: FocusEvent<HTMLElement>): void {
  if (event.target !== event.currentTarget) event.currentTarget.focus({ preventScroll: true });
}
