/** Traces: from the words of a person or the lines of a flows file to packets, and from outcomes to the contract's shape. */
import type { Flow, Trace, TraceOutcome } from '../contract/network.ts';
import { FileId } from '../core/ids.ts';
import { nearest } from '../core/nearest.ts';
import type { Family } from '../core/packet-rule.ts';
import { nodeServices } from '../facts/services.ts';
import { addressFamily } from '../netfilter/address.ts';
import type { FlowTrace, TraceFlow } from '../netfilter/flow.ts';
import { routerOf, traceFlow, undecidable } from '../netfilter/trace.ts';
import type { LoadedNode } from './network-nodes.ts';
import { familyOf } from './network-places.ts';
import type { NetworkAsk } from './network-protocol.ts';
import { linkOrNone } from './network-services.ts';
import {
  addressAndPort,
  type Destination,
  destinationOf,
  hasPorts,
  plainAddress,
  protocolFor,
  protocolName,
  quoted,
  wrongUsage,
} from './network-words.ts';
import type { Pause } from './resident-task.ts';

/** Flows traced before other questions are let through. */
const FLOWS_AT_ONCE = 64;

/** A packet with what had to be taken for granted to make it. */
interface Asked {
  readonly flow: TraceFlow;
  readonly assumptions: readonly string[];
}

const LATER_PACKET = 'a later packet keeps the addresses that the first one was given: the nat rules are those it met';

/** @returns the trace with its steps; throws `wrong-usage` when the words name no packet. */
export function traceOne(node: LoadedNode, input: NetworkAsk<'trace'>['input']): Trace {
  const named = protocolName(input.protocol);
  const source = sourceOf(input.from);
  const to = destinationOf(input.to, named, source === null ? null : addressFamily(source), () =>
    nodeServices(node.facts),
  );
  const family = familyOf(to.address);
  if (source !== null && addressFamily(source) !== family) {
    return wrongUsage(
      `${source} is ${addressFamily(source)}, and ${to.address} is ${family}`,
      `${input.from} to ${input.to}`,
      'Source and destination must be of one family.',
    );
  }
  const entry = entryOf(node, family, source, input.inInterface);
  const asked: Asked = {
    flow: {
      source,
      destination: to.address,
      port: to.port,
      protocol: to.protocol,
      inInterface: entry.inInterface,
      state: input.state,
    },
    assumptions: [...protocolWords(to, named), ...entry.assumptions, ...(input.state === 'new' ? [] : [LATER_PACKET])],
  };
  return shaped(node, asked, traceFlow(node.program(family), asked.flow), 'steps');
}

/** @returns one trace a flow, in order; throws `wrong-usage` naming the first flow (from 0) that is none. */
export async function traceFlows(
  node: LoadedNode,
  input: NetworkAsk<'traceFlows'>['input'],
  pause: Pause,
): Promise<readonly Trace[]> {
  // All are looked at before the first is traced: a long run must not end in a wrong word.
  const asked = input.flows.map((flow, index) => flowAsked(node, flow, index));
  const traces: Trace[] = [];
  for (const [index, one] of asked.entries()) {
    if (index % FLOWS_AT_ONCE === FLOWS_AT_ONCE - 1) await pause();
    const program = node.program(familyOf(one.flow.destination));
    traces.push(shaped(node, one, traced(program, one.flow), input.steps ? 'steps' : 'no steps'));
  }
  return traces;
}

/** @returns the trace; a flow that lacks what its packet needs is answered in its place, so that the others keep theirs. */
function traced(program: ReturnType<LoadedNode['program']>, flow: TraceFlow): FlowTrace {
  const because = lacking(flow);
  return because === null ? traceFlow(program, flow) : undecidable(because);
}

function lacking(flow: TraceFlow): string | null {
  if (flow.port === null && hasPorts(flow.protocol))
    return `a packet of ${flow.protocol} needs a port, and the flow has none`;
  if (flow.source === null && flow.inInterface !== null) {
    return `the flow comes in by ${flow.inInterface} without a source address`;
  }
  return null;
}

function flowAsked(node: LoadedNode, flow: Flow, index: number): Asked {
  const where = `flow ${index}`;
  const destination = plainAddress(flow.dst);
  if (destination === null) return wrongUsage(`dst ${quoted(flow.dst)} is no address`, where);
  const source = flow.src === null ? null : plainAddress(flow.src);
  if (flow.src !== null && source === null) return wrongUsage(`src ${quoted(flow.src)} is no address`, where);
  if (source !== null && addressFamily(source) !== addressFamily(destination)) {
    return wrongUsage(`src ${source} and dst ${destination} are of two families`, where);
  }
  const protocol = protocolFor(protocolName(flow.proto, where), destination);
  if (flow.in_iface?.trim() === '') return wrongUsage('in_iface is empty: null means made on the node', where);
  return {
    flow: {
      source,
      destination,
      port: hasPorts(protocol) ? flow.dport : null,
      protocol,
      inInterface: flow.in_iface,
      state: 'new',
    },
    assumptions: flow.in_iface === null ? [] : interfaceWords(node, flow.in_iface),
  };
}

