/** Zones and shifts as people and programs write them. */
import { spokenInstant } from './calendar.ts';

const MINUTES_MAX = 14 * 60;
const HOUR_MS = 3_600_000;

/**
 * Offsets from UTC that some place on Earth uses, in minutes (tz database 2024a). An offset between them is no zone, so
 * that a log which ended some odd time before the collection is not taken for one in another zone.
 */
const OFFSETS: ReadonlySet<number> = new Set([
  ...Array.from({ length: 27 }, (_, hour) => (hour - 12) * 60),
  ...[-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765],
]);

/**
 * Abbreviations that mean one offset wherever they are printed (tz database). CST, IST and BST are left out: each is
 * used by several countries with different offsets.
 */
const ABBREVIATIONS: ReadonlyMap<string, number> = new Map([
  ...(['UTC', 'GMT', 'UCT', 'Z'] as const).map((name) => [name, 0] as const),
  ...(
    [
      ['HST', -10],
      ['AKST', -9],
      ['AKDT', -8],
      ['PST', -8],
      ['PDT', -7],
      ['MST', -7],
      ['MDT', -6],
    ] as const
  ).map(hours),
  ...(
    [
      ['CDT', -5],
      ['EST', -5],
      ['EDT', -4],
      ['WET', 0],
      ['WEST', 1],
      ['CET', 1],
      ['CEST', 2],
    ] as const
  ).map(hours),
  ...(
    [
      ['EET', 2],
      ['EEST', 3],
      ['MSK', 3],
      ['SAST', 2],
      ['JST', 9],
      ['KST', 9],
    ] as const
  ).map(hours),
  ...(
    [
      ['AWST', 8],
      ['AEST', 10],
      ['AEDT', 11],
      ['NZST', 12],
      ['NZDT', 13],
    ] as const
  ).map(hours),
]);

function hours([name, offset]: readonly [string, number]): readonly [string, number] {
  return [name, offset * 60];
}

/** What `--zone` takes, for messages. */
export const ZONE_EXAMPLES = '`+02:00`, `-0700`, `UTC`, or a name like `America/Los_Angeles`';
/** What `--shift` takes, for messages. */
export const SHIFT_EXAMPLES = '`+90s`, `-2m`, `1h30m`, `+500ms`';

/** @returns true when some place uses this offset (minutes east of UTC). */
export function isOffsetInUse(minutes: number): boolean {
  return OFFSETS.has(minutes);
}

/** @param text `-0700`, `+02:00`, `-03`. @returns minutes east of UTC; null when it is none, or beyond 14 hours. */
export function offsetMinutes(text: string): number | null {
  const parts = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(text);
  if (parts === null) return null;
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  if (minutes > MINUTES_MAX || Number(parts[3] ?? 0) > 59) return null;
  return parts[1] === '-' && minutes !== 0 ? -minutes : minutes;
}

/** @param text an offset or an abbreviation that means one offset. @returns minutes east of UTC, or null. */
export function zoneWordMinutes(text: string): number | null {
  return ABBREVIATIONS.get(text) ?? offsetMinutes(text);
}

const offsetFormat = (name: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });

/** Made once for the files of a bundle, which have one zone: it takes longer than its answer, the first one 60 ms. */
let lastFormat: { readonly name: string; readonly format: Intl.DateTimeFormat } | null = null;

/**
 * @param name of the tz database, e.g. `Europe/Berlin`. @param at ms since 1970.
 * @returns minutes east of UTC at that instant; null when there is no such zone.
 */
export function zoneMinutesAt(name: string, at: number): number | null {
  // ICU takes abbreviations for names, and gives those of several countries to one of them (IST to India).
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,60}$/.test(name) || /^[A-Z]{2,4}$/.test(name))
    return ABBREVIATIONS.get(name) ?? null;
  if (!Number.isFinite(at) || Math.abs(at) > 8e15) return null;
  try {
    if (lastFormat?.name !== name) lastFormat = { name, format: offsetFormat(name) };
    const parts = lastFormat.format.formatToParts(at);
    const said = parts.find((part) => part.type === 'timeZoneName')?.value.replace('GMT', '') ?? '';
    return said === '' ? 0 : offsetMinutes(said.slice(0, 6));
  } catch {
    return null;
  }
}

/**
 * A zone as an engineer gives it: an offset, an abbreviation, or a name of the tz database.
 * @param at ms since 1970 at which a name is resolved. @returns minutes east of UTC, null when it is no zone.
 */
export function givenZoneMinutes(text: string, at: number): number | null {
  const word = text.trim();
  return zoneWordMinutes(word.toUpperCase()) ?? (/^[a-z]{2,4}$/i.test(word) ? null : zoneMinutesAt(word, at));
}

/** Summer time and winter time last 18 weeks at least: who looks this often sees both. */
const SEASON_LOOK_MS = 91 * 24 * HOUR_MS;
/** Two years: a stamp of the year 1 in each of 200,000 files must not be looked for by quarters. */
const SEASON_LOOKS_MAX = 8;

/**
 * One offset is used for all lines of a file.
 * @param zone as an engineer gives it, or its name. @param from and at in ms since 1970; the offset is that at `at`.
 * @returns a sentence part when the zone had another offset at `from`, or since then in the two years before `at`; else null.
 */
export function otherSeasonWords(zone: string, from: number, at: number): string | null {
  const minutes = givenZoneMinutes(zone, at);
  const looks = [from];
  for (let look = at; look > from && looks.length <= SEASON_LOOKS_MAX; look -= SEASON_LOOK_MS) looks.push(look);
  if (looks.every((look) => givenZoneMinutes(zone, look) === minutes)) return null;
  return `the offset is that of ${zone} at ${spokenInstant(at)}: lines from before a change to or from summer time are off by an hour`;
}

/** @returns `UTC`, `-07:00`, `+05:45`. */
export function zoneText(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** A clock may be wrong by decades (a machine without a battery starts in 1970), not by more. */
const SHIFT_MAX_MS = 100 * 365 * 24 * HOUR_MS;
const UNITS: Readonly<Record<string, number>> = { d: 24 * HOUR_MS, h: HOUR_MS, m: 60_000, s: 1000, ms: 1 };

/** @param text `+90s`, `-2m`, `1h30m`, `-1d2h3m4s5ms`. @returns milliseconds; null when it is no shift. */
export function shiftMilliseconds(text: string): number | null {
  const parts = /^([+-]?)((?:\d{1,12}(?:d|h|ms|m|s)){1,5})$/.exec(text.trim());
  if (parts === null) return null;
  let shift = 0;
  for (const [, count, unit] of (parts[2] as string).matchAll(/(\d+)(d|h|ms|m|s)/g)) {
    shift += Number(count) * (UNITS[unit as string] as number);
  }
  if (shift > SHIFT_MAX_MS) return null;
  return parts[1] === '-' && shift !== 0 ? -shift : shift;
}

/** @returns `+1h30m`, `-2m`, `+0s`. */
export function shiftText(milliseconds: number): string {
  let left = Math.abs(milliseconds);
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = UNITS[unit] as number;
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return `${milliseconds < 0 ? '-' : '+'}${text === '' ? '0s' : text}`;
}
