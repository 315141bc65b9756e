/**
 * Settings of kube-proxy: a KubeProxyConfiguration, the ConfigMap that holds one, or a command line in the output of ps.
 *
 *   apiVersion: kubeproxy.config.k8s.io/v1alpha1        kube-proxy --v=2 --config=/var/lib/kube-proxy-config/config
 *   kind: KubeProxyConfiguration                        /usr/local/bin/kube-proxy --proxy-mode=ipvs --cluster-cidr 10.244.0.0/16
 *   mode: "ipvs"
 *   clusterCIDR: 10.244.0.0/16
 *   iptables: {masqueradeAll: false}
 *
 * Field and flag names: k8s.io/kube-proxy config/v1alpha1 and cmd/kube-proxy (options.go).
 */
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { AtLine, ProxyConfig } from '../core/node-state.ts';
import { textOf, textsOf, truth, wholeNumber } from './kube-values.ts';
import { type CapturedText, eachLine } from './text-lines.ts';

/** kube-proxy's configuration is two kilobytes; a ConfigMap with two of them and annotations stays far below this. */
const CONFIG_CHARS_MAX = 256 * 1024;
const CONFIGS_MAX = 50;

/**
 * @param text a configuration, a ConfigMap (YAML or JSON) or documents of both. @param firstLine line of the file on
 * which it begins. @returns each configuration with the lines of its values; empty when there is none. Never throws.
 */
export function parseKubeProxyConfig(text: string, firstLine = 1): readonly ProxyConfig[] {
  if (text.length > CONFIG_CHARS_MAX) return [];
  const found: ProxyConfig[] = [];
  for (const part of documents(text)) {
    const map = mapOf(part.text);
    if (map === null || found.length >= CONFIGS_MAX) continue;
    const line = lineAt(part.text, firstLine + part.line - 1);
    const kind = textOf(scalar(map, 'kind'));
    if (kind === 'KubeProxyConfiguration') found.push(configOf(map, line, 'configuration file'));
    else if (kind === 'ConfigMap') found.push(...configMapOf(map, line));
  }
  return found;
}

/** @returns the configuration in the value of a ConfigMap, whose lines are all `line`, or null when it is none. */
export function parseKubeProxyConfigValue(text: string, line: number): ProxyConfig | null {
  const map = text.length > CONFIG_CHARS_MAX ? null : mapOf(text);
  return map !== null && textOf(scalar(map, 'kind')) === 'KubeProxyConfiguration'
    ? configOf(map, () => line, 'ConfigMap')
    : null;
}

function documents(text: string): readonly { readonly text: string; readonly line: number }[] {
  const parts: { text: string; line: number }[] = [];
  let line = 1;
  for (const part of text.split(/^---(?=\s)/m)) {
    parts.push({ text: part, line });
    line += part.split('\n').length - 1;
  }
  return parts;
}

type LineAt = (offset: number) => number;

function lineAt(text: string, firstLine: number): LineAt {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return firstLine + low;
  };
}

function mapOf(text: string): YAMLMap | null {
  try {
    const { contents, errors } = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
    return errors.length === 0 && isMap(contents) ? contents : null;
  } catch {
    // Depth of hostile text can exceed the stack of the YAML reader.
    return null;
  }
}

/** The plain value of a key; an alias is not followed. */
function scalar(map: YAMLMap, ...path: readonly string[]): unknown {
  const node = map.getIn(path, true);
  if (isScalar(node)) return node.value;
  return isSeq(node) ? node.items.map((item) => (isScalar(item) ? item.value : null)) : undefined;
}

/** ConfigMaps of kubeadm call it `config.conf`, those of EKS `config`. */
function configMapOf(map: YAMLMap, line: LineAt): readonly ProxyConfig[] {
  const data = map.get('data', true);
  if (!isMap(data)) return [];
  return data.items.flatMap((pair) => {
    const node = pair.value;
    if (!isScalar(node) || typeof node.value !== 'string' || !node.value.includes('KubeProxyConfiguration')) return [];
    const inner = mapOf(node.value);
    if (inner === null || textOf(scalar(inner, 'kind')) !== 'KubeProxyConfiguration') return [];
    const from = line(node.range?.[0] ?? 0);
    // The text of a `|` block begins on the line below and keeps its lines; any other form is cited where it begins.
    const kept = node.type === 'BLOCK_LITERAL' ? lineAt(node.value, from + 1) : (): number => from;
    return [configOf(inner, kept, 'ConfigMap')];
  });
}