/** @returns the address, or null for the node itself. */
function sourceOf(from: string): string | null {
  const word = from.trim();
  if (word.toLowerCase() === 'node') return null;
  const address = plainAddress(word);
  if (address !== null) return address;
  if (addressAndPort(word) !== null) return wrongUsage('the source takes no port', from);
  if (plainAddress(word.replace(/%.*$/s, '')) !== null) {
    return wrongUsage('packets carry no zone', from, 'Give the address without what follows the percent sign.');
  }
  return wrongUsage(
    'this is neither an address nor the word node',
    from,
    nearest(word, ['node']).length > 0
      ? 'Did you mean node?'
      : 'Give the address of a pod, or node for the node itself.',
  );
}

interface Entry {
  readonly inInterface: string | null;
  readonly assumptions: readonly string[];
}

/** By which interface the packet comes in: as told, or by the route back to its sender. */
function entryOf(node: LoadedNode, family: Family, source: string | null, given: string | null): Entry {
  if (source === null) {
    if (given === null) return { inInterface: null, assumptions: [] };
    return wrongUsage('a packet made on the node comes in by no interface', given, 'Give the address it comes from.');
  }
  if (given !== null) {
    if (given.trim() === '') return wrongUsage('this names no interface', given);
    return { inInterface: given, assumptions: interfaceWords(node, given) };
  }
  const routes = routerOf(node.program(family));
  const local = routes.isLocal(source);
  if (local === true) return { inInterface: null, assumptions: [`${source} is the node's own: made on the node`] };
  const back = routes.route({ destination: source, source: null, mark: 0, inInterface: null });
  if (back.kind === 'local')
    return { inInterface: null, assumptions: [`${source} is the node's own: made on the node`] };
  if (back.kind === 'forward') {
    const because = `the route back to ${source} (${back.route.raw.trim()})`;
    return { inInterface: back.device, assumptions: [`comes in by ${back.device}: ${because}`] };
  }
  // The walker takes `?` for an interface that is not known, and says so where a rule asks for it.
  const because = `by which interface packets of ${source} come in is not known: ${back.because}`;
  return { inInterface: '?', assumptions: [because] };
}

/** @returns what is odd about an interface that was named. */
function interfaceWords(node: LoadedNode, given: string): readonly string[] {
  const known = interfacesOf(node);
  if (known.length === 0 || given === 'lo' || known.includes(given)) return [];
  const near = nearest(given, known);
  const mean = near.length === 0 ? '' : ` (near names: ${near.join(', ')})`;
  return [`the node has no captured interface ${given}${mean}`];
}

/** @returns names of the interfaces that addresses and routes name, lo left out. */
function interfacesOf(node: LoadedNode): readonly string[] {
  return node.kept('interfaces', () => {
    const names = new Set<string>();
    for (const family of ['IPv4', 'IPv6'] as const) {
      const program = node.program(family);
      for (const one of program.interfaces) names.add(one.name);
      for (const route of program.routes ?? []) if (route.device !== null) names.add(route.device);
    }
    names.delete('lo');
    return [...names];
  });
}

function protocolWords(to: Destination, named: string): readonly string[] {
  if (to.service === null || to.protocol === named) return [];
  return [`${to.service} is a ${to.protocol} port: traced with ${to.protocol}, not ${named}`];
}

/** @returns the source that the kernel chooses for a packet made on the node; null when it is not known. */
function chosenSource(node: LoadedNode, { destination, inInterface }: TraceFlow): string | null {
  if (inInterface !== null) return null;
  return routerOf(node.program(familyOf(destination))).sourceFor(destination, 0);
}

function shaped(node: LoadedNode, { flow, assumptions }: Asked, trace: FlowTrace, steps: 'steps' | 'no steps'): Trace {
  return {
    bundle: node.reader.bundle.id,
    node: node.reader.bundle.node,
    source: flow.source ?? chosenSource(node, flow),
    destination: flow.destination,
    port: flow.port,
    protocol: flow.protocol,
    inInterface: flow.inInterface,
    state: flow.state,
    outcomes: steps === 'no steps' ? withoutSteps(trace.outcomes) : trace.outcomes.map(withSteps),
    sticky: trace.sticky,
    assumptions: [...assumptions, ...trace.assumptions],
    unknown: trace.unknown,
  };
}

function withSteps(outcome: FlowTrace['outcomes'][number]): TraceOutcome {
  const steps = outcome.steps.map((step) => ({
    ...step,
    fileId: step.fileId === null ? null : FileId.parse(step.fileId),
    countedAt: linkOrNone(step.countedAt),
  }));
  return { ...outcome, steps };
}

/** @returns outcomes without steps, most likely first; those that only differed in their steps are one. */
function withoutSteps(outcomes: FlowTrace['outcomes']): readonly TraceOutcome[] {
  const byWords = new Map<string, TraceOutcome>();
  for (const outcome of outcomes) {
    const words = JSON.stringify({ ...outcome, share: 0, steps: [] });
    const share = (byWords.get(words)?.share ?? 0) + outcome.share;
    byWords.set(words, { ...outcome, share, steps: [] });
  }
  return [...byWords.values()].sort((left, right) => right.share - left.share);
}
