/** Traces one packet through the rules of one node: a distribution of outcomes, never one guessed path. */
import { addressFamily, canonicalAddress, endpointText } from './address.ts';
import type { FlowOutcome, FlowStep, FlowTrace, FlowVerdict, JudgedEnd, TraceFlow } from './flow.ts';
import { type JourneyOptions, travel } from './journey.ts';
import type { NodeProgram, Packet } from './program.ts';
import { returnPath } from './return-path.ts';
import { type Router, router } from './routing.ts';
import { NOT_COUNTED } from './rule-counters.ts';
import { shareOut } from './share-out.ts';
import { wayBack } from './source-check.ts';
import type { JourneyEnd } from './traveller.ts';
import { type Branch, Effort, Questions, type Trail } from './walk.ts';

const routers = new WeakMap<NodeProgram, Router>();

/** @returns the routes and addresses of a node, indexed once. */
export function routerOf(program: NodeProgram): Router {
  const known = routers.get(program) ?? router(program);
  routers.set(program, known);
  return known;
}

/** @returns what happens to the packet. Never throws on odd rules: what cannot be decided is unknown. */
export function traceFlow(program: NodeProgram, flow: TraceFlow): FlowTrace {
  const routes = routerOf(program);
  const assumptions = [...program.assumptions];
  const destination = canonicalAddress(flow.destination);
  if (destination === null || addressFamily(destination) !== program.family) {
    return undecidable(`${flow.destination} is no ${program.family} address`, assumptions);
  }
  if (/^(?:2(?:2[4-9]|[34]\d|5[0-5])\.|ff)/.test(destination) || /^(?:0\.0\.0\.0|::)$/.test(destination)) {
    return undecidable(`${destination} is no address of one host: such packets are not modelled`, assumptions);
  }
  const source = flow.source === null ? routes.sourceFor(destination, 0) : canonicalAddress(flow.source);
  if (source === null && routes.route({ destination, source: null, mark: 0, inInterface: null }).kind !== 'refused') {
    return undecidable(`the source address that the node chooses for ${destination} is not known`, assumptions);
  }
  const packet: Packet = {
    family: program.family,
    protocol: flow.protocol,
    // What the node sends without a route is refused before it needs a source.
    source: source ?? (program.family === 'IPv6' ? '::' : '0.0.0.0'),
    sourcePort: null,
    destination,
    destinationPort: flow.port,
    inInterface: flow.inInterface,
    outInterface: null,
    mark: 0,
    connectionMark: 0,
    state: flow.state === 'new' ? 'NEW' : 'ESTABLISHED',
    direction: 'original',
    destinationChanged: false,
    sourceChanged: false,
    viaIpvs: false,
    originalDestination: destination,
    originalDestinationPort: flow.port,
  };
  const effort = new Effort();
  const questions = new Questions(effort);
  const options: JourneyOptions = {
    program,
    router: routes,
    questions,
    around: {
      isLocal: (address) => routes.isLocal(address),
      isLocalOn: (address, device) => routes.isLocalOn(address, device),
      ipset: (name) => program.ipsets.get(name) ?? null,
      wayBack: (one, mark) => wayBack(program, routes, one, mark),
    },
    nat: flow.state === 'new' ? 'first' : 'later',
  };
  const start = { packet, weight: 1, assumed: new Map<string, boolean>(), trail: null, sticky: false };
  const marks = flow.state === 'new' ? [0] : connectionMarks(start, { ...options, questions: new Questions(effort) });
  if (marks.length > 1) {
    return undecidable(
      'connections like this one are marked differently (CONNMARK), and which of them it is decides',
      assumptions,
    );
  }
  const ends = travel({ ...start, packet: { ...packet, connectionMark: marks[0] ?? 0 } }, options);
  const most = Math.max(STEPS_OF_ONE_MIN, Math.floor(STEPS_MAX / Math.max(ends.length, 1)));
  const judged = ends.map((end) => judge(end, packet, options, most));
  const unknown = new Set(program.missing.map(({ because }) => because));
  const outcomes = shareOut(judged, questions, unknown);
  for (const outcome of outcomes) if (outcome.verdict === 'unknown') unknown.add(outcome.because);
  if (ends.some(({ arrival, traveller }) => arrival.kind === 'local' && !isTranslated(traveller.branch.packet))) {
    assumptions.push('no program of this node listens there: its sockets are in no dump');
  }
  return {
    outcomes,
    sticky: ends.some(({ traveller }) => traveller.branch.sticky),
    assumptions,
    unknown: [...unknown],
  };
}

/** @returns the marks that the first packet leaves on the connection, which later packets find there. */
function connectionMarks(start: Branch, options: JourneyOptions): readonly number[] {
  const first: Packet = { ...start.packet, state: 'NEW' };
  const ends = travel({ ...start, packet: first }, { ...options, nat: 'first' });
  const arrived = ends.filter(({ arrival }) => arrival.kind === 'local' || arrival.kind === 'out');
  return [...new Set(arrived.map(({ traveller }) => traveller.branch.packet.connectionMark))];
}

