/**
 * Events that several nodes log when they happen: kube-proxy of every node watches the same Services and EndpointSlices,
 * and logs what its next sync applies (pkg/proxy servicechangetracker.go and endpointslicecache.go; service.go before):
 *
 *   I0501 12:00:00.123456       1 service.go:437] "Adding new service port" portName="shop/web:http" servicePort="172.20.10.20:80/TCP"
 *   I0501 12:00:00.123456       1 service.go:462] "Removing service port" portName="shop/web:http"
 *   I0501 12:00:00.123456       1 endpointslicecache.go:348] "Setting endpoints for service port name" portName="shop/web:http" endpoints=["10.0.1.2:8080"]
 *   I0501 12:00:00.123456       1 service.go:310] Adding new service port "shop/web:http" at 172.20.10.20:80/TCP      before 1.23
 *
 * What it logs when it starts is its first list, which is of no moment that others share.
 */
import { createHash } from 'node:crypto';
import type { BundleReader, TextBlock } from '../core/case-reader.ts';
import type { FileClock } from '../core/file-clock.ts';
import type { FileId } from '../core/ids.ts';
import type { LineRef, SourceFile } from '../core/vocabulary.ts';
import { readStamp } from '../time/stamp.ts';

/** One line about one change, by the node's own clock. */
export interface SharedEvent {
  /** Same on every node that logged the same change. */
  readonly key: string;
  /** E.g. `shop/web:http added by kube-proxy`. */
  readonly what: string;
  /** ms since 1970 by the clock as it was captured: without a shift that was given. */
  readonly time: number;
  readonly ref: LineRef;
}

/** A change that two nodes logged once each. */
export interface EventPair {
  readonly here: SharedEvent;
  readonly there: SharedEvent;
}

/** A cluster whose services change all the time: more anchors would say nothing new. */
const EVENTS_MAX = 2_000;
/** A kube-proxy that starts again and again; changes are held against each start. */
const STARTS_MAX = 1_000;
/** The log of a kube-proxy at -v=4 can be large: reading so much of it takes less than a second. */
const READ_BYTES_MAX = 32 * 1024 * 1024;
/** A line of all endpoints of a large service; more of it is not read. */
const LINE_CHARS_MAX = 20_000;
/** The first list is applied by the first sync, which takes seconds in a large cluster. */
const FIRST_LIST_MS = 60_000;
/** Changes applied by one sync stand together: they are one witness, whatever their number. */
const ONE_SYNC_MS = 5_000;
/** Changes that one node saw together and another one apart did not happen when the first one logged them. */
const TOGETHER_MS = 2_000;

const ADDING = 'Adding new service port';
const REMOVING = 'Removing service port';
const SETTING = '"Setting endpoints for service port name"';
const STARTED = 'Caches are synced';
const WANTED = [ADDING, REMOVING, SETTING, STARTED].map((text) => Buffer.from(text));
const CHANGE =
  /\] "?(Adding new service port|Removing service port|Setting endpoints for service port name)"? (?:portName=)?"([^"]{1,600})"/;
const LINE_FEED = 10;

/** @param checkCancelled called between blocks; may throw. @returns changes that this node logged once, in order of time. */
export function sharedEvents(reader: BundleReader, checkCancelled: () => void): readonly SharedEvent[] {
  const files = new Map<FileId, SourceFile>(
    reader
      .files()
      .filter((file) => file.role === 'kube-proxy-log' && file.aliasOf === null)
      .map((file) => [file.id, file]),
  );
  if (files.size === 0) return [];
  const found: SharedEvent[] = [];
  const starts: number[] = [];
  let left = READ_BYTES_MAX;
  // Logs of nodes are captured at about one time: the newest of each is what they have in common.
  const places = reader
    .candidates({ any: WANTED }, new Set(files.keys()))
    .toSorted((one, two) => (two.timeMax ?? Number.NEGATIVE_INFINITY) - (one.timeMax ?? Number.NEGATIVE_INFINITY));
  for (const place of places) {
    checkCancelled();
    const file = files.get(place.fileId);
    if (file === undefined || left <= 0 || found.length >= EVENTS_MAX) break;
    left -= place.bytes;
    readBlock(reader.block(place), file, found, starts);
  }
  return loggedOnce(found.filter(({ time }) => !starts.some((start) => time >= start && time < start + FIRST_LIST_MS)));
}

