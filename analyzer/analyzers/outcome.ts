/** What the chain analyzers share: when they apply, and how a finding is drafted. */

import { EVIDENCE_REFS_MAX } from '../core/limits.ts';
import type {
  Confidence,
  Entity,
  FindingDraft,
  LineRef,
  NonEmpty,
  Owner,
  ProxyMode,
  Severity,
} from '../core/vocabulary.ts';
import { SEVERITIES } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import type { RuleTable } from '../netfilter/rule-table.ts';
import type { AnalyzerResult } from './analyzer.ts';

/** A draft without the fields that are the same for every chain finding. */
export interface ChainFinding {
  readonly rule: string;
  /** `chains` when it is about rules alone. */
  readonly area?: 'chains' | 'network';
  readonly title: string;
  readonly claim: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly owner: Owner;
  readonly count?: number;
  readonly entities: readonly Entity[];
  readonly userNotices: string;
  readonly now: readonly string[];
  readonly longTerm?: readonly string[];
  readonly check: readonly string[];
  readonly evidence: readonly LineRef[];
  readonly explains?: readonly string[];
}

/**
 * @param first the line that shows the defect best. @returns the finished draft; evidence is the defect's line
 * first, then the rest without repetition, at most EVIDENCE_REFS_MAX.
 */
export function chainFinding(first: LineRef, finding: ChainFinding): FindingDraft {
  const seen = new Set<string>([`${first.fileId}:${first.line}`]);
  const rest: LineRef[] = [];
  for (const ref of finding.evidence) {
    const key = `${ref.fileId}:${ref.line}`;
    if (seen.has(key) || rest.length + 1 >= EVIDENCE_REFS_MAX) continue;
    seen.add(key);
    rest.push(ref);
  }
  return {
    rule: finding.rule,
    title: finding.title,
    claim: finding.claim,
    severity: finding.severity,
    confidence: finding.confidence,
    owner: finding.owner,
    area: finding.area ?? 'chains',
    first: null,
    last: null,
    count: finding.count ?? 1,
    entities: finding.entities,
    userNotices: finding.userNotices,
    advice: { now: finding.now, longTerm: finding.longTerm ?? [], check: finding.check },
    evidence: [first, ...rest],
    explains: finding.explains ?? [],
  };
}

/** @returns `finding` when there is one, else a pass with its reason. */
export function outcomeOf(findings: readonly FindingDraft[], because: string): AnalyzerResult {
  const [first, ...rest] = findings;
  if (first === undefined) return { outcome: 'pass', because };
  const all: NonEmpty<FindingDraft> = [first, ...rest];
  return { outcome: 'finding', findings: all };
}

/** Above this many findings of one kind on one table they have one cause and are told as one. */
const SINGLE_FINDINGS_MAX = 5;

/**
 * @param what the sentence that stands for all of them, with their number.
 * @param most findings that stay single.
 * @returns the findings as they are when few, else one that counts and cites them.
 */
export function gathered(
  findings: readonly FindingDraft[],
  what: string,
  most = SINGLE_FINDINGS_MAX,
): readonly FindingDraft[] {
  const [first, ...rest] = findings;
  if (first === undefined || findings.length <= most) return findings;
  const severity = SEVERITIES.find((each) => findings.some((finding) => finding.severity === each)) ?? first.severity;
  return [
    {
      ...first,
      title: what,
      claim: `${what}. The first of them: ${first.claim}`,
      severity,
      count: findings.length,
      entities: findings.flatMap((finding) => finding.entities).slice(0, ENTITIES_MAX),
      evidence: [first.evidence[0], ...rest.slice(0, EVIDENCE_REFS_MAX - 1).map((finding) => finding.evidence[0])],
    },
  ];
}

/** Tables of one name that are whole, in a mode that uses them; otherwise what is missing. */
export type UsableTables =
  | { readonly usable: 'yes'; readonly tables: NonEmpty<RuleTable> }
  | { readonly usable: 'no'; readonly skipped: { readonly outcome: 'skipped'; readonly missing: string } };

