/**
 * The pieces that stamps are made of, read from bytes: digits, days, times of day, fractions, zones. These run on
 * every line of an archive: plain loops over small integers, and results that need no object.
 */

export const STAMP_CODE = { none: 0, zoned: 1, zoneless: 2, yearless: 3, boot: 4 } as const;
export type StampCode = (typeof STAMP_CODE)[keyof typeof STAMP_CODE];

/** A stamp as it stands in the bytes of a line. One object is used again for every line. */
export class StampParts {
  kind: StampCode = STAMP_CODE.none;
  /** Days since 1970; of a stamp without year: month (1..12) * 32 + day. */
  day = 0;
  /** Seconds since midnight. The zone is taken off, so that they may lie outside the day. */
  second = 0;
  millis = 0;
  /** First byte behind a stamp at the front of the line; where the line starts when the stamp stands inside it. */
  bodyAt = 0;
}

export const SECONDS_PER_DAY = 86_400;

export const BLANK = 32;
export const QUOTE = 34;
export const OPEN_BRACKET = 91;
export const CLOSE_BRACKET = 93;
const COMMA = 44;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;

/** @returns the two digits at `at` as a number; something outside 0..99 when they are none. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const ten = (bytes[at] as number) - 48;
  const one = (bytes[at + 1] as number) - 48;
  return ten >>> 0 > 9 || one >>> 0 > 9 ? -1 : ten * 10 + one;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** @returns seconds since midnight of `hh:mm:ss` at `at`, or -1. Second 60 is a leap second. */
export function timeOfDay(bytes: Uint8Array, at: number): number {
  if (bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return -1;
  const hour = twoDigits(bytes, at);
  const minute = twoDigits(bytes, at + 3);
  const second = twoDigits(bytes, at + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  return hour * 3600 + minute * 60 + second;
}

/** @returns 0 without `.` or `,` and digits at `at`; else (their bytes) * 1024 + milliseconds. */
export function fractionAt(bytes: Uint8Array, at: number, end: number): number {
  const mark = bytes[at];
  if (at + 1 >= end || (mark !== DOT && mark !== COMMA) || !isDigit(bytes[at + 1])) return 0;
  let next = at + 1;
  let millis = 0;
  let weight = 100;
  while (next < end && isDigit(bytes[next])) {
    if (weight > 0) millis += ((bytes[next] as number) - 48) * weight;
    weight = (weight / 10) | 0;
    next += 1;
  }
  return (next - at) * 1024 + millis;
}

export function fractionBytes(packed: number): number {
  return packed >> 10;
}

export function fractionMillis(packed: number): number {
  return packed & 1023;
}

const ZONE_BIAS = 2048;

/**
 * A zone at `at`: `Z`, `+02:00`, `-0700`, `+02`, or behind a blank `+0000`, `+02:00`, `UTC`, `GMT`. Other names of zones are ambiguous.
 * @returns 0 without one; else (its bytes) * 4096 + 2048 + minutes east of UTC.
 */
export function zoneAt(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  const mark = bytes[at];
  if (mark === 90) return 4096 + ZONE_BIAS;
  if (mark === BLANK) {
    if (utcAt(bytes, at + 1, end)) return 4 * 4096 + ZONE_BIAS;
    const apart = offsetAt(bytes, at + 1, end);
    const next = at + 1 + zoneBytes(apart);
    return apart === 0 || (next < end && isDigit(bytes[next])) ? 0 : apart + 4096;
  }
  const offset = offsetAt(bytes, at, end);
  return offset === 0 ? hoursAt(bytes, at, end) : offset;
}

export function zoneBytes(packed: number): number {
  return packed >> 12;
}

export function zoneMinutes(packed: number): number {
  return (packed & 4095) - ZONE_BIAS;
}

/** `UTC` or `GMT` as a whole word. */
export function utcAt(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 3 > end) return false;
  const utc = bytes[at] === 85 && bytes[at + 1] === 84 && bytes[at + 2] === 67;
  const gmt = bytes[at] === 71 && bytes[at + 1] === 77 && bytes[at + 2] === 84;
  return (utc || gmt) && (at + 3 === end || !isWordByte(bytes[at + 3]));
}

/** `+02:00` or `-0700`; no zone is more than 14 hours from UTC. */
function offsetAt(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at];
  if (at + 5 > end || (sign !== DASH && sign !== 43)) return 0;
  const colon = bytes[at + 3] === COLON ? 1 : 0;
  if (at + 5 + colon > end) return 0;
  const hours = twoDigits(bytes, at + 1);
  const minutes = twoDigits(bytes, at + 3 + colon);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return 0;
  const east = hours * 60 + minutes;
  return (5 + colon) * 4096 + ZONE_BIAS + (sign === DASH ? -east : east);
}

