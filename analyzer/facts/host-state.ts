/**
 * What the operating system of a node says of itself: memory, pressure, disks, processes, name servers, interfaces.
 * Few analyzers ask for a part: each is read when it is first asked for, once.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type {
  FileSystemUse,
  InterfaceCounters,
  LinkErrors,
  MemoryUse,
  Mount,
  PressureLine,
  ProcessList,
  Resolver,
} from '../core/host-state.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { parseDiskFree } from '../parsers/disk-free.ts';
import { parseInterfaceCounters } from '../parsers/interface-counters.ts';
import { parseLinkErrors } from '../parsers/link-errors.ts';
import { parseMemory } from '../parsers/memory.ts';
import { parseMounts } from '../parsers/mounts.ts';
import { parsePressure } from '../parsers/pressure.ts';
import { parseProcessList } from '../parsers/process-list.ts';
import { parseResolvConf } from '../parsers/resolv-conf.ts';
import { FilePieces, filesOf, fileText } from './files.ts';
import type { InFile } from './node-state.ts';

/** A value with the file it was read from. */
export type Captured<T> = InFile & { readonly value: T };

export interface PressureFact extends InFile {
  /** Null: the file's name does not tell. */
  readonly resource: 'cpu' | 'io' | 'memory' | null;
  readonly value: readonly PressureLine[];
}

/** Empty lists: not captured. */
export interface HostState {
  /** ISO instant of the collection, when it is known. */
  readonly collectedAt: string | null;
  /** The best source first: meminfo, free, top. */
  readonly memory: readonly Captured<MemoryUse>[];
  readonly pressure: readonly PressureFact[];
  readonly fileSystems: readonly Captured<readonly FileSystemUse[]>[];
  readonly mounts: readonly Captured<readonly Mount[]>[];
  readonly processes: readonly Captured<ProcessList>[];
  readonly resolvers: readonly Captured<Resolver>[];
  readonly counters: readonly Captured<readonly InterfaceCounters[]>[];
  readonly linkErrors: readonly Captured<readonly LinkErrors[]>[];
}

/** @param reader one sealed bundle; it must be open while the state is asked for. */
export function hostState(reader: BundleReader): HostState {
  return onDemand({
    collectedAt: () => reader.bundle.collectedAt,
    memory: () => memory(reader),
    pressure: () => pressure(reader),
    fileSystems: () => each(reader, ['storage'], (text) => some(parseDiskFree(text))),
    mounts: () => each(reader, ['storage'], (text) => some(parseMounts(text))),
    processes: () =>
      filesOf(reader, 'processes').flatMap((file) => placed(file, parseProcessList(new FilePieces(reader, file)))),
    resolvers: () => each(reader, ['resolv-conf'], parseResolvConf),
    counters: () => each(reader, ['interface-counters'], counters),
    linkErrors: () => each(reader, ['ip-addr'], (text) => some(parseLinkErrors(text))),
  });
}

/** @returns an object whose parts are read when they are first asked for, once. */
export function onDemand<T extends object>(parts: { readonly [K in keyof T]: () => T[K] }): T {
  const made = {};
  for (const [key, read] of Object.entries(parts) as [string, () => unknown][]) {
    Object.defineProperty(made, key, {
      configurable: true,
      enumerable: true,
      get() {
        const value = read();
        Object.defineProperty(made, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return made as T;
}

/** @returns what the parser reads in each file of these roles; nothing for files in which it finds nothing. */
export function each<T>(
  reader: BundleReader,
  roles: readonly string[],
  parse: (text: string, file: SourceFile) => T | null,
): readonly Captured<T>[] {
  return filesOf(reader, ...roles).flatMap((file) => placed(file, parse(fileText(reader, file), file)));
}

function placed<T>(file: SourceFile, value: T | null): readonly Captured<T>[] {
  return value === null ? [] : [{ fileId: file.id, file: file.path, value }];
}

function some<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

const MEMORY_ORDER: readonly MemoryUse['source'][] = ['meminfo', 'free', 'top'];

function memory(reader: BundleReader): readonly Captured<MemoryUse>[] {
  return filesOf(reader, 'memory', 'processes')
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
function counters(text: string, file: SourceFile): readonly InterfaceCounters[] | null {
  const named = /ethtool_-S_([\w.-]{1,40})$/.exec(file.path)?.[1] ?? null;
  return some(parseInterfaceCounters(text).map((one) => (one.name === null ? { ...one, name: named } : one)));
}
