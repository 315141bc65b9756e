/**
 * An endpoint chain whose content is not what its name promises. The name is a hash over service, protocol and
 * endpoint, so a DNAT that was changed later, or a jump of another service, shows.
 */
import type { FindingDraft } from '../core/vocabulary.ts';
import { endpointInComment } from '../netfilter/kube-names.ts';
import { type EndpointChain, kubeServices, type ServiceChain, verifyEndpoint } from '../netfilter/kube-services.ts';
import { splitEndpoint } from '../netfilter/rule-match.ts';
import { chainRef, type RuleTable, ruleRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { nftMismatch } from './nft-endpoints.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  gathered,
  inTable,
  iptablesTables,
  likely,
  outcomeOf,
  RESTART_KUBE_PROXY,
  serviceEntities,
  showChain,
} from './outcome.ts';
import { countText } from './state-finding.ts';

interface Mismatch {
  readonly service: ServiceChain;
  readonly endpoint: EndpointChain;
  readonly why: string;
  /** The rules themselves contradict; otherwise only the name's hash does. */
  readonly proof: 'rules' | 'hash';
}

export const sepMismatch: Analyzer = {
  id: 'sep-mismatch',
  title: 'Endpoint chains hold the endpoint they are named after',
  area: 'chains',
  onlyIn: ['iptables', 'nftables'],
  run(facts) {
    if (facts.mode.mode === 'nftables') return nftMismatch(facts);
    const nat = iptablesTables(facts, 'nat');
    if (nat.usable === 'no') return nat.skipped;
    let verified = 0;
    const findings = nat.tables.flatMap((table) => {
      const looked = look(table);
      verified += looked.same;
      // Names that never verify are named by another scheme, not by a defect.
      const byHash = looked.mismatches.filter((each) => each.proof === 'hash');
      const known = byHash.length <= looked.same;
      const found = looked.mismatches
        .filter((each) => each.proof === 'rules' || known)
        .map((each) => finding(table, each));
      return gathered(found, `${found.length} endpoint chains ${inTable(table)} lead elsewhere than their names say`);
    });
    return outcomeOf(
      findings,
      verified === 0
        ? 'no endpoint chain could be held against its name'
        : `${countText(verified, 'endpoint chain carries', 'endpoint chains carry')} the name of their service and endpoint`,
    );
  },
};

function look(table: RuleTable): { readonly same: number; readonly mismatches: readonly Mismatch[] } {
  const kube = kubeServices(table);
  const seen = new Set<string>();
  const mismatches: Mismatch[] = [];
  let same = 0;
  for (const service of kube.services.values()) {
    if (!service.inService) continue;
    for (const { rule, sep } of service.draws) {
      const endpoint = kube.endpoints.get(sep);
      if (endpoint?.dnat?.toDestination == null || seen.has(sep)) continue;
      seen.add(sep);
      const target = endpoint.dnat.toDestination;
      const commented = endpointInComment(rule.comment);
      const hairpin = endpoint.chain.rules.find((each) => each.target === 'KUBE-MARK-MASQ')?.source?.value ?? null;
      if (commented !== null && commented !== target) {
        mismatches.push({ service, endpoint, why: `the jump to it names ${commented}`, proof: 'rules' });
      } else if (hairpin !== null && hairpin !== splitEndpoint(target)?.address) {
        mismatches.push({ service, endpoint, why: `its own hairpin rule names ${hairpin}`, proof: 'rules' });
      } else {
        const verdict = service.serviceBecause === 'hash' ? verifyEndpoint(service.service, endpoint) : 'unknown';
        if (verdict === 'same') same += 1;
        if (verdict === 'different') {
          mismatches.push({
            service,
            endpoint,
            why: 'its name is not the hash of this service and endpoint',
            proof: 'hash',
          });
        }
      }
    }
  }
  return { same, mismatches };
}

function finding(table: RuleTable, { service, endpoint, why, proof }: Mismatch): FindingDraft {
  const name = service.service ?? service.chain.name;
  const target = endpoint.dnat?.toDestination ?? '';
  const first = endpoint.dnat === null ? chainRef(table, endpoint.chain) : ruleRef(table, endpoint.dnat);
  return chainFinding(first, {
    rule: 'sep-mismatch',
    title: `An endpoint chain of ${name} leads to ${target}`,
    claim: `${endpoint.chain.name} ${inTable(table)}, drawn for ${name}, rewrites the destination to ${target}, but ${why}.`,
    severity: 'high',
    confidence:
      proof === 'rules'
        ? certain('the captured rules contradict each other')
        : likely('the other endpoint chains of this table carry the right hash'),
    owner: 'kube-proxy',
    entities: [
      chainEntity(endpoint.chain.name),
      ...serviceEntities([service.service]),
      { kind: 'endpoint', name: target },
    ],
    userNotices: `A share of the connections to ${name} reaches ${target}, which may be another workload or nothing.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: ['Find what else writes nat: kube-proxy never changes the target of an endpoint chain'],
    check: [`${showChain(table, endpoint.chain.name)} shows one address in both rules`],
    evidence: [
      ...endpoint.chain.rules.map((rule) => ruleRef(table, rule)),
      ...service.draws.filter((jump) => jump.sep === endpoint.chain.name).map((jump) => ruleRef(table, jump.rule)),
      chainRef(table, endpoint.chain),
    ],
  });
}
