/** Names that are told by one part of them: ids of AWS by the word in front of the dash, domains by their last label. */
import { LetterTree, NOWHERE, ROOT } from './letter-tree.ts';
import { LOWER_HEX, NAME, WORD } from './letters.ts';
import type { LiteralGroup } from './literal-set.ts';
import type { RedactionKind } from './profiles.ts';
import type { Span } from './span.ts';
import type { TextPiece } from './text-piece.ts';

/** Of new resources and of old ones. */
const ID_CHARS = 17;
const OLD_ID_CHARS = 8;
const WORD_MAX = 12;
/** Letters of `vol` in front of the serial number of a disk, which is the id of its volume without the dash. */
const SERIAL_WORD_CHARS = 3;

/** @param serials what serial numbers begin with: `vol0`. @param labels words in front of the dash: `eni`, `subnet`. */
export function findIds(
  piece: TextPiece,
  serials: LiteralGroup,
  labels: ReadonlySet<string>,
  kind: number,
  found: Span[],
): void {
  const { text, codes, dashes, dashCount } = piece;
  for (let nth = 0; nth < dashCount; nth++) {
    const at = dashes[nth] as number;
    // Quick: the eighth letter behind the dash is a digit or a to f.
    if (LOWER_HEX[codes[at + OLD_ID_CHARS] as number] === 0) continue;
    let end = at + 1;
    while (end - at <= ID_CHARS && LOWER_HEX[codes[end] as number] === 1) end++;
    const chars = end - at - 1;
    if ((chars !== ID_CHARS && chars !== OLD_ID_CHARS) || WORD[codes[end] as number] === 1) continue;
    let start = at;
    while (start > 0 && at - start < WORD_MAX && WORD[codes[start - 1] as number] === 1) start--;
    if (labels.has(text.slice(start, at))) found.push({ start: at + 1, end, kind });
  }
  for (const id of serials.ids) {
    for (const at of piece.placesOf(id)) {
      if (at > 0 && WORD[codes[at - 1] as number] === 1) continue;
      const start = at + SERIAL_WORD_CHARS;
      let end = start;
      while (LOWER_HEX[codes[end] as number] === 1) end++;
      if (end - start === ID_CHARS && WORD[codes[end] as number] === 0) found.push({ start, end, kind });
    }
  }
}

/** RFC 1035: 253 letters in all. */
const NAME_MAX = 253;
const DASH = 45;
const DOT = 46;
const UNDERSCORE = 95;
const BRACKET = 40;

/** Calls `take` with the last dot and the end of each name that ends in one of the labels. */
function eachName(piece: TextPiece, labels: LetterTree, take: (dot: number, end: number) => void): void {
  const { codes, dots, dotCount } = piece;
  for (let nth = 0; nth < dotCount; nth++) {
    const at = dots[nth] as number;
    let end = at + 1;
    let row = ROOT;
    for (; row !== NOWHERE && WORD[codes[end] as number] === 1; end++) row = labels.next(row, codes[end] as number);
    if (!labels.isEnd(row)) continue;
    const behind = codes[end];
    // A function, a name that goes on.
    if (behind === UNDERSCORE || behind === BRACKET) continue;
    if ((behind === DASH || behind === DOT) && WORD[codes[end + 1] as number] === 1) continue;
    take(at, end);
  }
}

/** @returns where the name begins whose last dot stands at `dot`. */
function nameStart(codes: Uint8Array, dot: number): number {
  let start = dot;
  while (start > 0 && dot - start < NAME_MAX && NAME[codes[start - 1] as number] === 1) start--;
  while (WORD[codes[start] as number] === 0) start++;
  return start;
}

interface KnownNames {
  readonly labels: LetterTree;
  /** From their last letter on. */
  readonly public: LetterTree;
}

const known = new WeakMap<RedactionKind, KnownNames>();

function knownNames(kind: RedactionKind): KnownNames {
  let names = known.get(kind);
  if (names === undefined) {
    names = { labels: new LetterTree(kind.labels, 'forth'), public: new LetterTree(kind.public, 'back') };
    known.set(kind, names);
  }
  return names;
}

/** @param kind `labels` are last labels, `public` names stay with all below them. */
export function findDomains(piece: TextPiece, kind: RedactionKind, nth: number, found: Span[]): void {
  const { codes } = piece;
  const names = knownNames(kind);
  eachName(piece, names.labels, (dot, end) => {
    // Most names of a log are public; of those no start is looked for.
    if (isPublic(codes, dot, end, names.public)) return;
    let start = nameStart(codes, dot);
    // A member of a path or a word of a program: `_kube.io`. Of `_tcp.acme.com` and `db_1.acme.com` all behind the first dot.
    if (start > 0 && codes[start - 1] === UNDERSCORE) {
      while (start < dot && codes[start] !== DOT) start++;
      if (start++ === dot) return;
    }
    found.push({ start, end, kind: nth });
  });
}

/** @returns true when the name that ends at `end` is one of them, or ends in a dot and one of them. */
function isPublic(codes: Uint8Array, dot: number, end: number, names: LetterTree): boolean {
  let row = ROOT;
  for (let at = end - 1; at >= 0; at--) {
    row = names.next(row, codes[at] as number);
    if (row === NOWHERE) return false;
    if (!names.isEnd(row)) continue;
    const before = at === 0 ? 0 : (codes[at - 1] as number);
    if (before === DOT || NAME[before] === 0) return true;
    if (before === DASH && nameStart(codes, dot) === at) return true;
  }
  return false;
}

const COM = new LetterTree(['com'], 'forth');
const REGION = /^[a-z]{2}(?:-[a-z]{2,10}){1,3}-\d$/;

/** `NAME.s3.REGION.amazonaws.com`, `NAME.REGION.elb.amazonaws.com`: all in front of the service and its region. */
export function findServiceHosts(piece: TextPiece, kind: RedactionKind, nth: number, found: Span[]): void {
  eachName(piece, COM, (dot, end) => {
    const start = nameStart(piece.codes, dot);
    const name = piece.text.slice(start, end);
    if (!name.toLowerCase().endsWith('.amazonaws.com')) return;
    const labels = name.split('.').slice(0, -2);
    let own = labels.length;
    for (const [at, label] of labels.entries()) {
      if (at > 0 && (kind.labels.has(label.toLowerCase()) || label.startsWith('s3-'))) {
        own = REGION.test(labels[at - 1] ?? '') ? at - 1 : at;
        break;
      }
    }
    if (own === labels.length || own === 0) return;
    const value = labels.slice(0, own).join('.');
    if (!kind.keep.has(value.toLowerCase())) found.push({ start, end: start + value.length, kind: nth });
  });
}
