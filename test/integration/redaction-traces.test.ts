/** Packets traced through redacted dumps meet the same rules and end the same way, with every address mapped. */
import { describe, expect, test } from 'vitest';
import { buildNodeFacts } from '../../analyzer/facts/node-facts.ts';
import { nodeProgram } from '../../analyzer/facts/node-program.ts';
import type { FlowTrace } from '../../analyzer/netfilter/flow.ts';
import { traceFlow } from '../../analyzer/netfilter/trace.ts';
import { learnNetworks } from '../../analyzer/report/redaction/networks.ts';
import { createRedactor } from '../../analyzer/report/redaction/redactor.ts';
import { caseDumps, caseNames, caseTruth } from '../../fixtures/lib/cases.ts';
import type { TruthFlow } from '../support/kernel-truth.ts';
import { memoryBundle } from '../support/memory-bundle.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, at) => at * 7 + 1);

type Texts = Readonly<Record<string, string>>;

/** The addresses of a flow, which a redactor maps as it maps those of a dump. */
type Ends = Readonly<{ source: string | null; destination: string }>;

function traced(texts: Texts, flows: readonly TruthFlow[], endsOf: (flow: TruthFlow) => Ends): readonly FlowTrace[] {
  const facts = buildNodeFacts(memoryBundle(texts));
  return flows.map((flow) =>
    traceFlow(nodeProgram(facts, flow.dst.includes(':') ? 'IPv6' : 'IPv4'), {
      ...endsOf(flow),
      port: flow.dport,
      protocol: flow.proto,
      inInterface: flow.in_iface,
      state: 'new',
    }),
  );
}

/** What must be the same: verdicts, shares, and rules with the addresses in them mapped. */
function toldOf({ outcomes, sticky }: FlowTrace, mapped: (text: string) => string): readonly string[] {
  const lines = outcomes.map(({ verdict, share, endpoint, snat, snatTo, returnPath, steps }) =>
    JSON.stringify({
      verdict,
      share: share.toFixed(9),
      endpoint: endpoint === null ? null : mapped(endpoint),
      snat,
      snatTo: snatTo === null ? null : mapped(snatTo),
      returnPath,
      sticky,
      rules: steps.map(({ table, chain, rule }) => [table, mapped(chain), mapped(rule)]),
    }),
  );
  return [...lines].sort();
}

describe.each(caseNames())('%s', (name) => {
  test('traces of redacted dumps are those of the dumps', () => {
    const texts = Object.fromEntries([...caseDumps(name)].map(([file, bytes]) => [file, bytes.toString('utf8')]));
    const flows = caseTruth(name).flows as readonly TruthFlow[];
    const redactor = createRedactor({
      key: KEY,
      profiles: ['secrets', 'identifiers', 'network'],
      words: [],
      keep: [],
      networks: learnNetworks(Object.values(texts).flatMap((text) => text.split('\n'))),
    });
    const redacted = Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, redactor.redact(text)]));
    const plain = traced(texts, flows, ({ src, dst }) => ({ source: src, destination: dst }));
    const again = traced(redacted, flows, ({ src, dst }) => ({
      source: src === null ? null : redactor.redact(src),
      destination: redactor.redact(dst),
    }));
    expect(redactor.entries().some(({ kind }) => kind === 'address')).toBe(true);
    for (const [at, flow] of flows.entries()) {
      const own = toldOf(plain[at] as FlowTrace, (text) => redactor.redact(text));
      expect(
        toldOf(again[at] as FlowTrace, (text) => text),
        flow.name,
      ).toEqual(own);
    }
  });
});
