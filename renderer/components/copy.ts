/** Copying works without a permission: Electron refuses all of them. */
import { useCallback } from 'react';
import { useScreens } from '../stores/stores.tsx';

/** Puts plain text on the clipboard. @returns false when the browser refused both ways. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The older command needs a selection but no permission.
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('readonly', '');
    area.className = 'visually-hidden';
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}

/** @returns a function that copies and says so; `what` completes "Copied ...". */
export function useCopy(): (text: string, what: string) => void {
  const announce = useScreens((state) => state.announce);
  return useCallback(
    (text, what) => {
      void copyText(text).then((copied) =>
        announce(copied ? `Copied ${what}` : `The clipboard refused ${what}: select the text and copy it`),
      );
    },
    [announce],
  );
}
