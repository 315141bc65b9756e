/**
 * The same packets whichever dumps were collected: fewer of them may turn an answer into "unknown", never into a wrong
 * one. The tables below say where that may happen; everywhere else every flow must be decided.
 */
import { describe, expect, test } from 'vitest';
import { buildNodeFacts } from '../../analyzer/facts/node-facts.ts';
import { nodeProgram } from '../../analyzer/facts/node-program.ts';
import type { FlowTrace } from '../../analyzer/netfilter/flow.ts';
import { traceFlow } from '../../analyzer/netfilter/trace.ts';
import { caseDumps, caseNames, caseTruth } from '../../fixtures/lib/cases.ts';
import { gradeFlow, type TruthFlow } from '../support/kernel-truth.ts';
import { memoryBundle } from '../support/memory-bundle.ts';

interface Answers {
  readonly wrong: readonly string[];
  /** Flows of which a share is unknown. */
  readonly unknown: readonly TruthFlow[];
  readonly traces: readonly FlowTrace[];
}

function answersOf(name: string, keep: (file: string) => boolean): Answers {
  const dumps = [...caseDumps(name)].filter(([file]) => keep(file));
  const facts = buildNodeFacts(
    memoryBundle(Object.fromEntries(dumps.map(([file, bytes]) => [file, bytes.toString()]))),
  );
  const wrong: string[] = [];
  const unknown: TruthFlow[] = [];
  const traces: FlowTrace[] = [];
  for (const flow of caseTruth(name).flows as readonly TruthFlow[]) {
    const trace = traceOf(facts, flow);
    const existing = (endpoint: string): boolean => name !== 'b09-stale-endpoint' || !endpoint.includes('.250:');
    const sentences = gradeFlow(flow, trace, { unknownAllowed: true, existing });
    wrong.push(...sentences.map((sentence) => `${flow.name}: ${sentence}`));
    if (trace.outcomes.some(({ verdict }) => verdict === 'unknown')) unknown.push(flow);
    traces.push(trace);
  }
  return { wrong, unknown, traces };
}

function traceOf(facts: ReturnType<typeof buildNodeFacts>, flow: TruthFlow): FlowTrace {
  return traceFlow(nodeProgram(facts, flow.dst.includes(':') ? 'IPv6' : 'IPv4'), {
    source: flow.src,
    destination: flow.dst,
    port: flow.dport,
    protocol: flow.proto,
    inInterface: flow.in_iface,
    state: 'new',
  });
}

/** Rules in one form only; routes, sets and addresses stay. */
const RULES = /^ip6?tables|^nft-ruleset/;
const FORMS = {
  'iptables-save': /^ip6?tables-save\.txt$/,
  'iptables-save -c': /^ip6?tables-save-c\.txt$/,
  'iptables -L': /^ip6?tables(?:-nat|-filter|-mangle)?\.txt$/,
  'nft list ruleset': /^nft-ruleset\.txt$/,
  'nft -j list ruleset': /^nft-ruleset\.json$/,
} as const;
type Form = keyof typeof FORMS;

const mode = (name: string): string => caseTruth(name).mode;
const legacy = (name: string): boolean => caseTruth(name).backend === 'iptables-legacy';
const all = (): boolean => true;
const none = (): boolean => false;
type Allowed = (flow: TruthFlow) => boolean;

/** Which flows may be unknown in which form. */
const MAY_BE_UNKNOWN: Readonly<Record<Form, (name: string) => Allowed>> = {
  'iptables-save': (name) => iptablesForm(name),
  'iptables-save -c': (name) => iptablesForm(name),
  // Its listing was cut by hand: the footer counts more rules than are there.
  'iptables -L': (name) => (name === 'b25-dangling-jump-text' ? all : iptablesForm(name)),
  'nft list ruleset': (name) => {
    if (mode(name) === 'nft') return none;
    if (legacy(name) || name === 'b25-dangling-jump-text' || mode(name) === 'ipvs') return all;
    return (flow) =>
      // Modules that nft 1.0.6 cannot translate: recent (session affinity), sctp, set, and DNAT to an IPv6 address.
      /sticky/.test(flow.name) ||
      flow.proto === 'sctp' ||
      flow.dst.includes(':') ||
      (name === 'b13-ipvs-leftovers' && /wrong port|unallocated/.test(flow.name));
  },
  // JSON says of translated rules no more than the names of their modules.
  'nft -j list ruleset': (name) => (mode(name) === 'nft' ? none : all),
};

function iptablesForm(name: string): Allowed {
  if (mode(name) === 'nft') return all;
  return name === 'b25-dangling-jump-text' ? (flow) => flow.service === 'shop/web:http' : none;
}

/** Two backends at once: neither dump shows the other, which every answer from one of them says. */
const BLIND = 'nb6-iptables-beside-nftables';
const CASES = caseNames().filter((name) => !name.startsWith('s') && name !== BLIND);

describe.each(Object.keys(FORMS) as Form[])('rules as %s only', (form) => {
  test.each(CASES)('%s', (name) => {
    const { wrong, unknown } = answersOf(name, (file) => !RULES.test(file) || FORMS[form].test(file));
    expect(wrong).toEqual([]);
    const allowed = MAY_BE_UNKNOWN[form](name);
    expect(unknown.filter((flow) => !allowed(flow)).map((flow) => flow.name)).toEqual([]);
  });
});

/** Files whose absence may leave flows open, by mode; without any other file every flow is decided as before. */
const NEEDED: Readonly<Record<string, RegExp>> = {
  iptables: /^iproute\.txt$|^ip6route\.txt$/,
  ipvs: /^iproute\.txt$|^ipset\.txt$|^ipvsadm(?:-Ln)?\.txt$/,
  nft: /^iproute\.txt$/,
};

describe.each([
  'h3-rich-kubeadm',
  'h6-dualstack',
  'b20-filter-on-endpoints',
  'i3-rich-eks',
  'n2-rich',
  'b21-aws-snat-all',
])('%s without one file', (name) => {
  test.each([...caseDumps(name).keys()])('%s', (left) => {
    const { wrong, unknown } = answersOf(name, (file) => file !== left);
    expect(wrong).toEqual([]);
    if (!NEEDED[mode(name)]?.test(left)) expect(unknown).toEqual([]);
  });
});

test.each(Object.keys(FORMS) as Form[])('%s alone says that it does not see the other backend', (form) => {
  const { traces } = answersOf(BLIND, (file) => !RULES.test(file) || FORMS[form].test(file));
  const unseen = /^no (?:nft ruleset|iptables dump) was captured: .* taken not to exist$/;
  for (const { assumptions } of traces) expect(assumptions.some((sentence) => unseen.test(sentence))).toBe(true);
});

test('without routes nothing is said to arrive', () => {
  const { traces } = answersOf('h3-rich-kubeadm', (file) => !/route\.txt$/.test(file));
  const said = new Set(traces.flatMap(({ outcomes }) => outcomes.map(({ verdict }) => verdict)));
  for (const verdict of ['deliver', 'passthrough', 'local-closed']) expect(said).not.toContain(verdict);
});
