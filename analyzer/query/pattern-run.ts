/**
 * Runs patterns with a bounded effort, for marking matches on a screen: V8's own engine cannot be stopped, and a
 * pattern such as (a+)+$ would freeze whoever marks a line with it.
 */
import type { Instruction, LoopHead, PatternProgram } from './pattern-program.ts';

/** Of a longer line only so much is looked at, in UTF-16 units: many screens of it. */
export const MARKED_CHARS_MAX = 10_000;

/** Instructions for one line: five milliseconds. An ordinary pattern needs one to five for each character. */
export const STEPS_MAX = 60_000;

/** Places to go back to, which are kept in memory. */
const WAYS_MAX = 50_000;

/** Half-open range in UTF-16 units. */
type Range = readonly [number, number];

/**
 * @returns matches in `text` from its start, none of them empty, at most `most`, as String.matchAll finds them; fewer when
 * the effort is spent.
 */
export function findPattern(program: PatternProgram, text: string, most: number): readonly Range[] {
  const machine = new Machine(program, text);
  const ranges: Range[] = [];
  const last = Math.min(text.length, MARKED_CHARS_MAX);
  for (let at = 0; at < last && ranges.length < most; ) {
    const end = machine.matchAt(at);
    if (end === SPENT) break;
    if (end > at) ranges.push([at, end]);
    at = Math.max(end, at + 1);
  }
  return ranges;
}

const FAILED = -1;
const SPENT = -2;

/** Numbers of one way to go back to: instruction, place, length of the trail, least place it may be tried with. */
const WAY = 4;

class Machine {
  readonly #code: readonly Instruction[];
  readonly #text: string;
  readonly #registers: Int32Array;
  readonly #ways: number[] = [];
  /** Registers that were changed and what they held: undone when a way is given up. */
  readonly #trail: number[] = [];
  #steps = 0;

  constructor({ code, registers }: PatternProgram, text: string) {
    this.#code = code;
    this.#text = text;
    this.#registers = new Int32Array(registers);
  }

  /** @returns the end of the match that starts at `at`, FAILED or SPENT. */
  matchAt(at: number): number {
    this.#registers.fill(-1);
    this.#steps += this.#registers.length >> 3;
    this.#ways.length = 0;
    this.#trail.length = 0;
    return this.#run(0, at);
  }

  #run(from: number, start: number): number {
    const bottom = this.#ways.length;
    let [pc, at] = [from, start];
    for (;;) {
      if (++this.#steps > STEPS_MAX || this.#ways.length > WAYS_MAX * WAY) return SPENT;
      const one = this.#code[pc] as Instruction;
      if (one.op === 'accept') {
        this.#ways.length = bottom;
        return at;
      }
      const next = this.#step(one, pc, at);
      if (next === SPENT) return SPENT;
      if (next !== FAILED) {
        pc = next;
        at = this.#at;
      } else if (this.#ways.length > bottom) {
        pc = this.#goBack();
        at = this.#at;
      } else return FAILED;
    }
  }

  /** The place after a step. */
  #at = 0;

  /** @returns the next instruction, FAILED or SPENT. */
  #step(one: Instruction, pc: number, at: number): number {
    this.#at = at;
    switch (one.op) {
      case 'unit': {
        const place = one.direction === 1 ? at : at - 1;
        if (place < 0 || place >= this.#text.length || !one.accepts(this.#text.charCodeAt(place))) return FAILED;
        this.#at = at + one.direction;
        return pc + 1;
      }
      case 'units':
        return this.#units(one, pc, at);
      case 'fork':
        this.#remember(one.other, at, at);
        return pc + 1;
      case 'jump':
        return one.to;
      case 'save':
        this.#set(one.register, at);
        return pc + 1;
      case 'loop-start':
        this.#set(one.turns, 0);
        this.#set(one.from, -1);
        return pc + 1;
      case 'loop-head':
        return this.#loopHead(one, pc, at);
      case 'loop-turn':
        return this.#loopTurn(this.#code[one.head] as LoopHead, pc, at);
      case 'look':
        return this.#look(one, pc, at);
      case 'same':
        return this.#same(one, pc, at);
      case 'at':
        return one.accepts(this.#text, at) ? pc + 1 : FAILED;
      case 'accept':
        return pc;
    }
  }

  #units({ accepts, min, max }: Extract<Instruction, { op: 'units' }>, pc: number, at: number): number {
    const most = Math.min(this.#text.length, at + max);
    let end = at;
    while (end < most && accepts(this.#text.charCodeAt(end))) end += 1;
    this.#steps += (end - at) >> 3;
    if (end - at < min) return FAILED;
    if (end > at + min) this.#remember(pc + 1, end - 1, at + min);
    this.#at = end;
    return pc + 1;
  }

  #loopHead(head: LoopHead, pc: number, at: number): number {
    const turns = this.#registers[head.turns] as number;
    // A turn that need not have been and moved nothing would go on for ever.
    if (turns > head.min && this.#registers[head.from] === at) return FAILED;
    if (turns >= head.max) return head.exit;
    if (turns < head.min) return pc + 1;
    this.#remember(head.greedy === 'greedy' ? head.exit : pc + 1, at, at);
    return head.greedy === 'greedy' ? pc + 1 : head.exit;
  }

  #loopTurn({ turns, from, groups }: LoopHead, pc: number, at: number): number {
    this.#set(turns, (this.#registers[turns] as number) + 1);
    this.#set(from, at);
    this.#steps += groups[1] - groups[0];
    for (let register = groups[0]; register < groups[1]; register++) this.#set(register, -1);
    return pc + 1;
  }

  #look({ wants, after }: Extract<Instruction, { op: 'look' }>, pc: number, at: number): number {
    const trail = this.#trail.length;
    const end = this.#run(pc + 1, at);
    this.#at = at;
    if (end === SPENT) return SPENT;
    if (wants === 'no match' || end === FAILED) this.#undo(trail);
    return (end === FAILED) === (wants === 'no match') ? after : FAILED;
  }

  #same({ groups, fold, direction }: Extract<Instruction, { op: 'same' }>, pc: number, at: number): number {
    const group = groups.find(
      (one) => (this.#registers[2 * one] as number) >= 0 && (this.#registers[2 * one + 1] as number) >= 0,
    );
    if (group === undefined) return pc + 1;
    const start = this.#registers[2 * group] as number;
    const length = (this.#registers[2 * group + 1] as number) - start;
    const from = direction === 1 ? at : at - length;
    if (from < 0 || from + length > this.#text.length) return FAILED;
    this.#steps += length >> 3;
    for (let index = 0; index < length; index++) {
      if (fold(this.#text.charCodeAt(start + index)) !== fold(this.#text.charCodeAt(from + index))) return FAILED;
    }
    this.#at = at + length * direction;
    return pc + 1;
  }

  #set(register: number, value: number): void {
    this.#trail.push(register, this.#registers[register] as number);
    this.#registers[register] = value;
  }

  #undo(length: number): void {
    while (this.#trail.length > length) {
      const held = this.#trail.pop() as number;
      this.#registers[this.#trail.pop() as number] = held;
    }
  }

  #remember(pc: number, at: number, least: number): void {
    this.#ways.push(pc, at, this.#trail.length, least);
  }

  #goBack(): number {
    const least = this.#ways.pop() as number;
    const trail = this.#ways.pop() as number;
    const at = this.#ways.pop() as number;
    const pc = this.#ways.pop() as number;
    this.#undo(trail);
    if (at > least) this.#ways.push(pc, at - 1, trail, least);
    this.#at = at;
    return pc;
  }
}
