/**
 * How new connections spread over endpoints in nftables mode. `numgen random mod N` draws each number alike; a number
 * without an element goes on to the next rule. After a chain that was entered by `goto`, its caller's caller goes on.
 */
import type { NftExpression, NftRule, NftStatement, NftTable, NftVerdict } from '../core/nft-ruleset.ts';
import { canonicalAddress, endpointText } from './address.ts';
import { nftNamed } from './nft-chain.ts';
import type { NewConnection } from './service-walk.ts';

export interface NftDrawn {
  readonly endpoint: string;
  /** NaN when the rules do not decide it. */
  share: number;
  /** Chain with the DNAT, or that should have it. */
  readonly chain: string;
  readonly packets: number | null;
  readonly lines: number[];
}

export interface NftDraw {
  readonly endpoints: ReadonlyMap<string, NftDrawn>;
  readonly lost: number;
  readonly undecided: number;
  readonly chains: ReadonlySet<string>;
  readonly missing: readonly string[];
}

const DEPTH_MAX = 16;

interface Walk {
  readonly table: NftTable;
  readonly packet: NewConnection;
  readonly budget: { steps: number };
  readonly endpoints: Map<string, NftDrawn>;
  readonly chains: Set<string>;
  readonly missing: Set<string>;
  lost: number;
  undecided: number;
}

/** @returns where a new connection that enters `start` goes; bounded by the budget. */
export function drawFromNft(table: NftTable, start: string, packet: NewConnection, budget: { steps: number }): NftDraw {
  const walk: Walk = {
    table,
    packet,
    budget,
    endpoints: new Map(),
    chains: new Set(),
    missing: new Set(),
    lost: 0,
    undecided: 0,
  };
  const left = follow(walk, start, 1, 0, 0);
  return {
    endpoints: walk.endpoints,
    lost: left + walk.lost,
    undecided: walk.undecided,
    chains: walk.chains,
    missing: [...walk.missing],
  };
}

/** @returns what comes back to the caller. */
function follow(walk: Walk, name: string, inflow: number, depth: number, from: number): number {
  const chain = walk.table.chains.get(name);
  const named = nftNamed(name);
  if (chain === undefined) {
    walk.missing.add(name);
    walk.undecided += inflow;
    if (named?.endpoint != null) add(walk, named.endpoint, Number.NaN, name, null, [from]);
    return 0;
  }
  walk.chains.add(name);
  let flow = inflow;
  let returned = 0;
  const before = walk.endpoints.size;
  for (const rule of chain.rules) {
    walk.budget.steps -= 1 + rule.statements.length;
    if (walk.budget.steps < 0 || depth > DEPTH_MAX) return Number.NaN;
    const step = meet(walk, rule, flow, name, depth);
    flow = step.on;
    returned += step.back;
  }
  // An endpoint's chain without DNAT: its name still tells whom it was for.
  if (named?.endpoint != null && walk.endpoints.size === before && !walk.endpoints.has(named.endpoint))
    add(walk, named.endpoint, chain.complete ? 0 : Number.NaN, name, null, [from, chain.line]);
  else if (named?.endpoint != null) mention(walk, named.endpoint, from);
  return chain.complete || flow === 0 ? flow + returned : Number.NaN;
}

/** What one rule leaves to the next (`on`) and to the chain's caller (`back`). */
function meet(
  walk: Walk,
  rule: NftRule,
  inflow: number,
  chain: string,
  depth: number,
): { readonly on: number; readonly back: number } {
  if (!ends(rule, walk.table)) return { on: inflow, back: 0 };
  let inside = inflow;
  let passed = 0;
  let back = 0;
  for (const statement of rule.statements) {
    if (statement.kind === 'match') {
      const chance = matchChance(statement, walk.packet);
      const taken = inside === 0 ? 0 : inside * chance;
      // What a test leaves out goes on to the next rule.
      passed += inside - taken;
      inside = taken;
      if (chance === 0) break;
    } else if (statement.kind === 'limit' || statement.kind === 'other' || statement.kind === 'xt') {
      inside = inside === 0 ? 0 : Number.NaN;
    } else if (statement.kind === 'vmap') {
      let rest = inside;
      for (const { verdict, share } of choices(statement, walk)) {
        const part = inside === 0 ? 0 : inside * share;
        rest -= part;
        const left = decide(walk, verdict, part, depth, rule.line);
        passed += left.on;
        back += left.back;
      }
      inside = Math.abs(rest) < 1e-12 ? 0 : rest;
    } else if (statement.kind === 'nat') {
      if (statement.type === 'dnat') deliver(walk, statement, inside, chain, rule);
      else walk.lost += inside;
      inside = 0;
    } else if (statement.kind === 'reject') {
      walk.lost += inside;
      inside = 0;
    } else if (statement.kind === 'verdict') {
      const left = decide(walk, statement.verdict, inside, depth, rule.line);
      passed += left.on;
      back += left.back;
      inside = 0;
    }
  }
  return { on: passed + inside, back };
}

