/** What the command line asks of the desktop application. Pure: the words after the program's own. */
import { fileURLToPath } from 'node:url';
import { LINK_CHARS_MAX, LINK_SCHEME } from '../analyzer/core/deep-link.ts';

export type Launch =
  | {
      readonly kind: 'window';
      readonly paths: readonly string[];
      readonly sample: 'open' | 'no';
      /** A link to a line (core/deep-link.ts), as it was handed over: the engine says whether it is one. */
      readonly link: string | null;
    }
  | { readonly kind: 'cli'; readonly words: readonly string[] };

/**
 * @param words argv without the executable (and, when not packaged, without the application folder),
 *   e.g. `['--sample']`, `['node1.tar.gz']`, `['--cli', 'analyze', 'node1.tar.gz']`.
 * @returns a window with archives to import (the operating system hands over files this way) or a link to follow, or
 *   the command line with everything behind `--cli`, links among it. Unknown switches belong to Chromium and are skipped.
 */
export function parseLaunch(words: readonly string[]): Launch {
  const cli = words.indexOf('--cli');
  const link = words.slice(0, cli === -1 ? words.length : cli).find(isLink) ?? null;
  // The system hands a link over as the first word. Whatever a page has put behind it: a window opens, and nothing else.
  if (link !== null) return { kind: 'window', paths: [], sample: 'no', link: link.slice(0, LINK_CHARS_MAX) };
  if (cli !== -1) return { kind: 'cli', words: words.slice(cli + 1) };
  return {
    kind: 'window',
    paths: words.filter((word) => word !== '' && !word.startsWith('-')).map(pathOf),
    sample: words.includes('--sample') ? 'open' : 'no',
    link: null,
  };
}

function isLink(word: string): boolean {
  return word.slice(0, LINK_SCHEME.length + 1).toLowerCase() === `${LINK_SCHEME}:`;
}

/** Linux desktops hand files over as addresses (`%U` in the desktop entry): `file:///home/me/node%201.tgz`. */
function pathOf(word: string): string {
  if (!/^file:\/\//i.test(word)) return word;
  try {
    return fileURLToPath(word);
  } catch {
    // Another machine's file, or no address at all: the failure names it as it was given.
    return word;
  }
}

/**
 * @param argv process.argv of this start.
 * @param from 'folder' when Electron was started with the application's folder as first free argument.
 * @returns the words that are ours. With 'folder', Electron's own switches may stand before that folder.
 */
export function ownWords(argv: readonly string[], from: 'package' | 'folder'): readonly string[] {
  const words = argv.slice(1);
  if (from === 'package') return words;
  const folder = words.findIndex((word) => !word.startsWith('-'));
  return folder === -1 ? words : words.slice(folder + 1);
}
