/**
 * Reads the time and the wrapping of one log line. Samples:
 *
 *   2024-05-01T12:00:00.123456789Z stdout F E0501 12:00:00.123456  1 proxier.go:1] "Sync failed"   CRI around klog
 *   May  1 12:00:00 ip-10-0-1-2 kube-proxy[123]: E0501 12:00:00.123456  1 proxier.go:1] ...        journal short
 *   2024-05-01T12:00:00.123456+0000 ip-10-0-1-2 kubelet[123]: ...                                  journal ISO
 *   E0501 12:00:00.123456       1 proxier.go:1] ...                                                klog
 *   time="2024-05-01T12:00:00.123Z" level=error msg=...                                            containerd
 *   {"level":"info","ts":"2024-05-01T12:00:00.123Z",...}  {"log":"...","time":"..."}               zap, docker
 *   [Wed May  1 12:00:00 2024] nf_conntrack: table full, dropping packet                           dmesg --ctime
 *   2024/05/01 12:00:00 ...                                                                        Go log
 *   [12345.678901] ...                                                                             since boot: no instant
 *
 * klog and the journal's short format have neither year nor zone: the zone is taken as UTC, the year from the
 * collection time, and the basis says so. Without a collection time such a line has no instant.
 */

/** What an instant rests on: the line itself; UTC assumed; UTC and the year assumed. */
export type TimeBasis = 'explicit' | 'zone-assumed' | 'year-inferred';

export interface Stamp {
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  readonly basis: TimeBasis;
}

export interface Unwrapped {
  /** `kube-proxy[123]` of a journal line, the stream of a CRI line, null without wrapping. */
  readonly source: string | null;
  /** The message as the program wrote it. */
  readonly body: string;
}

