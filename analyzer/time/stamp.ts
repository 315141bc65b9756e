/**
 * Reads the time and the wrapping of one log line; what stamps look like is in find-stamp.ts and field-stamp.ts.
 *
 *   2024-05-01T12:00:00.123456789Z stdout F E0501 12:00:00.123456  1 proxier.go:1] "Sync failed"   CRI around klog
 *   May  1 12:00:00 ip-10-0-1-2 kube-proxy[123]: E0501 12:00:00.123456  1 proxier.go:1] ...        journal short
 *   2024-05-01T12:00:00.123456+0000 ip-10-0-1-2 kubelet[123]: ...                                  journal ISO
 *
 * klog and the journal's short format have neither year nor zone, the kernel counts from its start: what a line lacks
 * comes from the clock of its file, and the basis says so. Without it such a line has no instant.
 */
import { type FileClock, instantOffset, type TimeBasis } from '../core/file-clock.ts';
import { findStamp } from './find-stamp.ts';
import { STAMP_CODE, StampParts } from './stamp-parts.ts';
import { FIRST_PLAUSIBLE_TIME, YearFinder } from './stored-time.ts';

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
const JOURNAL_SHORT = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \S+ ([^\s:[]+(?:\[\d+\])?): ?/;
const JOURNAL_ISO = new RegExp(String.raw`^(${ISO}) \S+ ([^\s:[]+(?:\[\d+\])?): ?`);
const KLOG = /^[IWEF]\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})? /;

const MILLIS_PER_DAY = 86_400_000;

/** @returns the line without its CRI or journal wrapping, and what wrote it. */
export function unwrapLine(line: string): Unwrapped {
  const cri = CRI.exec(line);
  if (cri !== null) return { source: cri[2] ?? null, body: line.slice(cri[0].length) };
  const short = JOURNAL_SHORT.exec(line);
  if (short !== null) return { source: short[1] ?? null, body: line.slice(short[0].length) };
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
  const offset = stampOffset(raw.kind, clock);
  if (stored === null || offset === null) return null;
  return { time: stored + offset, basis: basisOf(raw, clock) };
}

/** @returns what to add to the stored time of such a stamp to get the instant (ms), or null when the clock does not tell. */
export function stampOffset(kind: RawStamp['kind'], clock: FileClock): number | null {
  // A mixture tells of local times that they are taken as UTC, and nothing of the start of the kernel.
  const local = kind === 'zoneless' || kind === 'yearless';
  return instantOffset(clock, clock.stamps === 'mixed' && local ? 'mixed' : kind);
}

/** @returns what to add to a stored time, by STAMP_CODE; NaN where the clock gives no instant. */
export function stampOffsets(clock: FileClock): Float64Array {
  return Float64Array.from(KINDS, (kind) => (kind === null ? null : stampOffset(kind, clock)) ?? Number.NaN);
}

function basisOf(raw: RawStamp, clock: FileClock): TimeBasis {
  if (raw.kind === 'zoned') return 'explicit';
  if (raw.kind === 'yearless') return 'year-inferred';
  if (raw.kind === 'boot') return 'boot-clock';
  if (clock.stamps === 'mixed' || clock.zoneFrom === null) return 'zone-assumed';
  return `zone-${clock.zoneFrom}`;
}

const KINDS = [null, 'zoned', 'zoneless', 'yearless', 'boot'] as const;
const PARTS = new StampParts();

/** Bytes of a line, used again for each: matches of rules ask for a hundred thousand. */
const LINE_BYTES = Buffer.alloc(48 * 1024);
/** A UTF-16 code unit is at most three bytes of UTF-8. */
const UNIT_BYTES_MAX = 3;

function bytesOf(line: string): { readonly bytes: Buffer; readonly length: number } {
  if (line.length * UNIT_BYTES_MAX <= LINE_BYTES.length) return { bytes: LINE_BYTES, length: LINE_BYTES.write(line) };
  const bytes = Buffer.from(line);
  return { bytes, length: bytes.length };
}

/** @returns the line's stamp as it stands there, or null when it has none. */
export function rawStamp(line: string): RawStamp | null {
  const { bytes, length } = bytesOf(line);
  findStamp(bytes, 0, length, PARTS);
  const kind = KINDS[PARTS.kind];
  if (kind === null || kind === undefined) return null;
  const timeOfDay = PARTS.second * 1000 + PARTS.millis;
  if (kind === 'yearless') return { kind, month: PARTS.day >> 5, day: PARTS.day & 31, timeOfDay };
  return { kind, time: PARTS.day * MILLIS_PER_DAY + timeOfDay };
}

/** Of the reference that was asked for last: the lines of a file share one. */
let years = { before: Number.NaN, finder: new YearFinder(Number.NaN) };

/**
 * @param yearReference ms since 1970: a stamp without a year gets the latest year that does not put it a day behind.
 * @returns the stored time (see FileClock), or null when the year is not known.
 */
export function storedTime(raw: RawStamp, yearReference: number | null): number | null {
  if (raw.kind !== 'yearless') return raw.time;
  if (yearReference === null || !(yearReference >= FIRST_PLAUSIBLE_TIME)) return null;
  PARTS.kind = STAMP_CODE.yearless;
  PARTS.day = raw.month * 32 + raw.day;
  PARTS.second = 0;
  PARTS.millis = raw.timeOfDay;
  if (years.before !== yearReference) years = { before: yearReference, finder: new YearFinder(yearReference) };
  const time = years.finder.timeOf(PARTS);
  return Number.isNaN(time) ? null : time;
}

type ZoneFrom = FileClock['zoneFrom'];

const ZONE_NOTES: readonly (readonly [ZoneFrom, string, string])[] = [
  ['assumed', 'the zone is taken as UTC', 'it is taken as UTC'],
  ['inferred', 'the zone is inferred', 'it is inferred'],
  ['given', 'the zone is the one given by hand', 'the one given by hand is used'],
];
const ASSUMED: ReadonlySet<ZoneFrom> = new Set(['assumed']);

const BASIS_NOTES: readonly (readonly [
  TimeBasis,
  (yearFrom: string | null, zones: ReadonlySet<ZoneFrom>) => string,
])[] = [
  [
    'year-inferred',
    (yearFrom, zones) => {
      const zone = ZONE_NOTES.find(([from]) => zones.has(from)) ?? ZONE_NOTES[0];
      return `the lines carry no year and no zone: the year comes from ${yearFrom}, ${zone?.[1]}`;
    },
  ],
  ['boot-clock', () => 'the lines carry the time since the kernel started: its start is inferred'],
  ...ZONE_NOTES.map(
    ([from, , note]) => [`zone-${from}` as TimeBasis, () => `the lines carry no zone: ${note}`] as const,
  ),
  ['inherited', () => 'some lines carry no time: they have that of the line before'],
];

/**
 * @param yearFrom `the collection time 2024-05-01T12:00:00.000Z`: what stamps without year got theirs from.
 * @param zones where the zones of lines without year come from.
 * @returns one sentence part for a finding's confidence, or null when the lines themselves say it all.
 */
export function basisNote(
  bases: ReadonlySet<TimeBasis>,
  yearFrom: string | null,
  zones: ReadonlySet<ZoneFrom> = ASSUMED,
): string | null {
  const notes = BASIS_NOTES.filter(([basis]) => bases.has(basis));
  const weakest = notes[0];
  return weakest === undefined ? null : weakest[1](yearFrom, zones);
}
