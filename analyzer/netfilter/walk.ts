/**
 * Walks a packet through chains. A draw by chance makes branches that weigh their probability; a question that the
 * dump does not answer makes branches that assume one answer each, so that only what both agree on is claimed.
 */
import type { LinePlace } from './node-service.ts';
import type {
  HookName,
  Instruction,
  Packet,
  ProgramRule,
  ProgramTable,
  Surroundings,
  Truth,
  Verdict,
} from './program.ts';
import { NOT_COUNTED } from './rule-counters.ts';

/** One thing met on the way, newest first. */
export interface Trail {
  readonly step: WalkedStep;
  readonly before: Trail | null;
  /** How many steps there are with this one. */
  readonly length: number;
}

/** @returns the trail with one more step. */
export function longer(before: Trail | null, step: WalkedStep): Trail {
  return { step, before, length: (before?.length ?? 0) + 1 };
}

export interface WalkedStep {
  readonly hook: string;
  readonly table: string;
  readonly chain: string;
  readonly rule: string;
  readonly fileId: number | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly packets: number | null;
  /** The line of another dump that has the counter; null when its own line has it, or none. */
  readonly countedAt: LinePlace | null;
  readonly maybe: boolean;
}

/** A packet with how it came here. */
export interface Branch {
  readonly packet: Packet;
  /** Probability of the draws taken. */
  readonly weight: number;
  /** Question -> assumed answer. */
  readonly assumed: ReadonlyMap<string, boolean>;
  readonly trail: Trail | null;
  readonly sticky: boolean;
}

/** A branch that left a chain. */
export interface Exit {
  readonly branch: Branch;
  /** `end`: after the last rule. `jump`, `goto` and `next` never leave a chain. */
  readonly verdict: Verdict | { readonly verdict: 'end' };
}

export interface WalkPlace {
  readonly hook: HookName;
  readonly around: Surroundings;
  readonly questions: Questions;
}

/** More questions than this double the branches beyond what is worth knowing; the rest is said to be unknown. */
const QUESTIONS_MAX = 8;
/** Kernel limit: nft 16 levels; iptables has none but forbids loops. A dump may be edited. */
const DEPTH_MAX = 64;
/** Branches that stand at the same place with the same packet are joined beyond this number. */
const BRANCHES_JOINED_FROM = 48;
const BRANCHES_MAX = 512;
/**
 * Rules that all branches of one trace may meet together, those of answers on their way back included. A service of
 * 5,000 endpoints meets 60,000; rules that multiply branches by jumps and chance would have no end.
 */
const EFFORT_MAX = 600_000;

/** What is left of the work that one trace may take. */
export class Effort {
  #left: number;

  constructor(rules: number = EFFORT_MAX) {
    this.#left = rules;
  }

  /** @returns false when nothing is left. */
  spend(rules: number): boolean {
    this.#left -= rules;
    return this.#left > 0;
  }
}

const TOO_MUCH = `on all ways together the packet meets more than ${EFFORT_MAX} rules`;

/** What the dump does not decide, asked once for each rule and hook. */
export class Questions {
  readonly #reasons = new Map<string, string>();
  readonly effort: Effort;

  constructor(effort: Effort = new Effort()) {
    this.effort = effort;
  }

