/** Settings of what runs on a node for Kubernetes: kube-proxy, kubelet, the container runtime, the network plugin. */
import type { ProxyConfig } from '../core/node-state.ts';
import { kubeletFile, kubeletSetting } from '../facts/agent-state.ts';
import { proxySetting, refAt } from '../facts/node-state.ts';
import { type FactGroup, masked, type NodeToRead } from './fact-group.ts';
import { type Absent, notKnown, reading, type Said, said, wholeList } from './reading.ts';

export const AGENT_GROUPS: readonly FactGroup[] = [
  { id: 'kube-proxy', area: 'kube-proxy', title: 'settings of kube-proxy', read: kubeProxy },
  { id: 'kubelet', area: 'kubelet', title: 'settings of kubelet', read: kubelet },
  { id: 'containerd', area: 'container runtime', title: 'settings of containerd', read: containerd },
  { id: 'cni-setting', area: 'network plugin', title: 'settings of the network plugin', read: cniSettings },
  { id: 'cni-config', area: 'network plugin', title: 'configurations of the network plugin', read: cniConfigs },
];

const NOT_SET_HERE = { known: 'nothing', because: 'the setting is not in what was captured' } as const;

/** `hostnameOverride` and `configFile` are the node's own. */
const PROXY_SETTINGS = [
  'mode',
  'clusterCidr',
  'masqueradeAll',
  'detectLocalMode',
  'nodePortAddresses',
  'ipvsScheduler',
  'conntrackMaxPerCore',
  'conntrackMin',
] as const satisfies readonly (keyof ProxyConfig)[];

function kubeProxy({ facts, own }: NodeToRead) {
  const entries: (readonly [string, Said])[] = [];
  const { mode, evidence } = facts.mode;
  if (mode !== 'unknown') entries.push(['mode', said(mode, evidence)]);
  for (const key of PROXY_SETTINGS) {
    const setting = proxySetting<unknown>(facts.state, (config) => config[key]);
    if (setting === null) continue;
    const value = Array.isArray(setting.value) ? setting.value.join(', ') : String(setting.value);
    entries.push([key === 'mode' ? 'mode that is asked for' : key, masked(own, value, setting.ref)]);
  }
  return entries.length === 0
    ? notKnown('neither the mode nor a setting of kube-proxy was captured')
    : reading(entries, NOT_SET_HERE);
}

function kubelet({ facts, reader, own }: NodeToRead) {
  const { kubelet: sources } = facts.agents;
  if (sources.length === 0) return notKnown('no settings of kubelet were captured');
  const keys = new Set(sources.flatMap(({ value }) => [...value.values.keys()]));
  const entries = [...keys].flatMap((key) => {
    const setting = kubeletSetting(facts.agents, key);
    // A key without a value only leads to others.
    return setting === null || setting.value === '' ? [] : [[key, masked(own, setting.value, setting.ref)] as const];
  });
  const file = kubeletFile(facts.agents);
  const whole = file !== null && sources.some(({ value }) => value.source === 'command line');
  const absent: Absent = whole
    ? {
        known: 'absent-in-layout',
        layout: reader.bundle.layout,
        said: { value: 'not set', meaning: 'not set', refs: [{ ...file, note: 'the whole configuration' }] },
        because: 'the bundles were collected in different ways',
      }
    : { known: 'nothing', because: 'not both configuration and command line of kubelet were captured' };
  return reading(entries, absent);
}

function containerd({ facts, own }: NodeToRead) {
  const [file] = facts.agents.containerd;
  if (file === undefined) return notKnown('no configuration of containerd was captured');
  const entries = file.value.map(
    ({ table, key, value, line }) =>
      [table === '' ? key : `${table} ${key}`, masked(own, value, refAt(file, line))] as const,
  );
  return reading(entries, NOT_SET_HERE);
}

function cniSettings({ facts, reader, own }: NodeToRead) {
  const files = facts.agents.cniSettings;
  if (files.length === 0) return notKnown('no settings of the network plugin were captured');
  const values = new Map<string, Said>();
  for (const file of files) {
    for (const [name, { value, line }] of file.value) {
      if (!values.has(name)) values.set(name, masked(own, value, refAt(file, line)));
    }
  }
  const lists = files.map((file) =>
    wholeList(
      'not set',
      file.fileId,
      [...file.value.values()].map(({ line }) => line),
      'all its settings',
    ),
  );
  const refs = lists.flatMap((list) => list.said.refs);
  return reading(values, {
    known: 'absent-in-layout',
    layout: reader.bundle.layout,
    said: { value: 'not set', meaning: 'not set', refs },
    because: 'the bundles were collected in different ways',
  });
}

function cniConfigs({ facts }: NodeToRead) {
  if (facts.agents.cni.length === 0) return notKnown('no configuration of the network plugin was captured');
  const entries = facts.agents.cni.map((file) => {
    const { name, plugins, line } = file.value;
    const value = plugins.map(({ type, mtu }) => (mtu === null ? type : `${type} (mtu ${mtu})`)).join(', ');
    return [name ?? 'without a name', said(value, [refAt(file, line)])] as const;
  });
  return reading(entries, NOT_SET_HERE);
}
