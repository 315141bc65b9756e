/**
 * Time stamps that stand inside a line, as fields:
 *
 *   time="2024-05-01T12:00:00Z" level=error msg=x            logfmt: time, ts, t, timestamp
 *   10.0.0.1 - - [01/May/2024:12:00:00 +0000] "GET /"        common log format
 *   type=AVC msg=audit(1364481363.243:24287): ...            Linux audit: seconds since 1970
 *   {"level":"info","ts":"2024-05-01T12:00:00.123Z"}         zap; numbers count s, ms, us or ns since 1970
 *   {"log":"x\n","stream":"stderr","time":"2024-...Z"}       docker json-file, logrus: at the end of the line
 *   {"kind":"Event",...,"stageTimestamp":"2024-...Z",...}    audit of the Kubernetes API, also near the end
 */
import { datedStamp } from './dated-stamp.ts';
import {
  BLANK,
  dayNumber,
  fractionAt,
  fractionMillis,
  isDigit,
  isWordByte,
  monthAt,
  OPEN_BRACKET,
  QUOTE,
  SECONDS_PER_DAY,
  STAMP_CODE,
  type StampParts,
  timeOfDay,
  twoDigits,
  zoneAt,
  zoneMinutes,
} from './stamp-parts.ts';

/** Fields that tell the time stand near the front of a line; what is further back is part of the message. */
const FIELD_LOOK_BYTES = 96;
const JSON_LOOK_BYTES = 256;
/** Behind the last stamp of an audit event stand its annotations. */
const JSON_TAIL_BYTES = 1024;
/** `"ts":1714564800` needs this many bytes from its colon on. */
const VALUE_BYTES_MIN = 10;

const EQUALS = 61;
const COLON = 58;
const SLASH = 47;

/** Looks for the first field with a stamp in a line of plain text. */
export function fieldStamp(bytes: Uint8Array, start: number, end: number, out: StampParts): boolean {
  const limit = Math.min(end - VALUE_BYTES_MIN, start + FIELD_LOOK_BYTES);
  for (let at = start; at < limit; at++) {
    const byte = bytes[at];
    if (byte === EQUALS) {
      if (equalsStamp(bytes, start, at, end, out)) return true;
    } else if (byte === OPEN_BRACKET && bytes[at + 3] === SLASH && commonLogStamp(bytes, start, at + 1, end, out)) {
      return true;
    }
  }
  return false;
}

const LOGFMT_KEYS = ['time', 'ts', 't', 'timestamp'].map((key) => Buffer.from(key));
const AUDIT_KEY = Buffer.from('msg');
const AUDIT_VALUE = Buffer.from('audit(');

/** `=` at `at` with one of the keys before and a stamp behind. */
function equalsStamp(bytes: Uint8Array, start: number, at: number, end: number, out: StampParts): boolean {
  const next = bytes[at + 1] as number;
  if (next === 97) {
    if (!endsWithKey(bytes, start, at, AUDIT_KEY) || !startsWith(bytes, at + 1, end, AUDIT_VALUE)) return false;
    return epochStamp(bytes, start, at + 1 + AUDIT_VALUE.length, end, out);
  }
  if (next !== QUOTE && !isDigit(next)) return false;
  for (const key of LOGFMT_KEYS) {
    if (endsWithKey(bytes, start, at, key)) return valueStamp(bytes, start, at + 1, end, out);
  }
  return false;
}

/** The key ends before `at` and begins the line or follows a blank. */
function endsWithKey(bytes: Uint8Array, start: number, at: number, key: Uint8Array): boolean {
  const from = at - key.length;
  if (bytes[at - 1] !== key[key.length - 1] || from < start || (from > start && bytes[from - 1] !== BLANK))
    return false;
  for (let index = 0; index < key.length; index++) if (bytes[from + index] !== key[index]) return false;
  return true;
}

function startsWith(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  if (at + text.length > end) return false;
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
  return true;
}

