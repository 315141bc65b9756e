/**
 * Severity of a log line from its bytes, fast enough to run on every line of an archive. The first mark counts:
 *
 *   E0501 12:00:00.123456       1 file.go:12] msg                      klog, glog: letter I W E F, then the date
 *   2024-05-01T12:00:00.1Z stdout F E0501 12:00:00.123456 ...          the same behind a CRI or journal prefix
 *   time="2024-05-01T12:00:00Z" level=error msg="..."                  logfmt: level, lvl, severity
 *   {"level":"warn","ts":"2024-05-01T12:00:00.123Z",...}               zap JSON (VPC CNI), also in docker's JSON
 *   {"level":50,"time":1714564800123,...}                              pino, bunyan
 *   2024-05-01 12:00:00 [ERROR] plugin/errors: 2 ...                   CoreDNS and others: a word in capitals
 *   2024/05/01 12:00:00 [error] 7#7: *1 open() ...                     nginx, envoy: any case in brackets
 *   2024-05-01 12:00:00.123456 E | etcdserver: ...                     etcd
 *   panic: runtime error: ...                                          Go, where a message starts
 *   <3>Something failed                                                priority (RFC 5424, sd-daemon(3)), if nothing else
 */

export const LINE_SEVERITY = { none: 0, low: 1, warning: 2, error: 3 } as const;
export type LineSeverity = (typeof LINE_SEVERITY)[keyof typeof LINE_SEVERITY];

/** A level stands near the front of a line; looking further costs time and finds words of the message. */
const LOOK_AT_BYTES = 192;

const { none, low, warning, error } = LINE_SEVERITY;

/** Words of levels as they are written in capitals or in brackets. */
const WORDS: readonly (readonly [LineSeverity, readonly string[]])[] = [
  [low, ['TRACE', 'DEBUG', 'DEBU', 'INFO', 'NOTICE']],
  [warning, ['WARN', 'WARNING']],
  [error, ['ERROR', 'ERRO', 'ERR', 'FATAL', 'FATA', 'PANIC', 'DPANIC', 'CRIT', 'CRITICAL', 'ALERT', 'EMERG', 'SEVERE']],
];

/** Starts of values of a level field, where `eror` (log15) and `EMERGENCY` are fine too. */
const VALUE_STARTS: readonly (readonly [LineSeverity, readonly string[]])[] = [
  ...WORDS,
  [low, ['DBUG', 'DBG', 'FINE']],
  [warning, ['WRN']],
  [error, ['EROR']],
];

/** What may follow `ERR`: three letters alone would be found in too many words, and have no gram of four bytes. */
const BEHIND_ERR = ' \t]:|[),">';

/** Names of a level field, all with a `v`, which is rare: where it stands in them, and the longer name first. */
const KEYS = ['levelname', 'level', 'lvl', 'severity'].map((key) => ({ text: Buffer.from(key), at: key.indexOf('v') }));
const PANICS = ['panic:', 'fatal error:'].map((text) => Buffer.from(text));
const STREAMS = ['stdout ', 'stderr '].map((text) => Buffer.from(text));

const LEVEL_OF_LETTER = new Uint8Array(128);
for (const letter of 'EFC') LEVEL_OF_LETTER[letter.charCodeAt(0)] = error;
LEVEL_OF_LETTER[87] = warning;
for (const letter of 'IND') LEVEL_OF_LETTER[letter.charCodeAt(0)] = low;

/** Three letters, without regard to case, as a number below 32768. */
function slotOf(first: number, second: number, third: number): number {
  return ((first & 31) << 10) | ((second & 31) << 5) | (third & 31);
}

function slotOfText(text: string): number {
  return slotOf(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2));
}

const VALUE_LEVELS = new Uint8Array(32768);
for (const [level, starts] of VALUE_STARTS) for (const text of starts) VALUE_LEVELS[slotOfText(text)] = level;

/** By the slot of their first three letters: the rest of each word. */
const WORD_RESTS = new Map<number, readonly Uint8Array[]>();
for (const word of WORDS.flatMap(([, list]) => list)) {
  const rests = WORD_RESTS.get(slotOfText(word)) ?? [];
  WORD_RESTS.set(
    slotOfText(word),
    [...rests, Buffer.from(word.slice(3))].sort((one, two) => two.length - one.length),
  );
}

