/**
 * Addresses in text, in each of their spellings: 10.0.1.2, fd00::1, 10-0-1-2 (names of instances and pods), ip-0a000102,
 * 2.1.0.10.in-addr.arpa, and MACs. One pass for each of `.`, `:` and `-`: most of a log has none of these near digits.
 */
import { type AddressBytes, hexOf, printAddress, printExpanded, readIPv4, readIPv6 } from './address-text.ts';
import { DIGIT, HEX, WORD } from './letters.ts';
import type { LiteralGroup } from './literal-set.ts';
import type { Span } from './span.ts';
import type { TextPiece } from './text-piece.ts';

const DOT = 46;
const COLON = 58;
const DASH = 45;
const SLASH = 47;
const ZERO = 48;
const TWO = 50;

const MAC_CHARS = 17;
export const MAC_BYTES = 6;

/** ::ffff: and the longest dotted address; a longer run of such letters is something else. */
const RUN_MAX = 64;

/** @returns where four numbers of an address that begin at `start` end, or 0: none is larger than 255. */
function fourNumbersEnd(codes: Uint8Array, start: number, separator: number): number {
  let at = start;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && codes[at++] !== separator) return 0;
    let number = 0;
    const first = at;
    for (; DIGIT[codes[at] as number] === 1; at++) {
      if (at - first === 3) return 0;
      number = number * 10 + (codes[at] as number) - 48;
    }
    if (at === first || number > 255) return 0;
  }
  return at;
}

const MORE_NUMBERS = /\.\d{1,10}\.\d/y;
const REVERSED = /\.in-addr\.arpa/iy;
const LENGTH = /\/(\d{1,3})(?![\d.])/y;

export function standsAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

export function findAddresses(piece: TextPiece, kind: number, found: Span[]): void {
  findDotted(piece, kind, found);
  findDashed(piece, kind, found);
}

function findDotted(piece: TextPiece, kind: number, found: Span[]): void {
  const { text, codes, dots, dotCount } = piece;
  let passed = -1;
  for (let nth = 0; nth < dotCount; nth++) {
    const at = dots[nth] as number;
    if (at <= passed) continue;
    if (DIGIT[codes[at - 1] as number] === 0 || DIGIT[codes[at + 1] as number] === 0) continue;
    if (codes[at + 2] !== DOT && codes[at + 3] !== DOT && codes[at + 4] !== DOT) continue;
    const start = numberStart(codes, at);
    if (start < 0 || (start > 1 && codes[start - 1] === DOT && DIGIT[codes[start - 2] as number] === 1)) continue;
    let end = fourNumbersEnd(codes, start, DOT);
    if (end === 0) continue;
    const behind = codes[end];
    if (behind === DOT && standsAt(MORE_NUMBERS, text, end) !== null) {
      while (DIGIT[codes[end] as number] === 1 || codes[end] === DOT) end++;
      passed = end - 1;
      continue;
    }
    if (behind === DOT && standsAt(REVERSED, text, end) !== null) end += '.in-addr.arpa'.length;
    else if (isVersion(piece, start, end)) continue;
    else if (behind === SLASH) end += networkLength(text, end, 32);
    found.push({ start, end, kind });
    passed = end - 1;
  }
}

/** @returns where the number begins that ends before `at`, or -1 when it has more than three digits. */
function numberStart(codes: Uint8Array, at: number): number {
  let start = at - 1;
  while (start > 0 && start > at - 4 && DIGIT[codes[start - 1] as number] === 1) start--;
  return start === at - 4 ? -1 : start;
}

/** `/len` belongs to the value, so that the bits behind it can stay zeros. */
function networkLength(text: string, at: number, bits: number): number {
  const length = standsAt(LENGTH, text, at);
  return length !== null && Number(length[1]) < bits && Number(length[1]) > 0 ? length[0].length : 0;
}

