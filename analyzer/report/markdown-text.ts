/** Text of the customer's in CommonMark: nothing of it can become HTML, markup or a link. */
import { visible } from './visible.ts';

/** @returns the text with a backslash before every character that has a meaning wherever it stands. */
export function withBackslashes(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~&!@$^]/g, '\\$&');
}

/**
 * @returns one line of Markdown that reads as `text`: every character with a meaning is escaped, so are the
 * beginnings that GitHub's dialect turns into links (`http://`, `www.`, `a@b`) and those that open a block.
 */
export function escapeMarkdown(text: string): string {
  return withBackslashes(visible(text.replace(/[\r\n\t]+/g, ' ')))
    .replace(/:(?=\/\/|[^\s:]*@)/g, '\\:')
    .replace(/\b(mailto|xmpp|javascript|data):/gi, '$1\\:')
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}\\.`)
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
    .replace(/^[ \t]+/, '');
}

/** @returns the longest run of back quotes in `text`. */
function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** @returns `text` as a code span on one line; its fence is longer than any run of back quotes inside. */
export function codeSpan(text: string): string {
  const shown = visible(text.replace(/[\r\n\t]+/g, ' '));
  if (shown.trim() === '') return '(empty)';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const space = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

/** @returns lines of a fenced block whose fence is longer than any run of back quotes inside. */
export function fenced(lines: readonly string[]): readonly string[] {
  const shown = lines.map(visible);
  const fence = '`'.repeat(shown.reduce((longest, line) => Math.max(longest, longestRun(line) + 1), 3));
  return [`${fence}text`, ...shown, fence];
}

/** @returns a sentence of ours: parts between back quotes stay code, the rest is escaped. */
export function prose(text: string): string {
  const pieces = text.split('`');
  if (pieces.length % 2 === 0) return escapeMarkdown(text);
  // Only the first piece begins the line; an escaped dash elsewhere would read the same anyway.
  return pieces.map((piece, index) => (index % 2 === 1 ? codeSpan(piece) : piecewise(piece))).join('');
}

function piecewise(piece: string): string {
  const lead = /^\s/.test(piece) ? ' ' : '';
  return piece.trim() === '' ? (piece === '' ? '' : ' ') : `${lead}${escapeMarkdown(piece)}`;
}

/**
 * A table of GitHub's dialect, which Jira, Zendesk and ServiceNow read as well: one line a row, no code spans in its cells,
 * for a pipe in one ends its cell in some of them.
 * @param rows cells that are Markdown already, without line ends and with their pipes escaped.
 */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(columns), row(columns.map(() => '---')), ...rows.map(row), ''];
}

/** @returns a sentence of ours for a cell: no code in it. */
export function cell(text: string): string {
  const shown = escapeMarkdown(text.replaceAll('`', ''));
  return shown.trim() === '' ? ' ' : shown;
}
