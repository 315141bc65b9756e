/**
 * How new connections to a cluster IP spread over endpoints: the product of the probabilities on every path from the
 * service's chain. A client that was never seen before takes no rule of session affinity.
 */
import type { ChainDump, PacketRule } from '../core/packet-rule.ts';
import { endpointInComment, kubeChainKind } from './kube-names.ts';
import { addressTaken, portTaken, protocolTaken, takesNewConnections } from './rule-match.ts';
import { isChainName, type RuleTable } from './rule-table.ts';

/** The new connection that is followed. Null: not known. */
export interface NewConnection {
  readonly destination: string | null;
  readonly port: number | null;
  readonly protocol: string | null;
}

/** An endpoint that a walk met. */
export interface Drawn {
  /** As printed by the DNAT rule, or by the comment of the jump when the chain has none. */
  readonly endpoint: string;
  /** Of what came into the chain; NaN when the rules do not decide it. */
  share: number;
  /** KUBE-SEP chain; null for a DNAT in another chain. */
  readonly chain: string | null;
  readonly dnat: PacketRule | null;
  readonly jumps: PacketRule[];
}

export interface Draw {
  readonly endpoints: ReadonlyMap<string, Drawn>;
  /** Reaches no DNAT; NaN when not decided. */
  readonly lost: number;
  /** Goes to chains that are not in the dump. */
  readonly undecided: number;
  /** Chains that packets were followed through. */
  readonly chains: ReadonlySet<string>;
  /** Endpoint chains without DNAT and without a name for their endpoint. */
  readonly nameless: readonly string[];
  readonly missing: readonly string[];
  /** Chains whose DNAT shows no address. */
  readonly hidden: readonly string[];
}

/** Steps that all walks of one table may take together: chains that jump to each other many times over stay cheap. */
export interface WalkBudget {
  steps: number;
}

/** @returns a budget that honest tables never use up. */
export function walkBudget(nat: RuleTable): WalkBudget {
  let rules = 0;
  for (const chain of nat.chains.values()) rules += chain.rules.length;
  return { steps: 20 * rules + 10_000 };
}

const DEPTH_MAX = 16;
// Targets that count, mark or log, and let the packet go on.
const GOES_ON = new Set(['MARK', 'CONNMARK', 'LOG', 'NFLOG', 'TRACE', 'TOS', 'DSCP', 'TCPMSS', 'SET', 'AUDIT']);

interface Walk {
  readonly nat: RuleTable;
  readonly packet: NewConnection;
  readonly budget: WalkBudget;
  readonly endpoints: Map<string, Drawn>;
  readonly chains: Set<string>;
  readonly nameless: Set<string>;
  readonly missing: Set<string>;
  readonly hidden: Set<string>;
  lost: number;
  undecided: number;
}

/** @returns where a new connection that enters `start` goes; linear in the rules met, bounded by the budget. */
export function drawFrom(nat: RuleTable, start: string, packet: NewConnection, budget: WalkBudget): Draw {
  const walk: Walk = {
    nat,
    packet,
    budget,
    endpoints: new Map(),
    chains: new Set(),
    nameless: new Set(),
    missing: new Set(),
    hidden: new Set(),
    lost: 0,
    undecided: 0,
  };
  const left = follow(walk, start, 1, 0, null);
  return {
    endpoints: walk.endpoints,
    lost: left + walk.lost,
    undecided: walk.undecided,
    chains: walk.chains,
    nameless: [...walk.nameless],
    missing: [...walk.missing],
    hidden: [...walk.hidden],
  };
}

/** @returns what comes out at the end of the chain. */
function follow(walk: Walk, name: string, inflow: number, depth: number, jump: PacketRule | null): number {
  const chain = walk.nat.chains.get(name);
  if (chain === undefined) return absent(walk, name, inflow, jump);
  walk.chains.add(name);
  let flow = inflow;
  let returned = 0;
  let named = false;
  for (const rule of chain.rules) {
    walk.budget.steps -= 1;
    if (walk.budget.steps < 0 || depth > DEPTH_MAX) return Number.NaN;
    const taken = takes(rule, walk.packet);
    if (taken === 'no' || rule.target === null || GOES_ON.has(rule.target)) {
      if (taken === 'no' && rule.recent?.action === 'check' && rule.target !== null) remember(walk, rule);
      continue;
    }
    const share = flow === 0 ? 0 : flow * (taken === 'maybe' ? Number.NaN : (rule.probability ?? 1));
    if (rule.target === 'DNAT') {
      // nft does not show where some translated rules send packets to.
      if (rule.toDestination === null) hide(walk, name, share);
      else add(walk, rule.toDestination, share, name, rule, jump);
      named = true;
      flow -= share;
    } else if (rule.target === 'RETURN') {
      returned += share;
      flow -= share;
    } else if (!isChainName(walk.nat, rule.target)) {
      // ACCEPT ends nat without an endpoint, and so does whatever else is no chain.
      walk.lost += share;
      flow -= share;
    } else if (marksOnly(walk.nat, rule.target)) {
      // Comes back whatever the rule matches: it takes no part in the draw.
    } else {
      const back = follow(walk, rule.target, share, depth + 1, rule);
      if (rule.verb === 'goto') {
        returned += back;
        flow -= share;
      } else flow = flow - share + back;
    }
  }
  const open = flow !== 0 && openEnded(walk.nat, chain);
  if (!named && kubeChainKind(name) === 'SEP') {
    if (open) return absent(walk, name, inflow, jump);
    const commented = endpointInComment(jump?.comment ?? null);
    if (commented === null) walk.nameless.add(name);
    else add(walk, commented, 0, name, null, jump);
  }
  return open ? Number.NaN : flow + returned;
}