const VERSION_BEFORE = /(?:(?<![A-Za-z0-9])v|\bversion[ :="']{1,3}|\bkernel[ -])$/i;
/** What such a word ends with. */
const VERSION_LAST = Uint8Array.from({ length: 256 }, (_, code) =>
  /[vV :="'-]/.test(String.fromCharCode(code)) ? 1 : 0,
);
const PACKAGE_BEHIND = /-\d[\w.]{0,20}\.(?:amzn|el\d|fc\d|x86_64|aarch64|noarch)/y;
const PRIVATE = /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** Only where the text says so; an address that no version looks like is none whatever stands before it. */
function isVersion({ text, codes }: TextPiece, start: number, end: number): boolean {
  const sayable = codes[end] === DASH || (start > 0 && VERSION_LAST[codes[start - 1] as number] === 1);
  if (!sayable || PRIVATE.test(text.slice(start, end))) return false;
  return (
    VERSION_BEFORE.test(text.slice(Math.max(0, start - 12), start)) || standsAt(PACKAGE_BEHIND, text, end) !== null
  );
}

const IP_BEFORE = /(?<![0-9a-z])ip-$/i;
const HEX_NAME = /[0-9a-f]{8}(?![0-9A-Za-z])/iy;

function findDashed(piece: TextPiece, kind: number, found: Span[]): void {
  const { text, codes, dashes, dashCount } = piece;
  let passed = -1;
  for (let nth = 0; nth < dashCount; nth++) {
    const at = dashes[nth] as number;
    if (at <= passed) continue;
    const before = codes[at - 1] as number;
    if ((before | 32) === 112) {
      if (at < 2 || ((codes[at - 2] as number) | 32) !== 105) continue;
      if (at > 2 && WORD[codes[at - 3] as number] === 1) continue;
      const name = standsAt(HEX_NAME, text, at + 1);
      if (name !== null) found.push({ start: at + 1, end: at + 9, kind });
      continue;
    }
    if (DIGIT[before] === 0 || DIGIT[codes[at + 1] as number] === 0) continue;
    let start = at - 1;
    while (start > 0 && start > at - 4 && DIGIT[codes[start - 1] as number] === 1) start--;
    // The 2 of `ec2-52-1-2-3` is no number.
    if (start === at - 1 && isEc2(codes, start)) start = at + 1;
    let end = at + 1;
    let parts = 1;
    for (; end - start < RUN_MAX; end++) {
      if (codes[end] === DASH) parts++;
      else if (DIGIT[codes[end] as number] === 0) break;
    }
    while (codes[end - 1] === DASH) end--;
    passed = end - 1;
    // Most runs are dates.
    if (parts < 3 || (start > 0 && DIGIT[codes[start - 1] as number] === 1)) continue;
    const numbersEnd = fourNumbersEnd(codes, start, DASH);
    if (numbersEnd === 0 || numbersEnd > end) continue;
    // More numbers may follow where the name says that it is an address: `sosreport-ip-10-0-1-2-2026-03-02`.
    if (numbersEnd === end || IP_BEFORE.test(text.slice(Math.max(0, start - 4), start))) {
      found.push({ start, end: numbersEnd, kind });
    }
  }
}

/** @returns true when the digit at `at` ends the word `ec2`. */
function isEc2(codes: Uint8Array, at: number): boolean {
  if (codes[at] !== TWO || at < 2) return false;
  if (((codes[at - 1] as number) | 32) !== 99 || ((codes[at - 2] as number) | 32) !== 101) return false;
  return at === 2 || WORD[codes[at - 3] as number] === 0;
}

/** Stands in every text that has a reversed address of IPv6. */
export const REVERSED_END = '.ip6.arpa';
const REVERSED_V6 = /(?:[0-9a-f]\.){32}ip6\.arpa$/i;

export function findReversedIPv6(text: string, kind: number, found: Span[]): void {
  const end = REVERSED_END.length;
  for (let at = text.indexOf(REVERSED_END); at >= 0; at = text.indexOf(REVERSED_END, at + 1)) {
    const start = at - 63;
    if (start >= 0 && REVERSED_V6.test(text.slice(start, at + end))) found.push({ start, end: at + end, kind });
  }
}

/** Both look like hex digits with colons. @param macKind, kind -1 when that kind is not wanted. */
export function findColons(piece: TextPiece, kind: number, macKind: number, found: Span[]): void {
  const { codes, colons, colonCount } = piece;
  let passed = -1;
  for (let nth = 0; nth < colonCount; nth++) {
    const at = colons[nth] as number;
    if (at <= passed) continue;
    let start = at;
    while (start > 0 && at - start < 4 && HEX[codes[start - 1] as number] === 1) start--;
    let end = at + 1;
    let doubles = 0;
    for (; end - start < RUN_MAX; end++) {
      if (HEX[codes[end] as number] === 1) continue;
      if (codes[end] !== COLON) break;
      if (codes[end - 1] === COLON) doubles++;
    }
    // A time has two colons apart.
    if (end - start > 8 || doubles > 0) readRun(piece, start, end, kind, macKind, found);
    passed = end - 1;
  }
}

const PAIRS = /^(?:[0-9a-f]{2}:){5,13}[0-9a-f]{2}$/i;
const DOTTED_END = /(?:\.\d{1,3}){3}(?![\d.])/y;

function readRun(piece: TextPiece, from: number, to: number, kind: number, macKind: number, found: Span[]): void {
  const { text, codes } = piece;
  let start = from;
  let end = to;
  // The word before the first colon is no group: `peer:fd00::1`.
  if (start > 0 && WORD[codes[start - 1] as number] === 1) start = text.indexOf(':', start) + 1;
  if (codes[start] === COLON && codes[start + 1] !== COLON) start++;
  while (codes[end - 1] === COLON && codes[end - 2] !== COLON) end--;
  if (end - start < 2) return;
  const run = text.slice(start, end);
  const groups = run.split(':').length;
  if (PAIRS.test(run) && groups !== 8) {
    if (macKind < 0) return;
    // iptables prints both MACs and the type in one; a client id of DHCP begins with its type.
    const first = groups === 7 ? start + 3 : start;
    if (groups > 7 && groups !== 14) return;
    for (let mac = first; mac + 17 <= end; mac += 18) pushMac(codes, mac, macKind, found);
    return;
  }
  if (kind < 0) return;
  const dotted = standsAt(DOTTED_END, text, end);
  if (dotted !== null) end += dotted[0].length;
  let address = text.slice(start, end);
  // A port behind eight groups.
  if (groups === 9 && !address.includes('::')) address = address.slice(0, address.lastIndexOf(':'));
  if (!address.includes('::') && groups < 7) return;
  if (readIPv6(address) === null) return;
  const stop = start + address.length;
  // Numbers and no comment in front of a home folder: `jane:x:1000:1000::/opt`. A length is a number.
  if (address.endsWith('::') && codes[stop] === SLASH && DIGIT[codes[stop + 1] as number] === 0) return;
  found.push({ start, end: stop + networkLength(text, stop, 128), kind });
}

function pushMac(codes: Uint8Array, start: number, kind: number, found: Span[]): void {
  // Of groups and of nobody: 01:00:5e, 33:33, broadcast, zeros. The last bit of a hex digit: of 1 to 9 that of its code, of a to f the other.
  const digit = codes[start + 1] as number;
  if (((DIGIT[digit] === 1 ? digit : digit + 1) & 1) === 1) return;
  for (let at = start; at < start + MAC_CHARS; at++) {
    if (HEX[codes[at] as number] === 1 && codes[at] !== ZERO) {
      found.push({ start, end: start + MAC_CHARS, kind });
      return;
    }
  }
}

/** @returns the bytes of a MAC with any separator, or none. */
export function macBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/[:.-]/g, ''), 'hex'));
}

