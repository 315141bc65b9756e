/**
 * Words of nft's text output, read one after the other: nothing is kept, so a hostile line costs time in proportion
 * to its length and no memory. nft(8) knows no escapes inside quotes; `#` starts a comment that ends with its line.
 */

export interface NftToken {
  readonly kind: 'word' | 'string' | 'punct' | 'newline' | 'end';
  /** Quotes removed from a string; a word longer than WORD_CHARS_MAX is shortened. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Longer words are no names or values (a chain name has 128 characters at most): their text is cut. */
export const WORD_CHARS_MAX = 8192;

const NEWLINE = 10;
const QUOTE = 34;
const BACKSLASH = 92;
const BLANKS = new Set([9, 11, 12, 13, 32, 0xfeff]);
const PUNCT = new Set([...'{},;()'].map((char) => char.charCodeAt(0)));

/**
 * Rules, statements and elements that are read of one text. 1,000 services make 22,000 rules with 90,000 statements;
 * a hostile file of one-word lines would fill the memory.
 */
export const NFT_THINGS_MAX = 2_000_000;

/** Reads tokens from one text. `line` is the line of the next token, from 1. */
export class NftLexer {
  readonly text: string;
  at = 0;
  line = 1;
  /** True when more than NFT_THINGS_MAX things came: the text then ends for the reader. */
  exhausted = false;
  #things = 0;
  #peeked: NftToken | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** @returns the next token without taking it. */
  peek(): NftToken {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  next(): NftToken {
    const token = this.peek();
    this.#peeked = null;
    this.at = token.end;
    if (token.kind === 'newline') this.line += 1;
    return token;
  }

  /** Takes the next token when it is this word or punctuation. */
  take(text: string): boolean {
    const token = this.peek();
    if (token.text !== text || token.kind === 'string') return false;
    this.next();
    return true;
  }

  /** Counts things that are kept. */
  spend(things = 1): void {
    this.#things += things;
    if (this.#things <= NFT_THINGS_MAX || this.exhausted) return;
    this.exhausted = true;
    this.#peeked = null;
    this.at = this.text.length;
  }

  /** Passes over blanks and empty lines. */
  skipNewlines(): void {
    while (this.peek().kind === 'newline') this.next();
  }

  /** Goes to the end of the line, the newline itself stays. */
  skipLine(): void {
    this.#peeked = null;
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  /** Goes on reading from here; only to a place on the same line or after `line` was set by the caller. */
  seek(at: number, line: number): void {
    this.#peeked = null;
    this.at = this.exhausted ? this.text.length : at;
    this.line = line;
  }

  #read(): NftToken {
    const { text } = this;
    let at = this.at;
    while (at < text.length && BLANKS.has(text.charCodeAt(at))) at += 1;
    // nft prints no continued lines, but a ruleset file may have them.
    if (text.charCodeAt(at) === BACKSLASH && text.charCodeAt(at + 1) === NEWLINE)
      return { kind: 'newline', text: '\n', start: at, end: at + 2 };
    if (at >= text.length) return { kind: 'end', text: '', start: text.length, end: text.length };
    const code = text.charCodeAt(at);
    if (code === NEWLINE) return { kind: 'newline', text: '\n', start: at, end: at + 1 };
    if (code === QUOTE) return this.#quoted(at);
    if (PUNCT.has(code)) return { kind: 'punct', text: text[at] as string, start: at, end: at + 1 };
    let end = at + 1;
    for (; end < text.length; end += 1) {
      const next = text.charCodeAt(end);
      if (next === NEWLINE || next === QUOTE || BLANKS.has(next) || PUNCT.has(next)) break;
    }
    return { kind: 'word', text: text.slice(at, Math.min(end, at + WORD_CHARS_MAX)), start: at, end };
  }

  #quoted(at: number): NftToken {
    const { text } = this;
    let end = at + 1;
    for (; end < text.length; end += 1) {
      const next = text.charCodeAt(end);
      if (next === QUOTE || next === NEWLINE) break;
    }
    if (end >= text.length) return { kind: 'end', text: '', start: at, end: text.length };
    const closed = text.charCodeAt(end) === QUOTE;
    const value = text.slice(at + 1, Math.min(end, at + WORD_CHARS_MAX));
    return { kind: 'string', text: value, start: at, end: closed ? end + 1 : end };
  }
}