/** In a cut dump: whether rules of this chain may be among what is missing. */
function openEnded(nat: RuleTable, chain: ChainDump): boolean {
  if (nat.cut === null) return false;
  const first = chain.rules[0];
  const last = chain.rules.at(-1);
  if (first === undefined || last === undefined) return true;
  return nat.cut.what === 'end'
    ? last.line >= nat.cut.line - 1
    : first.line <= nat.cut.line + 1 && nat.cut.line - 1 <= last.line;
}

function hide(walk: Walk, chain: string, share: number): void {
  walk.undecided += share;
  walk.hidden.add(chain);
}

function absent(walk: Walk, name: string, inflow: number, jump: PacketRule | null): number {
  walk.missing.add(name);
  // The kernel refuses jumps to nowhere: the chain is missing from the text, and what it does is not known.
  const commented = endpointInComment(jump?.comment ?? null);
  if (commented !== null) add(walk, commented, Number.NaN, name, null, jump);
  walk.undecided += inflow;
  return 0;
}

/** Rules of session affinity name the same endpoints; their lines belong to the endpoint all the same. */
function remember(walk: Walk, rule: PacketRule): void {
  if (rule.target !== null) walk.chains.add(rule.target);
}

function add(
  walk: Walk,
  endpoint: string,
  share: number,
  chain: string,
  dnat: PacketRule | null,
  jump: PacketRule | null,
): void {
  const known = walk.endpoints.get(endpoint);
  if (known === undefined) {
    const sep = kubeChainKind(chain) === 'SEP' ? chain : null;
    walk.endpoints.set(endpoint, { endpoint, share, chain: sep, dnat, jumps: jump === null ? [] : [jump] });
    return;
  }
  known.share += share;
  if (jump !== null && !known.jumps.includes(jump) && known.jumps.length < 8) known.jumps.push(jump);
}

const marking = new WeakMap<RuleTable, Map<string, boolean>>();

/** A chain of MARK rules only (KUBE-MARK-MASQ, KUBE-MARK-DROP), or one of them that is missing from the dump. */
function marksOnly(nat: RuleTable, name: string): boolean {
  let known = marking.get(nat);
  if (known === undefined) {
    known = new Map();
    marking.set(nat, known);
  }
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const chain = nat.chains.get(name);
  const value =
    chain === undefined
      ? name === 'KUBE-MARK-MASQ' || name === 'KUBE-MARK-DROP'
      : kubeChainKind(name) === null && chain.rules.every((rule) => rule.target === null || GOES_ON.has(rule.target));
  known.set(name, value);
  return value;
}

/** @returns whether the new connection takes the rule, chance left aside. */
function takes(rule: PacketRule, packet: NewConnection): 'yes' | 'no' | 'maybe' {
  if (rule.recent !== null && rule.recent.action !== 'set') return 'no';
  if (!takesNewConnections(rule)) return 'no';
  let unsure =
    rule.source !== null ||
    rule.inInterface !== null ||
    rule.outInterface !== null ||
    rule.sourcePorts !== null ||
    rule.mark !== null ||
    rule.connmark !== null ||
    rule.sourceType !== null ||
    rule.destinationType !== null ||
    rule.sets.length > 0 ||
    rule.otherMatches.length > 0;
  if (rule.protocol !== null) {
    if (packet.protocol === null) unsure = unsure || rule.protocol.not;
    else if (!protocolTaken(rule.protocol, packet.protocol)) return 'no';
  }
  if (rule.destination !== null) {
    if (packet.destination === null) unsure = true;
    else if (!addressTaken(rule.destination, packet.destination)) return 'no';
  }
  if (rule.destinationPorts !== null) {
    if (packet.port === null) unsure = true;
    else if (!portTaken(rule.destinationPorts, packet.port)) return 'no';
  }
  return unsure ? 'maybe' : 'yes';
}