/** @returns the bytes of a MAC, written as another one is. */
export function macLike(original: string, bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  let mac = hex;
  const separator = original.charAt(2);
  if (separator === ':' || separator === '-') mac = hex.replace(/..(?=.)/g, `$&${separator}`);
  else if (original.includes('.')) mac = hex.replace(/....(?=.)/g, '$&.');
  return /[A-F]/.test(original) ? mac.toUpperCase() : mac;
}

/** Behind `enx`, which is what systemd calls an interface that it has no other name for: `enx0a1122334455`. */
const PLAIN_MAC = /[0-9a-f]{12}(?![0-9A-Za-z])/y;
const PLAIN_MAC_CHARS = 12;
/** `0a11.2233.4455`, with a letter in it: numbers with dots are something else. */
const DOTTED_MAC = /(?=[0-9.]*[a-f])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![0-9A-Za-z]|\.[0-9A-Za-z])/iy;

/** @param names what names begin with that end with a MAC: `enx`. */
export function findOtherMacs(piece: TextPiece, names: LiteralGroup, kind: number, found: Span[]): void {
  const { text, codes, dots, dotCount } = piece;
  for (const id of names.ids) {
    for (const at of piece.placesOf(id)) {
      const start = at + 'enx'.length;
      if ((at > 0 && WORD[codes[at - 1] as number] === 1) || standsAt(PLAIN_MAC, text, start) === null) continue;
      found.push({ start, end: start + PLAIN_MAC_CHARS, kind });
    }
  }
  for (let nth = 0; nth < dotCount; nth++) {
    const at = dots[nth] as number;
    if (codes[at + 5] !== DOT || at < 4) continue;
    const before = at === 4 ? 0 : (codes[at - 5] as number);
    if (WORD[before] === 1 || before === DOT || standsAt(DOTTED_MAC, text, at - 4) === null) continue;
    found.push({ start: at - 4, end: at + 10, kind });
  }
}

