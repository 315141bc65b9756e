/** How a service stands: which findings concern it, and what kube-proxy itself says by refusing it. */
import type { ServiceHealth } from '../contract/network.ts';
import { type Severity, severityRank } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import type { NodeService } from '../netfilter/node-service.ts';
import type { FindingMark } from './network-protocol.ts';

/** Rules about what every service of the family needs; a finding that names services or endpoints concerns only those. */
const EVERY_SERVICE: ReadonlySet<string> = new Set([
  'kube-services-empty',
  'chain-not-hooked',
  'mark-masq-empty',
  'postrouting-no-masquerade',
  'forward-drop',
  'forward-reject',
  'forward-policy-drop',
  'ip-forward-off',
  'ipvs-modules-missing',
]);
/** Named services are examples only: all of them are gone. */
const NAMES_EXAMPLES: ReadonlySet<string> = new Set(['kube-services-empty']);
/** The same for services with a node port. */
const EVERY_NODE_PORT: ReadonlySet<string> = new Set(['nodeports-jump-missing']);
/** A longer range cites a whole table or log, not the rules of one service. */
const RANGE_LINES_MAX = 5;
/** A share below this is a rounding of printed probabilities. */
const LOST_MIN = 0.001;

/** Health of the services of one node; findings are indexed once. */
export interface HealthBook {
  of(service: NodeService): ServiceHealth;
  /** @returns findings that concern a chain, an endpoint, or one of these lines. */
  at(chains: readonly string[], places: readonly Place[]): readonly FindingMark[];
}

interface Place {
  readonly fileId: number;
  readonly line: number;
}

/** @param findings those of this bundle; null when the analysis could not be had. */
export function healthBook(facts: NodeFacts, findings: readonly FindingMark[] | null): HealthBook {
  const byName = new Map<string, FindingMark[]>();
  const byLine = new Map<string, FindingMark[]>();
  const everywhere: FindingMark[] = [];
  for (const finding of findings ?? []) {
    if (concernsEvery(finding)) everywhere.push(finding);
    const own = finding.entities.some(({ kind }) => kind === 'service' || kind === 'chain');
    for (const { kind, name } of finding.entities) {
      // One address may serve several services: it names the service only when nothing else does.
      if (kind === 'service' || kind === 'chain' || (kind === 'endpoint' && !own)) put(byName, name, finding);
    }
    for (const { fileId, line, endLine } of finding.lines) {
      if (endLine - line >= RANGE_LINES_MAX) continue;
      for (let at = line; at <= endLine; at++) put(byLine, `${fileId} ${at}`, finding);
    }
  }
  const at = (names: readonly string[], places: readonly Place[]): readonly FindingMark[] => {
    const found = new Set<FindingMark>();
    for (const name of names) for (const one of byName.get(name) ?? []) found.add(one);
    for (const { fileId, line } of places) for (const one of byLine.get(`${fileId} ${line}`) ?? []) found.add(one);
    return [...found].sort(worstFirst);
  };
  return {
    at,
    of(service) {
      if (findings === null)
        return unknown('the analysis of this case could not be had, so its findings are not known');
      const endpoints = service.endpoints.map((endpoint) => endpoint.address);
      const places = [
        ...service.refs,
        ...service.entries.map(({ place }) => place),
        ...service.refusals.map(({ place }) => place),
        ...service.endpoints.flatMap(({ refs }) => refs),
      ];
      const plain = service.namespace === null || service.name === null ? [] : [`${service.namespace}/${service.name}`];
      const own = at([service.id, ...plain, ...service.chains, ...endpoints], places);
      const shared = everywhere.filter(
        (finding) =>
          !own.includes(finding) &&
          (service.nodePort !== null || !EVERY_NODE_PORT.has(finding.rule)) &&
          concernsFamily(facts, finding, service.family),
      );
      return judged(service, own, shared.sort(worstFirst));
    },
  };
}

function concernsEvery({ rule, entities }: FindingMark): boolean {
  if (!EVERY_SERVICE.has(rule) && !EVERY_NODE_PORT.has(rule)) return false;
  if (NAMES_EXAMPLES.has(rule)) return true;
  // The SNAT chain of the VPC CNI is for traffic that leaves the cluster.
  if (entities.some(({ kind, name }) => kind === 'chain' && name.startsWith('AWS-'))) return false;
  return !entities.some(({ kind }) => kind === 'service' || kind === 'endpoint');
}

function judged(service: NodeService, own: readonly FindingMark[], shared: readonly FindingMark[]): ServiceHealth {
  const all = [...own, ...shared];
  const ids = all.map((finding) => finding.id);
  const worstOwn = own[0];
  if (worstOwn !== undefined && matters(worstOwn)) return impaired(all, worstOwn, ids);
  if (service.refused !== null && service.endpoints.length === 0) {
    const does = service.refused === 'reject' ? 'rejects' : 'drops';
    const local = service.refusals.some((refusal) => refusal.because === 'no local endpoints');
    return {
      level: 'no-endpoints',
      because: `kube-proxy ${does} packets to it: it has no ${local ? 'endpoints on this node' : 'endpoints'}`,
      severity: null,
      findings: ids,
    };
  }
  const worst = all.find(matters);
  if (worst !== undefined) return impaired(all, worst, ids);
  if (service.lostShare !== null && service.lostShare > LOST_MIN && service.endpoints.length > 0) {
    const percent = Math.max(1, Math.round(service.lostShare * 100));
    const because = `about ${percent} % of new connections to its cluster IP meet no endpoint`;
    return { level: 'impaired', because, severity: null, findings: ids };
  }
  const minor = all.length === 0 ? '' : `; ${all.length} minor ${all.length === 1 ? 'finding does' : 'findings do'}`;
  return {
    level: 'ok',
    because: `no finding of medium severity or worse concerns it${minor}`,
    severity: worstSeverity(all),
    findings: ids,
  };
}

function impaired(all: readonly FindingMark[], worst: FindingMark, findings: ServiceHealth['findings']): ServiceHealth {
  const more = all.length - 1;
  const rest = more === 0 ? '' : `; ${more} more ${more === 1 ? 'finding concerns' : 'findings concern'} it`;
  return { level: 'impaired', because: `${worst.title}${rest}`, severity: worst.severity, findings };
}

function unknown(because: string): ServiceHealth {
  return { level: 'unknown', because, severity: null, findings: [] };
}

function matters(finding: FindingMark): boolean {
  return severityRank(finding.severity) >= severityRank('medium');
}

/** @returns the severity of the worst finding, or null without one. */
export function worstSeverity(findings: readonly FindingMark[]): Severity | null {
  return [...findings].sort(worstFirst)[0]?.severity ?? null;
}

function worstFirst(left: FindingMark, right: FindingMark): number {
  return severityRank(right.severity) - severityRank(left.severity);
}

/** A finding tells its family by the tables its lines stand in, else by its title; when neither tells, it concerns both. */
function concernsFamily(facts: NodeFacts, finding: FindingMark, family: NodeService['family']): boolean {
  const families = new Set(
    finding.lines.flatMap(({ fileId, line }) =>
      facts.rules.all
        .filter((table) => table.fileId === fileId && table.line <= line && line <= table.endLine)
        .map((table) => table.family),
    ),
  );
  if (families.size > 0) return families.has(family);
  const named = (['IPv4', 'IPv6'] as const).filter((one) => finding.title.includes(one));
  return named.length !== 1 || named[0] === family;
}

function put(index: Map<string, FindingMark[]>, key: string, finding: FindingMark): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [finding]);
  else known.push(finding);
}