/** @returns false for a rule that only marks or counts: packets go on whatever its tests say. */
function ends(rule: NftRule, table: NftTable): boolean {
  return rule.statements.some((each) => {
    if (each.kind !== 'verdict') return each.kind === 'vmap' || each.kind === 'nat' || each.kind === 'reject';
    return (
      each.verdict.verdict !== 'continue' && !(each.verdict.verdict === 'jump' && marksOnly(table, each.verdict.chain))
    );
  });
}

function decide(
  walk: Walk,
  verdict: NftVerdict,
  flow: number,
  depth: number,
  line: number,
): { readonly on: number; readonly back: number } {
  if (verdict.verdict === 'jump' || verdict.verdict === 'goto') {
    const left = follow(walk, verdict.chain, flow, depth + 1, line);
    return verdict.verdict === 'goto' ? { on: 0, back: left } : { on: left, back: 0 };
  }
  if (verdict.verdict === 'continue') return { on: flow, back: 0 };
  if (verdict.verdict === 'return') return { on: 0, back: flow };
  if (verdict.verdict === 'queue') walk.undecided += flow;
  else walk.lost += flow;
  return { on: 0, back: 0 };
}

const ENDING: ReadonlySet<string> = new Set(['verdict', 'vmap', 'nat', 'reject']);

/** mark-for-masquerade and the like: no statement of it ends the packet's way. A missing one is taken for it. */
function marksOnly(table: NftTable, name: string): boolean {
  const chain = table.chains.get(name);
  if (chain === undefined) return name === 'mark-for-masquerade';
  return (
    nftNamed(name) === null && chain.rules.every((rule) => rule.statements.every((each) => !ENDING.has(each.kind)))
  );
}

function deliver(
  walk: Walk,
  statement: Extract<NftStatement, { kind: 'nat' }>,
  flow: number,
  chain: string,
  rule: NftRule,
): void {
  const address = statement.address?.kind === 'value' ? canonicalAddress(statement.address.value) : null;
  const port = statement.port?.kind === 'value' ? Number(statement.port.value) : null;
  if (address === null || port === null || !Number.isInteger(port)) walk.undecided += flow;
  else add(walk, endpointText(address, port), flow, chain, rule.packets?.value ?? null, [rule.line]);
}

function add(
  walk: Walk,
  endpoint: string,
  share: number,
  chain: string,
  packets: number | null,
  lines: readonly number[],
): void {
  const known = walk.endpoints.get(endpoint);
  if (known === undefined) walk.endpoints.set(endpoint, { endpoint, share, chain, packets, lines: [...lines] });
  else known.share += share;
}

function mention(walk: Walk, endpoint: string, line: number): void {
  const known = walk.endpoints.get(endpoint);
  if (known !== undefined && !known.lines.includes(line) && known.lines.length < 8) known.lines.unshift(line);
}

/** Verdicts of a map with the share of packets that get each; what is missing to 1 goes on. */
function choices(
  statement: Extract<NftStatement, { kind: 'vmap' }>,
  walk: Walk,
): readonly { readonly verdict: NftVerdict; readonly share: number }[] {
  const { key, data } = statement;
  const elements =
    data.kind === 'elements'
      ? data.elements
      : data.kind === 'set-reference'
        ? (walk.table.sets.get(data.name)?.elements ?? [])
        : [];
  walk.budget.steps -= elements.length;
  return elements.flatMap((element) => {
    if (element.verdict === null) return [];
    return [{ verdict: element.verdict, share: key.kind === 'numgen' ? drawn(element.key, key) : Number.NaN }];
  });
}

function drawn(element: NftExpression, { mod, offset }: Extract<NftExpression, { kind: 'numgen' }>): number {
  if (mod < 1) return Number.NaN;
  const numbers = element.kind === 'range' ? [element.from, element.to] : [element, element];
  const [low, high] = numbers.map((each) => (each?.kind === 'value' ? Number(each.value) : Number.NaN));
  if (low === undefined || high === undefined || Number.isNaN(low) || Number.isNaN(high)) return Number.NaN;
  const from = Math.max(low, offset);
  const to = Math.min(high, offset + mod - 1);
  return to < from ? 0 : (to - from + 1) / mod;
}

/** @returns chance that a new connection takes the test; NaN when it is not known. */
function matchChance(statement: Extract<NftStatement, { kind: 'match' }>, packet: NewConnection): number {
  const { left, right, operator } = statement;
  const equal = operator === '==' ? 1 : operator === '!=' ? 0 : null;
  if (left.kind === 'payload' && left.field === 'saddr' && right.kind === 'set-reference') {
    // A client that was never seen is in no set of session affinity.
    if (right.name.startsWith('affinity-') && equal !== null) return 1 - equal;
  }
  if (equal === null || right.kind !== 'value') return Number.NaN;
  const same = (known: string | null, text: string | null): number =>
    known === null ? Number.NaN : known === text ? equal : 1 - equal;
  if (left.kind === 'payload' && left.field === 'daddr') return same(packet.destination, canonicalAddress(right.value));
  if (left.kind === 'payload' && left.field === 'dport')
    return same(packet.port === null ? null : String(packet.port), right.value);
  if (left.kind === 'meta' && left.key === 'l4proto')
    return packet.protocol === null ? equal : same(packet.protocol, right.value);
  if (left.kind === 'ct' && left.key === 'state') return same('new', right.value);
  return Number.NaN;
}
