/**
 * Rules on one line without sets, quotes or notes, as iptables-nft's are: `ip daddr 10.96.10.20 tcp dport 80 counter
 * packets 5 bytes 300 jump KUBE-SVC-67NZLRHBNDSAWJRO`. A node with iptables dumps has tens of thousands of them that
 * nobody asks for, because the dumps say more: their statements are read when somebody does.
 */
import type { NftRule, NftStatement } from '../core/nft-ruleset.ts';
import type { Count } from '../core/packet-rule.ts';
import { parseRule, type ReadRule } from './nft-statements.ts';
import { NftLexer } from './nft-tokens.ts';

/** Longer rules are read at once. */
const PLAIN_CHARS_MAX = 512;
/** Characters of a line for which one statement is counted: a statement of iptables-nft takes some 25. */
const CHARS_A_STATEMENT = 16;
const NEWLINE = 10;
const BLANK = 32;
/** What may end a rule inside its line, or lets it go on behind it. */
const NOT_PLAIN = new Set([...'{};()"#\\'].map((char) => char.charCodeAt(0)));

/** The line of a rule that needs no reading to know where it ends. */
export interface PlainLine {
  /** Of its newline. */
  readonly end: number;
  /** Statements it has at most, about: what is charged for it before it is read. */
  readonly statements: number;
}

/** @param start where the rule begins. @returns null when the rule must be read to find its end. */
export function plainLine(text: string, start: number): PlainLine | null {
  const last = Math.min(text.length, start + PLAIN_CHARS_MAX);
  for (let at = start; at < last; at += 1) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE) return { end: at, statements: 1 + Math.floor((at - start) / CHARS_A_STATEMENT) };
    if (NOT_PLAIN.has(code)) return null;
  }
  return null;
}

/** A rule whose statements are read when they are first asked for. */
export class PlainRule implements NftRule {
  readonly line: number;
  readonly raw: string;
  readonly chain: string;
  readonly position: number;
  readonly handle: number | null = null;
  readonly comment: string | null = null;
  /** A blank before the newline: nft had one more statement, which it could not print. */
  readonly #blankEnd: boolean;
  #read: ReadRule | null = null;

  /** @param text the rule from its first character to its newline, exclusive. */
  constructor(text: string, chain: string, line: number, position: number) {
    this.line = line;
    this.raw = text.trimEnd();
    this.chain = chain;
    this.position = position;
    this.#blankEnd = text.charCodeAt(text.length - 1) === BLANK;
  }

  get statements(): readonly NftStatement[] {
    return this.#rule().statements;
  }

  get packets(): Count | null {
    return this.#rule().packets;
  }

  get bytes(): Count | null {
    return this.#rule().bytes;
  }

  /** As JSON it is a rule like any other. */
  toJSON(): NftRule {
    const { line, raw, chain, position, handle, comment, packets, bytes, statements } = this;
    return { line, raw, chain, position, handle, comment, packets, bytes, statements };
  }

  #rule(): ReadRule {
    this.#read ??= parseRule(new NftLexer(`${this.raw}${this.#blankEnd ? ' ' : ''}\n`));
    return this.#read;
  }
}
