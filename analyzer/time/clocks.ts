/**
 * Infers how the stamps of every file of a bundle become instants: year, zone and start of the kernel, each with what
 * it rests on (01-bundles: time stamps to understand). Pure: what ingest knows goes in, file clocks come out.
 */
import { type FileClock, NO_CLOCK, type StampKind } from '../core/file-clock.ts';
import type { FileId } from '../core/ids.ts';
import { dmesgPair, dmesgZone, isOfThisStart, type KernelStart, kernelStart, statedStarts } from './boot-time.ts';
import { DAY_MS, FIRST_PLAUSIBLE_TIME, redated, spokenInstant } from './calendar.ts';
import { type ClockFile, type Sightings, sightingsOf } from './clock-sightings.ts';
import { type CollectionInstant, type LocalZone, ZoneEvidence } from './local-zone.ts';
import { type NameTime, timeInName } from './name-time.ts';

export { redated } from './calendar.ts';
export type { ClockFile } from './clock-sightings.ts';

export interface ClockInput {
  /** Base name of the archive or folder. */
  readonly bundleName: string;
  /** Collection time that the caller knows, ms since 1970; null: this file reads the name itself. */
  readonly collectedAt: number | null;
  /** What that rests on; left out when it is the name. A name and a stamp in the bundle then tell the year first. */
  readonly collectedBecause?: string | null;
  /** Now, ms since 1970: nothing was collected later. */
  readonly now: number;
  readonly files: readonly ClockFile[];
}

export interface InferredClock {
  readonly clock: FileClock;
  /** The file's stored times have years of `from` and need those of `to` (see `redated`); null: they are right. */
  readonly redate: { readonly from: number; readonly to: number } | null;
}

export interface ClockInference {
  /** When the bundle was collected, ms since 1970; null when nothing tells. */
  readonly collectedAt: number | null;
  /** One sentence part: what the collection time rests on. */
  readonly collectedBecause: string;
  /** One for every file given. */
  readonly files: ReadonlyMap<FileId, InferredClock>;
}

/** Of a file with stamps of two kinds the rare one is left aside when it is rarer than one in this many. */
const RARE = 20;
/** A file's last line and the time of its last change are this near when the year of the change is the line's. */
const LAST_CHANGE_MS = 2 * DAY_MS;

/** Heads and tails that are looked at: those of 2,700 files, a second of work; a node has a few hundred. */
const TEXT_BYTES_MAX = 32 * 1024 * 1024;
/** Dumps and objects that say nothing about clocks; must-gathers hold thousands. */
const UNTIMED_ROLES =
  /^(?:cluster-|ip6?tables-|nft-|ip-|ipset|ipvsadm|conntrack|config$|sysctl|modules|storage|cloud$)/;
const NOTHING = new Uint8Array();

interface Reference {
  readonly time: number;
  /** `the collection time in the name x.tar.gz`. */
  readonly said: string;
}

export function inferClocks(input: ClockInput): ClockInference {
  const seen = sightings(input);
  const named = nameTime(input);
  const stated = latestStated(seen, input.now);
  const collected = collection(input, named, stated);
  const told = typeof input.collectedBecause === 'string' && collected.time !== null ? collected.time : null;
  const toldReference = told === null ? null : { time: told, said: `the collection time: ${collected.because}` };
  const bundleReference = yearReferenceOf(named, stated ?? toldReference, input.bundleName);
  const pair = dmesgPair(seen);
  const starts = statedStarts(seen, input.now);
  const dmesg = dmesgZone(pair, starts);
  const exact: CollectionInstant | null =
    named === null || named.zone === 'unsaid' || named.precision === 'day'
      ? null
      : { time: named.time, said: `by the name ${input.bundleName}` };
  const zones = new ZoneEvidence(
    seen,
    collected.time ?? bundleReference?.time ?? input.now,
    exact,
    dmesg === null ? [] : [dmesg],
  );
  const start = kernelStart(seen, {
    pair,
    starts,
    zoneOf: (one) => zones.zoneOf(one, null),
    yearReference: bundleReference?.time ?? null,
    collectedAt: named !== null && named.precision !== 'day' ? named.time : null,
  });
  const files = new Map<FileId, InferredClock>();
  for (const one of seen) {
    const reference = referenceOf(one.file, bundleReference, input.now);
    const boot = stampKind(one.file) === 'boot' && isOfThisStart(one, pair) ? start : null;
    files.set(one.file.id, inferredClock(one, reference, zones, boot));
  }
  return { collectedAt: collected.time, collectedBecause: collected.because, files };
}

