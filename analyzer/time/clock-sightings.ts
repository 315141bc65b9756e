/**
 * What the first and last lines of one file tell about clocks. Samples of what is looked for:
 *
 *   2024-05-01T05:00:00-0700 node-1 kubelet[123]: ...                          journal ISO, syslog: the node's offset
 *   2024-05-01T05:00:00.1-07:00 stderr F ...                                   CRI: the container runtime's, the node's
 *   <30>1 2024-05-01T05:00:00.003-07:00 node-1 app 123 - - ...                 syslog RFC 5424
 *   2024-05-01T12:00:00.1Z stderr F E0501 05:00:00.099999  1 proxier.go:1] ... one moment, with and without a zone
 *   May  1 05:00:00 node-1 containerd[9]: time="2024-05-01T12:00:00.1Z" ...    the same the other way round
 *   -- Logs begin at Wed 2024-05-01 05:00:00 PDT, end at ... --                systemd: stamps that name their zone
 *   Time zone: America/Los_Angeles (PDT, -0700)                                timedatectl
 *   Wed May  1 05:00:00 PDT 2024                                               date
 *   curling https://... (1 of 5) 2024-05-01T12:00:00.123UTC                    eks-log-collector.sh: date --utc ...%Z
 *   < date: Wed, 01 May 2024 12:00:00 GMT                                      the API server's answer, RFC 9110
 *   2024-05-01 12:00:00.123456789 +0000 UTC m=+0.1                             must-gather: file `timestamp`, Go's time
 */
import type { StampTotals } from '../core/file-totals.ts';
import type { FileId } from '../core/ids.ts';
import { civilTime, clockParts, DAY_MS, MINUTE_MS, monthNumber } from './calendar.ts';
import { FIRST_PLAUSIBLE_TIME } from './stored-time.ts';
import { offsetMinutes, zoneMinutesAt, zoneText, zoneWordMinutes } from './zones.ts';

