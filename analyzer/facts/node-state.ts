/**
 * Kernel settings, loaded modules, tracked connections, kube-proxy's settings and captured Kubernetes objects of a node.
 * Files of these can be large and few analyzers ask for them: each is read when it is first asked for, once.
 */
import type { BundleReader } from '../core/case-reader.ts';
import { giveBack } from '../core/give-back.ts';
import type {
  AtLine,
  ConntrackDump,
  KernelModule,
  KubeConfigMap,
  KubeEndpoints,
  KubeNode,
  KubePod,
  KubeResource,
  KubeService,
  ProxyConfig,
  ResourceDump,
} from '../core/node-state.ts';
import type { LineRef, SourceFile } from '../core/vocabulary.ts';
import { parseClusterResources } from '../parsers/cluster-resources.ts';
import { ConntrackParser } from '../parsers/conntrack.ts';
import {
  parseKubeProxyCommands,
  parseKubeProxyConfig,
  parseKubeProxyConfigValue,
} from '../parsers/kube-proxy-config.ts';
import { parseModules } from '../parsers/modules.ts';
import { parseSysctl } from '../parsers/sysctl.ts';
import { FilePieces, filesOf, fileText } from './files.ts';
import { onDemand } from './on-demand.ts';
import { type StatedVersions, statedVersions } from './stated-versions.ts';

/** Where a value was read. */
export interface InFile {
  readonly fileId: SourceFile['id'];
  /** The member's path in the bundle. */
  readonly file: string;
}

/** Values of one file of sysctl output, by key with dots. */
export interface SysctlFact extends InFile {
  readonly values: ReadonlyMap<string, AtLine<string>>;
}

export interface ModulesFact extends InFile {
  readonly modules: readonly KernelModule[];
  /** The list begins with lsmod's title line; one that was filtered by a collector does not. */
  readonly whole: boolean;
}

export interface ConntrackFact extends InFile {
  readonly dump: ConntrackDump;
  /** The end of the file was not read: nothing can be said to be absent. */
  readonly cut: boolean;
}

export interface ProxyConfigFact extends InFile {
  readonly config: ProxyConfig;
}

export interface ResourcesFact extends InFile {
  readonly dump: ResourceDump;
  /** The end of the file was not read, or objects of it could not be: nothing can be said to be absent. */
  readonly cut: boolean;
}

/** Empty lists: not captured. */
export interface NodeState {
  readonly sysctls: readonly SysctlFact[];
  readonly modules: readonly ModulesFact[];
  readonly conntrack: readonly ConntrackFact[];
  /** Configuration files and ConfigMaps first, command lines behind them. */
  readonly proxyConfig: readonly ProxyConfigFact[];
  readonly resources: readonly ResourcesFact[];
  readonly versions: StatedVersions;
}

/** @param reader one sealed bundle; it must be open while the state is asked for. */
export function nodeState(reader: BundleReader): NodeState {
  const state: NodeState = onDemand({
    sysctls: () => sysctlFacts(reader),
    modules: () => moduleFacts(reader),
    conntrack: () => conntrackFacts(reader),
    proxyConfig: () => proxyConfigFacts(reader, state.resources),
    resources: () => resourceFacts(reader),
    versions: () => statedVersions(reader),
  });
  return state;
}

function placed(file: SourceFile): InFile {
  return { fileId: file.id, file: file.path };
}

function sysctlFacts(reader: BundleReader): readonly SysctlFact[] {
  return filesOf(reader, 'sysctl').flatMap((file) => {
    const { values } = parseSysctl(new FilePieces(reader, file));
    return values.size === 0 ? [] : [{ ...placed(file), values }];
  });
}

function moduleFacts(reader: BundleReader): readonly ModulesFact[] {
  return filesOf(reader, 'modules').flatMap((file) => {
    const { modules, header } = parseModules(fileText(reader, file));
    return modules.length === 0 ? [] : [{ ...placed(file), modules, whole: header }];
  });
}

