/**
 * The addresses ipamd of the AWS VPC CNI holds: its answer to /v1/enis (pkg/ipamd/datastore, ENIInfos), and its metrics
 * (Prometheus text, saved as metrics.json).
 *
 *   {"TotalIPs":29,"AssignedIPs":12,"ENIs":{"eni-0abc":{"ID":"eni-0abc","IsPrimary":true,"DeviceNumber":0,
 *     "AvailableIPv4Cidrs":{"10.0.3.7/32":{"Cidr":{...},"IPAddresses":{...},"IsPrefix":false}}}}}
 *   awscni_ip_max 58
 */
import type { IpamdStore } from '../core/host-state.ts';
import type { AtLine } from '../core/node-state.ts';
import { field, type Json, wholeNumber } from './kube-values.ts';
import { eachLine } from './text-lines.ts';

/** 750 addresses of the largest instance are 400 KB. */
const STORE_CHARS_MAX = 16 * 1024 * 1024;
const MOST = 1_000_000;
const METRIC = /^(awscni_[a-z0-9_]{1,80})(?:\{[^}]{0,300}\})? (\d{1,12}(?:\.\d{1,6})?(?:e\+\d{1,2})?)$/;
const METRICS_MAX = 2_000;

/** @returns what the answer says, or null when it is none. Newer versions answer for each network card: then the sum. */
export function parseIpamdStore(text: string): IpamdStore | null {
  if (text.length > STORE_CHARS_MAX || !text.includes('"TotalIPs"')) return null;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parts = field(value, 'TotalIPs') === undefined ? childrenOf(value) : [value];
  const stores = parts.flatMap((part) => storeOf(part) ?? []);
  if (stores.length === 0) return null;
  const sum = (pick: (store: IpamdStore) => number): number => stores.reduce((total, store) => total + pick(store), 0);
  return {
    line: text.slice(0, text.indexOf('"TotalIPs"')).split('\n').length,
    totalIps: sum((store) => store.totalIps),
    assignedIps: sum((store) => store.assignedIps),
    enis: sum((store) => store.enis),
    prefixes: sum((store) => store.prefixes),
  };
}

function childrenOf(value: Json): readonly Json[] {
  return typeof value === 'object' && value !== null ? Object.values(value).slice(0, 100) : [];
}

function storeOf(value: Json): IpamdStore | null {
  const totalIps = wholeNumber(field(value, 'TotalIPs'), MOST);
  const assignedIps = wholeNumber(field(value, 'AssignedIPs'), MOST);
  if (totalIps === null || assignedIps === null) return null;
  const enis = childrenOf(field(value, 'ENIs'));
  const prefixes = enis
    .flatMap((eni) => childrenOf(field(eni, 'AvailableIPv4Cidrs')))
    .filter((cidr) => field(cidr, 'IsPrefix') === true).length;
  return { line: 1, totalIps, assignedIps, enis: enis.length, prefixes };
}

/** @returns metrics of ipamd by name; values with several labels are added up, at the line of the first. */
export function parseIpamdMetrics(text: string): ReadonlyMap<string, AtLine<number>> {
  const found = new Map<string, AtLine<number>>();
  eachLine(text, (whole, line) => {
    const match = METRIC.exec(whole.slice(0, 500).trim());
    if (match === null || found.size >= METRICS_MAX) return;
    const name = match[1] as string;
    const known = found.get(name);
    found.set(name, { value: (known?.value ?? 0) + Number(match[2]), line: known?.line ?? line });
  });
  return found;
}
