/**
 * Which mode kube-proxy runs in, by what it leaves behind: its chains, nft tables, IPVS virtual servers, ipsets
 * and its own log. A node can hold traces of several (leftovers): rules in the path of packets win, the rest is
 * told as a contradiction.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { LineRef, ProxyMode } from '../core/vocabulary.ts';
import { kubeChainKind } from '../netfilter/kube-names.ts';
import { chainRef, type RuleTable, ruleRef, rulesOf } from '../netfilter/rule-table.ts';
import { filesOf, fileText } from './files.ts';
import { type NftFact, nftRef } from './nft-facts.ts';
import type { NodeNetwork } from './node-network.ts';
import { type NodeState, proxySetting } from './node-state.ts';
import { lastProxier } from './proxy-log.ts';
import type { RuleSources } from './rule-sources.ts';

export interface ProxyModeFact {
  readonly mode: ProxyMode;
  /** One sentence without a full stop. */
  readonly because: string;
  readonly evidence: readonly LineRef[];
  /** Traces of another mode, one sentence each with its line. */
  readonly contradictions: readonly {
    readonly mode: ProxyMode;
    readonly sentence: string;
    readonly evidence: readonly LineRef[];
    /** Packets meet these rules; `no` for what is only left over and for words in a log. */
    readonly active: 'yes' | 'no';
  }[];
}

interface Trace {
  readonly mode: ProxyMode;
  readonly sentence: string;
  readonly evidence: readonly LineRef[];
  /** Packets meet it; a chain nobody jumps to, or a set, is only left over. */
  readonly weight: 'active' | 'present';
}

/** @returns the mode with its reason; `unknown` whenever the captured files do not decide. */
export function proxyMode(
  reader: BundleReader,
  rules: RuleSources,
  network: NodeNetwork,
  nft: readonly NftFact[],
  state: NodeState,
): ProxyModeFact {
  const traces = [
    ...nftTraces(nft),
    ...rules.chosen.flatMap(iptablesTraces),
    ...rules.chosen.flatMap(ipvsTraces),
    ...ipvsadmTraces(network),
    ...rules.chosen.flatMap(replacementTraces),
  ];
  // What it said when it started is newer than what a file asks of it.
  const words = [lastProxier(reader), configured(state)].filter((one) => one !== null);
  const said = words[0]?.mode;
  const decided =
    traces.find((trace) => trace.mode === 'nftables' && trace.weight === 'active') ??
    traces.find((trace) => trace.mode === said && trace.weight === 'active') ??
    traces.find((trace) => trace.mode === 'iptables' && trace.weight === 'active') ??
    traces.find((trace) => trace.mode === 'ipvs' && trace.weight === 'active') ??
    traces.find((trace) => trace.mode === 'iptables') ??
    traces.find((trace) => trace.mode === 'ipvs') ??
    traces.find((trace) => trace.mode === 'replaced');
  if (decided === undefined) return undecided(reader, rules, words);
  const same = traces.filter((trace) => trace.mode === decided.mode && trace !== decided);
  const agreeing = words.filter((word) => word.mode === decided.mode);
  const others = [
    ...traces.filter((trace) => trace.mode !== decided.mode && trace.mode !== 'replaced'),
    ...words.filter((word) => word.mode !== decided.mode),
  ];
  return {
    mode: decided.mode,
    because: [decided.sentence, ...agreeing.map((trace) => trace.sentence)].join('; '),
    evidence: [
      ...decided.evidence,
      ...agreeing.flatMap((trace) => trace.evidence),
      ...same.flatMap((trace) => trace.evidence),
    ].slice(0, 8),
    contradictions: others.map((trace) => ({
      mode: trace.mode,
      sentence: trace.sentence,
      evidence: trace.evidence,
      active: 'weight' in trace && trace.weight === 'active' ? 'yes' : 'no',
    })),
  };
}

