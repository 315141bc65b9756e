/** Addresses, routes, policy rules, ipsets and virtual servers of a node, with the files they were read from. */
import type { BundleReader } from '../core/case-reader.ts';
import type { IpSet, IpvsDump, NodeInterface, PolicyRule } from '../core/node-network.ts';
import type { Family } from '../core/packet-rule.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { parseIpAddr } from '../parsers/ip-addr.ts';
import { parseIpRule } from '../parsers/ip-rule.ts';
import { parseIpset } from '../parsers/ipset.ts';
import { parseIpvsadm } from '../parsers/ipvsadm.ts';
import { filesOf, fileText } from './files.ts';

/** A value with the file it was read from. */
export interface FromFile<T> {
  readonly fileId: SourceFile['id'];
  readonly file: string;
  readonly value: T;
}

/** Both families print the same words: null when neither the rules nor the file's name tell which one it is. */
export interface PolicyRulesFact extends FromFile<readonly PolicyRule[]> {
  readonly family: Family | null;
}

export interface InterfacesFact extends FromFile<readonly NodeInterface[]> {
  /** The end of the file is missing: an address that is not here may exist. */
  readonly cut?: true;
}

export interface NodeNetwork {
  /** One entry a listing, IPv4 first. Empty: not captured. */
  readonly policyRules: readonly PolicyRulesFact[];
  /** Only files that hold an address: `ip link` says nothing of them. */
  readonly interfaces: readonly InterfacesFact[];
  readonly ipsets: readonly FromFile<readonly IpSet[]>[];
  /** Best output first: numeric ones tell more than `--save`, which prints names. */
  readonly ipvs: readonly FromFile<IpvsDump>[];
}

/** @param reader one sealed bundle. @returns what its dumps say; empty lists for what was not captured. */
export function nodeNetwork(reader: BundleReader): NodeNetwork {
  return {
    policyRules: policyRules(reader),
    interfaces: interfaces(reader),
    ipsets: fromFiles(reader, 'ipset', sets).filter(({ value }) => value.length > 0),
    ipvs: virtualServers(reader),
  };
}

function interfaces(reader: BundleReader): readonly InterfacesFact[] {
  return filesOf(reader, 'ip-addr').flatMap((file): readonly InterfacesFact[] => {
    const text = fileText(reader, file);
    const value = parseIpAddr(text).interfaces;
    if (!value.some((each) => each.addresses.length > 0)) return [];
    const cut = file.coverage === 'truncated' || !text.endsWith('\n');
    return [{ fileId: file.id, file: file.path, value, ...(cut ? { cut: true as const } : {}) }];
  });
}

/** Of a file whose end is missing the last set may go on. */
function sets(text: string, file: SourceFile): readonly IpSet[] {
  const found = parseIpset(text).sets;
  if (file.coverage !== 'truncated') return found;
  const last = found.reduce((line, set) => Math.max(line, set.line), 0);
  return found.map((set) => (set.line === last ? { ...set, complete: false } : set));
}

function fromFiles<T>(
  reader: BundleReader,
  role: string,
  parse: (text: string, file: SourceFile) => T,
): readonly FromFile<T>[] {
  return filesOf(reader, role).map((file) => ({
    fileId: file.id,
    file: file.path,
    value: parse(fileText(reader, file), file),
  }));
}

function policyRules(reader: BundleReader): readonly PolicyRulesFact[] {
  const found = fromFiles(reader, 'ip-rule', (text) => parseIpRule(text).rules).flatMap((file) =>
    listings(file.value).map((value, index) => ({ ...file, value, family: familyOf(value, file.file, index) })),
  );
  const order = (fact: PolicyRulesFact): number => ['IPv4', 'IPv6'].indexOf(fact.family ?? '') + (fact.family ? 0 : 3);
  return found.sort((one, two) => order(one) - order(two));
}

/** Rules are printed by priority: where it falls, the listing of the other family begins. */
function listings(rules: readonly PolicyRule[]): readonly (readonly PolicyRule[])[] {
  const found: PolicyRule[][] = [];
  let last = Number.POSITIVE_INFINITY;
  for (const rule of rules) {
    if (rule.priority < last) found.push([]);
    found.at(-1)?.push(rule);
    last = rule.priority;
  }
  return found;
}

function familyOf(rules: readonly PolicyRule[], path: string, listing: number): Family | null {
  const prefix = rules.flatMap((rule) => rule.from ?? rule.to ?? [])[0];
  if (prefix !== undefined) return prefix.includes(':') ? 'IPv6' : 'IPv4';
  // The kernel makes table `default` and its rule for IPv4 only (fib_rules.c, fib6_rules.c).
  if (rules.some((rule) => rule.priority === 32767 && rule.table === 'default')) return 'IPv4';
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (listing > 0) return null;
  if (/(?:ip|v)[-_ ]{0,3}6|rules?6/.test(name)) return 'IPv6';
  return /^(?:node_)?ip[-_ ]?rules?\b|v4/.test(name) ? 'IPv4' : null;
}

/** "ipvsadm not installed" is no output of it; a lone header is: it says that there is no virtual server. */
function virtualServers(reader: BundleReader): readonly FromFile<IpvsDump>[] {
  const rank = ({ value }: FromFile<IpvsDump>): number => {
    if (value.services.length === 0) return 3;
    if (value.services.some((service) => service.realServers.some((server) => server.activeConnections !== null)))
      return 0;
    return value.services.some((service) => service.connections !== null) ? 1 : 2;
  };
  return fromFiles(reader, 'ipvsadm', (text, file) => ({
    dump: { ...parseIpvsadm(text), ...(file.coverage === 'truncated' ? { cut: true as const } : {}) },
    header: HEADER.test(text),
  }))
    .filter(({ value }) => value.header || value.dump.services.length > 0)
    .map((fact) => ({ ...fact, value: fact.value.dump }))
    .sort((one, two) => rank(one) - rank(two));
}

const HEADER = /^IP Virtual Server version/m;

/** @returns how many policy rules select another table than local, main and default; null when not captured. */
export function otherTableRules(network: NodeNetwork): number | null {
  if (network.policyRules.length === 0) return null;
  return network.policyRules
    .flatMap((fact) => fact.value)
    .filter((rule) => rule.action !== 'lookup' || !['local', 'main', 'default'].includes(rule.table ?? '')).length;
}
