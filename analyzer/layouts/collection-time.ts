/**
 * When a bundle was collected: a file of it that says so, else its name in UTC, else its latest member, else its name
 * in a zone that is not known.
 *
 *   2023-11-10 08:12:19.123456789 +0100 CET m=+0.123456      Go (oc adm must-gather: timestamp)
 *   2024-05-01T12:00:00Z                                     RFC 3339
 *   Thu Mar 25 10:55:05 UTC 2021                             date, C locale
 *   Thu 25 Mar 2021 10:55:05 AM UTC                          date, en_US
 *   Universal time: Thu 2021-03-25 10:55:05 UTC              timedatectl
 */
import { civilTime, MINUTE_MS, monthNumber } from '../time/calendar.ts';
import { timeInName } from '../time/name-time.ts';
import { FIRST_PLAUSIBLE_TIME } from '../time/stored-time.ts';
import { zoneWordMinutes } from '../time/zones.ts';
import type { FoundLayout } from './find-layout.ts';

export interface Collected {
  /** ISO instant. */
  readonly at: string;
  readonly because: string;
}

interface Member {
  readonly path: string;
  readonly head: Uint8Array;
  readonly modified?: number | null;
}

/** A clock may be wrong, but not by a century: a later time is no time. */
const LAST_PLAUSIBLE_TIME = Date.UTC(2100, 0, 1);

const CLOCK = String.raw`(\d\d):(\d\d):(\d\d)`;
const NUMERIC = new RegExp(
  String.raw`(\d{4})-(\d\d)-(\d\d)[T ]${CLOCK}(?:[.,]\d{1,9})? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)`,
  'g',
);
const C_DATE = new RegExp(
  String.raw`^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) ${CLOCK} (?:([AP])M )?(Z|UTC|GMT) (\d{4})$`,
  'm',
);
const US_DATE = new RegExp(
  String.raw`^[A-Z][a-z]{2} +(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) ${CLOCK} (?:([AP])M )?(Z|UTC|GMT)$`,
  'm',
);

/**
 * @param found the bundle's layout; without it only the name and the members' times are looked at.
 * @returns null when nothing says.
 */
export function findCollected(
  members: readonly Member[],
  bundleName: string,
  found: FoundLayout | null,
): Collected | null {
  if (found?.layout.collected === 'unknown') return null;
  const told = found === null ? null : stated(members, found);
  if (told !== null) return told;
  const name = timeInName(bundleName, LAST_PLAUSIBLE_TIME);
  // A day alone is no instant.
  const named = name?.precision === 'day' ? null : name;
  if (named?.zone === 'utc') return { at: iso(named.time), because: `the name ${bundleName}` };
  let latest = 0;
  for (const { modified } of members) {
    if (modified != null && modified > latest && isPlausible(modified)) latest = modified;
  }
  if (latest > 0) return { at: iso(latest), because: 'the latest time of its files' };
  return named === null ? null : { at: iso(named.time), because: `the name ${bundleName}, read as UTC` };
}

function stated(members: readonly Member[], { layout, depth }: FoundLayout): Collected | null {
  for (const glob of layout.collected === 'unknown' ? [] : layout.collected) {
    for (const member of members) {
      if (!glob.test(member.path.split('/'), depth)) continue;
      const head = Buffer.from(member.head.buffer, member.head.byteOffset, member.head.length);
      const at = statedTime(head.toString('latin1'));
      if (at !== null) return { at: iso(at), because: `it is in ${member.path}` };
    }
  }
  return null;
}

/** @returns the latest instant in the text (ms since 1970), or null. Local times in a zone known by letters only give none. */
export function statedTime(text: string): number | null {
  let latest: number | null = null;
  const take = (at: number): void => {
    if (isPlausible(at) && (latest === null || at > latest)) latest = at;
  };
  for (const found of text.matchAll(NUMERIC)) {
    const [, year, month, day, hour, minute, second, zone] = found as unknown as string[];
    take(instant([year, month, day, hour, minute, second], zone as string));
  }
  const c = C_DATE.exec(text);
  if (c !== null) take(instant([c[8], monthOf(c[1]), c[2], hourOf(c[3], c[6]), c[4], c[5]], c[7] as string));
  const us = US_DATE.exec(text);
  if (us !== null) take(instant([us[3], monthOf(us[2]), us[1], hourOf(us[4], us[7]), us[5], us[6]], us[8] as string));
  return latest;
}

/** @returns ms since 1970, NaN when there is no such day, time or zone. */
function instant(fields: readonly (string | number | undefined)[], zone: string): number {
  const local = civilTime(...(fields.map(Number) as [number, number, number, number, number, number]));
  const minutes = zoneWordMinutes(zone);
  return local === null || minutes === null ? Number.NaN : local - minutes * MINUTE_MS;
}

function monthOf(name: string | undefined): number {
  return monthNumber(name ?? '') ?? 0;
}

function hourOf(hour: string | undefined, half: string | undefined): number {
  if (half === undefined) return Number(hour);
  return (Number(hour) % 12) + (half === 'P' ? 12 : 0);
}

function isPlausible(at: number): boolean {
  return at >= FIRST_PLAUSIBLE_TIME && at <= LAST_PLAUSIBLE_TIME;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
