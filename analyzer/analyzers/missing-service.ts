/** A captured service with a cluster address and ready endpoints that no rule of the node knows. */
import type { LineRef } from '../core/vocabulary.ts';
import { capturedCluster } from '../facts/captured-cluster.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import type { NodeService } from '../netfilter/node-service.ts';
import { chainRef, tableRef } from '../netfilter/rule-table.ts';
import type { Analyzer } from './analyzer.ts';
import { missingServices, withObjects } from './endpoint-crosscheck.ts';
import { gathered, outcomeOf } from './outcome.ts';

export const missingService: Analyzer = {
  id: 'missing-service',
  title: 'Captured services are in the rules',
  area: 'network',
  run(facts) {
    const cluster = capturedCluster(facts.state);
    if (!cluster.ports.some((port) => port.object !== null))
      return { outcome: 'skipped', missing: 'Services of the cluster' };
    if (nodeServices(facts).length === 0) return { outcome: 'skipped', missing: 'service rules of the node' };
    const services = nodeServices(facts);
    const found = missingServices(services, cluster, (family) => rulesLine(facts, family)).map(withObjects);
    const what = `${found.length} captured services are not in the rules of this node`;
    // When none of them is there, they have one cause.
    const names = new Set(services.flatMap((each) => each.entries.map((entry) => entry.address)));
    const none = !cluster.ports.some((port) => port.clusterIps.some((address) => names.has(address)));
    return outcomeOf(
      gathered(found, what, none ? 1 : undefined),
      'the rules have every captured service that has ready endpoints',
    );
  },
};

/** @returns where the services of a family begin in the dump, or null when it is cut: then absence shows nothing. */
export function rulesLine(facts: NodeFacts, family: NodeService['family']): LineRef | null {
  if (facts.mode.mode === 'iptables') {
    const table = facts.tables.find((each) => each.table === 'nat' && each.family === family);
    if (table === undefined || table.cut !== null) return null;
    const chain = table.chains.get('KUBE-SERVICES');
    return chain === undefined ? tableRef(table) : chainRef(table, chain, 'does not name the service');
  }
  if (facts.mode.mode === 'nftables' && facts.nft.some((each) => each.ruleset.cut !== null)) return null;
  // Names that ipvsadm did not print as numbers may be the service's.
  if (facts.mode.mode === 'ipvs' && facts.network.ipvs.some((each) => each.value.unresolved.length > 0)) return null;
  const first = nodeServices(facts).find((each) => each.family === family)?.refs[0];
  return first === undefined
    ? null
    : { fileId: first.fileId, line: first.line, endLine: first.line, note: 'the first service of this dump' };
}
