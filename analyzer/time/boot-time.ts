/**
 * When the kernel started. Samples:
 *
 *   [   12.345678] eth0: link up                 dmesg                  } the same message in both: the difference is
 *   [Wed May  1 12:00:12 2024] eth0: link up     dmesg --ctime          } the start, in the node's zone
 *   btime 1714564800                             /proc/stat: the start in UTC
 *   Cloud-init v. 22.2.2 running 'init' at Wed, 01 May 2024 12:00:08 +0000. Up 8.17 seconds.
 *   May  1 12:00:01 node-1 kernel: Linux version 5.10...                journal: read moments after the start
 *    12:00:00 up 1 day,  3:04,  2 users, ...     uptime, top: to the minute
 *   reboot   system boot  5.10.0 Wed May  1 12:00   still running       last -x reboot: to the minute, in the node's zone
 *
 * dmesg(1): the clock of the messages does not go on while the machine sleeps, so --ctime is wrong after a suspend.
 */
import type { FileClock } from '../core/file-clock.ts';
import { civilTime, clockParts, DAY_MS, MINUTE_MS, monthNumber, redated } from './calendar.ts';
import { quarterMinutes, type Sightings, type ZoneSign } from './clock-sightings.ts';
import { offsetMinutes, zoneText, zoneWordMinutes } from './zones.ts';

const SINCE_BOOT = /^\[ *(\d{1,12}\.\d{1,9})\] (.+)$/;
const CTIME = /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})\] (.+)$/;
const BTIME = /^btime (\d{9,11})$/;
const CLOUD_INIT =
  /\bCloud-init v\. \S{1,60} running '[^']{0,60}' at [A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4}|GMT|UTC)\. Up (\d+(?:\.\d+)?) seconds/;
const KERNEL_START =
  /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d)(?:\.\d+)? \S+ kernel: (?:\[ *0\.0+\] )?Linux version /;
const KERNEL_START_ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d) \S+ kernel: (?:\[ *0\.0+\] )?Linux version /;
const UPTIME = /^(?:top - | )?\d\d:\d\d:\d\d up +(?:(\d+) days?, +)?(?:(\d+):(\d\d)|(\d+) min)/;
const LAST_REBOOT =
  /^reboot +system boot +\S+ +[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d)(?::\d\d (\d{4}))? +(?:- .*)?still running/;

/** dmesg --ctime has whole seconds, so pairs of one boot differ by less than this. */
const PAIR_SPREAD_MS = 2000;
/** Two ways to tell the start that differ by more are worth a word. */
const AGREE_MS = 10_000;
/** The printed start and the kernel's own differ by the time spent asleep; more than this is no sign of a zone. */
const PAIR_ZONE_MS = 2 * MINUTE_MS;

export interface StartZone {
  readonly minutes: number;
  readonly from: NonNullable<FileClock['zoneFrom']>;
}

export interface KernelStart {
  /** Ms since 1970. */
  readonly time: number;
  readonly because: readonly string[];
  /** With which a local time was read, null when the start does not rest on one. */
  readonly zone: StartZone | null;
}

/** Start of the kernel as a local time, from the two forms of dmesg. */
export interface DmesgPair {
  readonly local: number;
  readonly seconds: Sightings;
  readonly human: Sightings;
  readonly pairs: number;
}

/** A node has a few; every printed one is held against every counted one. */
const DMESG_FILES_MAX = 16;

/** @returns the pair of dmesg outputs that share messages, or null; pairs that do not agree are none. */
export function dmesgPair(seen: readonly Sightings[]): DmesgPair | null {
  const kernel = seen.filter((one) => one.file.role === 'kernel-log' || /dmesg/.test(one.file.path));
  const counted = messagesOf(kernel, sinceBoot);
  // dmesg.current before dmesg.boot: the printed form is of the same moment.
  counted.sort((one, two) => Number(/boot/.test(one.of.file.path)) - Number(/boot/.test(two.of.file.path)));
  for (const human of messagesOf(kernel, printed)) {
    for (const other of counted) {
      const start = agreedStart(human.messages, other.messages);
      if (start !== null) return { ...start, seconds: other.of, human: human.of };
    }
  }
  return null;
}

type ReadMessage = (line: string) => readonly [text: string, ms: number] | null;

interface DmesgMessages {
  readonly of: Sightings;
  readonly messages: ReadonlyMap<string, number>;
}

/** The first DMESG_FILES_MAX files that hold any. */
function messagesOf(files: readonly Sightings[], read: ReadMessage): DmesgMessages[] {
  const found: DmesgMessages[] = [];
  for (const of of files) {
    const messages = uniqueMessages(of.lines, read);
    if (messages.size > 0) found.push({ of, messages });
    if (found.length === DMESG_FILES_MAX) break;
  }
  return found;
}

