/** Whether an answer finds its way back: it must come through this node wherever an address was changed here. */
import { isLoopback } from './address.ts';
import { type JourneyOptions, travel } from './journey.ts';
import type { Packet } from './program.ts';
import type { JourneyEnd } from './traveller.ts';
import { Questions } from './walk.ts';

export interface ReturnPath {
  readonly path: 'ok' | 'broken' | 'unknown';
  readonly because: string;
}

/** @param sent the packet before anything was changed. @returns whether the reply to a delivered packet comes back. */
export function returnPath(end: JourneyEnd, sent: Packet, options: JourneyOptions): ReturnPath {
  const { packet } = end.traveller.branch;
  const { router, program } = options;
  const { arrival } = end;
  const here = arrival.kind === 'local';
  if (arrival.kind !== 'local' && arrival.kind !== 'out') return unknown('nothing arrives that could be answered');
  if (!here && packet.source === packet.destination) {
    return broken(`${packet.source} sees its own address as the sender and answers itself`);
  }
  if (!here && isLoopback(packet.source)) {
    return broken(`the packet leaves with the source ${packet.source}, to which no other host can answer`);
  }
  const translated = packet.destination !== sent.destination || packet.destinationPort !== sent.destinationPort;
  const toPod =
    arrival.kind === 'out' &&
    arrival.route.kind === 'forward' &&
    arrival.route.route.via === null &&
    router.isPodDevice(arrival.device);
  const local = router.isLocal(packet.source);
  if (local !== true && local !== false) return unknown(local.unsure);
  const back = router.route({ destination: packet.source, source: packet.destination, mark: 0, inInterface: '?' });
  if (!here && !toPod && !local) {
    const podOfThisNode = back.kind === 'forward' && back.route.via === null && router.isPodDevice(back.device);
    if (back.kind === 'unknown') return unknown(back.because);
    if (!podOfThisNode) {
      if (!translated) return unknown('whether anything answers out there is not in the dumps');
      return broken(`the endpoint answers ${packet.source} past this node, from an address it never called`);
    }
  }
  if (toPod && !local && translated && arrival.kind === 'out') {
    const shared = back.kind === 'forward' && back.route.via === null && back.device === arrival.device;
    if (shared) {
      // Two pods on one bridge: the answer is switched there and meets this node's NAT only with br_netfilter.
      const called = program.sysctls.get(`net.bridge.bridge-nf-call-${program.family === 'IPv6' ? 'ip6' : 'ip'}tables`);
      if (called === '0') return broken(`the answer stays on ${arrival.device}, where bridge-nf-call-iptables is 0`);
      if (called !== '1')
        return unknown(`the answer stays on ${arrival.device}; bridge-nf-call-iptables was not captured`);
    }
  }
  const answer = filtered(end, sent, options);
  if (answer.path === 'ok' && !here && !toPod && !local && !translated) {
    return unknown(`whether ${packet.destination} knows the way back to ${packet.source} is not in the dumps`);
  }
  return answer;
}

/** Linux chooses a client's port from 32768 to 60999 unless told otherwise (ip_local_port_range): both ends and some between. */
const CHOSEN_PORTS = [32768, 34816, 36864, 38912, 40960, 43008, 45056, 47104, 49152, 51200, 53248, 55296, 57344, 60999];

/** @returns what becomes of the answer; where only the client's port leaves it open, that of one the kernel chose. */
function filtered(end: JourneyEnd, sent: Packet, options: JourneyOptions): ReturnPath {
  const answer = answerTo(sent.sourcePort, end, sent, options);
  if (answer.path !== 'unknown' || sent.sourcePort !== null || sent.destinationPort === null) return answer;
  const chosen = CHOSEN_PORTS.every((port) => answerTo(port, end, sent, options).path === 'ok');
  if (!chosen) return answer;
  return { path: 'ok', because: 'the answer comes back through this node, to a port that the kernel chose' };
}

/** Sends the answer through the tables that see every packet. */
function answerTo(port: number | null, end: JourneyEnd, sent: Packet, options: JourneyOptions): ReturnPath {
  const { packet } = end.traveller.branch;
  const { arrival } = end;
  const device = arrival.kind === 'out' ? arrival.device : null;
  // Conntrack puts the sender's own address back before the route decision, and the called address after filter.
  const reply: Packet = {
    ...packet,
    source: packet.destination,
    sourcePort: packet.destinationPort,
    destination: sent.source,
    destinationPort: port,
    inInterface: device,
    outInterface: null,
    mark: 0,
    state: packet.state === 'UNTRACKED' ? 'UNTRACKED' : 'ESTABLISHED',
    direction: 'reply',
    viaIpvs: false,
  };
  const start = { packet: reply, weight: 1, assumed: new Map<string, boolean>(), trail: null, sticky: false };
  const ends = travel(start, { ...options, nat: 'none', questions: new Questions(options.questions.effort) });
  for (const one of ends) {
    if (one.arrival.kind === 'drop' || one.arrival.kind === 'reject') {
      const rule = one.traveller.branch.trail?.step.rule;
      const where = rule === undefined ? one.arrival.because : `${one.arrival.because}: ${rule}`;
      if (one.traveller.branch.assumed.size > 0) return unknown(`the answer may be stopped: ${where}`);
      return broken(`the answer is stopped: ${where}`);
    }
  }
  const open = ends.find((one) => one.arrival.kind === 'unknown');
  if (open !== undefined && open.arrival.kind === 'unknown') return unknown(open.arrival.because);
  return { path: 'ok', because: 'the answer comes back through this node' };
}

function broken(because: string): ReturnPath {
  return { path: 'broken', because };
}

function unknown(because: string): ReturnPath {
  return { path: 'unknown', because };
}
