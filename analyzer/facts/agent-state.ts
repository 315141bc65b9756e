/**
 * Settings of what runs a node's pods: kubelet, containerd, the CNI and the VPC CNI's address daemon.
 * Few analyzers ask for a part: each is read when it is first asked for, once.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { CniConfig, ContainerdSetting, IpamdStore, KubeletConfig, LinkFile } from '../core/host-state.ts';
import type { AtLine } from '../core/node-state.ts';
import type { LineRef, SourceFile } from '../core/vocabulary.ts';
import { parseCniConfig } from '../parsers/cni-config.ts';
import { parseCniSettings } from '../parsers/cni-settings.ts';
import { parseContainerdConfig } from '../parsers/containerd-config.ts';
import { parseIpamdMetrics, parseIpamdStore } from '../parsers/ipamd-store.ts';
import { parseKubeletCommands, parseKubeletConfig } from '../parsers/kubelet-config.ts';
import { parseLinkFile } from '../parsers/link-file.ts';
import { FilePieces, filesOf, fileText } from './files.ts';
import { byPath, type Captured, holding } from './host-state.ts';
import { type InFile, refAt, type StateValue } from './node-state.ts';
import { onDemand } from './on-demand.ts';

/** Empty lists: not captured. */
export interface AgentState {
  /** In the order in which kubelet reads them: files, drop-ins by name, the command line; the last one wins. */
  readonly kubelet: readonly Captured<KubeletConfig>[];
  readonly containerd: readonly Captured<readonly ContainerdSetting[]>[];
  readonly cni: readonly Captured<CniConfig>[];
  readonly cniSettings: readonly Captured<ReadonlyMap<string, AtLine<string>>>[];
  readonly ipamdStores: readonly Captured<IpamdStore>[];
  readonly ipamdMetrics: readonly Captured<ReadonlyMap<string, AtLine<number>>>[];
  /** .link files of systemd that set a policy for hardware addresses. */
  readonly linkFiles: readonly Captured<LinkFile>[];
}

/** @param reader one sealed bundle; it must be open while the state is asked for. */
export function agentState(reader: BundleReader): AgentState {
  return onDemand({
    kubelet: () => kubelet(reader),
    containerd: () => holding(reader, ['config'], 'SystemdCgroup', (text) => some(parseContainerdConfig(text))),
    cni: () => holding(reader, ['config'], '"cniVersion"', parseCniConfig),
    cniSettings: () =>
      holding(reader, ['config', 'cloud'], 'AWS_VPC_', parseCniSettings)
        .concat(holding(reader, ['config', 'cloud'], 'WARM_ENI_TARGET', parseCniSettings))
        .filter((fact, at, all) => fact.value.size > 0 && all.findIndex(({ fileId }) => fileId === fact.fileId) === at),
    ipamdStores: () => holding(reader, ['cloud'], '"TotalIPs"', parseIpamdStore),
    linkFiles: () => holding(reader, ['config'], 'MACAddressPolicy', parseLinkFile),
    ipamdMetrics: () => holding(reader, ['cloud'], 'awscni_', parseIpamdMetrics).filter(({ value }) => value.size > 0),
  });
}

function kubelet(reader: BundleReader): readonly Captured<KubeletConfig>[] {
  const files = byPath(filesOf(reader, 'kubelet-config')).flatMap((file) =>
    at(file, parseKubeletConfig(fileText(reader, file))),
  );
  const commands = byPath(filesOf(reader, 'processes')).flatMap((file) =>
    parseKubeletCommands(new FilePieces(reader, file)).flatMap((config) => at(file, config)),
  );
  const named = commands.flatMap(({ value }) => value.configFile?.split('/').at(-1) ?? []);
  const order = ({ file }: InFile): string => {
    const name = file.slice(file.lastIndexOf('/') + 1);
    return `${DROP_IN.test(file) ? 2 : named.includes(name) ? 1 : 0} ${name}`;
  };
  return [...files.sort((one, two) => (order(one) < order(two) ? -1 : order(one) === order(two) ? 0 : 1)), ...commands];
}

/** kubelet reads files of the folder `config.json.d` after its file, by name. */
const DROP_IN = /\.d\//;

function at<T>(file: SourceFile, value: T | null): readonly Captured<T>[] {
  return value === null ? [] : [{ fileId: file.id, file: file.path, value }];
}

function some<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

/** @returns a setting of kubelet from the last source that has it, or null. */
export function kubeletSetting(state: AgentState, key: string): StateValue | null {
  for (const fact of state.kubelet.toReversed()) {
    const value = fact.value.values.get(key);
    if (value !== undefined) return { value: value.value, file: fact.file, ref: refAt(fact, value.line) };
  }
  return null;
}

/** @returns kubelet's own configuration file (no drop-in) whole, as evidence for what is not in it; null without one. */
export function kubeletFile(state: AgentState): LineRef | null {
  const fact = state.kubelet.findLast(
    ({ value, file }) => value.source === 'configuration file' && !DROP_IN.test(file),
  );
  return fact === undefined ? null : { fileId: fact.fileId, line: fact.value.line, endLine: fact.value.endLine };
}

/** @returns a setting of the VPC CNI, or null when it was not captured. */
export function cniSetting(state: AgentState, name: string): StateValue | null {
  for (const fact of state.cniSettings) {
    const value = fact.value.get(name);
    if (value !== undefined) return { value: value.value, file: fact.file, ref: refAt(fact, value.line) };
  }
  return null;
}