function printed(line: string): readonly [string, number] | null {
  const found = CTIME.exec(line);
  if (found === null) return null;
  const month = monthNumber(found[1] as string) ?? 0;
  const at = civilTime(Number(found[4]), month, Number(found[2]), ...clockParts(found[3] as string));
  return at === null ? null : [found[5] as string, at];
}

/**
 * Heads and tails of the two files need not cover the same lines, so that a message which repeats may be paired with
 * another of its kind: most pairs must agree.
 */
function agreedStart(
  printed: ReadonlyMap<string, number>,
  counted: ReadonlyMap<string, number>,
): { readonly local: number; readonly pairs: number } | null {
  const starts = [...counted].flatMap(([text, since]) => {
    const at = printed.get(text);
    return at === undefined ? [] : [at - since];
  });
  starts.sort((one, two) => one - two);
  const median = starts[starts.length >> 1];
  if (median === undefined) return null;
  const agreeing = starts.filter((one) => Math.abs(one - median) <= PAIR_SPREAD_MS);
  // Whole seconds are cut off in print, so the latest start is the nearest to the true one.
  return agreeing.length * 2 > starts.length ? { local: agreeing.at(-1) as number, pairs: agreeing.length } : null;
}

function sinceBoot(line: string): readonly [string, number] | null {
  const found = SINCE_BOOT.exec(line);
  return found === null ? null : [found[2] as string, Number(found[1]) * 1000];
}

/** Messages that stand there twice could be paired wrongly: they are left out. */
function uniqueMessages(lines: readonly string[], read: ReadMessage): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (const line of lines) {
    const one = read(line);
    if (one === null) continue;
    if (found.has(one[0]) && found.get(one[0]) !== one[1]) twice.add(one[0]);
    found.set(...one);
  }
  for (const text of twice) found.delete(text);
  return found;
}

interface Told {
  readonly time: number;
  readonly said: string;
}

/** @returns the start in UTC as the bundle tells it without any zone, best first. */
export function statedStarts(seen: readonly Sightings[], now: number): readonly Told[] {
  const proc: Told[] = [];
  const cloud: Told[] = [];
  for (const { file, lines } of seen) {
    for (const line of lines) {
      const btime = BTIME.exec(line);
      if (btime !== null) proc.push({ time: Number(btime[1]) * 1000, said: `${file.path}: \`${line}\`` });
      const init = CLOUD_INIT.exec(line);
      if (init === null) continue;
      const month = monthNumber(init[2] as string) ?? 0;
      const at = civilTime(Number(init[3]), month, Number(init[1]), ...clockParts(init[4] as string));
      const minutes = zoneWordMinutes(init[5] as string);
      if (at === null || minutes === null) continue;
      // The log keeps earlier starts; the last one is the latest.
      const time = at - minutes * MINUTE_MS - Number(init[6]) * 1000;
      cloud.unshift({ time, said: `${file.path}: \`${init[0]}\`` });
    }
  }
  cloud.sort((one, two) => two.time - one.time);
  return [...proc, ...cloud].filter((one) => one.time > 0 && one.time <= now + DAY_MS);
}

/** @returns the zone in which dmesg --ctime was printed, when the kernel's start is known without it. */
export function dmesgZone(pair: DmesgPair | null, starts: readonly Told[]): ZoneSign | null {
  const [start] = starts;
  if (pair === null || start === undefined) return null;
  const minutes = quarterMinutes(pair.local, start.time, PAIR_ZONE_MS);
  if (minutes === null) return null;
  const said = `${pair.human.file.path}: against ${pair.seconds.file.path} the kernel started at ${localText(pair.local)}; ${start.said}`;
  return { minutes, name: null, at: start.time, of: 'node', said };
}

export interface StartContext {
  readonly pair: DmesgPair | null;
  readonly starts: readonly Told[];
  /** Zone of the node's local stamps in a file, and where it comes from. */
  readonly zoneOf: (file: Sightings) => StartZone;
  readonly yearReference: number | null;
  /** Collection time known to the minute and in UTC, for `uptime`; null otherwise. */
  readonly collectedAt: number | null;
}

