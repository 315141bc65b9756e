/**
 * Text in, text with pseudonyms out. A text is cut into pieces of whole lines; a kind is looked for in a piece only when one
 * of its literals stands there, which most do not, and addresses are found by loops of their own.
 */
import {
  findAddresses,
  findColons,
  findDashedMacs,
  findOtherMacs,
  findReversedIPv6,
  REVERSED_END,
} from './find-addresses.ts';
import { findDomains, findIds, findServiceHosts } from './find-names.ts';
import { FormSearch } from './forms.ts';
import { KEY_BEGIN, KEY_END, type KeyBlock, keyLines } from './key-blocks.ts';
import { type LiteralGroup, LiteralSet } from './literal-set.ts';
import { type RedactionKind, redactionProfiles } from './profiles.ts';
import { type NamedKind, Pseudonyms, type RedactionEntry } from './pseudonyms.ts';
import { type Span, apart as spansApart } from './span.ts';
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
  /** Names of machines, replaced wherever they stand by themselves when the profile `network` is chosen. */
  readonly hosts?: readonly string[];
  /** Entries of a first pass over the same text: their values are replaced wherever they stand, in every form they can have. */
  readonly everywhere?: readonly RedactionEntry[];
}

export interface Redactor {
  /** One or more lines; the lines stay lines. Key blocks (PEM) may go on in the next text. */
  redact(text: string): string;
  /** Lines that stand together, and by themselves: no key block goes on in them, or behind them. */
  lines(lines: readonly string[]): readonly string[];
  /** A path of the bundle; the same values get the same pseudonyms, without letters that no file name may have. */
  fileName(path: string): string;
  /** What was replaced so far, by first occurrence. */
  entries(): readonly RedactionEntry[];
}

/** Large enough that looking for literals costs nothing, small enough that a rare literal does not make much text be searched. */
const PIECE_CHARS = 16_384;

