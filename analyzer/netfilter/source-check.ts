/** Whether the kernel takes a packet with this source by this interface. Source: net/ipv4/fib_frontend.c, fib_validate_source(). */
import { isLoopback } from './address.ts';
import type { NodeProgram, Packet, Unsure, WayBack } from './program.ts';
import type { RouteAnswer, Router } from './routing.ts';

/** @returns why a packet that came in is dropped for its source, or null. IPv6 has no such check. */
export function refusedSource(
  packet: Packet,
  { program, router }: { readonly program: NodeProgram; readonly router: Router },
): string | null {
  const { inInterface: device, source } = packet;
  if (packet.family === 'IPv6' || device === null || device === 'lo' || device === '?') return null;
  const set = (name: string): number | null => {
    const values = ['all', device].map((each) => program.sysctls.get(`net.ipv4.conf.${each}.${name}`));
    return values.includes(undefined) ? null : Math.max(...values.map(Number));
  };
  if (isLoopback(source) || router.isLocal(source) === true) {
    if (set('accept_local') === 1) return null;
    return `${source} is an address of this node: a packet that comes in by ${device} with this source is refused`;
  }
  if (!isRouted(program, device) || set('rp_filter') !== 1) return null;
  const back = answered(router, packet, set('src_valid_mark') === 1 ? packet.mark : 0);
  if (back.kind === 'unknown' || (back.kind === 'forward' && back.device === device)) return null;
  const way = back.kind === 'forward' ? `by ${back.device}` : 'nowhere';
  return `rp_filter is 1 on ${device}: what goes back to ${source} leaves ${way}`;
}

/** A port of a bridge has no route: the packet is taken to come in by the bridge then. */
function isRouted(program: NodeProgram, device: string): boolean {
  return program.routes?.some((entry) => entry.device === device) === true;
}

function answered(router: Router, packet: Packet, mark: number): RouteAnswer {
  return router.route({ destination: packet.source, source: packet.destination, mark, inInterface: null });
}

/** @returns see Surroundings. */
export function wayBack(program: NodeProgram, router: Router, packet: Packet, mark: number): WayBack | Unsure {
  const { inInterface: device } = packet;
  if (device === null || device === '?' || !isRouted(program, device))
    return { unsure: `whether an answer to ${packet.source} leaves by the interface it came in by is not captured` };
  const back = answered(router, packet, mark);
  if (back.kind === 'unknown') return { unsure: back.because };
  if (back.kind === 'forward') return { kind: 'device', device: back.device };
  return { kind: back.kind === 'local' ? 'local' : 'nowhere' };
}
