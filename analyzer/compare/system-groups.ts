/** Facts of a node's operating system: versions, kernel settings, modules, units, mounts, name servers, memory, clock. */
import { machineFacts } from '../facts/machine.ts';
import { refAt } from '../facts/node-state.ts';
import type { StatedVersion } from '../facts/stated-versions.ts';
import { type FactGroup, masked, type NodeToRead } from './fact-group.ts';
import { notKnown, reading, type Said, said, wholeList } from './reading.ts';

const NOT_CAPTURED = { known: 'nothing', because: 'it was not captured' } as const;

export const SYSTEM_GROUPS: readonly FactGroup[] = [
  { id: 'version', area: 'versions', title: 'versions', read: versions },
  { id: 'sysctl', area: 'kernel settings', title: 'kernel settings', read: sysctls },
  { id: 'module', area: 'kernel modules', title: 'kernel modules', read: modules },
  { id: 'unit', area: 'system', title: 'units', read: units },
  { id: 'mount', area: 'storage', title: 'mounts', read: mounts },
  { id: 'resolver', area: 'name servers', title: 'settings of resolv.conf', read: resolver },
  { id: 'memory', area: 'system', title: 'amounts of memory', read: memory },
  { id: 'clock', area: 'clock', title: 'states of the clock', read: clock },
];

function versions({ facts, reader }: NodeToRead) {
  const stated: readonly (readonly [string, Pick<StatedVersion, 'version' | 'ref'> | null])[] = [
    ['kube-proxy', facts.state.versions.kubeProxy],
    ['kubelet', facts.state.versions.kubelet],
    ['kernel', facts.state.versions.kernel],
    ['container runtime', facts.state.versions.containerd],
    ...machineFacts(reader).map(({ name, value, ref }) => [name, { version: value, ref }] as const),
  ];
  const known = stated.flatMap(([name, one]) => (one === null ? [] : [[name, said(one.version, [one.ref])] as const]));
  return reading(known, NOT_CAPTURED);
}

function sysctls({ facts, own }: NodeToRead) {
  if (facts.state.sysctls.length === 0) return notKnown('no kernel settings were captured');
  const values = new Map<string, Said>();
  for (const fact of facts.state.sysctls) {
    for (const [key, { value, line }] of fact.values) {
      // sysctl prints tabs between numbers, /proc may print spaces.
      if (!values.has(key)) values.set(key, masked(own, value.replace(/\s+/g, ' '), refAt(fact, line)));
    }
  }
  return reading(values, { known: 'nothing', because: 'the setting is not among those that were captured' });
}

function modules({ facts }: NodeToRead) {
  const [first] = facts.state.modules;
  if (first === undefined) return notKnown('no list of modules was captured');
  const loaded = facts.state.modules.flatMap((fact) =>
    fact.modules.map((one) => [one.name, said('loaded', [refAt(fact, one.line)])] as const),
  );
  const whole = facts.state.modules.find((fact) => fact.whole);
  if (whole === undefined) {
    return reading(loaded, { known: 'nothing', because: 'only a part of the list of modules was captured' });
  }
  const lines = whole.modules.map(({ line }) => line);
  return reading(loaded, wholeList('not loaded', whole.fileId, lines, 'the whole list of modules'));
}

function units({ facts }: NodeToRead) {
  const [list] = facts.host.units;
  if (list === undefined) return notKnown('no list of units was captured');
  const seen = list.value.map(
    (one) => [one.name, said(`${one.active} (${one.sub})`, [refAt(list, one.line)])] as const,
  );
  const lines = list.value.map(({ line }) => line);
  return reading(seen, wholeList('not in the list of units', list.fileId, lines, 'the whole list of units'));
}

/** Options whose value follows from the size of the machine, or that say where a layer of an image is. */
const OWN_OPTION =
  /^(?:size|nr_inodes|inode32|inode64|lowerdir|upperdir|workdir|fd|pgrp|timeout|minproto|maxproto|pipe_ino|logbufs|logbsize|sunit|swidth|stripe)\b/;

function mounts({ facts }: NodeToRead) {
  const [list] = facts.host.mounts;
  if (list === undefined) return notKnown('no mounts were captured');
  const seen = list.value.map((one) => {
    const options = one.options.filter((option) => !OWN_OPTION.test(option)).join(',');
    return [one.mountPoint, said(`${one.type} ${options}`.trim(), [refAt(list, one.line)])] as const;
  });
  const lines = list.value.map(({ line }) => line);
  return reading(seen, wholeList('not mounted', list.fileId, lines, 'all mounts'));
}

function resolver({ facts, own }: NodeToRead) {
  const [file] = facts.host.resolvers;
  if (file === undefined) return notKnown('no resolv.conf was captured');
  const { nameservers, search, options } = file.value;
  // A search list may hold the zone of the node's own name.
  const list = (items: readonly { readonly value: string; readonly line: number }[]): Said => {
    if (items.length === 0) return said('none');
    const value = items.map((item) => item.value).join(', ');
    return { value, meaning: own.mask(value), refs: items.map(({ line }) => refAt(file, line)) };
  };
  return reading(
    [
      ['nameserver', list(nameservers)],
      ['search', search === null ? said('none') : masked(own, search.value.join(' '), refAt(file, search.line))],
      ['options', list(options.toSorted((one, two) => (one.value < two.value ? -1 : 1)))],
    ],
    NOT_CAPTURED,
  );
}

const KIB_PER_GIB = 1024 * 1024;

/** Like machines differ by some megabytes: whole GiB tell whether they are of one size. */
function memory({ facts }: NodeToRead) {
  const fact = facts.host.memory.find(({ value }) => value.unit === 'KiB');
  if (fact === undefined) return notKnown('the amount of memory was not captured');
  const { value, line } = fact.value.total;
  const gib = Math.round(value / KIB_PER_GIB);
  return reading([['memory', said(`${gib} GiB`, [refAt(fact, line)])]], NOT_CAPTURED);
}

function clock({ facts }: NodeToRead) {
  for (const fact of facts.host.clocks) {
    const { synchronized } = fact.value;
    if (synchronized !== null) {
      const value = said(synchronized.value ? 'yes' : 'no', [refAt(fact, synchronized.line)]);
      return reading([['clock synchronized', value]], NOT_CAPTURED);
    }
  }
  return notKnown('the state of the clock was not captured');
}
