/** Which key means what. Pure: the event in, the command out; the same table is shown to the engineer. */
import { SCREENS, type Screen } from '../stores/navigation.ts';

export type ScreenCommand =
  | 'next-row'
  | 'previous-row'
  | 'first-row'
  | 'last-row'
  | 'open'
  | 'return'
  | 'go-to-line'
  | 'find'
  | 'next-match'
  | 'previous-match'
  | 'copy-evidence'
  | 'copy-link'
  | 'bookmark'
  | 'note'
  | 'pin'
  | 'noise'
  | 'plus'
  | 'minus'
  | 'whole'
  | 'earlier'
  | 'later'
  | 'pivot';

export type Command =
  | { readonly kind: 'search' | 'palette' | 'keys' | 'back' | 'forward' | 'inspector' }
  | { readonly kind: 'screen'; readonly screen: Screen }
  | { readonly kind: 'on-screen'; readonly command: ScreenCommand };

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** Where the focus is: typing must type, and a button keeps Enter and Space; a widget keeps its arrows too. */
export type Focus = 'nowhere' | 'text' | 'button' | 'widget';

const PLAIN: Readonly<Record<string, ScreenCommand>> = {
  j: 'next-row',
  ArrowDown: 'next-row',
  k: 'previous-row',
  ArrowUp: 'previous-row',
  Home: 'first-row',
  End: 'last-row',
  Enter: 'open',
  Escape: 'return',
  g: 'go-to-line',
  ']': 'next-match',
  '[': 'previous-match',
  c: 'copy-evidence',
  l: 'copy-link',
  b: 'bookmark',
  n: 'note',
  p: 'pin',
  x: 'noise',
  '+': 'plus',
  '-': 'minus',
  '0': 'whole',
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
  t: 'pivot',
};

/** @returns the command of a key press, null when the key is left to the focused element. */
export function commandOf(press: KeyPress, focus: Focus): Command | null {
  const bare = !press.ctrlKey && !press.metaKey && !press.altKey;
  if (bare && press.key === 'F1') return { kind: 'palette' };
  if ((press.ctrlKey || press.metaKey) && press.shiftKey && !press.altKey && press.key.toLowerCase() === 'p')
    return { kind: 'palette' };
  if ((press.ctrlKey || press.metaKey) && !press.altKey && press.key.toLowerCase() === 'k') return { kind: 'search' };
  if ((press.ctrlKey || press.metaKey) && !press.altKey && press.key.toLowerCase() === 'f')
    return { kind: 'on-screen', command: 'find' };
  if (press.altKey && !press.ctrlKey && !press.metaKey) {
    if (press.key === 'ArrowLeft') return { kind: 'back' };
    if (press.key === 'ArrowRight') return { kind: 'forward' };
    // Alt with a digit types other characters on some keyboards: the key's place decides.
    // Digit 0 stands behind 9, as on the keyboard.
    const screen = /^Digit\d$/.test(press.code) ? SCREENS[(Number(press.code.slice(5)) + 9) % 10] : undefined;
    return screen === undefined ? null : { kind: 'screen', screen };
  }
  if (!bare) return null;
  if (focus === 'text') return press.key === 'Escape' ? { kind: 'on-screen', command: 'return' } : null;
  if (focus === 'widget' && (press.key.startsWith('Arrow') || press.key === 'Home' || press.key === 'End')) return null;
  if (focus !== 'nowhere' && (press.key === 'Enter' || press.key === ' ')) return null;
  if (press.key === ' ') return { kind: 'inspector' };
  if (press.key === '?') return { kind: 'keys' };
  // Brackets need Shift or AltGr on some keyboards; letters with Shift are not ours.
  const command = PLAIN[press.key];
  return command === undefined ? null : { kind: 'on-screen', command };
}

/** @returns what kind of element has the focus. */
export function focusOf(element: Element | null): Focus {
  // Lists whose rows the screen itself moves say so.
  if (element?.hasAttribute('data-screen-keys') !== false) return 'nowhere';
  const tag = element.tagName;
  // Also in a dialog: what is typed there is typed.
  if (tag === 'TEXTAREA' || (tag === 'INPUT' && !isPressed(element as HTMLInputElement))) return 'text';
  if (element.closest('[role="menu"], [role="listbox"], [role="dialog"], [role="scrollbar"], [role="tree"]') !== null)
    return 'widget';
  if (tag === 'SELECT') return 'widget';
  if (tag === 'INPUT') return 'button';
  if (tag === 'BUTTON' || tag === 'A' || tag === 'SUMMARY') return 'button';
  return 'nowhere';
}

function isPressed({ type }: HTMLInputElement): boolean {
  return type === 'checkbox' || type === 'radio' || type === 'button';
}
