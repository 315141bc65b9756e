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
import { isOffsetInUse, otherSeasonWords, zoneMinutesAt, zoneText } from './zones.ts';

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

/** A sign and where it stands. */
interface SeenSign {
  readonly sign: ZoneSign;
  readonly host: string | null;
  readonly file: ClockFile;
}

/** When the first and the last line of a file were written, in ms since 1970 to a day. */
export interface FileSpan {
  readonly from: number;
  readonly to: number;
}

/** The zone of a file: a zone known by name is resolved at its end. */
type ZoneAt = (span: FileSpan) => LocalZone;

/** All that a bundle shows about zones; asked once for each of its files, of which there may be 200,000. */
export class ZoneEvidence {
  /** Of the node's own programs, by host; with one host in the bundle all are under `null`. */
  readonly #ofNode: ReadonlyMap<string | null, readonly ZoneSign[]>;
  readonly #ofProgram: ReadonlyMap<string | null, readonly ZoneSign[]>;
  readonly #otherThanUtc: ZoneSign | undefined;
  readonly #hosts: ReadonlySet<string>;
  readonly #reference: number;
  /** By the list that they follow from: it is the same for most files. */
  readonly #zones = new Map<readonly ZoneSign[], ZoneAt>();

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
    const [any] = seen;
    const bundle = [...more, ...(collected === null ? [] : endSigns(seen, collected))];
    const signs: readonly SeenSign[] = [
      ...seen.flatMap(({ signs: own, host, file }) =>
        own.map((sign) => ({ sign: resolved(sign, reference), host, file })),
      ),
      ...(any === undefined ? [] : bundle.map((sign) => ({ sign, host: null, file: any.file }))),
    ];
    this.#otherThanUtc = signs.find(({ sign }) => sign.of === 'node' && sign.minutes !== 0)?.sign;
    this.#ofProgram = grouped(
      signs.filter(({ sign }) => sign.of === 'program'),
      ({ file }) => programOf(file),
    );
    this.#ofNode = grouped(
      // With several hosts in a bundle only signs of the same one count.
      signs.filter(({ sign, host }) => sign.of !== 'program' && (this.#hosts.size <= 1 || host !== null)),
      ({ host }) => this.#hostKey(host),
    );
  }

  /** @param span of the file, null when it is not known. */
  zoneOf({ file, lines, host }: Sightings, span: FileSpan | null): LocalZone {
    if (lines.some((line) => CLOUD_INIT.test(line))) {
      return {
        minutes: 0,
        from: 'inferred',
        because: ['zone UTC: cloud-init writes its log in UTC whatever the zone'],
      };
    }
    const inContainer = CONTAINER_LOGS.has(file.role) && !lines.some((line) => WRAPPED.test(line));
    const signs = inContainer ? this.#ofProgram.get(programOf(file)) : this.#ofNode.get(this.#hostKey(host));
    if (signs !== undefined) return this.#zoneAt(signs)(span ?? { from: this.#reference, to: this.#reference });
    const node = this.#otherThanUtc;
    const because =
      inContainer && node !== undefined
        ? `zone taken as UTC: the program runs in a container, whose zone need not be the node's ${signWords(node)}`
        : 'zone taken as UTC: nothing in the bundle tells it';
    return { minutes: 0, from: 'assumed', because: [because] };
  }

  #hostKey(host: string | null): string | null {
    return this.#hosts.size <= 1 ? null : host;
  }

  #zoneAt(signs: readonly ZoneSign[]): ZoneAt {
    const known = this.#zones.get(signs) ?? this.#agreed(signs);
    this.#zones.set(signs, known);
    return known;
  }

  #agreed(all: readonly ZoneSign[]): ZoneAt {
    const firm = all.filter((sign) => sign.of !== 'doubtful');
    const signs = firm.length > 0 ? firm : all;
    const names = [...new Set(signs.flatMap((sign) => sign.name ?? []))];
    const toldSigns = told(signs);
    const inferred = (minutes: number, ...more: readonly string[]): LocalZone => ({
      minutes,
      from: 'inferred',
      because: [`zone ${zoneText(minutes)}: ${toldSigns}`, ...more],
    });
    const [name] = names;
    const unnamed = this.#agreedOffset(signs, name, inferred);
    if (name === undefined || !this.#nameAgrees(name, names, signs)) return () => unnamed;
    return ({ from, to }) => {
      const minutes = zoneMinutesAt(name, to);
      const season = otherSeasonWords(name, from, to);
      return minutes === null ? unnamed : inferred(minutes, ...(season === null ? [] : [season]));
    };
  }

  #agreedOffset(
    signs: readonly ZoneSign[],
    name: string | undefined,
    inferred: (minutes: number, ...more: readonly string[]) => LocalZone,
  ): LocalZone {
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

function grouped(
  signs: readonly SeenSign[],
  keyOf: (one: SeenSign) => string | null,
): ReadonlyMap<string | null, readonly ZoneSign[]> {
  const groups = new Map<string | null, ZoneSign[]>();
  for (const one of signs) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one.sign]);
    else group.push(one.sign);
  }
  return groups;
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
    // Of a log with other stamps as well the last one may be such, and says nothing of the zone.
    if (!NODE_LOGS.has(file.role) || local === 0 || file.zoned + file.boot > 0) continue;
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