/** In archive order: a hostile archive of 200,000 heads must not fill the memory. */
function sightings({ files, now }: ClockInput): readonly Sightings[] {
  let left = TEXT_BYTES_MAX;
  return files.map((file) => {
    const size = file.head.length + file.tail.length;
    const looked = size <= left && !(UNTIMED_ROLES.test(file.role) && stampKind(file) === 'none');
    if (looked) left -= size;
    return sightingsOf(looked ? file : { ...file, head: NOTHING, tail: NOTHING }, now);
  });
}

function nameTime({ bundleName, collectedAt, collectedBecause, now }: ClockInput): NameTime | null {
  const own = timeInName(bundleName, now);
  if (own !== null || !isPlausible(collectedAt, now) || typeof collectedBecause === 'string') return own;
  return { time: collectedAt, precision: 'minute', zone: 'unsaid', said: bundleName };
}

function isPlausible(time: number | null, now: number): time is number {
  return time !== null && time >= FIRST_PLAUSIBLE_TIME && time <= now + DAY_MS;
}

/** The latest instant that the bundle states with a zone: in stamps, in `date:` headers, in outputs of `date`. */
function latestStated(seen: readonly Sightings[], now: number): Reference | null {
  let latest: Reference | null = null;
  for (const { file, stated } of seen) {
    const zoned = file.zoned > 0 && file.zoneless + file.yearless + file.boot === 0 ? file.max : null;
    for (const time of [zoned, stated?.time ?? null]) {
      if (isPlausible(time, now) && (latest === null || time > latest.time)) {
        latest = { time, said: `the latest stamp with a zone in the bundle, in ${file.path}` };
      }
    }
  }
  return latest;
}

function collection(
  input: ClockInput,
  named: NameTime | null,
  stated: Reference | null,
): { readonly time: number | null; readonly because: string } {
  const { collectedAt, collectedBecause } = input;
  if (isPlausible(collectedAt, input.now) && typeof collectedBecause === 'string') {
    return { time: collectedAt, because: collectedBecause };
  }
  if (named !== null && named.precision !== 'day') {
    const zone = named.zone === 'utc' ? '' : ', taken as UTC: it names no zone';
    return { time: named.time, because: `the name ${input.bundleName} says ${named.said}${zone}` };
  }
  if (named !== null) {
    const near = stated !== null && Math.abs(stated.time - named.time) <= LAST_CHANGE_MS;
    return near
      ? { time: stated.time, because: `${stated.said}; the name says ${named.said}` }
      : { time: named.time, because: `the name ${input.bundleName} says ${named.said}, no time of day` };
  }
  if (stated !== null) return { time: stated.time, because: `${stated.said}: collected then or later` };
  const modified = input.files.map((file) => file.modified).filter((time) => isPlausible(time, input.now));
  const latest = modified.length === 0 ? null : modified.reduce((one, two) => Math.max(one, two));
  return latest === null
    ? { time: null, because: 'neither the name nor a stamp nor the archive tells when it was collected' }
    : { time: latest, because: 'the latest change of a file by the archive' };
}

function yearReferenceOf(named: NameTime | null, stated: Reference | null, bundleName: string): Reference | null {
  if (named === null) return stated;
  // A day without a time may have lasted to its end.
  const time = named.precision === 'day' ? named.time + DAY_MS : named.time;
  return { time, said: `the collection time in the name ${bundleName}` };
}

/**
 * A log that was last changed long before the collection belongs to the year of that change, when its last line is of
 * the day on which it was changed. Without a reference for the bundle the change is all there is.
 */