function readBlock(block: TextBlock, file: SourceFile, found: SharedEvent[], starts: number[]): void {
  const bytes = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
  const hits = WANTED.flatMap((needle) => placesOf(needle, bytes)).sort((one, two) => one - two);
  let line = block.firstLine;
  let from = 0;
  let past = -1;
  for (const hit of hits) {
    if (hit < past) continue;
    for (let feed = bytes.indexOf(LINE_FEED, from); feed >= 0 && feed < hit; feed = bytes.indexOf(LINE_FEED, from)) {
      line += 1;
      from = feed + 1;
    }
    const feed = bytes.indexOf(LINE_FEED, hit);
    past = feed < 0 ? bytes.length : feed;
    const text = bytes.toString('utf8', from, Math.min(past, from + LINE_CHARS_MAX));
    readLine(text, { fileId: file.id, line, endLine: line }, file.clock, found, starts);
  }
}

function placesOf(needle: Buffer, bytes: Buffer): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + needle.length)) places.push(at);
  return places;
}

function readLine(text: string, ref: LineRef, clock: FileClock, found: SharedEvent[], starts: number[]): void {
  const change = CHANGE.exec(text);
  const isStart = change === null && text.includes(STARTED);
  if ((change === null && !isStart) || (isStart ? starts.length >= STARTS_MAX : found.length >= EVENTS_MAX)) return;
  const stamp = readStamp(text, clock);
  if (stamp === null) return;
  const time = stamp.time - clock.shiftMs;
  if (change === null) starts.push(time);
  else found.push({ ...changeOf(text, change), time, ref });
}

const WORDS: Readonly<Record<string, string>> = {
  [ADDING]: 'added',
  [REMOVING]: 'removed',
  'Setting endpoints for service port name': 'given endpoints',
};

function changeOf(text: string, change: RegExpExecArray): Pick<SharedEvent, 'key' | 'what'> {
  // The source file before the message depends on the version, what follows it tells changes of one port apart.
  const rest = text.slice(change.index + change[0].length).trimEnd();
  const [, kind = '', port = ''] = change;
  const key = createHash('sha256')
    .update(JSON.stringify([kind, port, rest]))
    .digest('base64');
  return { key, what: `service port ${port} ${WORDS[kind] ?? 'changed'}, logged by kube-proxy` };
}

/** A change that happened twice cannot be told from itself; one line that stands in two files is one. */
function loggedOnce(events: readonly SharedEvent[]): readonly SharedEvent[] {
  const byKey = new Map<string, SharedEvent | null>();
  for (const event of events) {
    const known = byKey.get(event.key);
    if (known === undefined) byKey.set(event.key, event);
    else if (known !== null && known.time !== event.time) byKey.set(event.key, null);
  }
  return [...byKey.values()].flatMap((event) => event ?? []).sort((one, two) => one.time - two.time);
}

/** @returns one pair for each moment at which both logged changes, in order of `here`. */
export function eventPairs(here: readonly SharedEvent[], there: readonly SharedEvent[]): readonly EventPair[] {
  const theirs = new Map(there.map((event) => [event.key, event]));
  const pairs = here.flatMap((event): EventPair[] => {
    const other = theirs.get(event.key);
    return other === undefined ? [] : [{ here: event, there: other }];
  });
  const byThere = oneEach(pairs, ({ there: event }) => event.time);
  return oneEach(byThere, ({ here: event }) => event.time);
}

/** The first pair of each sync of one side; none of a sync whose changes stand apart on the other side. */
function oneEach(pairs: readonly EventPair[], timeOf: (pair: EventPair) => number): readonly EventPair[] {
  const groups: EventPair[][] = [];
  for (const pair of pairs.toSorted((one, two) => timeOf(one) - timeOf(two))) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (group !== undefined && first !== undefined && timeOf(pair) - timeOf(first) <= ONE_SYNC_MS) group.push(pair);
    else groups.push([pair]);
  }
  return groups.flatMap((group) => {
    const offsets = group.map((pair) => pair.here.time - pair.there.time);
    return span(offsets) > TOGETHER_MS ? [] : group.slice(0, 1);
  });
}

function span(values: readonly number[]): number {
  const least = values.reduce((one, two) => Math.min(one, two), Number.POSITIVE_INFINITY);
  const most = values.reduce((one, two) => Math.max(one, two), Number.NEGATIVE_INFINITY);
  return most - least;
}