/** @returns the answer to a packet that cannot be followed at all. */
export function undecidable(because: string, assumptions: readonly string[] = []): FlowTrace {
  const outcome: FlowOutcome = {
    verdict: 'unknown',
    share: 1,
    endpoint: null,
    snat: null,
    snatTo: null,
    sourceNatRule: null,
    returnPath: 'unknown',
    returnBecause: '',
    because,
    steps: [],
  };
  return { outcomes: [outcome], sticky: false, assumptions, unknown: [because] };
}

function judge(end: JourneyEnd, sent: Packet, options: JourneyOptions, most: number): JudgedEnd {
  const { branch, sourceNatRule } = end.traveller;
  const { packet } = branch;
  const { program } = options;
  const translated = isTranslated(packet);
  const decided = verdictOf(end, translated, options);
  const missing = end.traveller.undecided ?? program.missing.find(({ what }) => what !== 'ipvs')?.because ?? null;
  // What this node takes in for itself a virtual server that was not captured may take.
  const isClosed = end.arrival.kind === 'local' && !translated;
  const open = missing ?? (isClosed ? program.missing[0]?.because : undefined);
  const verdict = open === undefined || open === null ? decided.verdict : 'unknown';
  const arrived = decided.verdict === 'deliver';
  const reached = decided.verdict === 'deliver' || (translated && decided.verdict === 'unknown');
  const left = arrived || decided.verdict === 'passthrough';
  // A virtual server's masquerade counts even where it puts in the address the node had chosen itself.
  const rewritten = packet.source !== sent.source || (packet.viaIpvs && sourceNatRule !== null);
  const snat = left && verdict !== 'unknown' ? rewritten : null;
  const back =
    verdict === 'deliver' || verdict === 'passthrough'
      ? returnPath(end, sent, options)
      : { path: 'unknown' as const, because: 'nothing arrives that could be answered' };
  return {
    assumed: branch.assumed,
    outcome: {
      verdict,
      share: branch.weight,
      endpoint: reached ? endpointText(packet.destination, packet.destinationPort) : null,
      snat,
      snatTo: snat === true ? packet.source : null,
      sourceNatRule: left ? sourceNatRule : null,
      returnPath: back.path,
      returnBecause: back.because,
      because: open ?? decided.because,
      steps: stepsOf(branch.trail, most),
    },
  };
}

function isTranslated(packet: Packet): boolean {
  const moved =
    packet.destination !== packet.originalDestination || packet.destinationPort !== packet.originalDestinationPort;
  return moved || packet.destinationChanged || packet.viaIpvs;
}

function verdictOf(
  end: JourneyEnd,
  translated: boolean,
  { router: routes }: JourneyOptions,
): { readonly verdict: FlowVerdict; readonly because: string } {
  const { arrival } = end;
  const { packet } = end.traveller.branch;
  const to = endpointText(packet.destination, packet.destinationPort);
  switch (arrival.kind) {
    case 'drop':
    case 'reject':
    case 'unknown':
      return { verdict: arrival.kind, because: arrival.because };
    case 'local':
      if (translated) return { verdict: 'deliver', because: `sent on to ${to} on this node` };
      // NodeLocal DNSCache takes the address of the cluster's DNS like this: who spares a connection conntrack listens.
      if (packet.state === 'UNTRACKED')
        return {
          verdict: 'unknown',
          because: `rules let ${to} of this node in untracked, as for a program that listens there`,
        };
      // Where nothing listens, the kernel answers UDP with "port unreachable" and TCP with a reset.
      if (packet.protocol === 'udp')
        return { verdict: 'reject', because: `no rule takes ${to}, this node's own address` };
      return { verdict: 'local-closed', because: `${to} is this node's own address and no rule takes it` };
    case 'out': {
      if (translated) return { verdict: 'deliver', because: `sent on to ${to} by ${arrival.device}` };
      const direct = arrival.route.kind === 'forward' && arrival.route.route.via === null;
      if (direct && routes.isPodDevice(arrival.device)) {
        return { verdict: 'deliver', because: `reaches ${to} by ${arrival.device} on this node` };
      }
      return { verdict: 'passthrough', because: `leaves by ${arrival.device} with its own destination ${to}` };
    }
  }
}

/** Steps of all outcomes together; a chain of 20,000 rules that only count, met on 5,000 ways, is too much to keep. */
const STEPS_MAX = 200_000;
const STEPS_OF_ONE_MIN = 40;

function stepsOf(trail: Trail | null, most: number): readonly FlowStep[] {
  const steps: FlowStep[] = [];
  let at = trail;
  for (; at !== null && steps.length < most; at = at.before) steps.push(at.step);
  // The last steps are those that decided.
  if (at !== null)
    steps.push({ ...at.step, chain: '', rule: `(${at.length} rules met before)`, line: null, ...NOT_COUNTED });
  return steps.reverse();
}