/** What a byte may be the mark of; most bytes are nothing. */
const CLASS = { capital: 1, key: 2, open: 3, close: 4 } as const;
/** A level begins with one of them. */
const CAPITALS = 'ACDEFINPSTW';
const MARKS = new Uint8Array(256);
for (const letter of CAPITALS) MARKS[letter.charCodeAt(0)] = CLASS.capital;
MARKS[118] = CLASS.key;
MARKS[91] = CLASS.open;
MARKS[93] = CLASS.close;

/**
 * @param bytes block of text, `start..end` one line without its ending.
 * @param from where to begin looking: behind a stamp at the front of the line, which holds no mark; else `start`.
 * @returns 0 when the line names no level (command output, stack traces, kernel lines).
 */
export function lineSeverity(bytes: Uint8Array, start: number, end: number, from: number = start): LineSeverity {
  if (panicAt(bytes, start, end)) return error;
  const limit = Math.min(end, start + LOOK_AT_BYTES);
  for (let at = from; at < limit; at++) {
    const mark = MARKS[bytes[at] as number] as number;
    if (mark === 0) continue;
    const level = levelAt(bytes, at, start, end, mark);
    if (level !== none) return level as LineSeverity;
  }
  return bytes[start] === 60 ? ofPriority(bytes, start, end) : none;
}

/**
 * MARKS of a byte (times 256) and the one behind it, where that one lets the mark be one. Most capitals begin a word of
 * the message, and are done with here.
 */
const PAIRS = new Uint8Array(65536);
// Each thread makes it while it starts: only the pairs that are marks are gone through.
for (const [byte, mark] of MARKS.entries()) {
  for (const next of mark === 0 ? '' : nextOfMark(byte, mark)) PAIRS[(byte << 8) | next.charCodeAt(0)] = mark;
}

/** @returns the letters of which levelAt asks that one follows. */
function nextOfMark(byte: number, mark: number): string {
  switch (mark) {
    case CLASS.capital: {
      const words = WORDS.flatMap(([, list]) => list).filter((word) => word.charCodeAt(0) === byte);
      return ` 0123456789${words.map((word) => word[1]).join('')}`;
    }
    case CLASS.key:
      return KEYS.map(({ text, at }) => String.fromCharCode(text[at + 1] as number)).join('');
    case CLASS.open:
      return `${CAPITALS}${CAPITALS.toLowerCase()}`;
    default:
      return `:${CAPITALS}`;
  }
}

/** Bit 7 of each byte of a word; bit 6, which without bit 5 means capitals, brackets and few other signs; every byte a v. */
const HIGH_BITS = 0x80808080 | 0;
const CAPITAL_BITS = 0x40404040;
const ONES = 0x01010101;
const LETTERS_V = 0x76767676;

/**
 * The same as lineSeverity, four bytes at a time.
 * @param words the same memory as `bytes`, little-endian.
 */
export function wordSeverity(
  bytes: Uint8Array,
  words: Int32Array,
  start: number,
  end: number,
  from: number,
): LineSeverity {
  if (panicAt(bytes, start, end)) return error;
  const limit = Math.min(end, start + LOOK_AT_BYTES);
  let carry = 0;
  // The first word may begin with the end of another file, which need not be a line feed.
  let kept = -1 << ((from & 3) << 3);
  for (let index = from >> 2; index << 2 < limit; index++) {
    const word = (words[index] as number) & kept;
    kept = -1;
    const capitals = word & ~(word << 1) & CAPITAL_BITS;
    const other = word ^ LETTERS_V;
    let found = (other - ONES) & ~other & HIGH_BITS;
    if ((found | capitals) === 0) {
      carry = 0;
      continue;
    }
    // Of capitals in a row only the first can begin a mark; X to ] have bits 3 and 4 too, and brackets always count.
    const brackets = capitals & (word << 2) & (word << 3);
    found |= (capitals & ~((capitals << 8) | carry)) | brackets;
    carry = capitals >>> 24;
    while (found !== 0) {
      const at = (index << 2) + ((31 - Math.clz32(found & -found)) >> 3);
      found &= found - 1;
      const mark = PAIRS[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] as number;
      if (mark === 0 || at >= limit) continue;
      const level = levelAt(bytes, at, start, end, mark);
      if (level !== none) return level as LineSeverity;
    }
  }
  return bytes[start] === 60 ? ofPriority(bytes, start, end) : none;
}

