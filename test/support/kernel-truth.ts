/**
 * Compares traces with what real kernels did (fixtures/data/kube-proxy-cases.tar.gz, keys in fixtures/README.md).
 * It knows nothing of how a trace is made.
 */

/** One flow of case.json. */
export interface TruthFlow {
  readonly name: string;
  readonly src: string | null;
  readonly dst: string;
  readonly dport: number;
  readonly proto: string;
  readonly in_iface: string | null;
  readonly service: string | null;
  readonly first_endpoint?: string;
  readonly graded?: string;
  readonly expect: {
    readonly verdict: string;
    readonly endpoints: readonly string[];
    readonly endpoint_counts: Readonly<Record<string, number>>;
    readonly endpoints_complete?: boolean;
    readonly counts?: Readonly<Record<string, number>>;
    readonly tries?: number;
    readonly snat: boolean | 'mixed' | null;
    readonly snat_by_endpoint?: Readonly<Record<string, boolean>>;
    readonly snat_to?: readonly string[];
    readonly client_got_answer?: boolean | 'mixed';
    readonly affinity_sticky?: boolean;
  };
  readonly rules_hit_first_try?: readonly string[];
}

/** What the comparison needs of a trace. */
export interface TracedFlow {
  readonly outcomes: readonly {
    readonly verdict: string;
    readonly share: number;
    readonly endpoint: string | null;
    readonly snat: boolean | null;
    readonly snatTo: string | null;
    readonly returnPath: string;
    readonly steps: readonly { readonly table: string; readonly rule: string }[];
  }[];
  readonly sticky: boolean;
}

export interface GradeOptions {
  /** Shares that cannot be decided are no mistake; confident wrong answers are. */
  readonly unknownAllowed?: boolean;
  /** Compare the nat rules of the path; only where the rules were printed by iptables-save. */
  readonly rules?: boolean;
  /** Endpoints that exist: answers of others say nothing about the return path. */
  readonly existing?: (endpoint: string) => boolean;
}

const SMALL = 1e-6;

/** `deliver` to the flow's own destination and `passthrough` are one fact. */
function plain(
  flow: TruthFlow,
  verdict: string,
  endpoint: string | null,
): { verdict: string; endpoint: string | null } {
  const own = flow.dst.includes(':') ? `[${flow.dst}]:${flow.dport}` : `${flow.dst}:${flow.dport}`;
  return verdict === 'deliver' && endpoint === own ? { verdict: 'passthrough', endpoint: null } : { verdict, endpoint };
}

/** @returns what is wrong with a trace, one sentence each; empty when it agrees with the kernel. */
export function gradeFlow(flow: TruthFlow, trace: TracedFlow, options: GradeOptions = {}): readonly string[] {
  const wrong: string[] = [];
  const { expect } = flow;
  const outcomes = trace.outcomes.map((outcome) => ({ ...outcome, ...plain(flow, outcome.verdict, outcome.endpoint) }));
  const total = outcomes.reduce((sum, { share }) => sum + share, 0);
  if (Math.abs(total - 1) > SMALL) wrong.push(`shares sum to ${total}`);
  const unknown = outcomes.filter(({ verdict }) => verdict === 'unknown').reduce((sum, { share }) => sum + share, 0);
  const lenient = options.unknownAllowed === true || flow.graded === 'unknown-allowed';
  if (unknown > SMALL && !lenient) wrong.push(`a share of ${unknown} is unknown`);
  if (unknown > 1 - SMALL) return wrong;

  const seen = seenVerdicts(flow);
  const traced = new Map<string, number>();
  for (const { verdict, share } of outcomes) traced.set(verdict, (traced.get(verdict) ?? 0) + share);
  const tries = expect.tries ?? Object.values(expect.counts ?? {}).reduce((sum, count) => sum + count, 0);
  for (const [verdict, share] of traced) {
    if (verdict === 'unknown' || seen.has(verdict)) continue;
    // A share this large would have been met in so many tries.
    if (share > SMALL && (1 - share) ** Math.max(tries, 1) < 1e-4) wrong.push(`${verdict} (${share}) never happened`);
    else if (share > 0.2) wrong.push(`${verdict} (${share}) never happened`);
  }
  for (const verdict of seen)
    if (!traced.has(verdict) && unknown <= SMALL) wrong.push(`${verdict} happened, it is not traced`);

  wrong.push(...gradeEndpoints(flow, outcomes, unknown > SMALL));
  if (unknown <= SMALL) wrong.push(...gradeAnswers(flow, outcomes, options));
  if (options.rules === true && flow.rules_hit_first_try !== undefined)
    wrong.push(...gradeRules(flow, outcomes, lenient));
  if (expect.affinity_sticky === true && !trace.sticky && !lenient) wrong.push('session affinity is not said');
  return wrong;
}

