/**
 * Words of an iptables-save line: separated by blanks, double quotes group, a backslash inside quotes takes the next
 * character as it is (add_param_to_argv in iptables/xshared.c; the printer is xtables_save_string in libxtables).
 */

export interface Words {
  readonly text: readonly string[];
  /** A quoted word is never an option, whatever it begins with. */
  readonly quoted: readonly boolean[];
}

const BLANK = 32;
const TAB = 9;
const QUOTE = 34;
const BACKSLASH = 92;

/** @returns the words of a text from `from` on; one pass. */
export function wordsOf(line: string, from: number): Words {
  const text: string[] = [];
  const quoted: boolean[] = [];
  let at = from;
  while (at < line.length) {
    let code = line.charCodeAt(at);
    if (code === BLANK || code === TAB) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < line.length && code !== BLANK && code !== TAB && code !== QUOTE) {
      at += 1;
      code = line.charCodeAt(at);
    }
    if (at >= line.length || code !== QUOTE) {
      text.push(line.slice(start, at));
      quoted.push(false);
      continue;
    }
    // Pieces between quotes and backslashes; joined once, so that a long word is not copied for every character.
    const pieces: string[] = [line.slice(start, at)];
    let inside = false;
    let piece = at;
    for (; at < line.length; at += 1) {
      code = line.charCodeAt(at);
      if (code === QUOTE || (inside && code === BACKSLASH && at + 1 < line.length)) {
        pieces.push(line.slice(piece, at));
        if (code === QUOTE) inside = !inside;
        else at += 1;
        piece = code === QUOTE ? at + 1 : at;
      } else if (!inside && (code === BLANK || code === TAB)) break;
    }
    pieces.push(line.slice(piece, at));
    text.push(pieces.join(''));
    quoted.push(true);
  }
  return { text, quoted };
}

/** @returns the word as it must stand in a rule to be read back as one value. */
export function quoteWord(word: string): string {
  return word === '' || word === '!' || word.startsWith('-') || /[\s"\\]/.test(word)
    ? `"${word.replace(/["\\]/g, '\\$&')}"`
    : word;
}

/** @returns an option as iptables-save spells it: `! --limit-iface-in`, `--log-prefix "two words"`. */
export function spell(option: string, values: readonly string[], not = false): string {
  let spelt = not ? `! ${option}` : option;
  for (const value of values) spelt += ` ${quoteWord(value)}`;
  return spelt;
}
