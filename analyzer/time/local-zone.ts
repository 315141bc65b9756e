/**
 * The zone of a file's local stamps, from the signs of the whole bundle. Signs that contradict each other are all told
 * and none is used: a time off by hours is worse than one that is known to be taken as UTC.
 */
import type { FileClock } from '../core/file-clock.ts';
import { MINUTE_MS, redated, spokenInstant } from './calendar.ts';
import {
  type ClockFile,
  CONTAINER_LOGS,
  quarterMinutes,
  type Sightings,
  signWords,
  type ZoneSign,
} from './clock-sightings.ts';
import { isOffsetInUse, zoneMinutesAt, zoneText } from './zones.ts';

export interface LocalZone {
  readonly minutes: number;
  readonly from: NonNullable<FileClock['zoneFrom']>;
  readonly because: readonly string[];
}

/** When the bundle was collected, as far as zones are concerned. */
export interface CollectionInstant {
  readonly time: number;
  /** Where the time stands, for sentences. */
  readonly said: string;
}

/** Logs that programs of the node write as long as it runs. */
const NODE_LOGS: ReadonlySet<string> = new Set([
  'kubelet-log',
  'container-runtime-log',
  'system-log',
  'kernel-log',
  'cni-log',
]);
/** A collector works a few minutes, logs go on meanwhile. */
const END_TOLERANCE_MS = 5 * MINUTE_MS;
/** cloud-init sets `logging.Formatter.converter = time.gmtime` (cloudinit/log). */
const CLOUD_INIT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - [\w.-]+\.py\[[A-Z]+\]: /;
const WRAPPED = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \S+ [^\s:[]+(?:\[\d+\])?:/;
const SIGNS_TOLD = 4;

/** All that a bundle shows about zones; asked once for each of its files. */
export class ZoneEvidence {
  readonly #signs: readonly { readonly sign: ZoneSign; readonly host: string | null; readonly file: ClockFile }[];
  readonly #hosts: ReadonlySet<string>;
  readonly #reference: number;

  /**
   * @param reference ms since 1970 at which names of zones are resolved.
   * @param collected when the bundle's name tells a UTC time to the minute, else null.
   */
  constructor(
    seen: readonly Sightings[],
    reference: number,
    collected: CollectionInstant | null,
    more: readonly ZoneSign[],
  ) {
    this.#reference = reference;
    this.#hosts = new Set(seen.flatMap((one) => one.host ?? []));
    const signs = seen.flatMap(({ signs: own, host, file }) =>
      own.map((sign) => ({ sign: resolved(sign, reference), host, file })),
    );
    const [any] = seen;
    const bundle = [...more, ...(collected === null ? [] : endSigns(seen, collected))];
    this.#signs = [
      ...signs,
      ...(any === undefined ? [] : bundle.map((sign) => ({ sign, host: null, file: any.file }))),
    ];
  }

  /** @param end ms since 1970 near the file's end: a zone known by name is resolved there. */
  zoneOf({ file, lines, host }: Sightings, end: number | null): LocalZone {
    if (lines.some((line) => CLOUD_INIT.test(line))) {
      return {
        minutes: 0,
        from: 'inferred',
        because: ['zone UTC: cloud-init writes its log in UTC whatever the zone'],
      };
    }
    const inContainer = CONTAINER_LOGS.has(file.role) && !lines.some((line) => WRAPPED.test(line));
    const program = programOf(file);
    const signs = this.#signs
      .filter((one) =>
        inContainer
          ? one.sign.of === 'program' && programOf(one.file) === program
          : one.sign.of !== 'program' && this.#sameNode(one.host, host),
      )
      .map((one) => one.sign);
    if (signs.length > 0) return this.#agreed(signs, end ?? this.#reference);
    const node = this.#signs.find((one) => one.sign.of === 'node' && one.sign.minutes !== 0)?.sign;
    const because =
      inContainer && node !== undefined
        ? `zone taken as UTC: the program runs in a container, whose zone need not be the node's ${signWords(node)}`
        : 'zone taken as UTC: nothing in the bundle tells it';
    return { minutes: 0, from: 'assumed', because: [because] };
  }

  /** With several hosts in a bundle only signs of the same one count. */
  #sameNode(one: string | null, other: string | null): boolean {
    return this.#hosts.size <= 1 || (one !== null && one === other);
  }

  #agreed(all: readonly ZoneSign[], end: number): LocalZone {
    const firm = all.filter((sign) => sign.of !== 'doubtful');
    const signs = firm.length > 0 ? firm : all;
    const names = [...new Set(signs.flatMap((sign) => sign.name ?? []))];
    const inferred = (minutes: number, ...more: readonly string[]): LocalZone => ({
      minutes,
      from: 'inferred',
      because: [`zone ${zoneText(minutes)}: ${told(signs)}`, ...more],
    });
    const [name] = names;
    if (name !== undefined && this.#nameAgrees(name, names, signs)) {
      const minutes = zoneMinutesAt(name, end);
      if (minutes !== null) return inferred(minutes);
    }
    const offsets = [...new Set(signs.map((sign) => sign.minutes))];
    const [only] = offsets;
    if (only !== undefined && offsets.length === 1) return inferred(only);
    const change = name === undefined ? savingTime(signs) : null;
    if (change !== null) {
      const said = `the offset changes from ${zoneText(change.from)} to ${zoneText(change.to)} before ${spokenInstant(change.before)}: lines from before the change are off by an hour`;
      return inferred(change.to, said);
    }
    const because = `zone taken as UTC: the signs contradict each other: ${distinct(signs).map(signWords).join('; ')}`;
    return { minutes: 0, from: 'assumed', because: [because] };
  }

  #nameAgrees(name: string, names: readonly string[], signs: readonly ZoneSign[]): boolean {
    const here = zoneMinutesAt(name, this.#reference);
    return (
      names.every((other) => zoneMinutesAt(other, this.#reference) === here) &&
      signs.every((sign) => sign.name !== null || sign.minutes === zoneMinutesAt(name, sign.at ?? this.#reference))
    );
  }
}

function resolved(sign: ZoneSign, reference: number): ZoneSign {
  if (sign.name === null) return sign;
  return { ...sign, minutes: zoneMinutesAt(sign.name, reference) ?? sign.minutes };
}

/** Each thing seen once, a few of them. */
function told(signs: readonly ZoneSign[]): string {
  const said = [...new Set(signs.map((sign) => sign.said))];
  const more = said.length > SIGNS_TOLD ? `; and ${said.length - SIGNS_TOLD} more` : '';
  return `${said.slice(0, SIGNS_TOLD).join('; ')}${more}`;
}

/** One sign of every offset. */
function distinct(signs: readonly ZoneSign[]): readonly ZoneSign[] {
  return [...new Map(signs.map((sign) => [sign.minutes, sign])).values()].slice(0, SIGNS_TOLD);
}

/** @returns the change when two offsets an hour apart follow one another in time, as at the start or end of summer. */
function savingTime(
  signs: readonly ZoneSign[],
): { readonly from: number; readonly to: number; readonly before: number } | null {
  const dated = signs.flatMap(({ minutes, at }) => (at === null ? [] : [{ minutes, at }])).sort((a, b) => a.at - b.at);
  const from = dated[0]?.minutes;
  const to = dated.at(-1)?.minutes;
  if (dated.length < signs.length || from === undefined || to === undefined || Math.abs(from - to) !== 60) return null;
  const turn = dated.findIndex((one) => one.minutes === to);
  if (!dated.every((one, index) => one.minutes === (index < turn ? from : to))) return null;
  return { from, to, before: dated[turn]?.at ?? 0 };
}

/** The program that wrote a file, so that signs of one container serve another log of the same program. */
function programOf(file: ClockFile): string {
  if (file.role !== 'container-log') return file.role;
  const parts = file.path.split('/');
  const base = parts.at(-1) ?? '';
  const inPods = /^\d+\.log/.test(base) || /^(?:current|previous)/.test(base);
  const name = inPods ? (parts.at(base.startsWith('c') || base.startsWith('p') ? -3 : -2) ?? '') : base;
  return name
    .replace(/\.log.*$/, '')
    .replace(/-[0-9a-f]{64}$/, '')
    .replace(/^.*_/, '');
}

/**
 * Logs of the node that end at the same whole quarter of an hour from the collection. A later end of another log would
 * lie in the future with that zone: then it is no sign.
 */
function endSigns(seen: readonly Sightings[], collected: CollectionInstant): readonly ZoneSign[] {
  const ends = new Map<string, { readonly file: ClockFile; readonly last: number }>();
  for (const { file, lines } of seen) {
    const local = file.yearless + file.zoneless;
    if (!NODE_LOGS.has(file.role) || local === 0 || file.zoned + file.boot > local) continue;
    if (lines.some((line) => CLOUD_INIT.test(line))) continue;
    const stored = file.last ?? Number.NaN;
    const last = file.yearless > file.zoneless ? redated(stored, collected.time) : stored;
    // Copies of one log are one witness.
    if (Number.isFinite(last)) ends.set(`${last} ${file.first} ${local}`, { file, last });
  }
  const all = [...ends.values()].sort((one, two) => two.last - one.last);
  const minutes = all[0] === undefined ? null : quarterMinutes(all[0].last, collected.time, END_TOLERANCE_MS);
  if (minutes === null || !isOffsetInUse(minutes)) return [];
  const group = all.filter((one) => quarterMinutes(one.last, collected.time, END_TOLERANCE_MS) === minutes);
  if (group.length < 2) return [];
  const apart = minutes === 0 ? 'at' : `${zoneText(minutes)} from`;
  const paths = group.slice(0, 2).map((one) => one.file.path);
  const said = `the last lines of ${paths.join(' and ')} stand ${apart} the collection time ${spokenInstant(collected.time)} (${collected.said})`;
  return [{ minutes, name: null, at: collected.time, of: 'node', said }];
}
