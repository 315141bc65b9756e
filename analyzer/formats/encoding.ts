/**
 * The encoding of a file by its first bytes. UTF-8 unless something speaks against it: a byte order mark, the zeros of
 * UTF-16, or bytes that UTF-8 cannot hold in more than isolated places. Samples (hex):
 *
 *   ff fe 45 00 30 00            "E0" in UTF-16LE with its mark (PowerShell's redirection writes this)
 *   45 00 72 00 72 00            "Err" in UTF-16LE without one
 *   47 72 fc df 65               "Grüße" in windows-1252
 *
 * Names are those of the Encoding Standard (WHATWG), which TextDecoder takes; the two of UTF-32 are read by
 * transcoder.ts. ISO-8859-1 is called windows-1252 there, and is its subset; so are 8859-8 and 8859-9 of 1255 and 1254.
 */
import { isAscii } from 'node:buffer';
import { analyse } from 'chardet';

export interface DetectedEncoding {
  /** Lower case: `utf-8`, `utf-16le`, `utf-32be`, `windows-1252`, `shift_jis` ... */
  readonly encoding: string;
  readonly because: string;
  /** Bytes of the byte order mark at the start, 0 without one. */
  readonly bom: number;
}

/** The longest mark first: that of UTF-16LE is the beginning of that of UTF-32LE. */
const MARKS: readonly { readonly encoding: string; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-32le', bytes: [0xff, 0xfe, 0x00, 0x00] },
  { encoding: 'utf-32be', bytes: [0x00, 0x00, 0xfe, 0xff] },
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/** Pairs that must hold a zero in the same half: text in any script has its blanks, digits and line ends so. */
const ZERO_HALF_MIN = 0.25;
/** Zeros in the other half: characters like U+0100 or U+2000, and damage. */
const OTHER_HALF_MAX = 0.02;
/** Fewer pairs show no pattern. */
const PAIRS_MIN = 4;

/** A damaged log holds a wrong byte here and there; a text in another encoding one in every few words. */
const BAD_BYTES_PER_HEAD = 1 / 4096;
/** So many well-formed characters for each malformed one are no chance: the text is UTF-8 and damaged. */
const GOOD_FOR_ONE_BAD = 4;

/**
 * Lines of plain ASCII say nothing of the encoding and drown the others: detection gets at most this of the rest. A few
 * lines are enough, and its time grows with them (about a millisecond for each KB, in archives of many thousand files).
 */
const DETECT_BYTES = 1024;

/** What chardet gives to whatever could be an encoding at all: it says nothing. */
const CONFIDENCE_OF_ANY = 10;
/**
 * A word or two in other letters fit several encodings of one byte: then windows-1252, which most logs beyond ASCII and
 * UTF-8 are in, unless much speaks for another one.
 */
const FEW_LETTERS = 4;
const CONFIDENCE_FOR_FEW_MIN = 60;
const USUAL = 'windows-1252';
/** It has no letters there. */
const NOT_OF_USUAL: readonly number[] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** What chardet names but the Encoding Standard calls otherwise. Encodings that are missing here are not read. */
const BY_DETECTOR_NAME: Readonly<Record<string, string>> = {
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-2': 'iso-8859-2',
  'ISO-8859-5': 'iso-8859-5',
  'ISO-8859-6': 'iso-8859-6',
  'ISO-8859-7': 'iso-8859-7',
  'ISO-8859-8': 'windows-1255',
  'ISO-8859-9': 'windows-1254',
  'windows-1250': 'windows-1250',
  'windows-1251': 'windows-1251',
  'windows-1252': 'windows-1252',
  'windows-1253': 'windows-1253',
  'windows-1254': 'windows-1254',
  'windows-1255': 'windows-1255',
  'windows-1256': 'windows-1256',
  'windows-1257': 'windows-1257',
  'windows-1258': 'windows-1258',
  'windows-874': 'windows-874',
  'KOI8-R': 'koi8-r',
  Big5: 'big5',
  'EUC-JP': 'euc-jp',
  'EUC-KR': 'euc-kr',
  GB18030: 'gb18030',
  Shift_JIS: 'shift_jis',
};

/** @param head first bytes of a file that is text. @returns its encoding; never throws. */
export function detectEncoding(head: Uint8Array): DetectedEncoding {
  const shown = unicodeOf(head);
  if (shown !== null) return shown;
  if (isAscii(head)) return { encoding: 'utf-8', because: 'ASCII', bom: 0 };
  const { good, bad } = utf8Census(head);
  // A character that the head cuts off is neither.
  if (bad === 0) return { encoding: 'utf-8', because: good === 0 ? 'ASCII' : 'valid UTF-8', bom: 0 };
  if (good >= GOOD_FOR_ONE_BAD * bad || bad <= head.length * BAD_BYTES_PER_HEAD) {
    return { encoding: 'utf-8', because: `UTF-8 with ${bad} malformed ${bad === 1 ? 'place' : 'places'}`, bom: 0 };
  }
  return byDetector(linesBeyondAscii(head));
}

/** @returns the encoding when a byte order mark or the zeros of UTF-16 show it, else null. */
export function unicodeOf(head: Uint8Array): DetectedEncoding | null {
  const mark = MARKS.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (mark !== undefined) {
    return { encoding: mark.encoding, because: `byte order mark of ${mark.encoding}`, bom: mark.bytes.length };
  }
  const wide = utf16ByZeros(head);
  return wide === null ? null : { encoding: wide, because: `zeros in every other byte, as in ${wide}`, bom: 0 };
}

function utf16ByZeros(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const pairs = head.length >> 1;
  if (pairs < PAIRS_MIN || !head.includes(0)) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < pairs * 2; at += 2) {
    if (head[at] === 0) even += 1;
    if (head[at + 1] === 0) odd += 1;
  }
  if (odd >= ZERO_HALF_MIN * pairs && even <= OTHER_HALF_MAX * pairs) return 'utf-16le';
  if (even >= ZERO_HALF_MIN * pairs && odd <= OTHER_HALF_MAX * pairs) return 'utf-16be';
  return null;
}