/** @returns the kernel's start with what it rests on, or null when nothing tells it. */
export function kernelStart(seen: readonly Sightings[], context: StartContext): KernelStart | null {
  const { pair, starts } = context;
  const [stated] = starts;
  const zone = pair === null ? null : context.zoneOf(pair.human);
  if (pair !== null && zone !== null && (zone.from === 'inferred' || stated === undefined)) {
    const time = pair.local - zone.minutes * MINUTE_MS;
    const because = [
      `start of the kernel: ${pair.pairs === 1 ? 'one message stands' : `${pair.pairs} messages stand`} both in ${pair.seconds.file.path} and in ${pair.human.file.path}, whose zone is ${zone.from === 'inferred' ? zoneText(zone.minutes) : 'taken as UTC'}`,
    ];
    if (stated !== undefined && Math.abs(stated.time - time) > AGREE_MS) {
      const apart = Math.round(Math.abs(stated.time - time) / 1000);
      because.push(`${stated.said} is ${apart} s apart: the machine may have slept, or its clock was set`);
    }
    return { time, because, zone };
  }
  if (stated !== undefined) {
    return { time: stated.time, because: [`start of the kernel: ${stated.said}`], zone: null };
  }
  return journalStart(seen, context) ?? uptimeStart(seen, context) ?? rebootStart(seen, context);
}

function journalStart(seen: readonly Sightings[], context: StartContext): KernelStart | null {
  for (const one of seen) {
    for (const line of [...one.lines].reverse()) {
      const because = [
        `start of the kernel, to some seconds, if it did not start again since: its first line in ${one.file.path}`,
      ];
      const iso = KERNEL_START_ISO.exec(line);
      if (iso !== null) {
        const at = civilTime(Number(iso[1]), Number(iso[2]), Number(iso[3]), ...clockParts(iso[4] as string));
        const minutes = iso[5] === 'Z' ? 0 : offsetMinutes(iso[5] as string);
        if (at !== null && minutes !== null) return { time: at - minutes * MINUTE_MS, because, zone: null };
      }
      const short = KERNEL_START.exec(line);
      if (short === null) continue;
      const time = localInYear(short[1], short[2], short[3], context.yearReference);
      if (time === null) continue;
      const zone = context.zoneOf(one);
      return { time: time - zone.minutes * MINUTE_MS, because, zone };
    }
  }
  return null;
}

function uptimeStart(seen: readonly Sightings[], { collectedAt }: StartContext): KernelStart | null {
  if (collectedAt === null) return null;
  for (const { file, lines } of seen) {
    if (!/(?:^|\/)(?:uptime|top)[^/]*$/.test(file.path)) continue;
    const found = UPTIME.exec(lines[0] ?? '');
    if (found === null) continue;
    const minutes = Number(found[1] ?? 0) * 1440 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? found[4] ?? 0);
    const because = [`start of the kernel, to some minutes: ${file.path} and the collection time`];
    return { time: collectedAt - minutes * MINUTE_MS, because, zone: null };
  }
  return null;
}

function rebootStart(seen: readonly Sightings[], context: StartContext): KernelStart | null {
  for (const one of seen) {
    for (const line of one.lines) {
      const found = LAST_REBOOT.exec(line);
      if (found === null) continue;
      const local =
        found[4] === undefined
          ? localInYear(found[1], found[2], found[3], context.yearReference)
          : civilTime(
              Number(found[4]),
              monthNumber(found[1] as string) ?? 0,
              Number(found[2]),
              ...clockParts(found[3] as string),
            );
      if (local === null) continue;
      const zone = context.zoneOf(one);
      const because = [`start of the kernel, to the minute: ${one.file.path}: \`${line.trim()}\``];
      return { time: local - zone.minutes * MINUTE_MS, because, zone };
    }
  }
  return null;
}

const LEAP_YEAR = 2024;

function localInYear(
  month: string | undefined,
  day: string | undefined,
  clock: string | undefined,
  reference: number | null,
): number | null {
  const any = civilTime(LEAP_YEAR, monthNumber(month ?? '') ?? 0, Number(day), ...clockParts(clock ?? ''));
  if (any === null || reference === null) return null;
  const time = redated(any, reference);
  return Number.isNaN(time) ? null : time;
}

function localText(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** Dumps of an earlier start: what a crash or a rotation left. */
const EARLIER_START = /vmcore|crash|previous|\.old|dmesg\.[0-9]/i;

/** @returns true when the file's stamps count from the start that `pair` or the node's state tells. */
export function isOfThisStart(one: Sightings, pair: DmesgPair | null): boolean {
  if (pair !== null && sharesMessages(one, pair.seconds)) return true;
  return !EARLIER_START.test(one.file.path);
}

function sharesMessages(one: Sightings, other: Sightings): boolean {
  if (one.file.id === other.file.id) return true;
  const own = new Set(one.lines.filter((line) => SINCE_BOOT.test(line)));
  return own.size > 0 && other.lines.some((line) => own.has(line));
}