/** What kube-proxy's log or settings say; rules that packets meet are believed before words. */
interface Word {
  readonly mode: ProxyMode;
  readonly sentence: string;
  readonly evidence: readonly LineRef[];
}

const MODES: Readonly<Record<string, ProxyMode>> = { iptables: 'iptables', ipvs: 'ipvs', nftables: 'nftables' };

function configured(state: NodeState): Word | null {
  const setting = proxySetting(state, (config) => config.mode);
  const mode = MODES[setting?.value ?? ''];
  if (setting === null || mode === undefined) return null;
  const sentence = `kube-proxy is set to mode ${setting.value} (${setting.source} in ${setting.file})`;
  return { mode, sentence, evidence: [setting.ref] };
}

function undecided(reader: BundleReader, rules: RuleSources, words: readonly Word[]): ProxyModeFact {
  const [first, ...others] = words;
  if (first !== undefined) {
    const same = others.filter((word) => word.mode === first.mode);
    return {
      mode: first.mode,
      because: `${[first, ...same].map((word) => word.sentence).join('; ')}; no rules of kube-proxy were captured`,
      evidence: [first, ...same].flatMap((word) => word.evidence),
      contradictions: others
        .filter((word) => word.mode !== first.mode)
        .map(({ mode, sentence, evidence }) => ({ mode, sentence, evidence, active: 'no' })),
    };
  }
  const empty = rules.empty.map((dump) => dump.file);
  // Services of most clusters live in IPv4; a saved IPv6 table or an error text in place of a ruleset proves nothing.
  const saved = rules.all.filter(
    (table) =>
      table.source === 'iptables-save' && table.table === 'nat' && table.family === 'IPv4' && table.cut === null,
  );
  const nft = filesOf(reader, 'nft-ruleset').filter((file) => /^\s*table |"nftables"/m.test(fileText(reader, file)));
  if (saved.length > 0 && nft.length > 0 && rules.empty.length === 0) {
    return {
      mode: 'none',
      because: `neither ${saved[0]?.file} nor ${nft[0]?.path} holds a rule of kube-proxy`,
      evidence: [],
      contradictions: [],
    };
  }
  const because =
    empty.length > 0
      ? `nftables mode or no rules: ${empty.slice(0, 3).join(', ')} ${empty.length === 1 ? 'is' : 'are'} empty, and no nft ruleset with kube-proxy's table was captured`
      : rules.all.length > 0
        ? `nftables mode or no rules: the captured iptables tables hold no rule of kube-proxy`
        : nft.length > 0
          ? `${nft[0]?.path} holds no service chain or table of kube-proxy, and no iptables or IPVS dump was captured`
          : 'no iptables, nft or IPVS dump was captured';
  return { mode: 'unknown', because, evidence: [], contradictions: [] };
}

function nftTraces(nft: readonly NftFact[]): readonly Trace[] {
  return nft.flatMap((fact): readonly Trace[] => {
    const { file, ruleset } = fact;
    const own = ruleset.tables.find(
      ({ family, name }) => name === 'kube-proxy' && (family === 'ip' || family === 'ip6'),
    );
    if (own !== undefined) {
      const sentence = `${file} holds kube-proxy's own nft table`;
      return [{ mode: 'nftables', weight: 'active', sentence, evidence: [nftRef(fact, own)] }];
    }
    // iptables-nft keeps its tables in nft as well: there the chains carry iptables mode's names.
    const chains = ruleset.tables.flatMap((table) => [...table.chains.values()]);
    const translated = chains.find(({ name }) => /^KUBE-SVC-[A-Z2-7]{16}$/.test(name));
    if (translated === undefined) return [];
    const sentence = `${file} holds service chains of iptables mode`;
    return [{ mode: 'iptables', weight: 'present', sentence, evidence: [nftRef(fact, translated)] }];
  });
}

// Only iptables mode makes these outside nat.
const IPTABLES_FILTER = ['KUBE-EXTERNAL-SERVICES', 'KUBE-SERVICES'];

