/**
 * A CNI configuration (containernetworking/cni, SPEC.md): a list of plugins, or a single one.
 *
 *   {"cniVersion": "0.4.0", "name": "aws-cni", "plugins": [
 *     {"name": "aws-cni", "type": "aws-cni", "vethPrefix": "eni", "mtu": "9001"}, {"type": "portmap"}]}
 */
import type { CniConfig } from '../core/host-state.ts';
import { field, listOf, textOf, wholeNumber } from './kube-values.ts';

const CONFIG_CHARS_MAX = 256 * 1024;
const MTU_MAX = 65_536;

/** @returns the configuration; no plugins when the text says `cniVersion` and cannot be read; null when it is none. */
export function parseCniConfig(text: string): CniConfig | null {
  if (text.length > CONFIG_CHARS_MAX || !/"(?:cniVersion|plugins)"/.test(text)) return null;
  const line = text.slice(0, text.indexOf('{')).split('\n').length;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.includes('"cniVersion"') ? { line, name: null, plugins: [] } : null;
  }
  const list = field(value, 'plugins');
  if (field(value, 'cniVersion') === undefined && !Array.isArray(list)) return null;
  const plugins = (Array.isArray(list) ? listOf(list) : [value]).flatMap((plugin) => {
    const type = textOf(field(plugin, 'type'));
    return type === null ? [] : [{ type, mtu: wholeNumber(field(plugin, 'mtu'), MTU_MAX) }];
  });
  return { line, name: textOf(field(value, 'name')), plugins };
}
