/** A span of time that the engineer looks at, on every screen. Pure. */
import { instant } from './format.ts';

/** ms since 1970, `to` excluded; one of both may be open. */
export interface TimeWindow {
  readonly from: number | null;
  readonly to: number | null;
}

/** @returns the instant as the query language takes it, without what is zero: 2025-10-14T10:00Z. */
export function queryTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  if (iso.endsWith(':00.000Z')) return `${iso.slice(0, 16)}Z`;
  return iso.endsWith('.000Z') ? `${iso.slice(0, 19)}Z` : iso;
}

/** @returns e.g. "14 Oct 10:00", "14 Oct 10:00:05.250". */
function shortTime(ms: number): string {
  const text = instant(new Date(ms).toISOString()).replace(/ \d{4} /, ' ');
  const rest = ms % 1000;
  if (rest !== 0) return `${text}.${String(rest).padStart(3, '0')}`;
  return text.replace(/:00$/, '');
}

/** @returns e.g. "14 Oct 10:00 to 11:05", "from 14 Oct 10:00". */
export function windowLabel({ from, to }: TimeWindow): string {
  if (from === null) return to === null ? 'all times' : `before ${shortTime(to)}`;
  if (to === null) return `from ${shortTime(from)}`;
  const end = shortTime(to);
  const [start, day] = [shortTime(from), /^\d+ \w+ /.exec(end)?.[0] ?? ''];
  return `${start} to ${start.startsWith(day) ? end.slice(day.length) : end}`;
}

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/;
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?\s*(Z|UTC|[+-]\d{2}:\d{2})?)?$/i;

/**
 * Reads what was typed: `2025-10-14`, `2025-10-14 10:05`, `2025-10-14T10:05:00Z`, or a time of `day` alone, `10:05`.
 * UTC unless a zone is given. @returns ms since 1970, null when it is no instant.
 */
export function parseInstant(text: string, day: number | null): number | null {
  const typed = text.trim();
  const clock = CLOCK.exec(typed);
  if (clock !== null) {
    if (day === null) return null;
    const [, hour, minute, second = '0', part = '0'] = clock;
    const date = new Date(day).toISOString().slice(0, 10);
    return parseInstant(`${date} ${hour}:${minute}:${second.padStart(2, '0')}.${part}`, null);
  }
  const found = INSTANT.exec(typed);
  if (found === null) return null;
  const [, year, month, date, hour = '0', minute = '0', second = '0', part = '0', zone = 'Z'] = found;
  const fields = [Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute), Number(second)] as const;
  const ms = Date.UTC(...fields, Number(part.padEnd(3, '0')));
  const back = new Date(ms);
  // Date.UTC takes 31 February for 3 March.
  if (back.getUTCMonth() !== fields[1] || back.getUTCDate() !== fields[2] || back.getUTCHours() !== fields[3])
    return null;
  if (fields[4] > 59 || fields[5] > 59) return null;
  const offset = /^([+-])(\d{2}):(\d{2})$/.exec(zone);
  if (offset === null) return ms;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return ms - (offset[1] === '-' ? -minutes : minutes) * 60_000;
}