/** `+02` of PostgreSQL and of `date -Ihours`. */
function hoursAt(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at];
  if (at + 3 > end || (sign !== DASH && sign !== 43)) return 0;
  const hours = twoDigits(bytes, at + 1);
  if (hours < 0 || hours > 14 || (at + 3 < end && (bytes[at + 3] === COLON || isWordByte(bytes[at + 3])))) return 0;
  return 3 * 4096 + ZONE_BIAS + (sign === DASH ? -hours : hours) * 60;
}

export function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte === 95;
}

const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_OF_MONTH = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** @returns days since 1970 of a date from 1970 to 2199, or -1 when there is no such day (month from 1). */
export function dayNumber(year: number, month: number, day: number): number {
  if (year < 1970 || year > 2199 || !isMonthDay(month, day)) return -1;
  if (month === 2 && day === 29 && !isLeap(year)) return -1;
  const before = year - 1;
  const leaps = ((before / 4) | 0) - ((before / 100) | 0) + ((before / 400) | 0) - 477;
  const leapDay = month > 2 && isLeap(year) ? 1 : 0;
  return (year - 1970) * 365 + leaps + (DAYS_BEFORE_MONTH[month] as number) + leapDay + day - 1;
}

/** 29 February counts: some year has it. */
export function isMonthDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (DAYS_OF_MONTH[month] as number);
}

/** The last date read, so that lines of one day cost no calendar. */
let lastDateKey = -1;
let lastDate = -1;

/** @returns days since 1970 of `2024-05-01` or `2024/05/01` at `at` (ten bytes that exist), or -1. */
export function dateAt(bytes: Uint8Array, at: number): number {
  const mark = bytes[at + 4];
  if (bytes[at + 7] !== mark || (mark !== DASH && mark !== SLASH)) return -1;
  const century = twoDigits(bytes, at);
  const year = twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if ((century | year | month | day) < 0) return -1;
  const key = (century << 21) | (year << 14) | (month << 7) | day;
  if (key !== lastDateKey) {
    lastDate = dayNumber(century * 100 + year, month, day);
    lastDateKey = key;
  }
  return lastDate;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Sum of the three letters' bits, without a collision among the names of one list. */
function nameSlot(first: number, second: number, third: number): number {
  return ((first << 6) ^ (second << 3) ^ third) & 4095;
}

function nameTable(names: readonly string[]): Uint8Array {
  const table = new Uint8Array(4096);
  for (const [index, name] of names.entries()) {
    table[nameSlot(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2))] = index + 1;
  }
  return table;
}

const MONTH_SLOTS = nameTable(MONTHS);
const MONTH_BYTES = Uint8Array.from(MONTHS.flatMap((name) => [...Buffer.from(name)]));
const WEEKDAY_SLOTS = nameTable(WEEKDAYS);
const WEEKDAY_BYTES = Uint8Array.from(WEEKDAYS.flatMap((name) => [...Buffer.from(name)]));

/** @returns 1..12 when one of `Jan` ... `Dec` stands at `at`, else 0. */
export function monthAt(bytes: Uint8Array, at: number): number {
  return nameAt(bytes, at, MONTH_SLOTS, MONTH_BYTES);
}

export function weekdayAt(bytes: Uint8Array, at: number): boolean {
  return nameAt(bytes, at, WEEKDAY_SLOTS, WEEKDAY_BYTES) !== 0;
}

function nameAt(bytes: Uint8Array, at: number, slots: Uint8Array, names: Uint8Array): number {
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  const third = bytes[at + 2] as number;
  const found = slots[nameSlot(first, second, third)] as number;
  const name = found * 3 - 3;
  return found !== 0 && names[name] === first && names[name + 1] === second && names[name + 2] === third ? found : 0;
}
