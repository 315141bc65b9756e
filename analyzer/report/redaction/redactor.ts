/**
 * Text in, text with pseudonyms out. A text is cut into pieces of whole lines; a kind is looked for in a piece only when one
 * of its literals stands there, which most do not, and addresses are found by loops of their own.
 */
import { findAddresses, findColons, findDashedMacs } from './find-addresses.ts';
import { findDomains, findIds, findServiceHosts } from './find-names.ts';
import { type KeyBlock, keyLines } from './key-blocks.ts';
import { type RedactionKind, redactionProfiles } from './profiles.ts';
import { type NamedKind, Pseudonyms, type RedactionEntry } from './pseudonyms.ts';
import { apart, type Span } from './span.ts';
import { TextPiece } from './text-piece.ts';
import { findWords, type WordList, wordList } from './words.ts';

export type { RedactionEntry } from './pseudonyms.ts';

export interface RedactionPlan {
  /** 32 bytes, of the case: other bytes give other pseudonyms. */
  readonly key: Uint8Array;
  /** Ids of profiles; those that there are not replace nothing. */
  readonly profiles: readonly string[];
  /** The customer's: replaced wherever they stand, whatever their case. */
  readonly words: readonly string[];
  /** Values that stay: texts, addresses, CIDRs with all that is in them. */
  readonly keep: readonly string[];
  /** CIDRs of the case (learnNetworks). */
  readonly networks: readonly string[];
  /** Entries of an earlier export: their values keep their pseudonyms. */
  readonly known?: readonly RedactionEntry[];
}

export interface Redactor {
  /** One or more lines; the lines stay lines. */
  redact(text: string): string;
  /** A path of the bundle; the same values get the same pseudonyms, without letters that no file name may have. */
  fileName(path: string): string;
  /** What was replaced so far, by first occurrence. */
  entries(): readonly RedactionEntry[];
}

/** Large enough that looking for literals costs nothing, small enough that a rare literal does not make much text be searched. */
const PIECE_CHARS = 16_384;

/** Texts that look like our own pseudonyms are replaced as well: what looks like one always is one. */
const LOOKALIKE =
  /(?<![A-Za-z0-9])(?:host|user|name|word)-\d{1,9}(?![A-Za-z0-9])|(?:user\d{1,9}@)?domain\d{1,9}\.example(?![A-Za-z0-9])|\[secret \d{1,9}: [A-Za-z -]{1,60}\]/g;
const LOOKALIKE_LITERALS = ['host-', 'user-', 'name-', 'word-', '.example', '[secret '];
const LOOKALIKE_KIND: NamedKind = { id: 'lookalike', title: 'text like a pseudonym', pseudonym: { name: 'name' } };
const WORD_KIND: NamedKind = { id: 'word', title: "customer's word", pseudonym: { name: 'word' } };

export function createRedactor(plan: RedactionPlan): Redactor {
  const profiles = redactionProfiles();
  const kinds = [...profiles.values()].filter(({ id }) => plan.profiles.includes(id)).flatMap((one) => one.kinds);
  const pseudonyms = new Pseudonyms({ ...plan, known: plan.known ?? [] });
  const search = new KindSearch(kinds, plan);
  const redact = (text: string): string => {
    let out = '';
    for (let at = 0; at < text.length; ) {
      const end = pieceEnd(text, at);
      out += replaced(at === 0 && end === text.length ? text : text.slice(at, end), search, pseudonyms);
      at = end;
    }
    return out;
  };
  return {
    redact,
    fileName: (path) => redactedPath(path, redact),
    entries: () => pseudonyms.entries(),
  };
}

/** A value that would swallow folders is looked for in each of them instead. */
function redactedPath(path: string, redact: (text: string) => string): string {
  const folders = path.split('/');
  const whole = redact(path);
  const kept = whole.split('/').length === folders.length ? whole : folders.map(redact).join('/');
  return kept.replace(/\[secret (\d+)[^\]]*\]/g, 'secret-$1');
}

function pieceEnd(text: string, from: number): number {
  if (text.length - from <= PIECE_CHARS) return text.length;
  const lineEnd = text.indexOf('\n', from + PIECE_CHARS);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}

