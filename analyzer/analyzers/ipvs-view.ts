/** What the analyzers of IPVS mode share: which service addresses a node should serve, and which it does. */
import type { IpSet, IpvsDump, IpvsService } from '../core/node-network.ts';
import type { LineRef } from '../core/vocabulary.ts';
import { capturedCluster, knownServices } from '../facts/captured-cluster.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import type { FromFile } from '../facts/node-network.ts';
import { addressText } from '../netfilter/node-service.ts';

/** The dummy interface kube-proxy binds every service address to (pkg/proxy/ipvs/proxier.go). */
export const KUBE_IPVS = 'kube-ipvs0';

/** A service port that kube-proxy wrote down in a set. */
export interface ServiceAddress {
  readonly protocol: string;
  /** RFC 5952; null: a node port, served on addresses of the node. */
  readonly address: string | null;
  readonly port: number;
  readonly set: string;
  readonly ref: LineRef;
}

export interface Bound {
  readonly address: string;
  readonly ref: LineRef;
}

/** Sets with one entry a service port; all of them have virtual servers, with or without endpoints. */
const ADDRESS_SETS =
  /^KUBE-(?:6-)?(?:CLUSTER-IP|EXTERNAL-IP|EXTERNAL-IP-LOCAL|LOAD-BALANCER|NODE-PORT-SCTP-HASH|NODE-PORT-LOCAL-SCTP-HASH)$/;
const PORT_SETS = /^KUBE-(?:6-)?NODE-PORT-(?:LOCAL-)?(TCP|UDP)$/;

/** Virtual servers of whole outputs, or what is missing. */
export type UsableIpvs =
  | { readonly usable: 'yes'; readonly dumps: readonly FromFile<IpvsDump>[] }
  | { readonly usable: 'no'; readonly skipped: { readonly outcome: 'skipped'; readonly missing: string } };

/** @returns the captured virtual servers in IPVS mode. An output that ends inside a line proves no absence. */
export function usableIpvs(facts: NodeFacts): UsableIpvs {
  const skip = (missing: string): UsableIpvs => ({ usable: 'no', skipped: { outcome: 'skipped', missing } });
  if (facts.mode.mode !== 'ipvs')
    return skip(`IPVS mode (kube-proxy mode is ${facts.mode.mode}: ${facts.mode.because})`);
  const { ipvs } = facts.network;
  const [first] = ipvs;
  if (first === undefined) return skip('the virtual servers: no output of ipvsadm was collected');
  const whole = ipvs.filter(({ value }) => value.cut !== true);
  return whole.length === 0 ? skip(`the end of ${first.file}`) : { usable: 'yes', dumps: ipvs };
}

/** @returns each set once, the first file that holds it. */
export function capturedSets(facts: NodeFacts): readonly (FromFile<IpSet> & { readonly whole: boolean })[] {
  const found = new Map<string, FromFile<IpSet> & { readonly whole: boolean }>();
  for (const { fileId, file, value } of facts.network.ipsets)
    for (const set of value)
      if (!found.has(set.name)) found.set(set.name, { fileId, file, value: set, whole: set.complete });
  return [...found.values()];
}

/** @returns every service port of kube-proxy's sets, once. */
export function serviceAddresses(facts: NodeFacts): readonly ServiceAddress[] {
  const found = new Map<string, ServiceAddress>();
  for (const { fileId, value: set } of capturedSets(facts)) {
    const ports = PORT_SETS.exec(set.name);
    if (ports === null && !ADDRESS_SETS.test(set.name)) continue;
    for (const entry of set.entries) {
      const read = ports === null ? addressEntry(entry.text) : portEntry(entry.text, ports[1] ?? '');
      if (read === null) continue;
      const key = `${read.protocol} ${read.address} ${read.port}`;
      if (!found.has(key))
        found.set(key, { ...read, set: set.name, ref: { fileId, line: entry.line, endLine: entry.line } });
    }
  }
  return [...found.values()];
}

export type Place = Pick<ServiceAddress, 'protocol' | 'address' | 'port'>;

function addressEntry(text: string): Place | null {
  const found = /^([0-9a-fA-F.:]{2,45}),(?:([a-z]{1,10}):)?(\d{1,5})$/.exec(text);
  return found === null
    ? null
    : { protocol: found[2] ?? 'tcp', address: addressText(found[1] as string), port: Number(found[3]) };
}