function levelAt(bytes: Uint8Array, at: number, start: number, end: number, mark: number): number {
  switch (mark) {
    case CLASS.capital:
      return capitalAt(bytes, at, start, end);
    case CLASS.key:
      return keyAt(bytes, at, start, end);
    case CLASS.open:
      return bracketedAt(bytes, at + 1, end) || capitalBehind(bytes, at, start, end);
    case CLASS.close:
      if (bytes[at + 1] !== 58) return capitalBehind(bytes, at, start, end);
      return bytes[at + 2] === 32 && panicAt(bytes, at + 3, end) ? error : none;
    default:
      return none;
  }
}

function capitalBehind(bytes: Uint8Array, at: number, start: number, end: number): number {
  return MARKS[bytes[at + 1] as number] === CLASS.capital ? capitalAt(bytes, at + 1, start, end) : none;
}

/** A klog header, a level word, etcd's letter, or the flag of a CRI line with a panic behind it. */
function capitalAt(bytes: Uint8Array, at: number, start: number, end: number): number {
  const before = at === start ? 32 : (bytes[at - 1] as number);
  const next = bytes[at + 1] as number;
  if (next >= 48 && next <= 57) {
    if (before !== 32 && before !== 34 && before !== 9) return none;
    return isKlog(bytes, at, end) ? (LEVEL_OF_LETTER[bytes[at] as number] as number) : none;
  }
  if (next === 32) return before === 32 ? letterAlone(bytes, at, start, end) : none;
  if (next < 65 || next > 90 || NOT_BEFORE_WORD[before] !== 0) return none;
  return wordAt(bytes, at, end);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** `E0501 12:` or `E20240501 12:`, with a month and a day that may be. */
function isKlog(bytes: Uint8Array, at: number, end: number): boolean {
  const letter = bytes[at];
  if (letter !== 73 && letter !== 87 && letter !== 69 && letter !== 70) return false;
  let date = at + 1;
  while (date < at + 9 && isDigit(bytes[date])) date += 1;
  date -= 4;
  if ((date !== at + 1 && date !== at + 5) || date + 8 > end || bytes[date + 4] !== 32 || bytes[date + 7] !== 58) {
    return false;
  }
  const month = ((bytes[date] as number) - 48) * 10 + (bytes[date + 1] as number) - 48;
  return (
    month >= 1 &&
    month <= 12 &&
    (bytes[date + 2] as number) <= 51 &&
    isDigit(bytes[date + 5]) &&
    isDigit(bytes[date + 6])
  );
}

/** `E | ` of etcd; `stderr F panic:` of CRI. */
function letterAlone(bytes: Uint8Array, at: number, start: number, end: number): number {
  const letter = bytes[at] as number;
  if (bytes[at + 2] === 124 && bytes[at + 3] === 32 && at + 4 <= end) return LEVEL_OF_LETTER[letter] as number;
  if ((letter !== 70 && letter !== 80) || at - 7 < start) return none;
  if (!panicAt(bytes, at + 2, end)) return none;
  return holdsAny(bytes, at - 7, at, STREAMS) ? error : none;
}

/** Bytes before which capitals are part of a name: `KUBE_ERROR`, `/ERROR`, `level=ERROR` (whose key decides). */
const NOT_BEFORE_WORD = new Uint8Array(256);
/** Bytes that make a key another key: `--log-level=error` in a command line is a setting. */
const NOT_BEFORE_KEY = new Uint8Array(256);
/** Bytes behind which a word is longer, or the name of something. */
const NOT_BEHIND_WORD = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const letter = (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte === 95;
  if (byte > 127) NOT_BEFORE_WORD[byte] = 1;
  if (!letter) continue;
  for (const table of [NOT_BEFORE_WORD, NOT_BEFORE_KEY, NOT_BEHIND_WORD]) table[byte] = 1;
}
for (const mark of '=-./%@\\^') NOT_BEFORE_WORD[mark.charCodeAt(0)] = 1;
NOT_BEFORE_KEY[45] = 1;
NOT_BEHIND_WORD[61] = 1;

/** Any of WORDS, in capitals. */
function wordAt(bytes: Uint8Array, at: number, end: number): number {
  const third = bytes[at + 2] as number;
  if (third < 65 || third > 90) return none;
  const length = wordLength(bytes, at, end, 0xff);
  if (length === 0) return none;
  if (length === 3 && !standsAlone(bytes, at, end)) return none;
  if (at + length < end && NOT_BEHIND_WORD[bytes[at + length] as number] !== 0) return none;
  return levelOfSlot(bytes, at);
}

/** `ERR` as a level; not `ERR:          0` of /proc/interrupts. */
function standsAlone(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 3 >= end || !BEHIND_ERR.includes(String.fromCharCode(bytes[at + 3] as number))) return false;
  return bytes[at + 3] !== 58 || at + 5 >= end || bytes[at + 4] !== 32 || bytes[at + 5] !== 32;
}

