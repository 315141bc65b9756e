/**
 * Finds the time stamp of a line in its bytes. At the front of the line:
 *
 *   2024-05-01T12:00:00.123456789Z stdout F msg             CRI; the same with blank, comma, +02:00, -0700, UTC or no zone
 *   [2024-05-01 12:00:00.123][1][info] msg                   in brackets (envoy)
 *   2024/05/01 12:00:00 msg                                  Go's log, nginx's error log
 *   May  1 12:00:00.123456 host unit[1]: msg                 RFC 3164, journal short and short-precise
 *   <34>1 2003-10-11T22:14:15.003Z host app - - - msg        RFC 5424; <13>May  1 12:00:00 of RFC 3164
 *   Wed 2024-05-01 12:00:00 UTC host unit[1]: msg            journal short-full
 *   Wed May  1 12:00:00 UTC 2024                             date; [Wed May  1 12:00:00 2024] of dmesg --ctime
 *   E0501 12:00:00.123456       1 a.go:1] msg                klog; E20240501 12:00:00.123456 of newer glog
 *   [12345.678901] msg                                       kernel, seconds since boot
 *   INFO[2024-05-01T12:00:00Z] msg, [ERROR] 2024/05/01 12:00:00 msg      behind a level
 *
 * Elsewhere stamps are fields: see field-stamp.ts. Lines that begin with a blank continue another one and have none.
 */

import { datedStamp } from './dated-stamp.ts';
import { fieldStamp, jsonStamp } from './field-stamp.ts';
import {
  BLANK,
  CLOSE_BRACKET,
  dayNumber,
  fractionAt,
  fractionBytes,
  fractionMillis,
  isDigit,
  isMonthDay,
  monthAt,
  OPEN_BRACKET,
  SECONDS_PER_DAY,
  STAMP_CODE,
  type StampParts,
  timeOfDay,
  twoDigits,
  utcAt,
  weekdayAt,
} from './stamp-parts.ts';

/** `[0.000000]` is the shortest stamp there is. */
const STAMP_BYTES_MIN = 10;

const LESS_THAN = 60;
const OPEN_BRACE = 123;
const TAB = 9;

/** @returns true when the line `start..end` has a stamp, which is in `out` then; else `out` says none. */
export function findStamp(bytes: Uint8Array, start: number, end: number, out: StampParts): boolean {
  out.kind = STAMP_CODE.none;
  out.bodyAt = start;
  if (end - start < STAMP_BYTES_MIN) return false;
  const first = bytes[start] as number;
  if (first >= 48 && first <= 57) {
    return datedStamp(bytes, start, end, out) || fieldStamp(bytes, start, end, out);
  }
  if (first === BLANK || first === TAB) return false;
  if (first === OPEN_BRACE) return jsonStamp(bytes, start, end, out);
  return (
    frontStamp(bytes, start, end, out) || levelledStamp(bytes, start, end, out) || fieldStamp(bytes, start, end, out)
  );
}

/** Stamps that begin with a letter, behind a bracket or behind a priority. */
function frontStamp(bytes: Uint8Array, start: number, end: number, out: StampParts): boolean {
  const first = bytes[start] as number;
  if (first >= 65 && first <= 90) return letteredStamp(bytes, start, end, out);
  let at = first === LESS_THAN ? afterPriority(bytes, start, end) : start;
  if (bytes[at] === OPEN_BRACKET) at += 1;
  else if (at === start) return false;
  const next = bytes[at] as number;
  if (next >= 65 && next <= 90) return letteredStamp(bytes, at, end, out);
  return datedStamp(bytes, at, end, out) || (bytes[at - 1] === OPEN_BRACKET && bootStamp(bytes, at, end, out));
}

/** @returns the byte behind `<34>` or `<34>1 `, or `start` when there is no priority. */
function afterPriority(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  while (at < start + 4 && isDigit(bytes[at])) at += 1;
  if (at === start + 1 || bytes[at] !== 62 || at + 3 > end) return start;
  return bytes[at + 1] === 49 && bytes[at + 2] === BLANK ? at + 3 : at + 1;
}

function letteredStamp(bytes: Uint8Array, at: number, end: number, out: StampParts): boolean {
  if (isDigit(bytes[at + 1])) return klogStamp(bytes, at, end, out);
  if (bytes[at + 3] !== BLANK || end - at < 15) return false;
  const month = monthAt(bytes, at);
  if (month !== 0) return monthStamp(bytes, at, end, month, out);
  if (!weekdayAt(bytes, at)) return false;
  return datedStamp(bytes, at + 4, end, out) || calendarStamp(bytes, at + 4, end, out);
}

/** @returns day of the month in `May  1 ` or `May 01 ` (the month at `at`), 0 when it is none. */
function dayOfMonth(bytes: Uint8Array, at: number): number {
  if (bytes[at + 3] !== BLANK || bytes[at + 6] !== BLANK) return 0;
  const ones = (bytes[at + 5] as number) - 48;
  const tens = bytes[at + 4] === BLANK ? 0 : (bytes[at + 4] as number) - 48;
  return tens >>> 0 > 3 || ones >>> 0 > 9 ? 0 : tens * 10 + ones;
}

/** `May  1 12:00:00.123456 host`. */
function monthStamp(bytes: Uint8Array, at: number, end: number, month: number, out: StampParts): boolean {
  const day = dayOfMonth(bytes, at);
  const second = timeOfDay(bytes, at + 7);
  if (second < 0 || !isMonthDay(month, day)) return false;
  const fraction = fractionAt(bytes, at + 15, end);
  out.kind = STAMP_CODE.yearless;
  out.day = month * 32 + day;
  out.second = second;
  out.millis = fractionMillis(fraction);
  out.bodyAt = at + 15 + fractionBytes(fraction);
  return true;
}

