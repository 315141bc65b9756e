/** What NAT puts in. Sources: net/netfilter/nf_nat_core.c, nf_nat_masquerade.c, nf_nat_redirect.c. */
import type { HookName, Verdict } from './program.ts';
import type { RouteAnswer, Router } from './routing.ts';
import { type Arrival, type Traveller, withPacket } from './traveller.ts';

const HERE: RouteAnswer = { kind: 'local', route: null };

/**
 * REDIRECT puts in an address of the interface that the packet came in by, and drops what comes in by one that has none,
 * as those of pods often do (nf_nat_redirect_ipv4()). @returns how it ends then, or null.
 */
export function unaddressed(router: Router, hook: HookName, { branch }: Traveller): Arrival | null {
  const { family, inInterface: device, destination } = branch.packet;
  if (hook === 'output' || family === 'IPv6' || device === null || device === '?') return null;
  if (router.firstAddress(device) !== null) return null;
  const known = router.isLocal(destination);
  if (typeof known !== 'boolean') return { kind: 'unknown', because: known.unsure };
  return { kind: 'drop', because: `REDIRECT takes an address of ${device}, which has none` };
}

/** @returns the traveller with the destination of a DNAT or REDIRECT; its connection's destination is settled. */
export function destinationPut(
  router: Router,
  hook: HookName,
  traveller: Traveller,
  verdict: Extract<Verdict, { readonly verdict: 'dnat' | 'snat' }> | Extract<Verdict, { readonly verdict: 'redirect' }>,
): Traveller {
  const { packet } = traveller.branch;
  const loopback = packet.family === 'IPv6' ? '::1' : '127.0.0.1';
  const redirected =
    hook === 'output' ? loopback : (router.masqueradeAddress(packet.inInterface ?? 'lo', HERE) ?? packet.destination);
  const address = verdict.verdict === 'redirect' ? redirected : (verdict.address ?? packet.destination);
  const port = verdict.port ?? packet.destinationPort;
  const changed = address !== packet.destination || port !== packet.destinationPort;
  const sent = withPacket(traveller, {
    destination: address,
    destinationPort: port,
    destinationChanged: packet.destinationChanged || changed,
  });
  return { ...sent, destinationSettled: true };
}

/**
 * @param given address of SNAT; null for MASQUERADE, which takes one of the interface it leaves by.
 * @returns the traveller with its new source; its connection's source is settled.
 */
export function sourcePut(
  router: Router,
  traveller: Traveller,
  given: string | null,
  answer: RouteAnswer | null,
): Traveller {
  const { packet, trail } = traveller.branch;
  const device = packet.outInterface ?? 'lo';
  const chosen = given ?? router.masqueradeAddress(device, answer ?? HERE);
  // A packet over loopback keeps a loopback source: the interface's own address is 127.0.0.1.
  const source = chosen === null || (device === 'lo' && given === null) ? packet.source : chosen;
  const sent = withPacket(traveller, { source, sourceChanged: source !== packet.source });
  const undecided = chosen === null ? 'the address that MASQUERADE puts in is not captured' : traveller.undecided;
  return { ...sent, sourceSettled: true, sourceNatRule: trail?.step.rule ?? null, undecided };
}
