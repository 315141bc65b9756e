/** Compares traces with what a kernel did to real packets (the flows of a kube-proxy case). */
import type { Trace } from '../../analyzer/contract/network.ts';
import { caseTruth } from '../../fixtures/lib/cases.ts';

export interface TrueFlow {
  readonly name: string;
  readonly src: string | null;
  readonly dst: string;
  readonly dport: number;
  readonly proto: string;
  readonly in_iface: string | null;
  readonly graded?: string;
  readonly expect: {
    readonly verdict: string;
    readonly endpoints?: readonly string[];
    readonly endpoints_complete?: boolean;
    readonly counts?: Readonly<Record<string, number>>;
    readonly snat?: boolean | 'mixed' | null;
    readonly snat_by_endpoint?: Readonly<Record<string, boolean>>;
  };
}

/** @returns the flows of a packed case. */
export function flowsOf(name: string): readonly TrueFlow[] {
  return (caseTruth(name) as unknown as { readonly flows: readonly TrueFlow[] }).flows;
}

type Outcome = Pick<Trace['outcomes'][number], 'verdict' | 'share' | 'endpoint' | 'snat'>;

/**
 * @returns what is wrong with a trace, one sentence each; empty when it agrees with the kernel. `deliver` to the
 * flow's own destination and `passthrough` are the same fact: nothing translated it.
 */
export function disagreements(flow: TrueFlow, trace: { readonly outcomes: readonly Outcome[] }): readonly string[] {
  const seen = seenOf(flow);
  const told = new Map<string, Outcome>();
  for (const outcome of trace.outcomes) told.set(labelOf(outcome, flow), outcome);
  const wrong: string[] = [];
  const total = trace.outcomes.reduce((sum, one) => sum + one.share, 0);
  if (Math.abs(total - 1) > 1e-6) wrong.push(`shares sum to ${total}`);
  for (const label of seen) if (!told.has(label)) wrong.push(`the kernel showed "${label}", the trace has none`);
  // Few tries do not show every endpoint; then only what was seen counts.
  if (flow.expect.endpoints_complete !== false) {
    for (const [label, { share }] of told)
      if (!seen.has(label)) wrong.push(`"${label}" with share ${share} was never seen`);
  }
  for (const [endpoint, snat] of Object.entries(flow.expect.snat_by_endpoint ?? {})) {
    const outcome = told.get(`deliver ${endpoint}`);
    if (outcome !== undefined && outcome.snat !== snat)
      wrong.push(`snat of ${endpoint} is ${snat}, told ${outcome.snat}`);
  }
  return wrong;
}

function own(flow: TrueFlow): string {
  return flow.dst.includes(':') ? `[${flow.dst}]:${flow.dport}` : `${flow.dst}:${flow.dport}`;
}

function seenOf(flow: TrueFlow): ReadonlySet<string> {
  const { verdict, counts, endpoints = [] } = flow.expect;
  const verdicts = counts === undefined ? [verdict] : Object.keys(counts);
  return new Set(
    verdicts.flatMap((one) =>
      one !== 'deliver'
        ? [one]
        : endpoints.map((endpoint) => (endpoint === own(flow) ? 'passthrough' : `deliver ${endpoint}`)),
    ),
  );
}

function labelOf({ verdict, endpoint }: Outcome, flow: TrueFlow): string {
  if (verdict !== 'deliver') return verdict;
  return endpoint === own(flow) ? 'passthrough' : `deliver ${endpoint}`;
}
