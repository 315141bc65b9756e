/**
 * What is known of one node, read from its bundle by role. Every fact keeps where it was read; a file that was
 * not collected is said to be so and never taken for health.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { RouteEntry } from '../core/node-network.ts';
import type { Family } from '../core/packet-rule.ts';
import type { LineRef, SourceFile } from '../core/vocabulary.ts';
import type { RuleTable } from '../netfilter/rule-table.ts';
import { parseIpRoute } from '../parsers/ip-route.ts';
import { parsePodIp } from '../parsers/pod-ip.ts';
import { type AgentState, agentState } from './agent-state.ts';
import { filesOf, fileText } from './files.ts';
import { type HostState, hostState } from './host-state.ts';
import { type NftFact, nftFacts } from './nft-facts.ts';
import { type NodeNetwork, nodeNetwork } from './node-network.ts';
import { type NodeState, nodeState } from './node-state.ts';
import { type ProxyModeFact, proxyMode } from './proxy-mode.ts';
import { type RuleSources, ruleSources } from './rule-sources.ts';

/** Routes of one family with their source file. */
export interface RouteFact {
  readonly fileId: SourceFile['id'];
  readonly file: string;
  readonly routes: readonly RouteEntry[];
  /** The end of the file is missing: a route that is not here may exist. */
  readonly cut?: true;
}

export type { NftFact };

export interface NodeFacts {
  readonly node: string | null;
  readonly mode: ProxyModeFact;
  /** The best dump of every table, IPv4 before IPv6. */
  readonly tables: readonly RuleTable[];
  readonly rules: RuleSources;
  readonly routes: readonly RouteFact[];
  /** Addresses, policy rules, ipsets and virtual servers. */
  readonly network: NodeNetwork;
  /** Kernel settings, modules, tracked connections, kube-proxy's settings, Kubernetes objects; read when asked for. */
  readonly state: NodeState;
  /** Memory, disks, processes, name servers, interfaces; read when asked for. */
  readonly host: HostState;
  /** Settings of kubelet, containerd, the CNI; read when asked for. */
  readonly agents: AgentState;
  readonly podIp: { readonly address: string; readonly evidence: LineRef } | null;
  /** Captured nft rulesets, the best first; `proxyTables` gives kube-proxy's own tables. */
  readonly nft: readonly NftFact[];
  /** What could not be looked at, one sentence each. */
  readonly notLookedAt: readonly string[];
}

/** @param reader one sealed bundle. @returns its facts; reads each file at most once. */
export function buildNodeFacts(reader: BundleReader): NodeFacts {
  const rules = ruleSources(reader);
  const network = nodeNetwork(reader);
  const nft = nftFacts(reader);
  const state = nodeState(reader);
  const mode = proxyMode(reader, rules, network, nft, state);
  const podIps = filesOf(reader, 'pod-ip').flatMap((file) => {
    const found = parsePodIp(fileText(reader, file));
    return found === null
      ? []
      : [{ address: found.address, evidence: { fileId: file.id, line: found.line, endLine: found.line } }];
  });
  return {
    node: reader.bundle.node,
    mode,
    tables: rules.chosen,
    rules,
    routes: filesOf(reader, 'ip-route').map((file) => {
      const dump = parseIpRoute(fileText(reader, file));
      const cut = dump.cut || file.coverage === 'truncated';
      return { fileId: file.id, file: file.path, routes: dump.routes, ...(cut ? { cut: true as const } : {}) };
    }),
    network,
    state,
    host: hostState(reader),
    agents: agentState(reader),
    podIp: podIps[0] ?? null,
    nft,
    notLookedAt: rules.notLookedAt,
  };
}

/** @returns the chosen dump of a table, or null when none was captured. */
export function tableOf(facts: NodeFacts, family: Family, table: string): RuleTable | null {
  return facts.tables.find((each) => each.family === family && each.table === table) ?? null;
}