function conntrackFacts(reader: BundleReader): readonly ConntrackFact[] {
  return filesOf(reader, 'conntrack').flatMap((file) => {
    const parser = new ConntrackParser();
    let left = CONNTRACK_BYTES_MAX;
    for (const { bytes, firstLine } of reader.blocks(file.id)) {
      left -= bytes.length;
      if (left < 0) break;
      parser.add(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'), firstLine);
      giveBack(bytes);
    }
    const dump = parser.dump();
    const empty = dump.entries === 0 && dump.cpus.length === 0 && dump.declared === null;
    return empty ? [] : [{ ...placed(file), dump, cut: left < 0 || file.coverage === 'truncated' }];
  });
}

/** Half a million entries are about 100 MB; more of them add no knowledge that is asked for. */
const CONNTRACK_BYTES_MAX = 128 * 1024 * 1024;

function resourceFacts(reader: BundleReader): readonly ResourcesFact[] {
  return filesOf(reader, 'cluster-resources', 'kube-proxy-config').flatMap((file) => {
    const read = reader.text(file.id, RESOURCE_BYTES_MAX);
    const dump = parseClusterResources(read.text);
    if (dump.resources.length === 0 && dump.lists.size === 0) return [];
    const cut = read.truncated || file.coverage === 'truncated' || dump.unreadableCount > 0 || dump.leftOut > 0;
    return [{ ...placed(file), dump, cut }];
  });
}

/** JSON of 20,000 pods is about 200 MB; endpoints and services of such a cluster are far smaller. */
const RESOURCE_BYTES_MAX = 128 * 1024 * 1024;

function proxyConfigFacts(reader: BundleReader, resources: readonly ResourcesFact[]): readonly ProxyConfigFact[] {
  const files = filesOf(reader, 'kube-proxy-config').flatMap((file) =>
    parseKubeProxyConfig(fileText(reader, file)).map((config) => ({ ...placed(file), config })),
  );
  const known = new Set(files.map((fact) => fact.fileId));
  const maps = resources
    .filter((fact) => !known.has(fact.fileId))
    .flatMap((fact) =>
      fact.dump.resources.flatMap((each) =>
        each.kind !== 'ConfigMap'
          ? []
          : [...each.data.values()].flatMap((text) => {
              const config = parseKubeProxyConfigValue(text, each.line);
              return config === null ? [] : [{ fileId: fact.fileId, file: fact.file, config }];
            }),
      ),
    );
  const commands = filesOf(reader, 'processes').flatMap((file) =>
    parseKubeProxyCommands(new FilePieces(reader, file)).map((config) => ({ ...placed(file), config })),
  );
  return [...files, ...maps, ...commands];
}

/** A captured value and the line that shows it. */
export interface StateValue {
  readonly value: string;
  readonly file: string;
  readonly ref: LineRef;
}

/** @returns the captured value of a kernel setting, or null when it was not captured. */
export function sysctlOf(state: NodeState, key: string): StateValue | null {
  for (const fact of state.sysctls) {
    const at = fact.values.get(key);
    if (at !== undefined) return { value: at.value, file: fact.file, ref: refAt(fact, at.line) };
  }
  return null;
}

/** A setting of kube-proxy and the line that shows it. */
export interface ConfigValue<T> {
  readonly value: T;
  readonly source: ProxyConfig['source'];
  readonly file: string;
  readonly ref: LineRef;
}

/** @returns a setting from the best source that has it. A command line wins: kube-proxy prefers flags to its file. */
export function proxySetting<T>(
  state: NodeState,
  pick: (config: ProxyConfig) => AtLine<T> | null,
): ConfigValue<T> | null {
  const ordered = [...state.proxyConfig].sort(
    (one, two) => Number(two.config.source === 'command line') - Number(one.config.source === 'command line'),
  );
  for (const fact of ordered) {
    const at = pick(fact.config);
    if (at !== null) return { value: at.value, source: fact.config.source, file: fact.file, ref: refAt(fact, at.line) };
  }
  return null;
}

/** @returns evidence: one line of a file. */
export function refAt(where: InFile, line: number, note?: string): LineRef {
  return { fileId: where.fileId, line, endLine: line, ...(note === undefined ? {} : { note }) };
}

/** An object with the file it was read from. */
export type Placed<T> = T & InFile & { readonly cut: boolean };

interface ObjectOf {
  readonly Service: KubeService;
  readonly Endpoints: KubeEndpoints;
  readonly EndpointSlice: KubeEndpoints;
  readonly Pod: KubePod;
  readonly Node: KubeNode;
  readonly ConfigMap: KubeConfigMap;
}

/** @returns captured objects of one kind, in file order. */
export function resourcesOf<K extends keyof ObjectOf>(state: NodeState, kind: K): readonly Placed<ObjectOf[K]>[] {
  return state.resources.flatMap(({ fileId, file, cut, dump }) =>
    dump.resources
      .filter((each): each is KubeResource & ObjectOf[K] => each.kind === kind)
      .map((each) => ({ ...each, fileId, file, cut })),
  );
}
