/**
 * Infers how the stamps of every file of a bundle become instants: year, zone and start of the kernel, each with what
 * it rests on (01-bundles: time stamps to understand). Pure: what ingest knows goes in, file clocks come out.
 */
import { type FileClock, NO_CLOCK, type StampKind } from '../core/file-clock.ts';
import type { FileId } from '../core/ids.ts';
import { oneOfEquals } from '../core/one-of-equals.ts';
import { dmesgPair, dmesgZone, isOfThisStart, type KernelStart, kernelStart, statedStarts } from './boot-time.ts';
import { DAY_MS, redated, spokenInstant } from './calendar.ts';
import { type ClockFile, type ClockText, type Sightings, sightingsOf, type TextSightings } from './clock-sightings.ts';
import { type CollectionInstant, type FileSpan, type LocalZone, ZoneEvidence } from './local-zone.ts';
import { type NameTime, timeInName } from './name-time.ts';
import { FIRST_PLAUSIBLE_TIME } from './stored-time.ts';

export { redated } from './calendar.ts';
export type { ClockFile, ClockText, TextSightings } from './clock-sightings.ts';

/** An instant that tells years and offsets. */
interface Reference {
  /** Ms since 1970. */
  readonly time: number;
  /** What it rests on, as a sentence part: `the collection time in the name x.tar.gz`. */
  readonly said: string;
}

/** Of the bundle. */
interface BundleReference extends Reference {
  /** `or-later`: all that is known of the collection is that it came after this. */
  readonly collected: 'then' | 'or-later';
}

export interface ClockInput {
  /** Base name of the archive or folder. */
  readonly bundleName: string;
  /** When it was collected as the layout tells (layouts/collection-time.ts); null when nothing does. */
  readonly collected: Reference | null;
  /** Now, ms since 1970: nothing was collected later. */
  readonly now: number;
  readonly files: readonly ClockFile[];
  /** What `sightEarly` has seen of some of them. */
  readonly seen?: ReadonlyMap<FileId, TextSightings>;
}