/** What is known of a file before its stamps are counted. */
export interface ClockText {
  readonly id: FileId;
  readonly path: string;
  readonly role: string;
  /** First 8 KB and last 4 KB of the text as UTF-8; the tail may be empty. */
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

/** What ingest knows of one file when clocks are inferred. */
export interface ClockFile extends ClockText, StampTotals {
  /** When the member was last written, by the archive; ms since 1970. */
  readonly modified: number | null;
  /** With which the stamps without year were read. */
  readonly yearReference: number | null;
}

/** One sign of a zone. */
export interface ZoneSign {
  readonly minutes: number;
  /** Name in the tz database, when the sign is a name; `minutes` are then those at `at`. */
  readonly name: string | null;
  /** Instant at which the offset was in use; null: at the collection. */
  readonly at: number | null;
  /**
   * `node`: the zone of the node's own programs; `program`: that of the program that wrote the inner stamps, which may
   * run in a container; `doubtful`: the node's, if nothing better contradicts.
   */
  readonly of: 'node' | 'program' | 'doubtful';
  readonly said: string;
}

/** What the text of a file says of clocks. */
export interface TextSightings {
  readonly lines: readonly string[];
  /** Host name of journal or syslog lines. */
  readonly host: string | null;
  readonly signs: readonly ZoneSign[];
  /** Latest instant that the text states with a zone, and the words of it. */
  readonly stated: { readonly time: number; readonly said: string } | null;
}

export interface Sightings extends TextSightings {
  readonly file: ClockFile;
}

const DATE_TIME = String.raw`(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?`;
const OFFSET = String.raw`([+-]\d\d:?\d\d)`;
const CRI_OFFSET = new RegExp(`^${DATE_TIME}${OFFSET} (?:stdout|stderr) [PF]`);
/** A word that stands where the host would, in logs of programs that write their own stamps. */
const NO_LEVEL = '(?!(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL) )';
const SYSLOG_OFFSET = new RegExp(
  String.raw`^(?:<\d{1,3}>1 )?${DATE_TIME}${OFFSET} ${NO_LEVEL}[\w.-]+ [^\s:[]+(?:\[\d+\])?(?::| \S+ \S+ )`,
);
/** dmesg --time-format iso; containerd's own log. */
const KERNEL_ISO = new RegExp(`^${DATE_TIME}${OFFSET} `);
const RUNTIME_FIELD = new RegExp(`^time="${DATE_TIME}${OFFSET}"`);
const PAIR = new RegExp(
  String.raw`^${DATE_TIME}(Z|[+-]\d\d:?\d\d) (?:(?:stdout|stderr) [PF] )?(?:[IWEF](\d\d)(\d\d) (\d\d:\d\d:\d\d)|(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(?!\d|Z|[+-]\d| [+-]\d{4}))`,
);
const WRAPPED_ZONED = new RegExp(
  String.raw`^([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d)(?:\.\d+)? \S+ [^\s:[]+(?:\[\d+\])?: (?:time="|\{"level":"\w+","(?:ts|time)":")${DATE_TIME}(Z|[+-]\d\d:?\d\d)"`,
);
const SYSTEMD =
  /(?:^|[^\w])(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d) ([A-Z]{3,5}|[+-]\d\d(?:\d\d)?)(?![\w/])/g;
const DATE_OUTPUT =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)( [AP]M)? ([A-Z]{3,5}|[+-]\d\d(?:\d\d)?) (\d{4})$/;
/** `Wed 01 May 2024 05:00:00 AM PDT`: date in the locale en_US. */
const DATE_OUTPUT_US =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d)( [AP]M)? ([A-Z]{3,5}|[+-]\d\d(?:\d\d)?)$/;
/** troubleshoot, host-collectors/system/time.json. */
const ZONE_FIELD = /^\s*\{?\s*"timezone":\s*"([A-Za-z][\w+/-]*)"/;
const TIMEDATECTL = /^\s*Time ?zone: ([A-Za-z][\w+/-]*)(?: \(\w+, ([+-]\d{4})\))?/;
const ZONE_SETTING = /^(?:ZONE=)?"?([A-Z][A-Za-z]+(?:\/[A-Za-z_+-]+){0,2})"?$/;
const DATE_HEADER =
  /^(?:< )?date: (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT/i;
const CURL_STAMP = /(?:^|\s)(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|UTC|[+-]\d\d:?\d\d)?$/;
const GO_TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? ([+-]\d{4}) [A-Z+-]/;
const HOST = new RegExp(
  String.raw`^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|${DATE_TIME}(?:Z|${OFFSET})) ${NO_LEVEL}([\w.-]+) [\w@./-]+(?:\[\d+\])?: `,
);

/** Roles of programs that run in containers: their own stamps follow the zone of their image. */
export const CONTAINER_LOGS: ReadonlySet<string> = new Set(['kube-proxy-log', 'container-log', 'ipamd-log']);
/** A line is cut here: stamps stand at its start, and the endings looked for are short. */
const LINE_CHARS = 1000;
/** An output of `date` is a line or a few; in a log such a line may be anybody's. */
const DATE_LINES_MAX = 20;
/** Two stamps of one moment are written this much apart at most. */
const SAME_MOMENT_MS = 2 * MINUTE_MS;
/** A request to the API server is given up after 75 s, and the node's own clock may be off by some. */
const SAME_REQUEST_MS = 5 * MINUTE_MS;
const QUARTER_MS = 15 * MINUTE_MS;

/** @param now ms since 1970: later instants are not believed. */
export function sightingsOf(file: ClockText, now: number): TextSightings {
  const lines = linesOf(file);
  const signs: ZoneSign[] = [];
  let stated: TextSightings['stated'] = null;
  const state = (time: number | null, said: string): void => {
    if (time === null || time < FIRST_PLAUSIBLE_TIME || time > now + DAY_MS) return;
    if (stated === null || time > stated.time) stated = { time, said };
  };
  readOffsets(file, lines, signs);
  readPairs(file, lines, signs);
  readWrapped(file, lines, signs);
  readNamedZones(file, lines, signs, state, now);
  readRequests(file, lines, signs, state);
  if (/(?:^|\/)timestamp$/.test(file.path)) {
    for (const line of lines) {
      const found = GO_TIME.exec(line);
      if (found !== null) state(zonedTime(found.slice(1, 5), offsetMinutes(found[5] as string)), found[0]);
    }
  }
  return { lines, host: hostOf(file, lines), signs, stated };
}

/** The tail is cut anywhere: its first line is left out. */
function linesOf(file: ClockText): readonly string[] {
  const text = (bytes: Uint8Array): string[] =>
    bytes.length === 0
      ? []
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
          .toString('latin1')
          .split('\n')
          .map((line) => line.slice(0, LINE_CHARS).replace(/\r$/, ''));
  return text(file.head).concat(text(file.tail).slice(1));
}

/** The last one: a machine gets its name while it starts. */
function hostOf(file: ClockText, lines: readonly string[]): string | null {
  if (CONTAINER_LOGS.has(file.role)) return null;
  for (const line of [...lines].reverse()) {
    const host = HOST.exec(line)?.at(-1);
    // The journal has the whole name where syslog has its first part.
    if (host !== undefined && host !== 'localhost') return host.split('.')[0]?.toLowerCase() ?? null;
  }
  return null;
}

function zonedTime(parts: readonly (string | undefined)[], minutes: number | null): number | null {
  if (minutes === null) return null;
  const time = civilTime(Number(parts[0]), Number(parts[1]), Number(parts[2]), ...clockParts(parts[3] ?? ''));
  return time === null ? null : time - minutes * MINUTE_MS;
}

/** The first and the last stamp of each offset: a change between them is daylight saving time. */
function readOffsets(file: ClockText, lines: readonly string[], signs: ZoneSign[]): void {
  const forms = [
    CRI_OFFSET,
    ...(CONTAINER_LOGS.has(file.role) ? [] : [SYSLOG_OFFSET]),
    ...(file.role === 'kernel-log' ? [KERNEL_ISO] : []),
    ...(file.role === 'container-runtime-log' ? [RUNTIME_FIELD] : []),
  ];
  const last = new Map<number, ZoneSign>();
  for (const line of lines) {
    const found = firstMatch(forms, line);
    if (found === null) continue;
    const minutes = offsetMinutes(found[5] as string);
    const at = zonedTime(found.slice(1, 5), minutes);
    if (minutes === null || at === null) continue;
    const sign = { minutes, name: null, at, of: 'node', said: `${file.path}: stamps with ${found[5]}` } as const;
    if (!last.has(minutes)) signs.push(sign);
    last.set(minutes, sign);
  }
  for (const sign of last.values()) if (!signs.some((one) => one.at === sign.at)) signs.push(sign);
}

function firstMatch(forms: readonly RegExp[], line: string): RegExpExecArray | null {
  for (const form of forms) {
    const found = form.exec(line);
    if (found !== null) return found;
  }
  return null;
}

/** @returns the whole quarters of an hour between a local time read as UTC and its instant, or null when it is none. */
export function quarterMinutes(localMs: number, instant: number, toleranceMs: number): number | null {
  const quarters = Math.round((localMs - instant) / QUARTER_MS) * QUARTER_MS;
  if (Math.abs(localMs - instant - quarters) > toleranceMs || Math.abs(quarters) > 14 * 60 * MINUTE_MS) return null;
  return quarters / MINUTE_MS;
}

/** A line of the journal around one that carries its zone: the outer stamp is the node's. */
function readWrapped(file: ClockText, lines: readonly string[], signs: ZoneSign[]): void {
  const seen = new Map<number, ZoneSign>();
  for (const line of lines) {
    const found = WRAPPED_ZONED.exec(line);
    if (found === null) continue;
    const zone = found[8] as string;
    const inner = zonedTime(found.slice(4, 8), zone === 'Z' ? 0 : offsetMinutes(zone));
    const outer = inner === null ? null : nearestYear(monthNumber(found[1] as string), found[2], found[3], inner);
    const minutes = inner === null || outer === null ? null : quarterMinutes(outer, inner, SAME_MOMENT_MS);
    if (minutes === null || seen.has(minutes)) continue;
    const said = `${file.path}: one line says its moment without a zone and with it (\`${found[0]}\`)`;
    seen.set(minutes, { minutes, name: null, at: inner, of: 'node', said });
  }
  signs.push(...seen.values());
}

function readPairs(file: ClockText, lines: readonly string[], signs: ZoneSign[]): void {
  const seen = new Map<number, { readonly at: number; readonly line: string }>();
  for (const line of lines) {
    const found = PAIR.exec(line);
    if (found === null) continue;
    const zone = found[5] as string;
    const outer = zonedTime(found.slice(1, 5), zone === 'Z' ? 0 : offsetMinutes(zone));
    if (outer === null) continue;
    const inner = innerTime(found, outer);
    const minutes = inner === null ? null : quarterMinutes(inner, outer, SAME_MOMENT_MS);
    if (minutes !== null && !seen.has(minutes)) seen.set(minutes, { at: outer, line: found[0] });
  }
  for (const [minutes, { at, line }] of seen) {
    const said = `${file.path}: one line says its moment with a zone and without (\`${line}\`)`;
    signs.push({ minutes, name: null, at, of: 'program', said });
  }
}

/** The inner stamp as UTC; without a year it gets the one that brings it nearest to the outer one. */
function innerTime(found: RegExpExecArray, outer: number): number | null {
  if (found[9] !== undefined) {
    return civilTime(Number(found[9]), Number(found[10]), Number(found[11]), ...clockParts(found[12] ?? ''));
  }
  return nearestYear(Number(found[6]), found[7], found[8], outer);
}

/** @returns a stamp without year as UTC, in the year that brings it nearest to `to`. */
function nearestYear(
  month: number | null,
  day: string | undefined,
  clock: string | undefined,
  to: number,
): number | null {
  const year = new Date(to).getUTCFullYear();
  const times = [year, year - 1, year + 1].flatMap(
    (one) => civilTime(one, month ?? 0, Number(day), ...clockParts(clock ?? '')) ?? [],
  );
  return times.sort((a, b) => Math.abs(a - to) - Math.abs(b - to))[0] ?? null;
}

type State = (time: number | null, said: string) => void;

function readNamedZones(file: ClockText, lines: readonly string[], signs: ZoneSign[], state: State, now: number): void {
  const node = (minutes: number, name: string | null, at: number | null, what: string): void => {
    const said = `${file.path}: ${what}`;
    if (!signs.some((one) => one.said === said)) signs.push({ minutes, name, at, of: 'node', said });
  };
  const setting = /(?:^|\/)etc\/(?:timezone|sysconfig\/clock)$/.test(file.path);
  const timedatectl = lines.some((line) => TIMEDATECTL.test(line));
  for (const line of lines) {
    const told =
      TIMEDATECTL.exec(line) ??
      (setting ? ZONE_SETTING.exec(line.trim()) : file.role === 'node-time' ? ZONE_FIELD.exec(line) : null);
    const name = told?.[1];
    if (name !== undefined) {
      const minutes = offsetMinutes(told?.[2] ?? '') ?? zoneMinutesAt(name, now);
      if (minutes !== null) node(minutes, name, null, `time zone ${name}`);
    }
    for (const found of line.matchAll(SYSTEMD)) {
      const minutes = zoneWordMinutes(found[5] as string);
      const at = zonedTime(found.slice(1, 5), minutes);
      state(at, found[0].trim());
      // timedatectl prints the time of UTC too, which is no sign.
      if (minutes !== null && !timedatectl) node(minutes, null, at, `stamps that say ${found[5]}`);
    }
    readDateOutput(file, line, lines, signs, state);
  }
}

/** `date` prints its zone, and nobody knows whether UTC was asked for: that is a sign only if nothing contradicts. */
function readDateOutput(
  file: ClockText,
  line: string,
  lines: readonly string[],
  signs: ZoneSign[],
  state: State,
): void {
  if (lines.length > DATE_LINES_MAX) return;
  const text = line.trim();
  const usual = DATE_OUTPUT.exec(text);
  const found = usual ?? DATE_OUTPUT_US.exec(text);
  if (found === null) return;
  const order = usual === null ? ([3, 2, 1, 4, 5, 6] as const) : ([6, 1, 2, 3, 4, 5] as const);
  const [year, month, day, clock, half, zone] = order.map((at) => found[at]?.trim());
  const [hour, minute, second] = clockParts(clock ?? '');
  const hour24 = half === undefined ? hour : (hour % 12) + (half === 'PM' ? 12 : 0);
  const local = civilTime(Number(year), monthNumber(month ?? '') ?? 0, Number(day), hour24, minute, second);
  const minutes = zoneWordMinutes(zone ?? '');
  if (local === null || minutes === null) return;
  const at = local - minutes * MINUTE_MS;
  state(at, found[0]);
  const of = minutes === 0 ? 'doubtful' : 'node';
  signs.push({ minutes, name: null, at, of, said: `${file.path}: \`${found[0]}\`` });
}

/** A stamp of the node before each request, the API server's `date:` in each answer. */
function readRequests(file: ClockText, lines: readonly string[], signs: ZoneSign[], state: State): void {
  if (file.role !== 'api-server-check') return;
  let stamp: { readonly local: number; readonly said: string } | null = null;
  const seen = new Set<number>();
  for (const line of lines) {
    const own = CURL_STAMP.exec(line.trim());
    if (own !== null) {
      const local = zonedTime(own.slice(1, 5), 0);
      const zone = own[5];
      stamp = local === null || zone !== undefined ? null : { local, said: own[0].trim() };
      if (zone !== undefined)
        state(zonedTime(own.slice(1, 5), zone === 'UTC' || zone === 'Z' ? 0 : offsetMinutes(zone)), own[0].trim());
    }
    const header = DATE_HEADER.exec(line);
    if (header === null) continue;
    const parts = [header[3], String(monthNumber(header[2] as string) ?? 0), header[1], header[4]];
    const server = zonedTime(parts, 0);
    state(server, header[0]);
    if (server === null || stamp === null) continue;
    const minutes = quarterMinutes(stamp.local, server, SAME_REQUEST_MS);
    if (minutes !== null && !seen.has(minutes)) {
      seen.add(minutes);
      const said = `${file.path}: the stamp ${stamp.said} before a request whose answer says \`${header[0]}\``;
      signs.push({ minutes, name: null, at: server, of: 'node', said });
    }
    stamp = null;
  }
}

/** @returns a sentence part like `-07:00 (kubelet.log: stamps with -0700)`. */
export function signWords(sign: ZoneSign): string {
  return `${zoneText(sign.minutes)} (${sign.said})`;
}
