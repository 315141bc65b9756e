/** Who an address is by captured objects of the cluster: pods, services, endpoints, nodes. */
import type { AddressFact } from '../contract/network.ts';
import type { KubeResource } from '../core/node-state.ts';
import type { LineRef } from '../core/vocabulary.ts';
import { canonicalAddress } from '../netfilter/address.ts';
import type { LoadedNode } from './network-nodes.ts';

/** What an object says of the address, before it is cited. */
export interface ObjectFact {
  readonly kind: AddressFact['kind'];
  readonly sentence: string;
  readonly refs: readonly LineRef[];
}

/** A cluster-wide capture names one address in a few objects; more than this is no answer to read. */
const FACTS_MAX = 50;

/** @param address in RFC 5952 form. @returns one fact for each object that has the address, pods first. */
export function objectFacts(node: LoadedNode, address: string): readonly ObjectFact[] {
  const facts: ObjectFact[] = [];
  for (const { fileId, dump } of node.facts.state.resources) {
    for (const resource of dump.resources) {
      const said = saidOf(resource, address);
      if (said === null) continue;
      const line = Math.max(1, said.line);
      facts.push({ kind: said.kind, sentence: said.sentence, refs: [{ fileId, line, endLine: line }] });
    }
  }
  return facts.sort((left, right) => Number(right.kind === 'pod') - Number(left.kind === 'pod')).slice(0, FACTS_MAX);
}

interface Said {
  readonly kind: AddressFact['kind'];
  readonly sentence: string;
  readonly line: number;
}

function saidOf(resource: KubeResource, address: string): Said | null {
  const is = (text: string): boolean => canonicalAddress(text) === address;
  const name = resource.namespace === '' ? resource.name : `${resource.namespace}/${resource.name}`;
  const { line } = resource;
  if (resource.kind === 'Pod') {
    if (!resource.ips.some(is)) return null;
    const host = resource.hostNetwork ? ', in the network of its node' : '';
    const phase = resource.phase === null ? '' : `, ${resource.phase}`;
    const ends = resource.deleting ? ', being deleted' : '';
    const on = resource.node === null ? '' : `, on node ${resource.node}`;
    return { kind: 'pod', sentence: `Pod ${name}${phase}${ends}${on}${host}.`, line };
  }
  if (resource.kind === 'Service') {
    const what = resource.clusterIps.some(is)
      ? 'Cluster IP'
      : resource.loadBalancerIps.some(is)
        ? 'Load balancer IP'
        : resource.externalIps.some(is)
          ? 'External IP'
          : null;
    return what === null
      ? null
      : { kind: 'cluster resource', sentence: `${what} of the captured Service ${name}.`, line };
  }
  if (resource.kind === 'Endpoints' || resource.kind === 'EndpointSlice') {
    const found = resource.addresses.find((one) => is(one.address));
    if (found === undefined) return null;
    const state = found.terminating ? 'terminating' : found.ready ? 'ready' : 'not ready';
    const pod = found.pod === null ? '' : `, pod ${found.pod}`;
    return { kind: 'cluster resource', sentence: `In ${resource.kind} ${name}: ${state}${pod}.`, line: found.line };
  }
  if (resource.kind !== 'Node' || !resource.addresses.some(is)) return null;
  return { kind: 'cluster resource', sentence: `Address of node ${name}.`, line };
}
