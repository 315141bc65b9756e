/** The tracer against real kernels: every flow of every case, asked through the public API. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../analyzer/contract/network.ts';
import { caseDumps, caseNames, caseTruth } from '../../fixtures/lib/cases.ts';
import { chiSquareZ, gradeFlow, type TruthFlow } from '../support/kernel-truth.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

/** Endpoints that the case made up: nothing answers there. */
const NOT_THERE: Readonly<Record<string, RegExp>> = { 'b09-stale-endpoint': /\.250:/ };

async function tracesOf(name: string): Promise<{ flows: readonly TruthFlow[]; traces: readonly Trace[] }> {
  const folder = path.join(session.folder, 'dumps', name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of caseDumps(name)) writeFileSync(path.join(folder, file), bytes);
  const { caseId } = await session.importNew([folder]);
  const flows = caseTruth(name).flows as readonly TruthFlow[];
  const asked = flows.map(({ src, dst, dport, proto, in_iface }) => ({ src, dst, dport, proto, in_iface }));
  const traces = await session.ask('network.traceFlows', {
    caseId,
    bundle: null,
    node: null,
    flows: asked,
    steps: true,
  });
  return { flows, traces };
}

const known = new Map<string, ReturnType<typeof tracesOf>>();
function traced(name: string): ReturnType<typeof tracesOf> {
  const answer = known.get(name) ?? tracesOf(name);
  known.set(name, answer);
  return answer;
}

/** Share of each endpoint of one trace. */
function sharesOf(trace: Trace): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { verdict, endpoint, share } of trace.outcomes) {
    if (verdict === 'deliver' && endpoint !== null) shares.set(endpoint, (shares.get(endpoint) ?? 0) + share);
  }
  return shares;
}

test('the packed cases hold the flows these tests are about', () => {
  const flows = caseNames().flatMap((name) => caseTruth(name).flows);
  expect(caseNames()).toHaveLength(26);
  expect(flows).toHaveLength(1817);
});

describe.each(caseNames())('%s', (name) => {
  test('every flow ends as the kernel ended it', async () => {
    const { flows, traces } = await traced(name);
    const rules = caseTruth(name).mode === 'iptables';
    const wrong = flows.flatMap((flow, index) => {
      const trace = traces[index] as Trace;
      const gone = NOT_THERE[name];
      const existing = (endpoint: string): boolean => gone === undefined || !gone.test(endpoint);
      return gradeFlow(flow, trace, { rules, existing }).map((sentence) => `${flow.name}: ${sentence}`);
    });
    expect(wrong).toEqual([]);
  });

  test('the counts of each service fit its shares', async () => {
    const { flows, traces } = await traced(name);
    const pools = new Map<string, { counts: Map<string, number>; shares: ReadonlyMap<string, number> }>();
    for (const [index, flow] of flows.entries()) {
      const shares = sharesOf(traces[index] as Trace);
      const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
      // Counted are the packets that reached an endpoint.
      if (flow.service === null || total === 0 || flow.graded !== undefined) continue;
      const kept = [...shares].map(([endpoint, share]) => [endpoint, share / total] as const).sort();
      const key = `${flow.service} ${JSON.stringify(kept.map(([endpoint, share]) => [endpoint, share.toFixed(6)]))}`;
      const pool = pools.get(key) ?? { counts: new Map<string, number>(), shares: new Map(kept) };
      pools.set(key, pool);
      // Session affinity and single tries say nothing about the draw.
      if (flow.expect.affinity_sticky === true) continue;
      for (const [endpoint, count] of Object.entries(flow.expect.endpoint_counts ?? {})) {
        pool.counts.set(endpoint, (pool.counts.get(endpoint) ?? 0) + count);
      }
    }
    for (const [key, { counts, shares }] of pools) expect(chiSquareZ(counts, shares), key).toBeLessThan(4);
  });
});

test.each(caseNames().filter((name) => /^[hins]\d/.test(name)))('%s: shares are uniform', async (name) => {
  const { traces } = await traced(name);
  for (const trace of traces) {
    const shares = [...sharesOf(trace).values()];
    for (const share of shares) expect(Math.abs(share - 1 / shares.length)).toBeLessThan(1e-6);
  }
});

test.each([
  ['b01-sep-empty-middle', { '10.244.1.11:8080': 1 / 3, '10.244.2.12:8080': 2 / 3 }],
  ['b16-probability-missing-first', { '10.244.1.11:8080': 1 }],
])('%s: shares of shop/web are products of the rules on the way', async (name, expected) => {
  const { flows, traces } = await traced(name);
  const index = flows.findIndex((flow) => flow.name === 'shop/web:http: local pod to ClusterIP');
  const shares = sharesOf(traces[index] as Trace);
  expect([...shares.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [endpoint, share] of Object.entries(expected)) {
    expect(Math.abs((shares.get(endpoint) ?? 0) - share)).toBeLessThan(1e-6);
  }
});