function replaced(text: string, search: KindSearch, pseudonyms: Pseudonyms): string {
  const spans = search.find(text);
  if (spans.length === 0) return text;
  let out = '';
  let at = 0;
  for (const { start, end, kind } of spans) {
    out += text.slice(at, start) + pseudonyms.replace(search.kindOf(kind), text.slice(start, end));
    at = end;
  }
  return out + text.slice(at);
}

class KindSearch {
  readonly #kinds: readonly RedactionKind[];
  readonly #keep: ReadonlySet<string>;
  readonly #words: WordList;
  readonly #learned: WordList;
  readonly #addresses: number;
  readonly #macs: number;
  readonly #keys: number;
  readonly #piece = new TextPiece();
  readonly #learnedKind = new Map<string, number>();
  #block: KeyBlock = { open: 'no', lines: 0 };

  constructor(kinds: readonly RedactionKind[], plan: RedactionPlan) {
    this.#kinds = kinds;
    this.#keep = new Set(plan.keep.map((value) => value.toLowerCase()));
    this.#words = wordList('anywhere', plan.words);
    this.#learned = wordList('whole', []);
    this.#addresses = kinds.findIndex(({ finder }) => finder === 'addresses');
    this.#macs = kinds.findIndex(({ finder }) => finder === 'macs');
    this.#keys = kinds.findIndex(({ id }) => id === 'private-key');
  }

  kindOf(kind: number): NamedKind {
    return this.#kinds[kind] ?? (kind === this.#kinds.length ? WORD_KIND : LOOKALIKE_KIND);
  }

  find(text: string): readonly Span[] {
    const found: Span[] = [];
    const piece = this.#piece;
    piece.read(text);
    for (const [nth, kind] of this.#kinds.entries()) {
      if (!piece.holdsAny(kind.literals)) continue;
      if (kind.finder === 'ids') findIds(piece, kind.labels, nth, found);
      else if (kind.finder === 'domains') findDomains(piece, kind, nth, found);
      else if (kind.finder === 'service-hosts') findServiceHosts(piece, kind, nth, found);
      else this.#findPatterns(text, kind, nth, found);
    }
    if (this.#addresses >= 0) findAddresses(piece, this.#addresses, found);
    if (this.#addresses >= 0 || this.#macs >= 0) findColons(piece, this.#addresses, this.#macs, found);
    if (this.#macs >= 0) findDashedMacs(piece, this.#macs, found);
    if (this.#keys >= 0) this.#block = keyLines(text, this.#block, this.#keys, found);
    findWords(text, this.#words, () => this.#kinds.length, found);
    findWords(text, this.#learned, (word) => this.#learnedKind.get(word) ?? 0, found);
    if (piece.holdsAny(LOOKALIKE_LITERALS)) {
      for (const { 0: value, index } of text.matchAll(LOOKALIKE)) {
        found.push({ start: index, end: index + value.length, kind: this.#kinds.length + 1 });
      }
    }
    if (found.length === 0) return found;
    return apart(found.filter((span) => this.#keep.size === 0 || !this.#isKept(text, span)));
  }

  #isKept(text: string, { start, end }: Span): boolean {
    return end - start < 256 && this.#keep.has(text.slice(start, end).toLowerCase());
  }

  #findPatterns(text: string, kind: RedactionKind, nth: number, found: Span[]): void {
    for (const pattern of kind.patterns) {
      for (const match of pattern.sticky ? atLineStarts(text, pattern) : text.matchAll(pattern)) {
        const value = match.groups?.value ?? '';
        const end = match.index + match[0].length;
        if (value === '' || kind.keep.has(value.toLowerCase())) continue;
        found.push({ start: end - value.length, end, kind: nth });
        if (kind.learns === 'yes' && !this.#keep.has(value.toLowerCase())) {
          if (this.#learned.add(value)) this.#learnedKind.set(value.toLowerCase(), nth);
        }
      }
    }
  }
}

function* atLineStarts(text: string, pattern: RegExp): Generator<RegExpExecArray> {
  for (let at = 0; at >= 0 && at < text.length; ) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) yield match;
    const end = text.indexOf('\n', at);
    at = end < 0 ? -1 : end + 1;
  }
}