type Outcome = TracedFlow['outcomes'][number];

function seenVerdicts(flow: TruthFlow): ReadonlySet<string> {
  const { expect } = flow;
  const own = expect.endpoints.map((endpoint) => plain(flow, 'deliver', endpoint).verdict);
  const counted = Object.keys(expect.counts ?? {});
  const named = counted.length > 0 ? counted : [expect.verdict];
  return new Set(named.flatMap((verdict) => (verdict === 'deliver' && own.length > 0 ? own : [verdict])));
}

function gradeEndpoints(flow: TruthFlow, outcomes: readonly Outcome[], partly: boolean): readonly string[] {
  const wrong: string[] = [];
  const { expect } = flow;
  const wanted = new Set(expect.endpoints.filter((endpoint) => plain(flow, 'deliver', endpoint).verdict === 'deliver'));
  const delivered = outcomes.filter(({ verdict }) => verdict === 'deliver');
  const got = new Set(delivered.map(({ endpoint }) => endpoint ?? ''));
  for (const endpoint of wanted)
    if (!got.has(endpoint) && !partly) wrong.push(`${endpoint} was reached, it is not traced`);
  for (const endpoint of got) {
    if (!wanted.has(endpoint) && expect.endpoints_complete !== false) wrong.push(`${endpoint} was never reached`);
  }
  for (const outcome of delivered) {
    const { endpoint } = outcome;
    const byEndpoint = endpoint === null ? undefined : expect.snat_by_endpoint?.[endpoint];
    const snat = byEndpoint ?? (expect.snat === 'mixed' ? undefined : expect.snat);
    if (snat === undefined || snat === null) continue;
    if (outcome.snat !== snat) wrong.push(`${endpoint}: source NAT is ${snat}, traced ${outcome.snat}`);
    if (snat && expect.snat_to !== undefined && outcome.snatTo !== null && !expect.snat_to.includes(outcome.snatTo)) {
      wrong.push(`${endpoint}: source becomes ${expect.snat_to.join(' or ')}, traced ${outcome.snatTo}`);
    }
  }
  return wrong;
}

/** tcp and udp only, endpoints that exist: sctp had no answering peer. */
function gradeAnswers(flow: TruthFlow, outcomes: readonly Outcome[], options: GradeOptions): readonly string[] {
  const answered = flow.expect.client_got_answer;
  if (flow.proto === 'sctp' || typeof answered !== 'boolean') return [];
  return outcomes.flatMap(({ verdict, endpoint, returnPath }) => {
    if (verdict !== 'deliver' || endpoint === null || options.existing?.(endpoint) === false) return [];
    if (!answered && returnPath === 'ok') return [`${endpoint}: no answer came, the return path is traced as ok`];
    if (answered && returnPath === 'broken')
      return [`${endpoint}: an answer came, the return path is traced as broken`];
    return [];
  });
}

function gradeRules(flow: TruthFlow, outcomes: readonly Outcome[], lenient: boolean): readonly string[] {
  const hit = new Set((flow.rules_hit_first_try ?? []).filter((rule) => rule.startsWith('nat ')));
  const first = flow.first_endpoint;
  const own = first === undefined ? undefined : plain(flow, 'deliver', first);
  const candidates = outcomes.filter(({ verdict, endpoint }) =>
    own === undefined
      ? verdict !== 'deliver' && verdict !== 'unknown'
      : verdict === own.verdict && endpoint === own.endpoint,
  );
  const same = candidates.some(({ steps }) => {
    const rules = new Set(steps.filter(({ table }) => table === 'nat').map(({ rule }) => `nat ${rule}`));
    return rules.size === hit.size && [...rules].every((rule) => hit.has(rule));
  });
  if (same || (lenient && candidates.length === 0)) return [];
  const traced = candidates.map(({ steps }) => steps.filter(({ table }) => table === 'nat').map(({ rule }) => rule));
  return [`the first try met ${JSON.stringify([...hit])}, traced ${JSON.stringify(traced)}`];
}

/** @returns z of a chi-square test (Wilson-Hilferty) of counts against shares; 0 when there is nothing to compare. */
export function chiSquareZ(counts: ReadonlyMap<string, number>, shares: ReadonlyMap<string, number>): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let chi = 0;
  let degrees = -1;
  for (const [key, share] of shares) {
    if (share <= SMALL) continue;
    const expected = share * total;
    chi += ((counts.get(key) ?? 0) - expected) ** 2 / expected;
    degrees += 1;
  }
  if (degrees < 1 || total === 0) return 0;
  const k = degrees;
  return (Math.cbrt(chi / k) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k));
}
