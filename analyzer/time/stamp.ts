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
 *   [12345.678901] ...                                                                             since boot
 *
 * klog and the journal's short format have neither year nor zone, the kernel counts from its start: what a line lacks
 * comes from the clock of its file, and the basis says so. Without it such a line has no instant.
 */
import { type FileClock, instantOffset, type TimeBasis } from '../core/file-clock.ts';

export interface Stamp {
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  readonly basis: TimeBasis;
}

/** A stamp as it stands in the line. */
export type RawStamp =
  /** Stored time in ms (see FileClock): the instant, a local time read as UTC, or the time since boot. */
  | { readonly kind: 'zoned' | 'zoneless' | 'boot'; readonly time: number }
  /** Month 1..12, day 1..31, ms since midnight. 29 February is possible: some year has it. */
  | { readonly kind: 'yearless'; readonly month: number; readonly day: number; readonly timeOfDay: number };

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
const BOOT = /^\[ *(\d+\.\d{6})\]/;
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
 * @param clock of the line's file; what the line itself says (its zone) wins over it.
 * @returns the line's instant and what it rests on, or null when line and clock do not tell.
 */
export function readStamp(line: string, clock: FileClock): Stamp | null {
  const raw = rawStamp(line);
  if (raw === null) return null;
  const stored = storedTime(raw, clock.yearReference);
  const offset = instantOffset(
    clock.stamps === 'mixed' && raw.kind !== 'zoned' ? clock : { ...clock, stamps: raw.kind },
  );
  if (stored === null || offset === null) return null;
  return { time: stored + offset, basis: basisOf(raw, clock) };
}

function basisOf(raw: RawStamp, clock: FileClock): TimeBasis {
  if (raw.kind === 'zoned') return 'explicit';
  if (raw.kind === 'yearless') return 'year-inferred';
  if (raw.kind === 'boot') return 'boot-clock';
  if (clock.stamps === 'mixed' || clock.zoneFrom === null) return 'zone-assumed';
  return `zone-${clock.zoneFrom}`;
}

/** @returns the line's stamp as it stands there, or null when it has none. */
export function rawStamp(line: string): RawStamp | null {
  const iso = LEADING_ISO.exec(line)?.[1];
  if (iso !== undefined) return fromIso(iso);
  const short = JOURNAL_SHORT.exec(line);
  if (short !== null) return yearless(MONTHS.indexOf(short[1] as string), numbers(short.slice(2, 6)), short[6]);
  const klog = KLOG.exec(line);
  if (klog !== null) return yearless(Number(klog[1]) - 1, numbers(klog.slice(2, 6)), klog[6]);
  const field = FIELD_ISO.exec(line)?.[1];
  if (field !== undefined) return fromIso(field);
  const ctime = CTIME.exec(line);
  if (ctime !== null) {
    const month = MONTHS.indexOf(ctime[1] as string);
    const time = utc(Number(ctime[6]), month, numbers(ctime.slice(2, 6)), undefined);
    return time === null ? null : { kind: 'zoneless', time };
  }
  const go = GO_LOG.exec(line);
  if (go !== null) {
    const time = utc(Number(go[1]), Number(go[2]) - 1, numbers(go.slice(3, 7)), go[7]);
    return time === null ? null : { kind: 'zoneless', time };
  }
  const boot = BOOT.exec(line);
  return boot === null ? null : { kind: 'boot', time: Math.floor(Number(boot[1]) * 1000) };
}

/**
 * @param yearReference ms since 1970: a stamp without a year gets the latest year that does not put it a day behind.
 * @returns the stored time (see FileClock), or null when the year is not known.
 */
export function storedTime(raw: RawStamp, yearReference: number | null): number | null {
  return raw.kind === 'yearless' ? withYear(raw, yearReference) : raw.time;
}

const BASIS_NOTES: readonly (readonly [TimeBasis, (reference: string | null) => string])[] = [
  [
    'year-inferred',
    (reference) =>
      `the lines carry no year and no zone: the year comes from the collection time ${reference}, the zone is taken as UTC`,
  ],
  ['boot-clock', () => 'the lines carry the time since the kernel started: its start is inferred'],
  ['zone-assumed', () => 'the lines carry no zone: it is taken as UTC'],
  ['zone-inferred', () => 'the lines carry no zone: it is inferred'],
  ['zone-given', () => 'the lines carry no zone: the one given by hand is used'],
  ['inherited', () => 'some lines carry no time: they have that of the line before'],
];

/** @returns one sentence part for a finding's confidence, or null when the lines themselves say it all. */
export function basisNote(bases: ReadonlySet<TimeBasis>, collectedAt: string | null): string | null {
  const notes = BASIS_NOTES.filter(([basis]) => bases.has(basis));
  const weakest = notes[0];
  return weakest === undefined ? null : weakest[1](collectedAt);
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

function fromIso(text: string): RawStamp | null {
  const parts = ISO_PARTS.exec(text);
  if (parts === null) return null;
  const time = utc(Number(parts[1]), Number(parts[2]) - 1, numbers(parts.slice(3, 7)), parts[7]);
  if (time === null) return null;
  const zone = parts[8];
  if (zone === undefined) return { kind: 'zoneless', time };
  if (zone === 'Z') return { kind: 'zoned', time };
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return { kind: 'zoned', time: time - (zone.startsWith('-') ? -minutes : minutes) * 60_000 };
}

/** Before this no Kubernetes node existed. */
const FIRST_PLAUSIBLE_TIME = Date.UTC(2014, 0, 1);

/** A leap year: the year of a stamp that has none must not decide whether 29 February exists. */
const ANY_LEAP_YEAR = 2024;

function yearless(month: number, at: DayAndTime, fraction: string | undefined): RawStamp | null {
  const time = utc(ANY_LEAP_YEAR, month, at, fraction);
  if (time === null) return null;
  return { kind: 'yearless', month: month + 1, day: at[0], timeOfDay: time - Date.UTC(ANY_LEAP_YEAR, month, at[0]) };
}

/** The latest year that does not put the line more than a day behind the reference. */
function withYear(raw: RawStamp & { readonly kind: 'yearless' }, reference: number | null): number | null {
  // Archives without member times say 1970: that is no collection time, and 1969 no year of a log line.
  if (reference === null || !(reference >= FIRST_PLAUSIBLE_TIME)) return null;
  const newest = new Date(reference + AHEAD_MAX_MS).getUTCFullYear();
  // 29 February exists in one year of four (once in eight around 2100).
  for (let year = newest; year > newest - 9; year--) {
    const day = new Date(Date.UTC(year, raw.month - 1, raw.day));
    const time = day.getTime() + raw.timeOfDay;
    if (day.getUTCDate() === raw.day && time <= reference + AHEAD_MAX_MS) return time;
  }
  return null;
}