function referenceOf(file: ClockFile, bundle: Reference | null, now: number): Reference | null {
  const { modified } = file;
  if (!isPlausible(modified, now)) return bundle;
  const change = { time: modified, said: 'its last change by the archive' };
  if (bundle === null) return change;
  if (file.last === null || !(modified < bundle.time - DAY_MS)) return bundle;
  const byBundle = redated(file.last, bundle.time);
  const byChange = redated(file.last, modified);
  return byBundle !== byChange && Math.abs(modified - byChange) <= LAST_CHANGE_MS ? change : bundle;
}

function inferredClock(
  one: Sightings,
  reference: Reference | null,
  zones: ZoneEvidence,
  start: KernelStart | null,
): InferredClock {
  const { file } = one;
  const stamps = stampKind(file);
  const because: string[] = [];
  if (stamps === 'none') return { clock: NO_CLOCK, redate: null };
  if (stamps === 'boot') {
    because.push(...(start?.because ?? ['the start of the kernel is not known: nothing in the bundle tells it']));
    const clock = { ...NO_CLOCK, stamps, ...zoneFields(start?.zone ?? null), boot: start?.time ?? null, because };
    return { clock, redate: null };
  }
  const yearless = file.yearless > 0 && stamps !== 'zoned';
  if (yearless) because.push(yearWords(reference));
  const zone = stamps === 'zoned' || stamps === 'mixed' ? null : zones.zoneOf(one, lastStored(file, reference));
  if (zone !== null) because.push(...zone.because);
  if (stamps === 'mixed') because.push('some lines carry their zone; those that do not are taken as UTC');
  const clock: FileClock = {
    stamps,
    ...zoneFields(zone),
    yearReference: yearless ? (reference?.time ?? null) : null,
    boot: null,
    shiftMs: 0,
    because,
  };
  return { clock, redate: yearless ? redateOf(file, reference) : null };
}

function zoneFields(zone: Pick<LocalZone, 'minutes' | 'from'> | null): Pick<FileClock, 'zoneMinutes' | 'zoneFrom'> {
  return { zoneMinutes: zone?.minutes ?? null, zoneFrom: zone?.from ?? null };
}

function lastStored(file: ClockFile, reference: Reference | null): number | null {
  if (file.last === null || Number.isNaN(file.last)) return null;
  if (file.yearless <= file.zoneless) return file.last;
  return reference === null ? null : redated(file.last, reference.time);
}

function yearWords(reference: Reference | null): string {
  return reference === null
    ? 'the year is not known, so the lines have no instants: neither the name, nor a stamp with a zone, nor the archive tells when they were written'
    : `year: the latest that puts no line more than a day after ${spokenInstant(reference.time)}, ${reference.said}`;
}

/** @returns what the stamps of the file are; a few of another kind do not make it a mixture. */
export function stampKind(file: Pick<ClockFile, 'zoned' | 'zoneless' | 'yearless' | 'boot'>): StampKind {
  const { zoned, zoneless, yearless, boot } = file;
  const local = zoneless + yearless;
  if (zoned + local + boot === 0) return 'none';
  if (boot > zoned + local) return 'boot';
  if (local * RARE <= zoned) return 'zoned';
  if (zoned * RARE > local) return 'mixed';
  return yearless >= zoneless ? 'yearless' : 'zoneless';
}

/** Nothing to do when both extremes keep their year: then every line between them does. */
function redateOf(file: ClockFile, reference: Reference | null): InferredClock['redate'] {
  const from = file.yearReference;
  if (from === null || reference === null || from === reference.time) return null;
  const { min, max } = file;
  if (min === null || max === null || Number.isNaN(min) || Number.isNaN(max)) return null;
  const kept = redated(min, reference.time) === min && redated(max, reference.time) === max;
  const withinYear = max - min < 365 * DAY_MS && !isLeapDay(min);
  return kept && withinYear ? null : { from, to: reference.time };
}

/** 29 February keeps its year when 1 March does not. */
function isLeapDay(time: number): boolean {
  const day = new Date(time);
  return day.getUTCMonth() === 1 && day.getUTCDate() === 29;
}
