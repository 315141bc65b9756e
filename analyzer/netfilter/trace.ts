/** Traces one packet through the rules of one node: a distribution of outcomes, never one guessed path. */
import type { NodeProgram } from './program.ts';

/** What is sent. Addresses in any valid spelling. */
export interface TraceFlow {
  /** Null: the kernel chooses by the route to the destination (packets made on the node). */
  readonly source: string | null;
  readonly destination: string;
  readonly port: number | null;
  readonly protocol: string;
  /** Null: made on the node. */
  readonly inInterface: string | null;
  readonly state: 'new' | 'established';
}

export interface FlowStep {
  readonly hook: string;
  readonly table: string;
  readonly chain: string;
  readonly rule: string;
  readonly fileId: number | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly packets: number | null;
  readonly maybe: boolean;
}

export interface FlowOutcome {
  readonly verdict: 'deliver' | 'reject' | 'drop' | 'passthrough' | 'local-closed' | 'unknown';
  readonly share: number;
  readonly endpoint: string | null;
  readonly snat: boolean | null;
  readonly snatTo: string | null;
  readonly sourceNatRule: string | null;
  readonly returnPath: 'ok' | 'broken' | 'unknown';
  readonly returnBecause: string;
  readonly because: string;
  readonly steps: readonly FlowStep[];
}

export interface FlowTrace {
  readonly outcomes: readonly FlowOutcome[];
  readonly sticky: boolean;
  readonly assumptions: readonly string[];
  readonly unknown: readonly string[];
}

/** @returns what happens to the packet; shares sum to 1. Never throws on odd rules: what cannot be decided is unknown. */
export function traceFlow(_program: NodeProgram, _flow: TraceFlow): FlowTrace {
  return { outcomes: [], sticky: false, assumptions: [], unknown: ['not built yet'] };
}
