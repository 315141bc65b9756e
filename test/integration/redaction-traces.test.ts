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

/** Addresses and MACs of a text as a reader sees them; knows nothing of the product. Left out is what is the same everywhere, the private ranges as such too. */
function identifying(texts: readonly string[]): ReadonlySet<string> {
  const everywhere =
    /^(?:0|127|169\.254|192\.0\.2|198\.51\.100|203\.0\.113|2[2-5]\d)\.|^2001:db8|^(?:ff|33:33|00:00:00)|^(?:10|172\.16|192\.168)\.0\.0(?:\.0)?$/;
  const shapes = /\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\b(?:fd|fe80)[0-9a-f]*:[0-9a-f:]*[0-9a-f]/g;
  const found = texts.flatMap((text) => text.match(shapes) ?? []);
  return new Set(found.filter((value) => !everywhere.test(value)));
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
    const own = identifying(Object.values(texts));
    expect(own.size).toBeGreaterThan(5);
    expect([...identifying(Object.values(redacted))].filter((value) => own.has(value))).toEqual([]);
    const plain = traced(texts, flows, ({ src, dst }) => ({ source: src, destination: dst }));
    const again = traced(redacted, flows, ({ src, dst }) => ({
      source: src === null ? null : redactor.redact(src),
      destination: redactor.redact(dst),
    }));
    expect(redactor.entries().some(({ kind }) => kind === 'address')).toBe(true);
    for (const [at, flow] of flows.entries()) {
      const wanted = toldOf(plain[at] as FlowTrace, (text) => redactor.redact(text));
      expect(
        toldOf(again[at] as FlowTrace, (text) => text),
        flow.name,
      ).toEqual(wanted);
    }
  });
});
