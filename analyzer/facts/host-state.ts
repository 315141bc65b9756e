/**
 * What the operating system of a node says of itself: memory, pressure, disks, processes, name servers, interfaces.
 * Few analyzers ask for a part: each is read when it is first asked for, once.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type {
  BootSeen,
  CertificateSeen,
  ClockPair,
  ClockState,
  FileSystemUse,
  InterfaceCounters,
  LargeEnvironment,
  LinkErrors,
  MemoryUse,
  Mount,
  PressureLine,
  ProcessList,
  Resolver,
  ThrottledGroup,
  UnitSeen,
} from '../core/host-state.ts';
import type { FileId } from '../core/ids.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { parseBoots } from '../parsers/boots.ts';
import { CERTIFICATES_MAX, parseCertificates } from '../parsers/certificates.ts';
import { parseClockPairs } from '../parsers/clock-pairs.ts';
import { parseClockState } from '../parsers/clock-state.ts';
import { parseDiskFree } from '../parsers/disk-free.ts';
import { parseInterfaceCounters } from '../parsers/interface-counters.ts';
import { ENVIRONMENTS_TITLE, parseLargeEnvironments } from '../parsers/large-environments.ts';
import { parseLinkErrors } from '../parsers/link-errors.ts';
import { parseMemory } from '../parsers/memory.ts';
import { parseMounts } from '../parsers/mounts.ts';
import { parsePressure } from '../parsers/pressure.ts';
import { parseProcessList } from '../parsers/process-list.ts';
import { parseResolvConf } from '../parsers/resolv-conf.ts';
import { parseThrottledGroups } from '../parsers/throttled-groups.ts';
import { parseUnitList } from '../parsers/unit-list.ts';
import { FilePieces, filesOf, fileText } from './files.ts';
import type { InFile } from './node-state.ts';
import { onDemand } from './on-demand.ts';

/** A value with the file it was read from. */
export type Captured<T> = InFile & { readonly value: T };

export interface PressureFact extends InFile {
  /** Null: the file's name does not tell. */
  readonly resource: 'cpu' | 'io' | 'memory' | null;
  readonly value: readonly PressureLine[];
}

/** Empty lists: not captured. */
export interface HostState {
  /** ms since 1970: the collection, else the last time a log of the bundle holds, which is no later; null: not known. */
  readonly capturedAt: number | null;
  /** The best source first: meminfo, free, top. */
  readonly memory: readonly Captured<MemoryUse>[];
  readonly pressure: readonly PressureFact[];
  readonly fileSystems: readonly Captured<readonly FileSystemUse[]>[];
  readonly mounts: readonly Captured<readonly Mount[]>[];
  readonly processes: readonly Captured<ProcessList>[];
  readonly resolvers: readonly Captured<Resolver>[];
  readonly counters: readonly Captured<readonly InterfaceCounters[]>[];
  readonly linkErrors: readonly Captured<readonly LinkErrors[]>[];
  /** Without stores of trusted roots. */
  readonly certificates: readonly Captured<readonly CertificateSeen[]>[];
  readonly units: readonly Captured<readonly UnitSeen[]>[];
  readonly boots: readonly Captured<readonly BootSeen[]>[];
  readonly clocks: readonly Captured<ClockState>[];
  readonly clockPairs: readonly Captured<readonly ClockPair[]>[];
  /** A list without a group says that none was throttled. */
  readonly throttled: readonly Captured<readonly ThrottledGroup[]>[];
  readonly environments: readonly Captured<readonly LargeEnvironment[]>[];
}

/** @param reader one sealed bundle; it must be open while the state is asked for. */
export function hostState(reader: BundleReader): HostState {
  return onDemand({
    capturedAt: () => capturedAt(reader),
    memory: () => memory(reader),
    pressure: () => pressure(reader),
    fileSystems: () => each(reader, ['storage'], (text) => some(parseDiskFree(text))),
    mounts: () => each(reader, ['storage'], (text) => some(parseMounts(text))),
    processes: () => each(reader, ['processes'], parseProcessList),
    resolvers: () => each(reader, ['resolv-conf'], parseResolvConf),
    counters: () => each(reader, ['interface-counters'], counters),
    linkErrors: () => each(reader, ['ip-addr'], (text) => some(parseLinkErrors(text))),
    certificates: () => certificates(reader),
    units: () => each(reader, ['services'], (text) => some(parseUnitList(text))),
    boots: () => each(reader, ['node-time'], (text) => some(parseBoots(text, capturedAt(reader) ?? SOME_YEAR_END))),
    clocks: () => each(reader, ['node-time'], parseClockState),
    clockPairs: () => each(reader, ['api-server-check'], (text) => some(parseClockPairs(text))),
    throttled: () => each(reader, ['throttling'], throttled),
    environments: () => each(reader, ['processes'], environments),
  });
}

