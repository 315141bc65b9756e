/**
 * Settings of kubelet: a KubeletConfiguration (JSON or YAML, drop-ins as well), or a command line in the output of ps.
 *
 *   {"kind": "KubeletConfiguration", "clusterDNS": ["172.20.0.10"], "maxPods": 29,        /usr/bin/kubelet --max-pods=29
 *    "evictionHard": {"memory.available": "100Mi"}}                                          --eviction-hard=memory.available<100Mi
 *
 * Field and flag names: k8s.io/kubelet config/v1beta1 and cmd/kubelet/app/options.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import type { KubeletConfig } from '../core/host-state.ts';
import type { AtLine } from '../core/node-state.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** kubelet's configuration is some kilobytes. */
const CONFIG_CHARS_MAX = 256 * 1024;
const VALUES_MAX = 2_000;
const VALUE_CHARS_MAX = 1_000;
const DEPTH_MAX = 6;

/** @returns the settings of one file, or null when it holds no KubeletConfiguration. Never throws. */
export function parseKubeletConfig(text: string): KubeletConfig | null {
  if (text.length > CONFIG_CHARS_MAX || !text.includes('KubeletConfiguration')) return null;
  const lines = new LineCounter();
  let map: YAMLMap;
  try {
    const { contents, errors } = parseDocument(text, { logLevel: 'silent', prettyErrors: false, lineCounter: lines });
    if (errors.length > 0 || !isMap(contents)) return null;
    map = contents;
  } catch {
    return null;
  }
  if (map.get('kind') !== 'KubeletConfiguration') return null;
  const values = new Map<string, AtLine<string>>();
  flatten(map, '', lines, values, 0);
  const endLine = text.trimEnd().split('\n').length;
  return { source: 'configuration file', configFile: null, values, line: 1, endLine };
}

function flatten(
  map: YAMLMap,
  path: string,
  lines: LineCounter,
  into: Map<string, AtLine<string>>,
  depth: number,
): void {
  for (const pair of map.items) {
    if (!isScalar(pair.key) || into.size >= VALUES_MAX) continue;
    const key = `${path}${String(pair.key.value).slice(0, 100)}`;
    const line = lines.linePos(pair.key.range?.[0] ?? 0).line;
    const { value } = pair;
    if (isMap(value)) {
      into.set(key, { value: '', line });
      if (depth < DEPTH_MAX) flatten(value, `${key}/`, lines, into, depth + 1);
    } else if (isSeq(value)) {
      const items = value.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : []));
      into.set(key, { value: items.join(',').slice(0, VALUE_CHARS_MAX), line });
    } else if (isScalar(value)) into.set(key, { value: String(value.value).slice(0, VALUE_CHARS_MAX), line });
  }
}

const FLAGS: Readonly<Record<string, string>> = {
  'max-pods': 'maxPods',
  'pods-per-core': 'podsPerCore',
  'cgroup-driver': 'cgroupDriver',
  'cluster-dns': 'clusterDNS',
  'cluster-domain': 'clusterDomain',
  'fail-swap-on': 'failSwapOn',
  'resolv-conf': 'resolvConf',
  'pod-max-pids': 'podPidsLimit',
};
/** Flags that hold a list of `name=value` or `name<value`. */
const MAP_FLAGS: Readonly<Record<string, string>> = {
  'eviction-hard': 'evictionHard',
  'system-reserved': 'systemReserved',
  'kube-reserved': 'kubeReserved',
};
const COMMAND_CHARS_MAX = 16_000;
const COMMANDS_MAX = 10;
const COMMAND = /(?:^|[\s/])kubelet(?=\s+--?\w)/;

/** @param text output of ps. @returns one an own process of kubelet. */
export function parseKubeletCommands(text: CapturedText): readonly KubeletConfig[] {
  const found: KubeletConfig[] = [];
  eachLine(text, (whole, line) => {
    if (found.length >= COMMANDS_MAX) return;
    const raw = whole.slice(0, COMMAND_CHARS_MAX);
    const command = COMMAND.exec(raw);
    if (command !== null) found.push(commandOf(raw.slice(command.index + command[0].length), line));
  });
  return found;
}

function commandOf(args: string, line: number): KubeletConfig {
  const values = new Map<string, AtLine<string>>();
  let configFile: string | null = null;
  const words = args.trim().split(/\s+/, 300);
  for (const [at, word] of words.entries()) {
    const flag = /^--?([a-z0-9-]{1,60})(?:=(.*))?$/.exec(word);
    if (flag === null) continue;
    const next = words[at + 1];
    const value = (flag[2] ?? (next === undefined || next.startsWith('-') ? 'true' : next)).replace(
      /^(["'])(.*)\1$/,
      '$2',
    );
    const name = flag[1] as string;
    if (name === 'config') configFile = value;
    const key = FLAGS[name];
    if (key !== undefined) values.set(key, { value, line });
    const map = MAP_FLAGS[name];
    if (map === undefined) continue;
    values.set(map, { value: '', line });
    for (const part of value.split(',').slice(0, 50)) {
      const pair = /^([\w.]{1,60})[=<](.{1,60})$/.exec(part);
      if (pair !== null) values.set(`${map}/${pair[1]}`, { value: pair[2] as string, line });
    }
  }
  return { source: 'command line', configFile, values, line, endLine: line };
}