function portEntry(text: string, protocol: string): Place | null {
  return /^\d{1,5}$/.test(text) ? { protocol: protocol.toLowerCase(), address: null, port: Number(text) } : null;
}

/** @returns the addresses bound to kube-ipvs0, by `ip addr` or by the local routes; null when neither was captured. */
export function boundAddresses(facts: NodeFacts): readonly Bound[] | null {
  const { interfaces } = facts.network;
  if (interfaces.length > 0) {
    return interfaces.flatMap(({ fileId, value }) =>
      value
        .filter((each) => each.name === KUBE_IPVS)
        .flatMap((each) => each.addresses)
        .filter(({ scope, address }) => scope !== 'link' && !address.startsWith('fe80:'))
        .map(({ address, line }) => ({ address: addressText(address), ref: { fileId, line, endLine: line } })),
    );
  }
  const local = facts.routes.flatMap(({ fileId, routes }) =>
    routes.filter((route) => route.type === 'local').map((route) => ({ fileId, route })),
  );
  if (local.length === 0) return null;
  return local
    .filter(({ route }) => route.device === KUBE_IPVS && !route.prefix.startsWith('fe80:'))
    .map(({ fileId, route }) => ({
      address: addressText(route.prefix),
      ref: { fileId, line: route.line, endLine: route.line },
    }));
}

/** Whether a virtual server is there; `unknown` when a name that could not be read may stand for it. */
export interface VirtualServers {
  serves(place: Place): 'yes' | 'no' | 'unknown';
  /** Any virtual server of this address. */
  has(address: string): 'yes' | 'no' | 'unknown';
}

/** @returns a look-up over all captured outputs: what one of them shows is there. */
export function virtualServers(dumps: readonly FromFile<IpvsDump>[]): VirtualServers {
  const places = new Set<string>();
  const addresses = new Set<string>();
  const doubtful = new Set<string>();
  let hostNames = false;
  for (const { value } of dumps) {
    for (const service of value.services) {
      const place = placeOf(service);
      if (place === null) continue;
      places.add(`${place.protocol} ${place.address} ${place.port}`).add(`${place.protocol} null ${place.port}`);
      addresses.add(place.address ?? '');
    }
    for (const { text } of value.unresolved) {
      const host = text.slice(0, text.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
      doubtful.add(addressText(host));
      // A host name stands where an address should: it may be any address.
      if (!/^[0-9.]+$|:/.test(host)) hostNames = true;
    }
  }
  return {
    serves: ({ protocol, address, port }) => {
      if (places.has(`${protocol} ${address} ${port}`)) return 'yes';
      return hostNames || (address === null ? doubtful.size > 0 : doubtful.has(address)) ? 'unknown' : 'no';
    },
    has: (address) => (addresses.has(address) ? 'yes' : hostNames || doubtful.has(address) ? 'unknown' : 'no'),
  };
}

/** @returns `172.20.0.10:53/udp`, `[fd00::1]:53/udp`, or `node port 30080/tcp`. */
export function placeText({ protocol, address, port }: Place): string {
  if (address === null) return `node port ${port}/${protocol}`;
  return `${address.includes(':') ? `[${address}]` : address}:${port}/${protocol}`;
}

/** @returns the name that captured Services give the address or node port, or null. */
export function serviceNamer(facts: NodeFacts): (place: Place) => string | null {
  const names = new Map<string, string>();
  for (const { service, protocol, addresses, port, nodePort } of knownServices(capturedCluster(facts.state))) {
    for (const address of addresses) names.set(`${protocol} ${address} ${port}`, service);
    if (nodePort !== null) names.set(`${protocol} null ${nodePort}`, service);
  }
  return ({ protocol, address, port }) =>
    names.get(`${protocol} ${address} ${port}`) ?? names.get(`${protocol} null ${port}`) ?? null;
}

/** @returns the place a virtual server serves; null for one that is chosen by mark. */
export function placeOf(service: IpvsService): Place | null {
  return service.address === null || service.port === null
    ? null
    : { protocol: service.protocol, address: addressText(service.address), port: service.port };
}
