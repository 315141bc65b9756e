/** What is asked of the tracer, and what it answers. */
import type { WalkedStep } from './walk.ts';

/** What is sent. Addresses in any valid spelling. */
export interface TraceFlow {
  /** Null: the kernel chooses by the route to the destination (packets made on the node). */
  readonly source: string | null;
  readonly destination: string;
  readonly port: number | null;
  readonly protocol: string;
  /** Null: made on the node. `?`: from outside, by an interface that is not known. */
  readonly inInterface: string | null;
  readonly state: 'new' | 'established';
}

export type FlowStep = WalkedStep;
export type FlowVerdict = 'deliver' | 'reject' | 'drop' | 'passthrough' | 'local-closed' | 'unknown';

export interface FlowOutcome {
  readonly verdict: FlowVerdict;
  /** 0 to 1. */
  readonly share: number;
  readonly endpoint: string | null;
  /** True when the endpoint sees another source address than the sender used. */
  readonly snat: boolean | null;
  readonly snatTo: string | null;
  readonly sourceNatRule: string | null;
  readonly returnPath: 'ok' | 'broken' | 'unknown';
  readonly returnBecause: string;
  readonly because: string;
  /** In the order they were met. */
  readonly steps: readonly FlowStep[];
}

export interface FlowTrace {
  /** Largest share first; shares sum to 1. */
  readonly outcomes: readonly FlowOutcome[];
  readonly sticky: boolean;
  readonly assumptions: readonly string[];
  readonly unknown: readonly string[];
}

/** An end with its verdict; `share` is its weight, still under the answers it assumed. */
export interface JudgedEnd {
  readonly outcome: FlowOutcome;
  readonly assumed: ReadonlyMap<string, boolean>;
}