const DASHED_MAC = /[0-9a-f]{2}(?:-[0-9a-f]{2}){5}(?![0-9A-Za-z-])/iy;

export function findDashedMacs(piece: TextPiece, kind: number, found: Span[]): void {
  const { text, codes, dashes, dashCount } = piece;
  let passed = -1;
  for (let nth = 0; nth < dashCount; nth++) {
    const at = dashes[nth] as number;
    if (codes[at + 3] !== DASH || codes[at + 6] !== DASH || at < 2 || at <= passed) continue;
    const before = at === 2 ? 0 : (codes[at - 3] as number);
    if (WORD[before] === 1 || before === DASH || standsAt(DASHED_MAC, text, at - 2) === null) continue;
    pushMac(codes, at - 2, kind, found);
    passed = at + 15;
  }
}

/** An address as it stood in the text, and how to write another one the same way. */
export interface SpelledAddress {
  readonly bytes: AddressBytes;
  /** Bits of the network, null without `/len`. */
  readonly length: number | null;
  write(bytes: AddressBytes): string;
}

/** @returns the address in a value that a finder has found, or null. */
export function readSpelled(value: string): SpelledAddress | null {
  // By far most of them.
  const plain = readIPv4(value);
  if (plain !== null) return { bytes: plain, length: null, write: printAddress };
  if (/arpa$/i.test(value)) return readReversed(value);
  const [address = '', after] = value.split('/');
  const length = after === undefined ? null : Number(after);
  const tail = after === undefined ? '' : `/${after}`;
  if (address.includes(':')) {
    const bytes = readIPv6(address);
    const write = (one: AddressBytes): string => likeWritten(address, one) + tail;
    return bytes === null ? null : { bytes, length, write };
  }
  if (/^[0-9a-f]{8}$/i.test(address)) {
    const upper = /[A-F]/.test(address);
    const write = (one: AddressBytes): string => (upper ? hexOf(one).toUpperCase() : hexOf(one));
    return { bytes: Uint8Array.from(Buffer.from(address, 'hex')), length: null, write };
  }
  const separator = address.includes('-') ? '-' : '.';
  const bytes = readIPv4(address, separator);
  return bytes === null ? null : { bytes, length, write: (one) => one.join(separator) + tail };
}

/** Upper case and all digits are kept, so that two spellings of one address never become one. */
function likeWritten(address: string, bytes: AddressBytes): string {
  const expanded = !address.includes('::') && address.length === 39;
  const text = expanded ? printExpanded(bytes) : printAddress(bytes);
  return /[A-F]/.test(address) ? text.toUpperCase() : text;
}

function readReversed(value: string): SpelledAddress | null {
  const labels = value.split('.');
  const tail = `.${labels.slice(-2).join('.')}`;
  const own = labels.slice(0, -2).reverse();
  if (own.length === 4) {
    const bytes = readIPv4(own.join('.'));
    return bytes === null ? null : { bytes, length: null, write: (one) => [...one].reverse().join('.') + tail };
  }
  const bytes = Uint8Array.from(Buffer.from(own.join(''), 'hex'));
  if (bytes.length !== 16) return null;
  return { bytes, length: null, write: (one) => [...hexOf(one)].reverse().join('.') + tail };
}