/** @returns what the parser reads in each file of these roles; nothing for files in which it finds nothing. */
export function each<T>(
  reader: BundleReader,
  roles: readonly string[],
  parse: (text: FilePieces, file: SourceFile) => T | null,
): readonly Captured<T>[] {
  return byPath(filesOf(reader, ...roles)).flatMap((file) => placed(file, parse(new FilePieces(reader, file), file)));
}

/** Settings of a node are small; a file with a word of them that is larger is something else. */
const SETTINGS_CHARS_MAX = 32 * 1024 * 1024;

/** @returns what the parser reads in the files of these roles that hold the word. */
export function holding<T>(
  reader: BundleReader,
  roles: readonly string[],
  word: string,
  parse: (text: string) => T | null,
): readonly Captured<T>[] {
  const files = new Map<FileId, SourceFile>(filesOf(reader, ...roles).map((file) => [file.id, file]));
  if (files.size === 0) return [];
  const found = new Set<SourceFile>();
  for (const block of reader.blocksWith([Buffer.from(word)], new Set(files.keys()))) {
    const file = files.get(block.fileId);
    if (file !== undefined && file.bytes <= SETTINGS_CHARS_MAX) found.add(file);
  }
  return byPath([...found]).flatMap((file) => placed(file, parse(fileText(reader, file))));
}

/** The order in which an archive was packed must not decide which of two files is asked first. */
export function byPath(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.toSorted((one, two) => (one.path < two.path ? -1 : 1));
}

function placed<T>(file: SourceFile, value: T | null): readonly Captured<T>[] {
  return value === null ? [] : [{ fileId: file.id, file: file.path, value }];
}

function some<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

/** Boots are held against each other: where nobody knows the year any one does, a leap year takes every day. */
const SOME_YEAR_END = Date.UTC(2024, 11, 31);

function capturedAt(reader: BundleReader): number | null {
  const { collectedAt } = reader.bundle;
  const times = collectedAt === null ? reader.files().flatMap(({ lastTime }) => lastTime ?? []) : [collectedAt];
  const last = times.map((time) => Date.parse(time)).reduce((one, two) => Math.max(one, two), Number.NEGATIVE_INFINITY);
  return Number.isFinite(last) ? last : null;
}

/** PEM text, and its base64 as kubeconfigs hold it. */
function certificates(reader: BundleReader): readonly Captured<readonly CertificateSeen[]>[] {
  const known = new Set<FileId>();
  return ['-----BEGIN CERTIFICATE-----', 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR']
    .flatMap((word) => holding(reader, ['config', 'kubelet-config'], word, (text) => some(parseCertificates(text))))
    .filter(({ fileId, value }) => {
      const first = !known.has(fileId);
      known.add(fileId);
      return first && value.length <= CERTIFICATES_MAX;
    });
}

function throttled(text: FilePieces): readonly ThrottledGroup[] | null {
  const groups = parseThrottledGroups(text);
  return groups.length > 0 || text.head(40).startsWith('No CPU Throttling Found') ? groups : null;
}

function environments(text: FilePieces): readonly LargeEnvironment[] | null {
  return text.head(ENVIRONMENTS_TITLE.length) === ENVIRONMENTS_TITLE ? parseLargeEnvironments(text) : null;
}

const MEMORY_ORDER: readonly MemoryUse['source'][] = ['meminfo', 'free', 'top'];

function memory(reader: BundleReader): readonly Captured<MemoryUse>[] {
  return byPath(filesOf(reader, 'memory', 'processes'))
    .flatMap((file) => placed(file, parseMemory(new FilePieces(reader, file).head(MEMORY_CHARS))))
    .sort((one, two) => MEMORY_ORDER.indexOf(one.value.source) - MEMORY_ORDER.indexOf(two.value.source));
}

/** meminfo is 2 KB; top says it in its head. */
const MEMORY_CHARS = 16 * 1024;

function pressure(reader: BundleReader): readonly PressureFact[] {
  return each(reader, ['pressure'], (text) => some(parsePressure(text))).map((fact) => {
    const name = fact.file.slice(fact.file.lastIndexOf('/') + 1).toLowerCase();
    const resource = (['cpu', 'memory', 'io'] as const).find((word) => new RegExp(`(?:^|[^a-z])${word}`).test(name));
    return { ...fact, resource: resource ?? null };
  });
}

/** A file of one interface does not name it inside, but in its own name: `ethtool_-S_eth0`. */
function counters(text: FilePieces, file: SourceFile): readonly InterfaceCounters[] | null {
  const named = /ethtool_-S_([\w.-]{1,40})$/.exec(file.path)?.[1] ?? null;
  return some(parseInterfaceCounters(text).map((one) => (one.name === null ? { ...one, name: named } : one)));
}