/**
 * RFC 3629. A character cut by the end of the head is neither good nor bad.
 * @returns well-formed characters beyond ASCII, and malformed places.
 */
export function utf8Census(bytes: Uint8Array): { readonly good: number; readonly bad: number } {
  let good = 0;
  let bad = 0;
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] as number;
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 1) at += 1;
    else if (length === 0) {
      bad += 1;
      at += 1;
    } else {
      let next = 1;
      while (next < length && isContinuation(lead, next, bytes[at + next])) next += 1;
      if (next === length) good += 1;
      else if (at + next < bytes.length) bad += 1;
      at += next;
    }
  }
  return { good, bad };
}

/** Second bytes that would make an overlong form, a surrogate or a code point beyond U+10FFFF are refused. */
function isContinuation(lead: number, index: number, byte: number | undefined): boolean {
  if (byte === undefined || byte < 0x80 || byte > 0xbf) return false;
  if (index > 1) return true;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte < 0xa0;
  if (lead === 0xf0) return byte >= 0x90;
  return lead !== 0xf4 || byte < 0x90;
}

function linesBeyondAscii(head: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let size = 0;
  for (let start = 0; start < head.length && size < DETECT_BYTES; ) {
    const newline = head.indexOf(10, start);
    const end = newline < 0 ? head.length : newline + 1;
    const line = head.subarray(start, Math.min(end, start + DETECT_BYTES));
    if (line.some((byte) => byte >= 0x80)) {
      kept.push(line);
      size += line.length;
    }
    start = end;
  }
  return Buffer.concat(kept);
}

function byDetector(sample: Uint8Array): DetectedEncoding {
  const least = leastConfidence(sample);
  for (const { name, confidence } of analyse(sample)) {
    const encoding = BY_DETECTOR_NAME[name];
    if (encoding === undefined || (confidence < least && encoding !== USUAL) || !decodes(sample, encoding)) continue;
    return { encoding, because: `no valid UTF-8; ${encoding} by its characters (${confidence} of 100)`, bom: 0 };
  }
  return { encoding: USUAL, because: `no valid UTF-8; ${USUAL} is assumed`, bom: 0 };
}

/** @returns what an encoding other than the usual one needs. */
function leastConfidence(sample: Uint8Array): number {
  let letters = 0;
  for (const byte of sample) {
    if (NOT_OF_USUAL.includes(byte)) return 0;
    if (byte >= 0x80) letters += 1;
  }
  return letters < FEW_LETTERS ? CONFIDENCE_FOR_FEW_MIN : CONFIDENCE_OF_ANY + 1;
}

/** The sample may end inside a character, which a stream accepts. */
function decodes(sample: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}
