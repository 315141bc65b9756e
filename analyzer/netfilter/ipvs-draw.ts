/** How an IPVS virtual server spreads new connections. Sources: net/netfilter/ipvs/ip_vs_core.c, ipvsadm(8). */
import type { IpvsService } from '../core/node-network.ts';
import { canonicalAddress, endpointText } from './address.ts';
import type { HookName, NodeProgram, Packet } from './program.ts';
import { fileOf, type Traveller, withPacket, withStep } from './traveller.ts';

export type IpvsDraw =
  /** One traveller for each real server that takes new connections. */
  | { readonly kind: 'sent'; readonly sent: readonly Traveller[] }
  /** Some real servers are printed as names that say no address, or which one is taken is not known. */
  | { readonly kind: 'unknown'; readonly traveller: Traveller; readonly because: string }
  /** No real server: the kernel answers "port unreachable". */
  | { readonly kind: 'refused'; readonly traveller: Traveller; readonly because: string };

/** Schedulers that look at weights; rr and the others give each real server the same in the long run. */
const WEIGHTED = /^(?:wrr|wlc|sh|mh|sed|nq|twos)$/;
/** These send all that is for one address to one real server as long as that takes more, by a hash or in their own order. */
const ONE_FOR_ALL = /^(?:dh|lblc|lblcr|fo|ovf)$/;

/** @returns where a virtual server sends the packet, or null when none takes it. */
export function ipvsDraw(program: NodeProgram, hook: HookName, traveller: Traveller): IpvsDraw | null {
  const { packet } = traveller.branch;
  if (program.ipvs === null || packet.viaIpvs) return null;
  const service = program.ipvs.services.find((one) => serves(one, packet));
  if (service === undefined) return null;
  const address = endpointText(packet.destination, packet.destinationPort);
  const head = `${service.protocol.toUpperCase()} ${address} ${service.scheduler ?? ''}`.trim();
  const met = (rule: string, line: number, share: number): Traveller => {
    const stepped = withStep(traveller, { hook, table: 'ipvs', rule, line, ...fileOf(program.files.ipvs) });
    const sticky = stepped.branch.sticky || service.persistent !== null;
    return { ...stepped, branch: { ...stepped.branch, weight: stepped.branch.weight * share, sticky } };
  };
  if ((service.unreadServers ?? 0) > 0) {
    const because = `${service.unreadServers} real servers of ${address} are printed by name`;
    return { kind: 'unknown', traveller: met(head, service.line, 1), because };
  }
  const weighted = WEIGHTED.test(service.scheduler ?? '');
  const parts = service.realServers.map(({ weight }) => {
    if (weight === null) return 1;
    return weight <= 0 ? 0 : weighted ? weight : 1;
  });
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total === 0) {
    const because = `the virtual server ${address} has no real server`;
    return { kind: 'refused', traveller: met(head, service.line, 1), because };
  }
  const taking = parts.filter((part) => part > 0).length;
  if (taking > 1 && ONE_FOR_ALL.test(service.scheduler ?? '')) {
    const because = `${service.scheduler} sends all connections to ${address} to one of ${taking} real servers, and which one is not in the dumps`;
    return { kind: 'unknown', traveller: met(head, service.line, 1), because };
  }
  const sent = service.realServers.flatMap((server, index) => {
    const part = parts[index] ?? 0;
    if (part === 0) return [];
    const destination = canonicalAddress(server.address) ?? server.address;
    const drawn = met(`${head} -> ${endpointText(destination, server.port)}`, server.line, part / total);
    return [withPacket(drawn, { destination, destinationPort: server.port, viaIpvs: true })];
  });
  return { kind: 'sent', sent };
}

/** @returns true when a virtual server takes the packet. */
export function hasVirtualServer(program: NodeProgram, packet: Packet): boolean {
  return program.ipvs?.services.some((service) => serves(service, packet)) === true;
}

function serves(service: IpvsService, packet: Packet): boolean {
  if (service.mark !== null) return service.mark !== 0 && service.mark === packet.mark;
  return (
    service.protocol === packet.protocol &&
    service.port === packet.destinationPort &&
    service.address !== null &&
    canonicalAddress(service.address) === packet.destination
  );
}