function iptablesTraces(table: RuleTable): readonly Trace[] {
  if (table.table === 'filter') {
    const chain = IPTABLES_FILTER.map((name) => table.chains.get(name)).find((found) => found !== undefined);
    if (chain === undefined) return [];
    return [
      {
        mode: 'iptables',
        weight: 'present',
        sentence: `chain ${chain.name} is in the filter table of ${table.file}`,
        evidence: [chainRef(table, chain)],
      },
    ];
  }
  if (table.table !== 'nat') return [];
  const portal = rulesOf(table, 'KUBE-SERVICES').find(
    (rule) => rule.target !== null && kubeChainKind(rule.target) !== null,
  );
  if (portal !== undefined) {
    return [
      {
        mode: 'iptables',
        weight: 'active',
        sentence: `KUBE-SERVICES in the nat table of ${table.file} sends packets to ${portal.target}`,
        evidence: [ruleRef(table, portal)],
      },
    ];
  }
  const services = [...table.chains.values()].filter((chain) => kubeChainKind(chain.name) !== null);
  const [first] = services;
  const filled = services.find((chain) => chain.rules.length > 0);
  if (first === undefined) {
    // IPVS mode names its own KUBE-NODE-PORT; this spelling is iptables mode's even when every service is gone.
    const nodePorts = table.chains.get('KUBE-NODEPORTS');
    if (nodePorts === undefined) return [];
    const sentence = `chain KUBE-NODEPORTS is in the nat table of ${table.file}`;
    return [{ mode: 'iptables', weight: 'present', sentence, evidence: [chainRef(table, nodePorts)] }];
  }
  return [
    {
      mode: 'iptables',
      weight: filled === undefined ? 'present' : 'active',
      sentence: `${services.length} service and endpoint chains (KUBE-SVC, KUBE-SEP ...) are in the nat table of ${table.file}`,
      evidence: [chainRef(table, first)],
    },
  ];
}

function ipvsTraces(table: RuleTable): readonly Trace[] {
  if (table.table === 'nat') {
    const rule = rulesOf(table, 'KUBE-SERVICES').find((each) =>
      each.sets.some((set) => /^KUBE-(6-)?CLUSTER-IP$/.test(set.name)),
    );
    if (rule === undefined) return [];
    return [
      {
        mode: 'ipvs',
        weight: 'active',
        sentence: `KUBE-SERVICES in the nat table of ${table.file} matches the ipset ${rule.sets[0]?.name}`,
        evidence: [ruleRef(table, rule)],
      },
    ];
  }
  if (table.table !== 'filter') return [];
  const chain = table.chains.get('KUBE-IPVS-FILTER') ?? table.chains.get('KUBE-IPVS-OUT-FILTER');
  if (chain === undefined) return [];
  return [
    {
      mode: 'ipvs',
      weight: 'present',
      sentence: `chain ${chain.name} is in the filter table of ${table.file}`,
      evidence: [chainRef(table, chain)],
    },
  ];
}

function ipvsadmTraces(network: NodeNetwork): readonly Trace[] {
  return network.ipvs.flatMap(({ fileId, file, value }): readonly Trace[] => {
    const [first] = value.services;
    return first === undefined
      ? []
      : [
          {
            mode: 'ipvs',
            weight: 'active',
            sentence: `${file} lists IPVS virtual servers`,
            evidence: [{ fileId, line: first.line, endLine: first.line }],
          },
        ];
  });
}

function replacementTraces(table: RuleTable): readonly Trace[] {
  const chain = [...table.chains.values()].find((each) => /^(CILIUM_|OLD_CILIUM_|OVN-KUBE-)/.test(each.name));
  if (chain === undefined) return [];
  const by = chain.name.includes('CILIUM') ? 'Cilium' : 'OVN-Kubernetes';
  return [
    {
      mode: 'replaced',
      weight: 'present',
      sentence: `chains of ${by} (${chain.name}) and none of kube-proxy are in ${table.file}`,
      evidence: [chainRef(table, chain)],
    },
  ];
}
