import { describe, expect, it } from 'vitest';
import { SCREENS } from '../stores/navigation.ts';
import { commandOf, focusOf, type KeyPress } from './keyboard.ts';

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  ...part,
});

describe('keys', () => {
  it('finds the search box and the screens from anywhere', () => {
    expect(commandOf(press('k', { ctrlKey: true }), 'text')).toEqual({ kind: 'search' });
    expect(commandOf(press('2', { altKey: true, code: 'Digit2' }), 'text')).toEqual({
      kind: 'screen',
      screen: 'overview',
    });
    // Alt with 2 types another character on a Mac.
    expect(commandOf(press('™', { altKey: true, code: 'Digit2' }), 'nowhere')).toEqual({
      kind: 'screen',
      screen: 'overview',
    });
    expect(commandOf(press('0', { altKey: true, code: 'Digit0' }), 'nowhere')).toEqual({
      kind: 'screen',
      screen: SCREENS[9],
    });
    expect(commandOf(press('0', { altKey: true, code: 'Numpad0' }), 'nowhere')).toBeNull();
    expect(commandOf(press('ArrowLeft', { altKey: true }), 'widget')).toEqual({ kind: 'back' });
  });

  it('opens the commands from anywhere, and the list of keys where nothing is typed', () => {
    expect(commandOf(press('P', { ctrlKey: true, shiftKey: true }), 'text')).toEqual({ kind: 'palette' });
    expect(commandOf(press('F1'), 'widget')).toEqual({ kind: 'palette' });
    expect(commandOf(press('p', { ctrlKey: true }), 'nowhere')).toBeNull();
    expect(commandOf(press('?', { shiftKey: true }), 'nowhere')).toEqual({ kind: 'keys' });
    expect(commandOf(press('?', { shiftKey: true }), 'text')).toBeNull();
  });

  it('lets text be typed', () => {
    for (const key of ['j', 'k', 'g', '[', ' ', 'Enter', 'ArrowDown']) expect(commandOf(press(key), 'text')).toBeNull();
    expect(commandOf(press('Escape'), 'text')).toEqual({ kind: 'on-screen', command: 'return' });
  });

  it('leaves Enter and Space to a button, arrows to a list', () => {
    expect(commandOf(press('Enter'), 'button')).toBeNull();
    expect(commandOf(press(' '), 'button')).toBeNull();
    expect(commandOf(press('j'), 'button')).toEqual({ kind: 'on-screen', command: 'next-row' });
    expect(commandOf(press('ArrowDown'), 'widget')).toBeNull();
    expect(commandOf(press(' '), 'nowhere')).toEqual({ kind: 'inspector' });
  });

  it('takes nothing with Ctrl that is not its own', () => {
    expect(commandOf(press('c', { ctrlKey: true }), 'nowhere')).toBeNull();
    expect(commandOf(press('c'), 'nowhere')).toEqual({ kind: 'on-screen', command: 'copy-evidence' });
  });

  it('knows where the focus is', () => {
    document.body.innerHTML =
      '<input id="t"><input id="c" type="checkbox"><button id="b"></button><div role="tree"><div id="i" tabindex="-1"></div></div><div id="l" role="listbox" data-screen-keys></div><main id="m"></main>';
    const at = (id: string) => focusOf(document.getElementById(id));
    expect([at('t'), at('c'), at('b'), at('i'), at('l'), at('m')]).toEqual([
      'text',
      'button',
      'button',
      'widget',
      'nowhere',
      'nowhere',
    ]);
    expect(focusOf(null)).toBe('nowhere');
  });
});
