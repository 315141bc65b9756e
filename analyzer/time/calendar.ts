/** Calendar arithmetic of stamps, all of it in UTC: local times are stored as if they were UTC (see FileClock). */
import { storedTime } from './stamp.ts';

export const DAY_MS = 24 * 3_600_000;
export const MINUTE_MS = 60_000;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param month from 1. @returns ms since 1970, null when there is no such day or time. */
export function civilTime(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  millisecond = 0,
): number | null {
  const time = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  if (!Number.isFinite(time) || hour > 23 || minute > 59 || second > 60) return null;
  // Date.UTC carries over: 30 February would be 1 March.
  const midnight = new Date(Date.UTC(year, month - 1, day));
  return midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day ? time : null;
}

/** @returns the month's number from 1 for `Jan`, or null. */
export function monthNumber(name: string): number | null {
  const at = MONTHS.indexOf(name);
  return at < 0 ? null : at + 1;
}

/** @param clock `12:00:00`. */
export function clockParts(clock: string): readonly [hour: number, minute: number, second: number] {
  const parts = clock.split(':').map(Number);
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
}

/**
 * Gives a stored time of a stamp without year the year that another reference calls for (see storedTime).
 * @param storedMs ms since 1970; its year is of no meaning. @param toReference ms since 1970.
 * @returns the stored time with its new year; NaN when it was none, or the reference is no time of a log.
 */
export function redated(storedMs: number, toReference: number): number {
  if (!Number.isFinite(storedMs) || !Number.isFinite(toReference)) return Number.NaN;
  const day = new Date(storedMs);
  const month = day.getUTCMonth();
  const timeOfDay = storedMs - Date.UTC(day.getUTCFullYear(), month, day.getUTCDate());
  const raw = { kind: 'yearless', month: month + 1, day: day.getUTCDate(), timeOfDay } as const;
  return storedTime(raw, toReference) ?? Number.NaN;
}

/** @returns `2024-05-01 12:00:00 UTC`, an instant inside a sentence. */
export function spokenInstant(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
