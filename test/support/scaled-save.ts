/** Large nodes for benches: the services of one iptables-save, repeated with other names, addresses and hashes. */

import { FileId } from '../../analyzer/core/ids.ts';
import { endpointHash, serviceHash } from '../../analyzer/netfilter/kube-names.ts';
import { kubeServices } from '../../analyzer/netfilter/kube-services.ts';
import type { RuleTable } from '../../analyzer/netfilter/rule-table.ts';
import { parseIptablesSave } from '../../analyzer/parsers/iptables-save.ts';

/** Only generated namespaces are repeated: default/kubernetes is there once on every node. */
const REPEATED = /\bns-(\d+)\//g;
/** Second octets move by this much a copy; those of the sample stay apart for up to five copies. */
const OCTETS_A_COPY = 17;
const NODE_PORTS_A_COPY = 500;

/**
 * @param save iptables-save text of a node whose services are in namespaces `ns-N`.
 * @param times how often the services are there in the end; 1 gives the text itself.
 * @returns the text of a node that kube-proxy could have written: chain names are hashes of the new names.
 */
export function scaledSave(save: string, times: number): string {
  const lines = save.split('\n');
  const copies = Array.from({ length: times - 1 }, (_, at) => copyOf(save, at + 1));
  const out: string[] = [];
  let table = '';
  for (const line of lines) {
    if (line.startsWith('*')) table = line.slice(1);
    if (table === 'nat' && line.includes('-A KUBE-SERVICES ') && line.includes('-j KUBE-NODEPORTS')) {
      for (const copy of copies) out.push(...copy.portals);
    }
    if (table === 'nat' && line === 'COMMIT') for (const copy of copies) out.push(...copy.rules);
    out.push(line);
    if (table === 'filter' && line.includes(' endpoints"')) {
      for (const copy of copies) if (/"ns-\d+\//.test(line)) out.push(copy.renamed(line));
    }
  }
  return out.join('\n');
}

interface Copy {
  readonly portals: readonly string[];
  /** Chains and their rules. */
  readonly rules: readonly string[];
  renamed(line: string): string;
}

function copyOf(save: string, copy: number): Copy {
  const chains = newNames(save, copy);
  const renamed = (line: string): string => renamedText(line, copy, chains);
  const portals: string[] = [];
  const rules: string[] = [];
  const nat = save.slice(save.indexOf('\n*nat\n'));
  for (const line of nat.split('\n')) {
    if (![...line.matchAll(CHAIN)].some(([name]) => chains.has(name))) continue;
    if (line.includes('-A KUBE-SERVICES ')) portals.push(renamed(line));
    else rules.push(renamed(line));
  }
  return { portals, rules, renamed };
}

const CHAIN = /\bKUBE-(?:SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}\b/g;

/** @returns old chain -> its name in this copy. */
function newNames(save: string, copy: number): ReadonlyMap<string, string> {
  const dump = parseIptablesSave(save).tables.find((one) => one.table === 'nat');
  if (dump === undefined) throw new Error('the sample has no nat table');
  const table: RuleTable = { ...dump, table: 'nat', family: 'IPv4', fileId: FileId.parse(1), file: 'sample' };
  const { services, endpoints } = kubeServices(table);
  const names = new Map<string, string>();
  for (const { chain, service, protocol, draws } of services.values()) {
    if (service === null || protocol === null || !service.startsWith('ns-')) continue;
    const renamed = renamedText(service, copy, names);
    for (const kind of ['SVC', 'SVL', 'EXT', 'FW'])
      names.set(`KUBE-${kind}-${chain.name.slice(-16)}`, `KUBE-${kind}-${serviceHash(renamed, protocol)}`);
    for (const { sep } of draws) {
      const endpoint = endpoints.get(sep)?.endpoint;
      if (endpoint == null) continue;
      names.set(sep, `KUBE-SEP-${endpointHash(renamed, protocol, renamedText(endpoint, copy, names))}`);
    }
  }
  return names;
}

function renamedText(text: string, copy: number, chains: ReadonlyMap<string, string>): string {
  return (
    text
      .replace(CHAIN, (name) => chains.get(name) ?? name)
      .replace(REPEATED, (_, number: string) => `ns-${number}-${copy}/`)
      // Prefixes (the pod range) belong to the node and stay.
      .replace(/\b10\.(\d+)\.(\d+\.\d+)(?!\.|\d|\/(?!32\b))/g, (_, second: string, rest: string) => {
        return `10.${(Number(second) + OCTETS_A_COPY * copy) % 256}.${rest}`;
      })
      .replace(/--dport (3[0-2]\d{3})\b/g, (_, port: string) => {
        return `--dport ${30_000 + ((Number(port) - 30_000 + NODE_PORTS_A_COPY * copy) % 2_768)}`;
      })
  );
}