function configOf(map: YAMLMap, line: LineAt, source: ProxyConfig['source']): ProxyConfig {
  const at = <T>(read: (value: unknown) => T | null, ...path: readonly string[]): AtLine<T> | null => {
    const value = read(scalar(map, ...path));
    const node = map.getIn(path, true);
    const offset = isScalar(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0;
    return value === null ? null : { value, line: line(offset) };
  };
  const number = (value: unknown): number | null => wholeNumber(value, Number.MAX_SAFE_INTEGER);
  return {
    source,
    mode: at(textOf, 'mode'),
    clusterCidr: at(textOf, 'clusterCIDR'),
    masqueradeAll: at(truth, 'iptables', 'masqueradeAll') ?? at(truth, 'linux', 'masqueradeAll'),
    detectLocalMode: at(textOf, 'detectLocalMode'),
    nodePortAddresses: at((value) => (Array.isArray(value) ? textsOf(value) : null), 'nodePortAddresses'),
    ipvsScheduler: at(textOf, 'ipvs', 'scheduler'),
    conntrackMaxPerCore: at(number, 'conntrack', 'maxPerCore') ?? at(number, 'linux', 'conntrack', 'maxPerCore'),
    conntrackMin: at(number, 'conntrack', 'min') ?? at(number, 'linux', 'conntrack', 'min'),
    hostnameOverride: at(textOf, 'hostnameOverride'),
    configFile: null,
  };
}

/** Longer lines of ps are not kube-proxy's. */
const COMMAND_CHARS_MAX = 16_000;
const COMMAND = /(?:^|[\s/])kube-proxy(?=\s+--?\w)/;

/** @param text output of ps or top. @returns one configuration a kube-proxy process; flags override the file they name. */
export function parseKubeProxyCommands(text: CapturedText): readonly ProxyConfig[] {
  const found: ProxyConfig[] = [];
  eachLine(text, (whole, number) => {
    if (found.length >= CONFIGS_MAX || !whole.includes('kube-proxy')) return;
    const line = whole.slice(0, COMMAND_CHARS_MAX);
    const command = COMMAND.exec(line);
    if (command !== null) found.push(commandOf(line.slice(command.index + command[0].length), number));
  });
  return found;
}

function commandOf(args: string, line: number): ProxyConfig {
  const flags = new Map<string, string>();
  const words = args.trim().split(/\s+/, 200);
  for (const [at, word] of words.entries()) {
    const flag = /^--?([a-z0-9-]{1,60})(?:=(.*))?$/.exec(word);
    if (flag === null) continue;
    const next = words[at + 1];
    const value = flag[2] ?? (next === undefined || next.startsWith('-') ? 'true' : next);
    flags.set(flag[1] as string, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  const at = <T>(read: (value: unknown) => T | null, flag: string): AtLine<T> | null => {
    const value = flags.has(flag) ? read(flags.get(flag)) : null;
    return value === null ? null : { value, line };
  };
  const number = (value: unknown): number | null => wholeNumber(value, Number.MAX_SAFE_INTEGER);
  return {
    source: 'command line',
    mode: at(textOf, 'proxy-mode'),
    clusterCidr: at(textOf, 'cluster-cidr'),
    masqueradeAll: at(truth, 'masquerade-all'),
    detectLocalMode: at(textOf, 'detect-local-mode'),
    nodePortAddresses: at((value) => (typeof value === 'string' ? value.split(',') : null), 'nodeport-addresses'),
    ipvsScheduler: at(textOf, 'ipvs-scheduler'),
    conntrackMaxPerCore: at(number, 'conntrack-max-per-core'),
    conntrackMin: at(number, 'conntrack-min'),
    hostnameOverride: at(textOf, 'hostname-override'),
    configFile: at(textOf, 'config'),
  };
}