/** `May  1 12:00:00 2024`, `May  1 12:00:00.123456 2024`, `May  1 12:00:00 UTC 2024`, `May  1 12:00:00 PM CEST 2024`. */
function calendarStamp(bytes: Uint8Array, at: number, end: number, out: StampParts): boolean {
  const month = end - at < 20 ? 0 : monthAt(bytes, at);
  const second = month === 0 ? -1 : timeOfDay(bytes, at + 7);
  if (second < 0) return false;
  const fraction = fractionAt(bytes, at + 15, end);
  let next = at + 15 + fractionBytes(fraction);
  let halfDay = 0;
  let kind: typeof out.kind = STAMP_CODE.zoneless;
  for (let words = 0; words < 2 && bytes[next] === BLANK && !isDigit(bytes[next + 1]); words++) {
    if (utcAt(bytes, next + 1, end)) kind = STAMP_CODE.zoned;
    const hour = (second / 3600) | 0;
    if (bytes[next + 2] === 77 && bytes[next + 1] === 80 && hour < 12) halfDay = 43_200;
    if (bytes[next + 2] === 77 && bytes[next + 1] === 65 && hour === 12) halfDay = -43_200;
    next += 1;
    while (next < end && (bytes[next] as number) >= 65 && (bytes[next] as number) <= 90) next += 1;
  }
  if (bytes[next] !== BLANK || next + 5 > end) return false;
  const year = twoDigits(bytes, next + 1) * 100 + twoDigits(bytes, next + 3);
  const day = dayNumber(year, month, dayOfMonth(bytes, at));
  if (day < 0) return false;
  out.kind = kind;
  out.day = day;
  out.second = second + halfDay;
  out.millis = fractionMillis(fraction);
  out.bodyAt = next + 5;
  return true;
}

/** The line's own level is part of the stamp: the body begins with the line. */
function klogStamp(bytes: Uint8Array, at: number, end: number, out: StampParts): boolean {
  const letter = bytes[at];
  if ((letter !== 73 && letter !== 87 && letter !== 69 && letter !== 70) || end - at < 14) return false;
  const dated = isDigit(bytes[at + 5]) ? 4 : 0;
  const timeAt = at + 6 + dated;
  if (timeAt + 8 > end || bytes[timeAt - 1] !== BLANK) return false;
  const month = twoDigits(bytes, at + 1 + dated);
  const day = twoDigits(bytes, at + 3 + dated);
  const second = timeOfDay(bytes, timeAt);
  if (second < 0 || !isMonthDay(month, day)) return false;
  if (dated === 0) {
    out.day = month * 32 + day;
    out.kind = STAMP_CODE.yearless;
  } else {
    out.day = dayNumber(twoDigits(bytes, at + 1) * 100 + twoDigits(bytes, at + 3), month, day);
    if (out.day < 0) return false;
    out.kind = STAMP_CODE.zoneless;
  }
  out.second = second;
  out.millis = fractionMillis(fractionAt(bytes, timeAt + 8, end));
  return true;
}

/** `    0.000000]` or `12345.678901]` behind the bracket; ten digits of seconds are three centuries. */
function bootStamp(bytes: Uint8Array, at: number, end: number, out: StampParts): boolean {
  let next = at;
  while (next < end && bytes[next] === BLANK) next += 1;
  const digits = next;
  let seconds = 0;
  while (next < digits + 10 && next < end && isDigit(bytes[next])) {
    seconds = seconds * 10 + (bytes[next] as number) - 48;
    next += 1;
  }
  const fraction = next === digits ? 0 : fractionAt(bytes, next, end);
  const close = next + 7;
  if (fractionBytes(fraction) !== 7 || close >= end || bytes[close] !== CLOSE_BRACKET) return false;
  out.kind = STAMP_CODE.boot;
  out.day = Math.floor(seconds / SECONDS_PER_DAY);
  out.second = seconds - out.day * SECONDS_PER_DAY;
  out.millis = fractionMillis(fraction);
  out.bodyAt = close;
  return true;
}

/** Longest level word, and what may stand between it and the stamp. */
const LEVEL_BYTES_MAX = 9;
const GAP_BYTES_MAX = 4;

/** A stamp behind a word in capitals or in brackets: `INFO[2024-...`, `[error] 2024/...`, `WARN: 2024-...`. */
function levelledStamp(bytes: Uint8Array, start: number, end: number, out: StampParts): boolean {
  const bracket = bytes[start] === OPEN_BRACKET ? 1 : 0;
  const fold = bracket === 1 ? 0xdf : 0xff;
  let at = start + bracket;
  while (at < start + LEVEL_BYTES_MAX && isCapital((bytes[at] as number) & fold)) at += 1;
  if (at < start + bracket + 3 || end - at < 19) return false;
  if (bracket === 1 && bytes[at] !== CLOSE_BRACKET) return false;
  const gap = at;
  while (at < gap + GAP_BYTES_MAX && isGap(bytes[at] as number)) at += 1;
  if (at === gap || !datedStamp(bytes, at, end, out)) return false;
  out.bodyAt = start;
  return true;
}

function isCapital(byte: number): boolean {
  return byte >= 65 && byte <= 90;
}

function isGap(byte: number): boolean {
  return byte === BLANK || byte === TAB || byte === 58 || byte === OPEN_BRACKET || byte === CLOSE_BRACKET;
}