/** IPVS mode marks, masquerades and filters with iptables; virtual servers choose the endpoint. */
export const IPTABLES_AND_IPVS: readonly ProxyMode[] = ['iptables', 'ipvs'];

/** FORWARD, and what a CNI does in iptables, is met whichever mode kube-proxy runs in. */
export const EVERY_MODE: readonly ProxyMode[] = ['iptables', 'ipvs', 'nftables'];

/**
 * @param name nat or filter. A cut table proves no absence, so it is left out.
 * @param modes in which the question has a meaning.
 */
export function iptablesTables(
  facts: NodeFacts,
  name: string,
  modes: readonly ProxyMode[] = ['iptables'],
): UsableTables {
  const skip = (missing: string): UsableTables => ({ usable: 'no', skipped: { outcome: 'skipped', missing } });
  if (!modes.includes(facts.mode.mode))
    return skip(
      `${modes.map((mode) => (mode === 'ipvs' ? 'IPVS' : mode)).join(' or ')} mode (kube-proxy mode is ${facts.mode.mode}: ${facts.mode.because})`,
    );
  const captured = facts.tables.filter((table) => table.table === name);
  if (captured.length === 0) return skip(`the ${name} table was not collected`);
  const [first, ...rest] = captured.filter((table) => table.cut === null);
  if (first === undefined)
    return skip(`the ${name} table is incomplete in ${captured[0]?.file} (${captured[0]?.cut?.because})`);
  return { usable: 'yes', tables: [first, ...rest] };
}

/** Read from the dump, nothing inferred. */
export function certain(because: string): Confidence {
  return { level: 'certain', because };
}

export function likely(because: string): Confidence {
  return { level: 'likely', because };
}

export function possible(because: string): Confidence {
  return { level: 'possible', because };
}

export function chainEntity(name: string): Entity {
  return { kind: 'chain', name };
}

export function serviceEntities(names: Iterable<string | null>): readonly Entity[] {
  const known = [...new Set(names)].filter((name) => name !== null);
  return known.slice(0, ENTITIES_MAX).map((name) => ({ kind: 'service', name }));
}

/** Entities of one kind a finding lists; its claim gives the whole number. */
export const ENTITIES_MAX = 50;

/** @returns `a`, `a, b` or `a, b, c and 7 more`. */
export function listed(names: readonly string[], most = 3): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** @returns `in the nat table` with the family when it is not IPv4. */
export function inTable(table: RuleTable): string {
  return `in the ${table.family === 'IPv6' ? 'IPv6 ' : ''}${table.table} table`;
}

/** @returns `iptables` or `ip6tables`. */
export function command(table: Pick<RuleTable, 'family'>): string {
  return table.family === 'IPv6' ? 'ip6tables' : 'iptables';
}

/** @returns what a user notices when marked service traffic keeps its source address. */
export function unmasqueraded(facts: NodeFacts): string {
  return facts.mode.mode === 'ipvs'
    ? 'NodePort, external and load balancer clients of endpoints on other nodes get no answer, and neither do processes of the node itself that use a service address; plain pod to ClusterIP traffic works.'
    : 'NodePort and load balancer clients of endpoints on other nodes get no answer, and neither do pods that reach themselves through a service; plain pod to ClusterIP traffic works.';
}

/** What makes kube-proxy write every chain again. */
export const RESTART_KUBE_PROXY =
  'Restart kube-proxy on this node so that it writes all of its rules again: `kubectl -n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=NODE`';

export const KUBE_PROXY_LOGS =
  'Look in the log of kube-proxy for a failed sync: `kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=200 --prefix | grep -E "iptables-restore|Sync failed|xtables lock"`';

/** @returns the command that shows a chain again. */
export function showChain(table: RuleTable, chain: string): string {
  return `\`${command(table)} -t ${table.table} -L ${chain} -n -v\``;
}