export interface InferredClock {
  readonly clock: FileClock;
  /** The file's stored times need the years by this reference (ms since 1970, see `redated`); null: they are right. */
  readonly redate: number | null;
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
const NOTHING_SEEN: TextSightings = { lines: [], host: null, signs: [], stated: null };

/** @returns one clock for every file given. */
export function inferClocks(input: ClockInput): ReadonlyMap<FileId, InferredClock> {
  const seen = sightings(input);
  const named = timeInName(input.bundleName, input.now);
  const collected = isPlausible(input.collected?.time ?? null, input.now) ? input.collected : null;
  const bundleReference = yearReferenceOf(named, latestStated(seen, input.now), collected, input.bundleName);
  const pair = dmesgPair(seen);
  const starts = statedStarts(seen, input.now);
  const dmesg = dmesgZone(pair, starts);
  const exact: CollectionInstant | null =
    named === null || named.zone === 'unsaid' || named.precision === 'day'
      ? null
      : { time: named.time, said: `by the name ${input.bundleName}` };
  const zones = new ZoneEvidence(
    seen,
    collected?.time ?? bundleReference?.time ?? input.now,
    exact,
    dmesg === null ? [] : [dmesg],
  );
  const start = kernelStart(seen, {
    pair,
    starts,
    zoneOf: (one) => zones.zoneOf(one, null),
    yearReference: bundleReference?.time ?? null,
    collectedAt: exact?.time ?? null,
  });
  const files = new Map<FileId, InferredClock>();
  const clocks = new Map<string, InferredClock>();
  for (const one of seen) {
    const reference = referenceOf(one.file, bundleReference, input.now);
    const boot = stampKind(one.file) === 'boot' && isOfThisStart(one, pair) ? start : null;
    const inferred = inferredClock(one, reference, zones, boot);
    // Files share a few clocks, each with a page of reasons.
    files.set(one.file.id, oneOfEquals(clocks, JSON.stringify(inferred), inferred));
  }
  return files;
}

/**
 * Looks at the text of files while their stamps are still being counted: most of the work of `inferClocks`.
 * @param now see ClockInput.
 */
export function sightEarly(files: readonly ClockText[], now: number): ReadonlyMap<FileId, TextSightings> {
  const seen = new Map<FileId, TextSightings>();
  let left = TEXT_BYTES_MAX;
  for (const file of files) {
    if (UNTIMED_ROLES.test(file.role)) continue;
    left -= textBytes(file);
    if (left < 0) break;
    seen.set(file.id, sightingsOf(file, now));
  }
  return seen;
}

/** In archive order: a hostile archive of 200,000 heads must not fill the memory. */
function sightings({ files, now, seen }: ClockInput): readonly Sightings[] {
  let left = TEXT_BYTES_MAX;
  return files.map((file) => {
    const size = textBytes(file);
    const looked = size <= left && !(UNTIMED_ROLES.test(file.role) && stampKind(file) === 'none');
    if (!looked) return { file, ...NOTHING_SEEN };
    left -= size;
    return { file, ...(seen?.get(file.id) ?? sightingsOf(file, now)) };
  });
}

function textBytes({ head, tail }: ClockText): number {
  return head.length + tail.length;
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

/** The name, then stamps of the bundle, then what else tells when it was collected. */
function yearReferenceOf(
  named: NameTime | null,
  stated: Reference | null,
  collected: Reference | null,
  bundleName: string,
): BundleReference | null {
  if (named !== null) {
    // A day without a time may have lasted to its end.
    const time = named.precision === 'day' ? named.time + DAY_MS : named.time;
    return { time, said: `the collection time in the name ${bundleName}`, collected: 'then' };
  }
  if (stated !== null) return { ...stated, collected: 'or-later' };
  return collected === null ? null : { ...collected, collected: 'then' };
}

/**
 * A log that was last changed long before the collection belongs to the year of that change, when its last line is of
 * the day on which it was changed; so does one that was changed long after the latest stamp with a zone, when nothing
 * else tells of the collection. Without a reference for the bundle the change is all there is.
 */
function referenceOf(file: ClockFile, bundle: BundleReference | null, now: number): Reference | null {
  const { modified } = file;
  if (!isPlausible(modified, now)) return bundle;
  const change = { time: modified, said: 'its last change by the archive' };
  if (bundle === null) return change;
  const isOfBefore = modified < bundle.time - DAY_MS;
  const isOfAfter = bundle.collected === 'or-later' && modified > bundle.time + DAY_MS;
  if (file.last === null || !(isOfBefore || isOfAfter)) return bundle;
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
  const zone = stamps === 'zoned' || stamps === 'mixed' ? null : zones.zoneOf(one, spanOf(file, reference));
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

function spanOf(file: ClockFile, reference: Reference | null): FileSpan | null {
  const isYearless = file.yearless > file.zoneless;
  const dated = (time: number | null): number => {
    if (time === null || !isYearless) return time ?? Number.NaN;
    return reference === null ? Number.NaN : redated(time, reference.time);
  };
  const [from, to] = [dated(file.first), dated(file.last)];
  return Number.isNaN(from) || Number.isNaN(to) ? null : { from, to };
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
  if (file.yearReference === null || reference === null || file.yearReference === reference.time) return null;
  const { min, max } = file;
  if (min === null || max === null || Number.isNaN(min) || Number.isNaN(max)) return null;
  const kept = redated(min, reference.time) === min && redated(max, reference.time) === max;
  const withinYear = max - min < 365 * DAY_MS && !isLeapDay(min);
  return kept && withinYear ? null : reference.time;
}

/** 29 February keeps its year when 1 March does not. */
function isLeapDay(time: number): boolean {
  const day = new Date(time);
  return day.getUTCMonth() === 1 && day.getUTCDate() === 29;
}
