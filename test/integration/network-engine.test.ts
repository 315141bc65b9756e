/** The resident network worker behind the engine: several nodes, several questions at once, and its end. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseId } from '../../analyzer/core/ids.ts';
import { createEngine } from '../../analyzer/engine.ts';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

/** One more than the worker keeps in memory. */
const NODES = ['b01-sep-empty-middle', 'b09-stale-endpoint', 'h1-minimal-legacy', 'n1-minimal'] as const;

let session: EngineSession;
let caseId: CaseId;
let bundles: Awaited<ReturnType<typeof openCase>>;
/** In the order of NODES: archives are imported side by side, and any of them may be done first. */
const openCase = async () => {
  const { bundles } = await session.ask('case.open', { caseId });
  return NODES.flatMap((name) => bundles.filter((bundle) => bundle.name === name));
};

beforeAll(async () => {
  session = await startEngine();
  const folders = NODES.map((name) => {
    const folder = path.join(session.folder, name);
    mkdirSync(folder, { recursive: true });
    for (const [file, bytes] of caseDumps(name)) writeFileSync(path.join(folder, file), bytes);
    return folder;
  });
  const imported = await session.importNew(folders);
  expect(imported.job.failure).toBeNull();
  caseId = imported.caseId;
  bundles = await openCase();
  expect(bundles).toHaveLength(NODES.length);
}, 120_000);
afterAll(() => session?.close());

const traceTo = (index: number, to: string) => {
  const bundle = bundles[index];
  if (bundle === undefined) throw new Error(`no bundle ${index}`);
  return session.ask('network.trace', { caseId, bundle: bundle.id, node: null, from: 'node', to, inInterface: null });
};

describe('questions', () => {
  it('about more nodes than are kept are all answered, again and again', async () => {
    for (let round = 0; round < 2; round++) {
      const traces = await Promise.all(NODES.map((_, index) => traceTo(index, 'default/kubernetes:https')));
      expect(traces.map((trace) => trace.bundle)).toEqual(bundles.map((bundle) => bundle.id));
      for (const trace of traces) {
        expect(trace.outcomes.map((one) => [one.verdict, one.endpoint])).toEqual([['deliver', '192.168.11.6:6443']]);
      }
    }
  });

  it('of every kind at once each get their own answer', async () => {
    const all = { caseId, node: null };
    const [services, names, chains, lookup, trace] = await Promise.all([
      session.ask('network.services', all),
      session.ask('network.names', all),
      session.ask('network.chains', all),
      session.ask('network.lookup', { ...all, address: '10.96.0.1' }),
      traceTo(2, 'default/kubernetes'),
    ]);
    expect(new Set(services.services.map((row) => row.bundle))).toEqual(new Set(bundles.map((bundle) => bundle.id)));
    expect(services.nodes).toHaveLength(NODES.length);
    expect(names.sources.filter((one) => one.value === 'node')).toHaveLength(NODES.length);
    expect(new Set(chains.map((chain) => chain.bundle)).size).toBe(NODES.length);
    expect(lookup.facts.filter((fact) => fact.kind === 'service')).toHaveLength(NODES.length);
    for (const fact of lookup.facts) {
      for (const evidence of fact.evidence) expect(evidence.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(trace.outcomes[0]?.verdict).toBe('deliver');
  });

  it('about one chain and one graph name what they found in the list', async () => {
    const [row] = (await session.ask('network.services', { caseId, node: null })).services;
    if (row === undefined) throw new Error('no service');
    const graph = await session.ask('network.graph', {
      caseId,
      bundle: row.bundle,
      service: row.id,
      family: row.family,
    });
    expect(graph.service).toBe(row.id);
    expect(graph.nodes.length).toBeGreaterThan(1);
    const chain = (await session.ask('network.chains', { caseId, node: null })).find((one) => one.rules > 1);
    if (chain === undefined) throw new Error('no chain');
    const { bundle, fileId, family, table, name } = chain;
    const answer = await session.ask('network.chain', { caseId, bundle, fileId, family, table, chain: name });
    expect(answer.rules).toHaveLength(chain.rules);
    expect(answer.jumpsHere).toHaveLength(chain.references);
  });
});

it('findings of the case reach the health of the service they are about', async () => {
  const { services } = await session.ask('network.services', { caseId, node: null });
  const broken = services.filter((row) => row.bundle === bundles[0]?.id && row.health.level === 'impaired');
  expect(broken.length).toBeGreaterThan(0);
  const findings = new Set((await session.ask('case.analysis', { caseId })).findings.map((finding) => finding.id));
  for (const row of broken) for (const id of row.health.findings) expect(findings).toContain(id);
  const healthy = services.filter((row) => row.bundle === bundles[2]?.id);
  expect(healthy.filter((row) => row.health.level === 'impaired')).toEqual([]);
});

it('an engine that is closed ends the questions that wait', async () => {
  const engine = createEngine({ casesFolder: path.join(session.folder, 'other'), stateFolder: null });
  const opened = await engine.call('case.open', { caseId });
  expect(opened.ok).toBe(true);
  const waiting = engine.call('network.lookup', { caseId, node: null, address: '10.96.0.1' });
  await engine.close();
  expect(await waiting).toMatchObject({ ok: false, failure: { code: 'cancelled' } });
});