  /** @returns false when there are too many questions already. */
  ask(id: string, because: string): boolean {
    if (this.#reasons.has(id)) return true;
    if (this.#reasons.size >= QUESTIONS_MAX) return false;
    this.#reasons.set(id, because);
    return true;
  }

  reason(id: string): string {
    return this.#reasons.get(id) ?? id;
  }
}

/** @returns two branches that assume either answer, or one when it was assumed before; null beyond the limit. */
export function split(
  branch: Branch,
  questions: Questions,
  id: string,
  because: string,
): readonly (readonly [boolean, Branch])[] | null {
  const known = branch.assumed.get(id);
  if (known !== undefined) return [[known, branch]];
  if (!questions.ask(id, because)) return null;
  return [true, false].map(
    (answer) => [answer, { ...branch, assumed: new Map(branch.assumed).set(id, answer) }] as const,
  );
}

/** @returns every way a branch leaves a chain; weights sum to the branch's. */
export function walkChain(
  table: ProgramTable,
  name: string,
  start: Branch,
  place: WalkPlace,
  depth = 0,
): readonly Exit[] {
  const chain = table.chain(name);
  if (chain === null) return [unknownExit(start, `chain ${name} is not in ${table.file}`)];
  if (depth > DEPTH_MAX) return [unknownExit(start, `jumps are nested deeper than ${DEPTH_MAX} at ${name}`)];
  const exits: Exit[] = [];
  let live: readonly Branch[] = [start];
  let joinFrom = BRANCHES_JOINED_FROM;
  for (
    let at = chain.seek(0, start.packet);
    at < chain.length && live.length > 0;
    at = chain.seek(at + 1, start.packet)
  ) {
    if (!place.questions.effort.spend(live.length)) {
      for (const branch of live) exits.push(unknownExit(branch, TOO_MUCH));
      return exits;
    }
    const next: Branch[] = [];
    for (const branch of live) meetRule(table, name, chain.rule(at), at, branch, place, depth, next, exits);
    live = next;
    if (next.length <= joinFrom) continue;
    place.questions.effort.spend(4 * next.length);
    live = joined(next, exits);
    joinFrom = Math.max(BRANCHES_JOINED_FROM, 2 * live.length);
  }
  for (const branch of live) {
    exits.push(
      chain.endUnknown === null ? { branch, verdict: { verdict: 'end' } } : unknownExit(branch, chain.endUnknown),
    );
  }
  return exits;
}

function unknownExit(branch: Branch, because: string): Exit {
  return { branch, verdict: { verdict: 'unknown', because } };
}

/** Carries out one rule: branches that go on to the next rule are added to `next`, those that leave to `exits`. */
function meetRule(
  table: ProgramTable,
  chain: string,
  rule: ProgramRule,
  index: number,
  start: Branch,
  place: WalkPlace,
  depth: number,
  next: Branch[],
  exits: Exit[],
): void {
  let active: readonly Branch[] = [start];
  let maybe = false;
  const { instructions } = rule;
  for (let at = 0; at < instructions.length && active.length > 0; at += 1) {
    const instruction = instructions[at] as Instruction;
    const id = `${place.hook} ${table.backend} ${table.name} ${chain} ${index} ${at}`;
    if (instruction.do === 'test') {
      const last = lastTest(instructions, at);
      const kept: Branch[] = [];
      for (const branch of active) {
        const truth = allTests(instructions, at, last, branch.packet, place.around);
        if (truth === true) kept.push(branch);
        else if (truth === false) next.push(branch);
        else {
          maybe = true;
          // A rule that only counts or logs is the same for the packet whether it matches or not.
          if (last === instructions.length - 1) {
            next.push(passed(branch, table, chain, rule, place, true));
            continue;
          }
          const either = split(branch, place.questions, id, truth.unsure);
          if (either === null) exits.push(unknownExit(branch, truth.unsure));
          else for (const [answer, one] of either) (answer ? kept : next).push(one);
        }
      }
      active = kept;
      at = last;
      continue;
    }
    switch (instruction.do) {
      case 'random': {
        const { probability } = instruction;
        const before = active;
        active = probability <= 0 ? [] : before.map((branch) => lighter(branch, probability));
        if (probability < 1) next.push(...before.map((branch) => lighter(branch, 1 - probability)));
        break;
      }
      case 'sticky':
        active = active.map((branch) => ({ ...branch, sticky: true }));
        break;
      case 'change':
        active = active.map((branch) => ({ ...branch, packet: instruction.apply(branch.packet) }));
        break;
      case 'spread': {
        for (const branch of active) {
          let left = 1;
          for (const { probability, verdict } of instruction.choices) {
            left -= probability;
            const drawn = passed(lighter(branch, probability), table, chain, rule, place, maybe);
            conclude(table, verdict, drawn, place, depth, next, exits);
          }
          if (left > 1e-9) next.push(lighter(branch, left));
        }
        return;
      }
      case 'lookup': {
        for (const branch of active) {
          const found = instruction.find(branch.packet, place.around);
          if (found === null) next.push(branch);
          else if ('unsure' in found) exits.push(unknownExit(branch, found.unsure));
          else {
            const met = passed(branch, table, chain, rule, place, maybe);
            const { element, verdict } = found;
            const at =
              element === null ? met : passed(met, table, chain, { ...rule, ...element, ...NOT_COUNTED }, place, maybe);
            conclude(table, verdict, at, place, depth, next, exits);
          }
        }
        return;
      }
      case 'end': {
        for (const branch of active) {
          conclude(
            table,
            instruction.verdict,
            passed(branch, table, chain, rule, place, maybe),
            place,
            depth,
            next,
            exits,
          );
        }
        return;
      }
    }
  }
  for (const branch of active) next.push(passed(branch, table, chain, rule, place, maybe));
}

function lastTest(instructions: readonly Instruction[], from: number): number {
  let last = from;
  while (instructions[last + 1]?.do === 'test') last += 1;
  return last;
}

/** One test that fails decides, whatever the others do not know. */
function allTests(
  instructions: readonly Instruction[],
  from: number,
  to: number,
  packet: Packet,
  around: Surroundings,
): Truth {
  let unsure: Truth = true;
  for (let at = from; at <= to; at += 1) {
    const instruction = instructions[at] as Extract<Instruction, { readonly do: 'test' }>;
    const truth = instruction.decide(packet, around);
    if (truth === false) return false;
    if (truth !== true && unsure === true) unsure = truth;
  }
  return unsure;
}

function conclude(
  table: ProgramTable,
  verdict: Verdict,
  branch: Branch,
  place: WalkPlace,
  depth: number,
  next: Branch[],
  exits: Exit[],
): void {
  if (verdict.verdict === 'next') next.push(branch);
  else if (verdict.verdict !== 'jump' && verdict.verdict !== 'goto') exits.push({ branch, verdict });
  else {
    const back = walkChain(table, verdict.chain, branch, place, depth + 1);
    // Counted as well: chains that call each other hand the same branches up again and again.
    place.questions.effort.spend(back.length);
    for (const exit of back) {
      const comesBack = exit.verdict.verdict === 'end' || exit.verdict.verdict === 'return';
      if (comesBack && verdict.verdict === 'jump') next.push(exit.branch);
      // After a goto nobody remembers this chain: its caller goes on.
      else exits.push(comesBack ? { ...exit, verdict: { verdict: 'return' } } : exit);
    }
  }
}

function lighter(branch: Branch, probability: number): Branch {
  return { ...branch, weight: branch.weight * probability };
}

function passed(
  branch: Branch,
  table: ProgramTable,
  chain: string,
  rule: ProgramRule,
  place: WalkPlace,
  maybe: boolean,
): Branch {
  const step: WalkedStep = {
    hook: place.hook,
    table: table.name,
    chain,
    rule: rule.text,
    fileId: table.fileId,
    file: table.file,
    line: rule.line > 0 ? rule.line : null,
    packets: rule.packets,
    countedAt: rule.countedAt,
    maybe,
  };
  return { ...branch, trail: longer(branch.trail, step) };
}

/** Many draws that come to nothing (every endpoint chain empty) would double the branches at each rule. */
function joined(branches: readonly Branch[], exits: Exit[]): readonly Branch[] {
  const same = new Map<string, Branch>();
  for (const branch of branches) {
    const key = JSON.stringify([branch.packet, [...branch.assumed], branch.sticky]);
    const other = same.get(key);
    if (other === undefined) same.set(key, branch);
    else {
      const heavier = branch.weight > other.weight ? branch : other;
      same.set(key, { ...heavier, weight: branch.weight + other.weight });
    }
  }
  const kept = [...same.values()].sort((one, two) => two.weight - one.weight);
  for (const branch of kept.slice(BRANCHES_MAX)) {
    exits.push(unknownExit(branch, `draws make more than ${BRANCHES_MAX} different packets at one rule`));
  }
  return kept.slice(0, BRANCHES_MAX);
}