/** A line that tells what stands in the one behind it, and one that tells what stands before it: no piece ends there. */
const BEFORE_VALUE = /\b(?:name|key)\\?["']?[ \t]{0,4}:/i;
/** Of such a line; those of logs are longer. */
const TELLING_CHARS = 200;

/** Texts that look like our own pseudonyms are replaced as well: what looks like one always is one. */
const LOOKALIKE =
  /(?<![A-Za-z0-9])(?:host|user|name|word)-\d{1,9}(?![A-Za-z0-9])|(?:user\d{1,9}@)?domain\d{1,9}\.example(?![A-Za-z0-9])|\[secret \d{1,9}: [A-Za-z -]{1,60}\]/g;
const LOOKALIKE_LITERALS = ['host-', 'user-', 'name-', 'word-', '.example', '[secret '];
const HOST_KIND = 'syslog-host';
const LOOKALIKE_KIND: NamedKind = { id: 'lookalike', title: 'text like a pseudonym', pseudonym: { name: 'name' } };
const WORD_KIND: NamedKind = { id: 'word', title: "customer's word", pseudonym: { name: 'word' } };
/** A value as base64, hex digits and the like. */
const ENCODED_KIND: NamedKind = { id: 'encoded', title: 'value in another form', pseudonym: 'secret' };
const OWN_KINDS = [WORD_KIND, LOOKALIKE_KIND, ENCODED_KIND] as const;

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
  const apart = (text: string): string => {
    search.closeBlock();
    const out = redact(text);
    search.closeBlock();
    return out;
  };
  return {
    redact,
    lines: (lines) => {
      const together = apart(lines.join('\n')).split('\n');
      return together.length === lines.length ? together : lines.map(apart);
    },
    fileName: (path) => redactedPath(path, apart),
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
  if (lineEnd < 0) return text.length;
  const line = text.slice(Math.max(text.lastIndexOf('\n', lineEnd - 1) + 1, lineEnd - TELLING_CHARS), lineEnd);
  const next = text.slice(lineEnd + 1, lineEnd + 1 + TELLING_CHARS);
  const isTold = next.includes(KEY_END) || (line.length < TELLING_CHARS && BEFORE_VALUE.test(line));
  const nextEnd = isTold ? text.indexOf('\n', lineEnd + 1) : lineEnd;
  return nextEnd < 0 ? text.length : nextEnd + 1;
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
  /** Of each kind. */
  readonly #literals: readonly LiteralGroup[];
  /** Of each kind, of each of its groups of patterns. */
  readonly #groups: readonly (readonly LiteralGroup[])[];
  readonly #lookalikes: LiteralGroup;
  readonly #keyBegin: LiteralGroup;
  readonly #keyEnd: LiteralGroup;
  readonly #reversedEnd: LiteralGroup;
  readonly #keep: ReadonlySet<string>;
  readonly #words: WordList;
  readonly #learned: WordList;
  readonly #addresses: number;
  readonly #macs: number;
  readonly #keys: number;
  readonly #forms: FormSearch | null;
  readonly #kindIds: ReadonlyMap<string, number>;
  readonly #piece: TextPiece;
  readonly #learnedKind = new Map<string, number>();
  #block: KeyBlock = { open: 'no', lines: 0 };

  constructor(kinds: readonly RedactionKind[], plan: RedactionPlan) {
    this.#kinds = kinds;
    const literals = new LiteralSet();
    this.#literals = kinds.map((kind) => literals.group(kind.literals));
    this.#groups = kinds.map((kind) => kind.groups.map((group) => literals.group(group.literals)));
    this.#lookalikes = literals.group(LOOKALIKE_LITERALS);
    this.#keyBegin = literals.group([KEY_BEGIN]);
    this.#keyEnd = literals.group([KEY_END]);
    this.#reversedEnd = literals.group([REVERSED_END]);
    this.#piece = new TextPiece(literals);
    this.#keep = new Set(plan.keep.map((value) => value.toLowerCase()));
    this.#words = wordList('anywhere', plan.words, literals);
    this.#learned = wordList('whole', [], literals);
    this.#addresses = kinds.findIndex(({ finder }) => finder === 'addresses');
    this.#macs = kinds.findIndex(({ finder }) => finder === 'macs');
    this.#keys = kinds.findIndex(({ id }) => id === 'private-key');
    this.#kindIds = new Map([...kinds, ...OWN_KINDS].map(({ id }, nth) => [id, nth]));
    const sought = (plan.everywhere ?? []).filter(({ kind }) => this.#kindIds.has(kind));
    this.#forms = sought.length === 0 ? null : new FormSearch(sought, [...sought, ...(plan.known ?? [])]);
    const host = kinds.findIndex(({ id }) => id === HOST_KIND);
    if (host < 0) return;
    for (const name of plan.hosts ?? []) this.#learn(name, host);
  }

  kindOf(kind: number): NamedKind {
    return this.#kinds[kind] ?? (OWN_KINDS[kind - this.#kinds.length] as NamedKind);
  }

  closeBlock(): void {
    this.#block = { open: 'no', lines: 0 };
  }

  #learn(value: string, kind: number): void {
    if (this.#keep.has(value.toLowerCase()) || !this.#learned.add(value)) return;
    this.#learnedKind.set(value.toLowerCase(), kind);
  }

  find(text: string): readonly Span[] {
    const found: Span[] = [];
    const piece = this.#piece;
    piece.read(text);
    for (const [nth, kind] of this.#kinds.entries()) {
      const literals = this.#literals[nth] as LiteralGroup;
      if (!piece.holdsAny(literals)) continue;
      if (kind.finder === 'ids') findIds(piece, literals, kind.labels, nth, found);
      else if (kind.finder === 'domains') findDomains(piece, kind, nth, found);
      else if (kind.finder === 'service-hosts') findServiceHosts(piece, kind, nth, found);
      else this.#findPatterns(piece, kind, nth, found);
    }
    if (this.#addresses >= 0) {
      findAddresses(piece, this.#addresses, found);
      if (piece.holdsAny(this.#reversedEnd)) findReversedIPv6(text, this.#addresses, found);
    }
    if (this.#addresses >= 0 || this.#macs >= 0) findColons(piece, this.#addresses, this.#macs, found);
    if (this.#macs >= 0) {
      findDashedMacs(piece, this.#macs, found);
      findOtherMacs(piece, this.#literals[this.#macs] as LiteralGroup, this.#macs, found);
    }
    if (this.#keys >= 0) {
      const marks = { begin: piece.holdsAny(this.#keyBegin), end: piece.holdsAny(this.#keyEnd) };
      this.#block = keyLines(text, marks, this.#block, this.#keys, found);
    }
    findWords(piece, this.#words, () => this.#kinds.length, found);
    findWords(piece, this.#learned, (word) => this.#learnedKind.get(word) ?? 0, found);
    if (piece.holdsAny(this.#lookalikes)) {
      for (const { 0: value, index } of text.matchAll(LOOKALIKE)) {
        found.push({ start: index, end: index + value.length, kind: this.#kinds.length + 1 });
      }
    }
    if (this.#forms !== null) this.#findForms(text, this.#forms, found);
    if (found.length === 0) return found;
    return spansApart(found.filter((span) => this.#keep.size === 0 || !this.#isKept(text, span)));
  }

  #findForms(text: string, forms: FormSearch, found: Span[]): void {
    const bytes = Buffer.from(text, 'utf8');
    const hits = [...forms.find(bytes)].sort((one, two) => one.start - two.start);
    const placeOf = bytes.length === text.length ? (at: number) => at : unitsBefore(bytes);
    const encoded = this.#kindIds.get(ENCODED_KIND.id) as number;
    for (const { entry, form, start, end } of hits) {
      const kind = form.encoding === 'text' ? (this.#kindIds.get(entry.kind) as number) : encoded;
      const from = placeOf(start);
      found.push({ start: from, end: from + bytes.toString('utf8', start, end).length, kind });
    }
  }

  #isKept(text: string, { start, end }: Span): boolean {
    return end - start < 256 && this.#keep.has(text.slice(start, end).toLowerCase());
  }

  #findPatterns(piece: TextPiece, kind: RedactionKind, nth: number, found: Span[]): void {
    const take = (start: number, match: RegExpExecArray): void => {
      const value = match[1] ?? '';
      const end = start + match.index + match[0].length;
      if (value === '' || kind.keep.has(value.toLowerCase())) return;
      found.push({ start: end - value.length, end, kind: nth });
      if (kind.learns === 'yes') this.#learn(value, nth);
    };
    for (const [at, { patterns }] of kind.groups.entries()) {
      const literals = this.#groups[nth]?.[at] as LiteralGroup;
      if (kind.groups.length > 1 && !piece.holdsAny(literals)) continue;
      for (const pattern of patterns) {
        if (pattern.sticky) atLineStarts(piece.text, pattern, (match) => take(0, match));
      }
      const anywhere = patterns.filter(({ sticky }) => !sticky);
      if (anywhere.length === 0) continue;
      piece.eachLine(literals, kind.reach, (start, line) => {
        for (const pattern of anywhere) {
          pattern.lastIndex = 0;
          for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) take(start, match);
        }
      });
    }
  }
}

/** @returns a function from places in UTF-8 to places in the text, to be asked in ascending order. */
function unitsBefore(bytes: Buffer): (at: number) => number {
  let [counted, units] = [0, 0];
  return (at) => {
    units += bytes.toString('utf8', counted, at).length;
    counted = at;
    return units;
  };
}

function atLineStarts(text: string, pattern: RegExp, take: (match: RegExpExecArray) => void): void {
  for (let at = 0; at >= 0 && at < text.length; ) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) take(match);
    const end = text.indexOf('\n', at);
    at = end < 0 ? -1 : end + 1;
  }
}
