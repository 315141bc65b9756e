/** What the keys do, as the engineer reads it; in the order of the list. */
import type { ScreenCommand } from './keyboard.ts';

export interface KeyHelp {
  /** As they are printed on the keyboard; any of them. */
  readonly keys: readonly string[];
  readonly does: string;
}

export interface KeyGroup {
  readonly title: string;
  readonly keys: readonly KeyHelp[];
}

/** A key that means something on a screen is told here, or this does not type-check. */
const ON_SCREEN: Readonly<Record<ScreenCommand, KeyHelp>> = {
  'next-row': { keys: ['J', 'Down'], does: 'Next row' },
  'previous-row': { keys: ['K', 'Up'], does: 'Row before' },
  'first-row': { keys: ['Home'], does: 'First row' },
  'last-row': { keys: ['End'], does: 'Last row' },
  open: { keys: ['Enter'], does: 'Open the row; on Runbooks run it, on Timeline zoom to the chosen span' },
  return: { keys: ['Esc'], does: 'Leave a box, or go back' },
  'go-to-line': { keys: ['G'], does: 'Go to a line, a time or a link' },
  find: { keys: ['Ctrl F'], does: 'Search in this file' },
  'next-match': { keys: [']'], does: 'Next match; on Timeline the next of the densest windows' },
  'previous-match': { keys: ['['], does: 'Match before; on Timeline the densest window before' },
  'copy-evidence': { keys: ['C'], does: 'Copy as evidence; on Runbooks copy the output' },
  'copy-link': { keys: ['L'], does: 'Copy a link to the line' },
  bookmark: { keys: ['B'], does: 'Bookmark the line, or take the bookmark away' },
  note: { keys: ['N'], does: 'Write a note on the line or the finding' },
  pin: { keys: ['P'], does: 'Pin the finding to the report, or unpin it; on Trace, Runbooks and Timeline the answer' },
  noise: { keys: ['X'], does: 'Mark the finding as noise, or take that back' },
  plus: { keys: ['+'], does: 'Only lines with a text; on Timeline zoom in' },
  minus: { keys: ['-'], does: 'Without lines with a text; on Timeline zoom out' },
  whole: { keys: ['0'], does: 'All times' },
  earlier: { keys: ['Left'], does: 'Earlier' },
  later: { keys: ['Right'], does: 'Later' },
  pivot: { keys: ['T'], does: 'What came before the line or the finding, on Timeline' },
};

const group = (title: string, ...commands: readonly ScreenCommand[]): KeyGroup => ({
  title,
  keys: commands.map((command) => ON_SCREEN[command]),
});

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: 'Everywhere',
    keys: [
      { keys: ['Ctrl Shift P', 'F1'], does: 'Commands: screens, runbooks, files, themes' },
      { keys: ['Ctrl K'], does: 'Search every line' },
      { keys: ['Alt 1', 'to', 'Alt 0'], does: 'Screens, in the order of the rail' },
      { keys: ['Alt Left', 'Alt Right'], does: 'Back and forward' },
      { keys: ['Space'], does: 'Show or hide the inspector' },
      { keys: ['?'], does: 'This list' },
    ],
  },
  group('Lists', 'next-row', 'previous-row', 'first-row', 'last-row', 'open', 'return'),
  group('Findings', 'pin', 'noise', 'note'),
  group('Lines', 'go-to-line', 'find', 'next-match', 'previous-match', 'copy-evidence', 'copy-link', 'bookmark'),
  group('Search', 'plus', 'minus'),
  group('Timeline', 'pivot', 'earlier', 'later', 'whole'),
];
