/** What kube-proxy's ipsets say of addresses and ports: cluster IP, external, load balancer, node port, source ranges. */
import type { IpSet } from '../core/node-network.ts';
import { canonicalAddress } from './address.ts';
import type { LinePlace, Placed } from './node-service.ts';
import { serviceProtocol } from './node-service.ts';

/** Keys are `address port proto`, of node ports `port proto`. */
export interface IpvsSets {
  readonly clusterIps: ReadonlyMap<string, LinePlace>;
  readonly externalIps: ReadonlyMap<string, LinePlace>;
  readonly loadBalancers: ReadonlyMap<string, LinePlace>;
  readonly nodePorts: ReadonlyMap<string, LinePlace>;
  /** Entries of the -LOCAL sets: external policy Local. */
  readonly local: ReadonlySet<string>;
  readonly sourceRanges: ReadonlyMap<string, readonly string[]>;
}

/** @returns key of an address and port. */
export function portKey(address: string, port: number, protocol: string): string {
  return `${address} ${port} ${protocol}`;
}

/** @returns key of a node port. */
export function nodePortKey(port: number, protocol: string): string {
  return `${port} ${protocol}`;
}

/** @returns the sets of all captured files together; both families (KUBE-6-...). */
export function ipvsSets(files: readonly Placed<readonly IpSet[]>[]): IpvsSets {
  const maps = {
    clusterIps: new Map<string, LinePlace>(),
    externalIps: new Map<string, LinePlace>(),
    loadBalancers: new Map<string, LinePlace>(),
    nodePorts: new Map<string, LinePlace>(),
  };
  const local = new Set<string>();
  const ranges = new Map<string, Set<string>>();
  for (const { fileId, file, value } of files) {
    for (const set of value) {
      const name = set.name.replace(/^KUBE-6-/, 'KUBE-');
      const into = mapOf(name, maps);
      const range = /^KUBE-LOAD-BALANCER-SOURCE-(?:CIDR|IP)$/.test(name);
      if (into === null && !range) continue;
      const isLocal = name.includes('-LOCAL');
      for (const entry of set.entries) {
        const key = entryKey(name, entry.text);
        if (key === null) continue;
        if (into !== null && !into.has(key)) into.set(key, { fileId, file, line: entry.line });
        if (isLocal) local.add(key);
        const source = range ? entry.text.split(',')[2] : undefined;
        if (source === undefined || entry.nomatch) continue;
        const known = ranges.get(key) ?? new Set<string>();
        // Its own address is let in for packets of the node.
        if (canonicalAddress(source) !== key.split(' ')[0]) known.add(source);
        ranges.set(key, known);
      }
    }
  }
  return { ...maps, local, sourceRanges: new Map([...ranges].map(([key, list]) => [key, [...list]])) };
}

function mapOf(
  name: string,
  maps: Record<'clusterIps' | 'externalIps' | 'loadBalancers' | 'nodePorts', Map<string, LinePlace>>,
): Map<string, LinePlace> | null {
  if (name === 'KUBE-CLUSTER-IP') return maps.clusterIps;
  if (name === 'KUBE-EXTERNAL-IP' || name === 'KUBE-EXTERNAL-IP-LOCAL') return maps.externalIps;
  if (name === 'KUBE-LOAD-BALANCER' || name === 'KUBE-LOAD-BALANCER-LOCAL') return maps.loadBalancers;
  return name.startsWith('KUBE-NODE-PORT-') ? maps.nodePorts : null;
}

/** `10.96.0.1,tcp:443`, `30080` of a bitmap, `192.168.10.5,sctp:30000`. */
function entryKey(set: string, text: string): string | null {
  if (/^\d{1,5}$/.test(text)) {
    const protocol = /-(TCP|UDP)$/.exec(set)?.[1]?.toLowerCase();
    return protocol === undefined ? null : nodePortKey(Number(text), protocol);
  }
  const found = /^([0-9a-fA-F.:]+),([a-z]+|\d+):(\d{1,5})(?:,|$)/.exec(text);
  const address = found === null ? null : canonicalAddress(found[1] ?? '');
  const protocol = serviceProtocol(found?.[2]);
  if (address === null || protocol === null || found?.[3] === undefined) return null;
  return portKey(address, Number(found[3]), protocol);
}
