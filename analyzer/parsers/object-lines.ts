/** On which line of an object's text a thing stands, for evidence: whole in YAML and indented JSON, line 1 in packed JSON. */

/** Finds words in the order in which they stand; each search goes on where the last one ended, so that all are linear. */
export class LineFinder {
  readonly #text: string;
  #at = 0;
  #line: number;

  /** @param line line of the file on which `text` begins. */
  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  /** @returns line of the next occurrence of `word` as a whole word, or null when there is none. */
  next(word: string): number | null {
    let found = this.#text.indexOf(word, this.#at);
    while (found >= 0 && !(isEdge(this.#text[found - 1]) && isEdge(this.#text[found + word.length])))
      found = this.#text.indexOf(word, found + 1);
    if (found < 0) return null;
    for (let line = this.#text.indexOf('\n', this.#at); line >= 0 && line < found; ) {
      this.#line += 1;
      line = this.#text.indexOf('\n', line + 1);
    }
    this.#at = found;
    // The newlines before `found` are counted; the word itself may be asked for again behind it.
    const line = this.#line;
    this.#at = found + word.length;
    return line;
  }
}

function isEdge(char: string | undefined): boolean {
  return char === undefined || !/[\w.:/-]/.test(char) || char === ':';
}

/** @returns line of `metadata.name` in the text of one object that begins on `line`; `line` when it is not found. */
export function nameLine(format: 'json' | 'yaml', text: string, line: number): number {
  const offset = format === 'json' ? jsonNameOffset(text) : yamlNameOffset(text);
  if (offset === null) return line;
  let lines = line;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

const QUOTED = /"(?:[^"\\]|\\.){0,100}"|"|[{}[\]]/g;

/** A label may be called `name` as well: only the key at depth 2 inside `metadata` counts. */
function jsonNameOffset(text: string): number | null {
  let depth = 0;
  let inMetadata = false;
  let last = '';
  let at = 0;
  while (at < text.length) {
    QUOTED.lastIndex = at;
    const found = QUOTED.exec(text);
    if (found === null) return null;
    const token = found[0];
    at = found.index + token.length;
    if (token === '{' || token === '[') {
      depth += 1;
      if (depth === 2) inMetadata = token === '{' && last === '"metadata"';
    } else if (token === '}' || token === ']') depth -= 1;
    else if (token === '"') {
      // Longer than any key: skip to its end.
      for (; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      at += 1;
      last = '';
    } else {
      if (depth === 2 && inMetadata && token === '"name"' && /^\s*:/.test(text.slice(at, at + 20))) return found.index;
      last = token;
    }
  }
  return null;
}

function yamlNameOffset(text: string): number | null {
  const head = /^( *)metadata:[ \t]*(?:#.*)?$/m.exec(text);
  if (head === null) return null;
  const indent = (head[1] as string).length;
  let at = head.index + head[0].length + 1;
  let inner: number | null = null;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const found = /^( *)([\w.-]+):/.exec(text.slice(at, Math.min(end, at + 300)));
    if (found !== null) {
      const column = (found[1] as string).length;
      if (column <= indent) return null;
      inner ??= column;
      if (column === inner && found[2] === 'name') return at;
    }
    at = end + 1;
  }
  return null;
}