/** Any of WORDS in any case, up to the closing bracket. */
function bracketedAt(bytes: Uint8Array, at: number, end: number): number {
  const length = wordLength(bytes, at, end, 0xdf);
  return length > 0 && at + length < end && bytes[at + length] === 93 ? levelOfSlot(bytes, at) : none;
}

function levelOfSlot(bytes: Uint8Array, at: number): number {
  return VALUE_LEVELS[slotOf(bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number)] as number;
}

/** @returns bytes of the longest of WORDS that stands at `at` (`fold` takes the case away), 0 without one. */
function wordLength(bytes: Uint8Array, at: number, end: number, fold: number): number {
  if (at + 3 > end) return 0;
  const first = (bytes[at] as number) & fold;
  const second = (bytes[at + 1] as number) & fold;
  const third = (bytes[at + 2] as number) & fold;
  if (VALUE_LEVELS[slotOf(first, second, third)] === 0) return 0;
  if (first < 65 || first > 90 || second < 65 || second > 90 || third < 65 || third > 90) return 0;
  for (const rest of WORD_RESTS.get(slotOf(first, second, third)) ?? []) {
    let index = 0;
    while (index < rest.length && ((bytes[at + 3 + index] as number) & fold) === rest[index]) index += 1;
    if (index === rest.length && at + 3 + index <= end) return 3 + index;
  }
  return 0;
}

/** One of KEYS with its `v` at `at`, not the end of another word, and its value: `level=`, `"level":`, `\"level\":`. */
function keyAt(bytes: Uint8Array, at: number, start: number, end: number): number {
  const before = bytes[at - 1];
  if (before !== 101 && before !== 108) return none;
  for (const key of KEYS) {
    const from = at - key.at;
    if (from < start || !holds(bytes, from, end, key.text)) continue;
    if (from > start && NOT_BEFORE_KEY[bytes[from - 1] as number] !== 0) return none;
    const behind = from + key.text.length;
    if (bytes[behind] === 61) return valueAt(bytes, behind + 1, end);
    const quote = bytes[behind] === 92 ? behind + 1 : behind;
    return bytes[quote] === 34 && bytes[quote + 1] === 58 ? valueAt(bytes, quote + 2, end) : none;
  }
  return none;
}

/** `error`, `"warn"`, `\"info\"`, or one of pino's numbers. */
function valueAt(bytes: Uint8Array, at: number, end: number): number {
  let from = at;
  while (from < end && from < at + 4 && (bytes[from] === 34 || bytes[from] === 92 || bytes[from] === 32)) from += 1;
  if (from + 3 > end) return none;
  if (isDigit(bytes[from])) {
    const tens = (bytes[from] as number) - 48;
    if (bytes[from + 1] !== 48 || isDigit(bytes[from + 2]) || tens === 0 || tens > 6) return none;
    return tens >= 5 ? error : tens === 4 ? warning : low;
  }
  const letters = isLetter(bytes[from]) && isLetter(bytes[from + 1]) && isLetter(bytes[from + 2]);
  return letters ? levelOfSlot(bytes, from) : none;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xdf) >= 65 && (byte & 0xdf) <= 90;
}

function panicAt(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at];
  return (first === 112 || first === 102) && holdsAny(bytes, at, end, PANICS);
}

/** A loop, because this is asked of every line: an expression with a closure costs memory in each call of its function. */
function holdsAny(bytes: Uint8Array, at: number, end: number, texts: readonly Uint8Array[]): boolean {
  for (let nth = 0; nth < texts.length; nth++) if (holds(bytes, at, end, texts[nth] as Uint8Array)) return true;
  return false;
}

/** The text stands at `at` and ends at or before `end`. */
function holds(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false;
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
  return true;
}

/** `<3>`, `<13>`, `<191>`: the last three bits are the severity, emergency 0 to debug 7. */
function ofPriority(bytes: Uint8Array, start: number, end: number): LineSeverity {
  let at = start + 1;
  let value = 0;
  while (at < end && at < start + 4 && isDigit(bytes[at])) {
    value = value * 10 + (bytes[at] as number) - 48;
    at += 1;
  }
  if (at === start + 1 || at >= end || bytes[at] !== 62 || value > 191) return none;
  const level = value & 7;
  return level < 4 ? error : level === 4 ? warning : low;
}
