/** A packet on its way through the node, with what the kernel remembers of its connection. */
import type { BaseChain, FileRef, Packet } from './program.ts';
import type { RouteAnswer } from './routing.ts';
import { NOT_COUNTED } from './rule-counters.ts';
import { type Branch, longer, type WalkedStep } from './walk.ts';

/** Where a branch ended. */
export type Arrival =
  | { readonly kind: 'drop' | 'reject' | 'unknown'; readonly because: string }
  /** Left the node by an interface. */
  | { readonly kind: 'out'; readonly device: string; readonly route: RouteAnswer }
  /** Handed to the node itself. */
  | { readonly kind: 'local' };

export interface Traveller {
  readonly branch: Branch;
  /** Conntrack has settled the destination (source) of the connection: later nat chains are not asked. */
  readonly destinationSettled: boolean;
  readonly sourceSettled: boolean;
  /** Mark of the first packet of the connection, by which nat chains decided; later packets carry their own. */
  readonly firstMark: number;
  /** Rule that changed the source, MASQUERADE to the same address included. */
  readonly sourceNatRule: string | null;
  /** Something that was not captured may have stopped or changed it on the way. */
  readonly undecided: string | null;
}

export interface JourneyEnd {
  readonly traveller: Traveller;
  readonly arrival: Arrival;
}

/** @returns the mark of the first packet: what other tables change in a mark they changed in it too. */
export function carried(before: number, after: number, first: number): number {
  const changed = before ^ after;
  return ((first & ~changed) | (after & changed)) >>> 0;
}

/** @returns the traveller with some fields of its packet changed. */
export function withPacket(traveller: Traveller, change: Partial<Packet>): Traveller {
  return { ...traveller, branch: { ...traveller.branch, packet: { ...traveller.branch.packet, ...change } } };
}

/** @returns the traveller with one more step on its trail. */
export function withStep(
  traveller: Traveller,
  step: Partial<WalkedStep> & Pick<WalkedStep, 'hook' | 'table' | 'rule'>,
): Traveller {
  const whole: WalkedStep = {
    chain: '',
    fileId: null,
    file: null,
    line: null,
    ...NOT_COUNTED,
    maybe: false,
    ...step,
  };
  return { ...traveller, branch: { ...traveller.branch, trail: longer(traveller.branch.trail, whole) } };
}

/** @returns the file part of a step; nulls for what was not read from a file. */
export function fileOf(source: FileRef | null): {
  readonly fileId: number | null;
  readonly file: string | null;
} {
  return { fileId: source?.fileId ?? null, file: source?.file ?? null };
}

/** @returns the rule met last, named by its comment, which says why it is there, or by its beginning. */
export function stoppedBy(base: BaseChain, { branch: { trail } }: Traveller): string {
  const text = trail?.step.rule ?? '';
  const comment = /comment "([^"]{1,120})"|\/\* (.{1,120}?) \*\//.exec(text);
  const said = comment?.[1] ?? comment?.[2] ?? (text.length > 80 ? `${text.slice(0, 79)}…` : text);
  return `rule "${said}" in ${base.table.name} ${trail?.step.chain ?? base.chain}`;
}
