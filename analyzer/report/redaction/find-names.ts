/** Names that are told by one part of them: ids of AWS by the word in front of the dash, domains by their last label. */
import { isWord } from './find-addresses.ts';
import type { RedactionKind } from './profiles.ts';
import type { Span } from './span.ts';
import type { TextPiece } from './text-piece.ts';

/** Of new resources and of old ones. */
const ID_CHARS = [17, 8];
const ID_CHARS_MAX = Math.max(...ID_CHARS);
const WORD_MAX = 12;

function isLowerHex(code: number | undefined): boolean {
  return code !== undefined && ((code >= 48 && code <= 57) || (code >= 97 && code <= 102));
}

/** @param labels words in front of the dash: `eni`, `subnet`. */
export function findIds(piece: TextPiece, labels: ReadonlySet<string>, kind: number, found: Span[]): void {
  const { text, codes, dashes, dashCount } = piece;
  for (let nth = 0; nth < dashCount; nth++) {
    const at = dashes[nth] as number;
    // Quick: the eighth letter behind the dash is a digit or a to f.
    if (!isLowerHex(codes[at + 8])) continue;
    let end = at + 1;
    while (end - at <= ID_CHARS_MAX && isLowerHex(codes[end])) end++;
    if (isWord(codes[end]) || !ID_CHARS.includes(end - at - 1)) continue;
    let start = at;
    while (at - start < WORD_MAX && isWord(codes[start - 1])) start--;
    if (labels.has(text.slice(start, at))) found.push({ start: at + 1, end, kind });
  }
}

/** RFC 1035: 253 letters in all. */
const NAME_MAX = 253;
const LABEL_MAX = 24;

function isName(code: number | undefined): boolean {
  return isWord(code) || code === 45 || code === 46;
}

const knownBeginnings = new WeakMap<ReadonlySet<string>, Uint8Array>();

/** @returns 1 for each two letters that a label begins with. Last labels are words of letters, of two or more. */
function beginningsOf(labels: ReadonlySet<string>): Uint8Array {
  let beginnings = knownBeginnings.get(labels);
  if (beginnings === undefined) {
    beginnings = new Uint8Array(26 * 26);
    for (const label of labels) beginnings[(label.charCodeAt(0) - 97) * 26 + label.charCodeAt(1) - 97] = 1;
    knownBeginnings.set(labels, beginnings);
  }
  return beginnings;
}

/** Calls `take` with each name of dots that ends in one of the labels. */
function eachName(piece: TextPiece, labels: ReadonlySet<string>, take: (start: number, end: number) => void): void {
  const { text, codes, dots, dotCount } = piece;
  const beginnings = beginningsOf(labels);
  for (let nth = 0; nth < dotCount; nth++) {
    const at = dots[nth] as number;
    let end = at + 1;
    const first = (codes[end] as number) | 32;
    if (first < 97 || first > 122 || !isWord(codes[at - 1])) continue;
    const second = (codes[end + 1] as number) | 32;
    if (second < 97 || second > 122 || beginnings[(first - 97) * 26 + second - 97] === 0) continue;
    while (end - at <= LABEL_MAX && isWord(codes[end])) end++;
    if (!labels.has(text.slice(at + 1, end).toLowerCase())) continue;
    const behind = codes[end];
    // A longer label, a function, a name that goes on.
    if (behind === 95 || behind === 40 || (behind === 45 && isWord(codes[end + 1]))) continue;
    if (behind === 46 && isWord(codes[end + 1])) continue;
    let start = at;
    while (at - start < NAME_MAX && isName(codes[start - 1])) start--;
    while (start < at && !isWord(codes[start])) start++;
    if (start < at) take(start, end);
  }
}

/** @param kind `labels` are last labels, `public` names stay with all below them. */
export function findDomains(piece: TextPiece, kind: RedactionKind, nth: number, found: Span[]): void {
  eachName(piece, kind.labels, (start, end) => {
    // A value of a variable or a member of a path: `$HOME/x.io`, `_kube.io`.
    if (piece.codes[start - 1] === 95) return;
    if (!isPublic(kind, piece.text.slice(start, end))) found.push({ start, end, kind: nth });
  });
}

/** Logs name the same few domains again and again; a hostile one names many. */
const JUDGED_MAX = 10_000;
const judged = new WeakMap<RedactionKind, Map<string, boolean>>();

function isPublic(kind: RedactionKind, value: string): boolean {
  let known = judged.get(kind);
  if (known === undefined || known.size > JUDGED_MAX) {
    known = new Map();
    judged.set(kind, known);
  }
  let found = known.get(value);
  if (found === undefined) {
    found = endsPublic(kind, value);
    known.set(value, found);
  }
  return found;
}

function endsPublic(kind: RedactionKind, value: string): boolean {
  let name = value.toLowerCase();
  for (;;) {
    if (kind.public.has(name)) return true;
    const dot = name.indexOf('.');
    if (dot < 0) return false;
    name = name.slice(dot + 1);
  }
}

const COM = new Set(['com']);
const REGION = /^[a-z]{2}(?:-[a-z]{2,10}){1,3}-\d$/;

/** `NAME.s3.REGION.amazonaws.com`, `NAME.REGION.elb.amazonaws.com`: all in front of the service and its region. */
export function findServiceHosts(piece: TextPiece, kind: RedactionKind, nth: number, found: Span[]): void {
  eachName(piece, COM, (start, end) => {
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