const ISO = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?`;
const CRI = new RegExp(`^(${ISO}) (stdout|stderr) [PF] ?`);
const JOURNAL_SHORT = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(\.\d{1,9})? \S+ ([^\s:[]+(?:\[\d+\])?): ?/;
const JOURNAL_ISO = new RegExp(String.raw`^(${ISO}) \S+ ([^\s:[]+(?:\[\d+\])?): ?`);
const KLOG = /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)(\.\d{1,9})? /;
const LEADING_ISO = new RegExp(String.raw`^\[?(${ISO})`);
const FIELD_ISO = new RegExp(String.raw`(?:^time=|"(?:ts|time|timestamp|@timestamp)":\s*)"(${ISO})"`);
const CTIME = /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})\]/;
const GO_LOG = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)(\.\d{1,9})?/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A node's clock may run ahead of the collector's by this much, or its zone may be ahead of UTC. */
const AHEAD_MAX_MS = 24 * 3600 * 1000;

/** @returns the line without its CRI or journal wrapping, and what wrote it. */
export function unwrapLine(line: string): Unwrapped {
  const cri = CRI.exec(line);
  if (cri !== null) return { source: cri[2] ?? null, body: line.slice(cri[0].length) };
  const short = JOURNAL_SHORT.exec(line);
  if (short !== null) return { source: short[7] ?? null, body: line.slice(short[0].length) };
  const iso = JOURNAL_ISO.exec(line);
  if (iso !== null) return { source: iso[2] ?? null, body: line.slice(iso[0].length) };
  return { source: null, body: line };
}

/** @returns true when the message starts as klog starts one (severity, date, time). */
export function startsKlog(body: string): boolean {
  return KLOG.test(body);
}

/**
 * @param collectedAt milliseconds since 1970 UTC, or null when the bundle does not say; gives lines their year.
 * @returns the line's instant and what it rests on, or null when the line does not tell.
 */
export function readStamp(line: string, collectedAt: number | null): Stamp | null {
  const iso = LEADING_ISO.exec(line)?.[1];
  if (iso !== undefined) return fromIso(iso);
  const short = JOURNAL_SHORT.exec(line);
  if (short !== null) {
    const month = MONTHS.indexOf(short[1] as string);
    return month < 0 ? null : withYear(month, numbers(short.slice(2, 6)), short[6], collectedAt);
  }
  const klog = KLOG.exec(line);
  if (klog !== null) return withYear(Number(klog[1]) - 1, numbers(klog.slice(2, 6)), klog[6], collectedAt);
  const field = FIELD_ISO.exec(line)?.[1];
  if (field !== undefined) return fromIso(field);
  const ctime = CTIME.exec(line);
  if (ctime !== null) {
    const month = MONTHS.indexOf(ctime[1] as string);
    const time = utc(Number(ctime[6]), month, numbers(ctime.slice(2, 6)), undefined);
    return time === null ? null : { time, basis: 'zone-assumed' };
  }
  const go = GO_LOG.exec(line);
  if (go !== null) {
    const time = utc(Number(go[1]), Number(go[2]) - 1, numbers(go.slice(3, 7)), go[7]);
    return time === null ? null : { time, basis: 'zone-assumed' };
  }
  return null;
}

/** @returns one sentence part for a finding's confidence, or null when the lines themselves say it all. */
export function basisNote(bases: ReadonlySet<TimeBasis>, collectedAt: string | null): string | null {
  if (bases.has('year-inferred')) {
    return `the lines carry no year and no zone: the year comes from the collection time ${collectedAt}, the zone is taken as UTC`;
  }
  return bases.has('zone-assumed') ? 'the lines carry no zone: it is taken as UTC' : null;
}

type DayAndTime = readonly [day: number, hour: number, minute: number, second: number];

function numbers(parts: readonly (string | undefined)[]): DayAndTime {
  return parts.map(Number) as unknown as DayAndTime;
}

function utc(year: number, month: number, at: DayAndTime, fraction: string | undefined): number | null {
  const [day, hour, minute, second] = at;
  const time = Date.UTC(year, month, day, hour, minute, second, milliseconds(fraction));
  // Date.UTC carries over ("30 February" becomes March): such a line has no valid time. Second 60 is a leap second.
  const read = new Date(time);
  const valid =
    month >= 0 &&
    month < 12 &&
    hour < 24 &&
    minute < 60 &&
    second <= 60 &&
    (second === 60 || (read.getUTCMonth() === month && read.getUTCDate() === day));
  return valid && Number.isFinite(time) ? time : null;
}

function milliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Math.floor(Number(`0.${fraction.slice(1)}`) * 1000);
}

const ISO_PARTS = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/;

function fromIso(text: string): Stamp | null {
  const parts = ISO_PARTS.exec(text);
  if (parts === null) return null;
  const time = utc(Number(parts[1]), Number(parts[2]) - 1, numbers(parts.slice(3, 7)), parts[7]);
  if (time === null) return null;
  const zone = parts[8];
  if (zone === undefined) return { time, basis: 'zone-assumed' };
  if (zone === 'Z') return { time, basis: 'explicit' };
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return { time: time - (zone.startsWith('-') ? -minutes : minutes) * 60_000, basis: 'explicit' };
}

/** Before this no Kubernetes node existed. */
const FIRST_PLAUSIBLE_TIME = Date.UTC(2014, 0, 1);

/** The latest year that does not put the line more than a day after its own collection. */
function withYear(
  month: number,
  at: DayAndTime,
  fraction: string | undefined,
  collectedAt: number | null,
): Stamp | null {
  // Archives without member times say 1970: that is no collection time, and 1969 no year of a log line.
  if (collectedAt === null || collectedAt < FIRST_PLAUSIBLE_TIME) return null;
  const newest = new Date(collectedAt + AHEAD_MAX_MS).getUTCFullYear();
  // 29 February exists in one year of four (once in eight around 2100).
  for (let year = newest; year > newest - 9; year--) {
    const time = utc(year, month, at, fraction);
    if (time !== null && time <= collectedAt + AHEAD_MAX_MS) return { time, basis: 'year-inferred' };
  }
  return null;
}