/** A stamp as the value of a field, with or without quotes. */
function valueStamp(bytes: Uint8Array, start: number, at: number, end: number, out: StampParts): boolean {
  const from = bytes[at] === QUOTE ? at + 1 : at;
  if (!datedStamp(bytes, from, end, out)) return epochStamp(bytes, start, from, end, out);
  out.bodyAt = start;
  return true;
}

/** `01/May/2024:12:00:00 +0000]`. */
function commonLogStamp(bytes: Uint8Array, start: number, at: number, end: number, out: StampParts): boolean {
  if (at + 26 > end || bytes[at + 6] !== SLASH || bytes[at + 11] !== COLON) return false;
  const year = twoDigits(bytes, at + 7) * 100 + twoDigits(bytes, at + 9);
  const day = dayNumber(year, monthAt(bytes, at + 3), twoDigits(bytes, at));
  const second = timeOfDay(bytes, at + 12);
  const zone = zoneAt(bytes, at + 20, end);
  if (day < 0 || second < 0 || zone === 0) return false;
  out.kind = STAMP_CODE.zoned;
  out.day = day;
  out.second = second - zoneMinutes(zone) * 60;
  out.millis = 0;
  out.bodyAt = start;
  return true;
}

/** Digits of a number that counts from 1970 in s, ms, us and ns, from 2001 to 2286. */
const EPOCH_DIGITS = [10, 13, 16, 19];

/** `1714564800.123`, `1714564800123`, ... */
function epochStamp(bytes: Uint8Array, start: number, at: number, end: number, out: StampParts): boolean {
  let digits = 0;
  let seconds = 0;
  let millis = 0;
  while (digits < 20 && at + digits < end && isDigit(bytes[at + digits])) {
    const digit = (bytes[at + digits] as number) - 48;
    if (digits < 10) seconds = seconds * 10 + digit;
    else if (digits < 13) millis = millis * 10 + digit;
    digits += 1;
  }
  // 1500000000ns is a duration, and a word may begin with digits.
  if (!EPOCH_DIGITS.includes(digits) || (at + digits < end && isWordByte(bytes[at + digits]))) return false;
  out.kind = STAMP_CODE.zoned;
  out.day = Math.floor(seconds / SECONDS_PER_DAY);
  out.second = seconds - out.day * SECONDS_PER_DAY;
  out.millis = digits === 10 ? fractionMillis(fractionAt(bytes, at + digits, end)) : millis;
  out.bodyAt = start;
  return true;
}

/** The first stamp among the keys near the front of a JSON line, else the last one near its end. */
export function jsonStamp(bytes: Uint8Array, start: number, end: number, out: StampParts): boolean {
  const last = end - VALUE_BYTES_MIN;
  const limit = Math.min(last, start + JSON_LOOK_BYTES);
  for (let at = start + 3; at < limit; at++) {
    if (bytes[at] === QUOTE && bytes[at + 1] === COLON && jsonField(bytes, start, at, end, out)) return true;
  }
  const lowest = Math.max(limit, end - JSON_TAIL_BYTES);
  for (let at = last - 1; at >= lowest; at--) {
    if (bytes[at] === QUOTE && bytes[at + 1] === COLON && jsonField(bytes, start, at, end, out)) return true;
  }
  return false;
}

const JSON_KEYS = ['ts', 'time', 'timestamp', '@timestamp', 'stageTimestamp', 'requestReceivedTimestamp'].map((key) =>
  Buffer.from(`"${key}`),
);

/** A key that ends with the quote at `at`, and a stamp as its value. */
function jsonField(bytes: Uint8Array, start: number, at: number, end: number, out: StampParts): boolean {
  // The keys end in s, e or p.
  const letter = bytes[at - 1];
  if (letter !== 115 && letter !== 101 && letter !== 112) return false;
  if (!isJsonKey(bytes, start, at, letter)) return false;
  let value = at + 2;
  if (bytes[value] === BLANK) value += 1;
  return valueStamp(bytes, start, value, end, out);
}

function isJsonKey(bytes: Uint8Array, start: number, at: number, letter: number): boolean {
  for (const key of JSON_KEYS) {
    const from = at - key.length;
    if (key[key.length - 1] === letter && from >= start && startsWith(bytes, from, at, key)) return true;
  }
  return false;
}
