/** Correlation end to end: the engine as it is shipped, on fixtures whose order of events is known. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodInput } from '../../analyzer/contract/contract.ts';
import type { Correlation } from '../../analyzer/core/correlation.ts';
import { BundleId, type CaseId, FindingId } from '../../analyzer/core/ids.ts';
import { buildFixture } from '../../fixtures/build-fixture.ts';
import type { FixtureId } from '../../fixtures/scenarios/index.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

async function caseOf(...ids: readonly FixtureId[]): Promise<CaseId> {
  const archives = await Promise.all(ids.map(async (id) => (await buildFixture(id)).archivePath));
  const { caseId, job } = await session.importNew(archives);
  expect(job.failure).toBeNull();
  return caseId;
}

type Asked = Omit<MethodInput<'correlate.run'>, 'caseId'>;
const correlate = (caseId: CaseId, asked: Asked): Promise<Correlation> =>
  session.ask('correlate.run', { caseId, ...asked });

const firstOf = (found: Correlation, rule: string): number => {
  const times = found.events.filter(({ rules }) => rules.includes(rule)).map(({ first }) => Date.parse(first));
  return Math.min(...times);
};

describe('a kube-proxy that lost the API, then cannot write its rules', () => {
  let caseId: CaseId;
  let found: Correlation;
  beforeAll(async () => {
    caseId = await caseOf('eks-sync-failing');
    found = await correlate(caseId, { pivot: { text: 'kube-proxy' } });
  });

  test('the first API error before the first failed sync before the first connection that an old endpoint cost', () => {
    const api = firstOf(found, 'kube-proxy-api-unreachable');
    const sync = firstOf(found, 'kube-proxy-sync-failure');
    const timeouts = found.events.filter(({ evidence }) => evidence.text.includes('order not placed'));
    expect(timeouts).toHaveLength(1);
    expect(api).toBeLessThan(sync);
    expect(sync).toBeLessThan(Date.parse(timeouts[0]?.first ?? ''));
  });

  test('the pivot is the first warning or error of kube-proxy, and says so', () => {
    expect(found.pivot?.sentence).toMatch(/^first of \d+ warning and error lines with "kube-proxy" or written by it$/);
    expect(found.pivot?.evidence?.text).toMatch(/Failed to watch \*v1\.(?:EndpointSlice|Service)/);
    expect(found.events[0]?.rules).toContain('kube-proxy-api-unreachable');
  });

  test('a declared chain leads from the failed sync to the connection, with lines at both ends', () => {
    const chain = found.chains.find((one) => one.chain === 'sync-failing-rules-stale');
    expect(chain?.confidence.level).toBe('likely');
    expect(chain?.steps.map(({ evidence }) => evidence.text)).toEqual([
      expect.stringContaining('Failed to execute iptables-restore'),
      expect.stringContaining('dial tcp 10.96.11.1:80: i/o timeout'),
    ]);
    const [cause, effect] = chain?.steps ?? [];
    expect(Date.parse(cause?.first ?? '')).toBeLessThan(Date.parse(effect?.first ?? ''));
    // What is refused while the API is away is not what this bundle shows.
    expect(found.chains.map(({ chain: id }) => id)).not.toContain('api-unreachable-rules-stale');
  });

  test('every rank can be recomputed, every count holds, and the window says what it leaves out', () => {
    expect(found.events.length).toBeGreaterThan(5);
    for (const event of found.events) {
      expect(event.score).toBe(event.because.reduce((score, { factor }) => score * factor, 1));
      expect(event.inCase).toBeGreaterThanOrEqual(event.inWindow);
      expect(Date.parse(event.first)).toBeLessThanOrEqual(Date.parse(event.time));
      expect(Date.parse(event.last)).toBeGreaterThanOrEqual(Date.parse(event.time));
    }
    const scores = found.events.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((one, two) => two - one));
    const { window } = found;
    expect(window.sentence).toMatch(/^5 min before and after the pivot, /);
    expect(Date.parse(window.to ?? '') - Date.parse(window.from ?? '')).toBe(600_001);
    expect(window.outside).toBeGreaterThan(window.inside);
    expect(window.undated).toBeGreaterThan(0);
  });

  test('the same question has the same answer', async () => {
    expect(await correlate(caseId, { pivot: { text: 'kube-proxy' } })).toEqual(found);
  });

  test('a finding, its line and its instant are pivots of one instant', async () => {
    const { findings } = await session.ask('case.analysis', { caseId });
    const finding = findings.find(({ rule }) => rule === 'kube-proxy-sync-failure');
    const [first] = finding?.evidence ?? [];
    const byFinding = await correlate(caseId, { pivot: { finding: finding?.id ?? FindingId.parse('none') } });
    expect(byFinding.pivot).toMatchObject({ kind: 'finding', finding: finding?.id, time: finding?.first });
    const { bundle, file, line } = byFinding.pivot?.evidence ?? {};
    expect({ bundle, file, line }).toEqual({ bundle: first?.bundle, file: first?.file, line: first?.line });
    const place = { bundle: first?.bundle ?? BundleId.parse(''), file: file ?? '', line: line ?? 0 };
    const byLine = await correlate(caseId, { pivot: place });
    expect(byLine.events).toEqual(byFinding.events);
    const byTime = await correlate(caseId, { pivot: { time: finding?.first ?? '' } });
    expect(byTime.pivot).toMatchObject({ kind: 'time', evidence: null, time: finding?.first });
    expect(byTime.window.inside).toBe(byFinding.window.inside);
  });

  test.each<[string, (findings: readonly { rule: string; id: FindingId }[]) => Asked, RegExp]>([
    [
      'a text that nothing matches',
      () => ({ pivot: { text: '"no such words anywhere"' } }),
      /^No line in scope matches/,
    ],
    [
      'a finding that is a state',
      (findings) => ({
        pivot: { finding: findings.find(({ rule }) => rule === 'stale-endpoint')?.id ?? FindingId.parse('none') },
      }),
      /tells a state, not an event/,
    ],
    ['a window before everything', () => ({ pivot: { time: '1999-01-01T00:00:00Z' } }), /outside of what was captured/],
    [
      'a given window without lines',
      () => ({ pivot: { text: 'kube-proxy' }, from: '2038-01-01', to: '2038-01-02' }),
      /outside of what was captured/,
    ],
  ])('%s is an answer with its reason', async (_name, asked, because) => {
    const { findings } = await session.ask('case.analysis', { caseId });
    const answer = await correlate(caseId, asked(findings));
    expect(answer.empty).toMatch(because);
    expect(answer.events).toEqual([]);
    expect(answer.chains).toEqual([]);
  });

  test.each<[string, Asked, RegExp]>([
    ['a query that is wrong', { pivot: { text: 'sev:bad' } }, /wrong-usage/],
    ['a time that is none', { pivot: { time: 'yesterday' } }, /wrong-usage/],
    [
      'a window that ends before it begins',
      { pivot: { text: 'x' }, from: '2026-02-02', to: '2026-02-01' },
      /wrong-usage/,
    ],
    ['a finding that is not there', { pivot: { finding: FindingId.parse('0123456789abcdef') } }, /not-found/],
  ])('%s fails', async (_name, asked, code) => {
    await expect(correlate(caseId, asked)).rejects.toThrow(code);
  });

  test('the correlate step of the runbook D2 cites the chain and the events around its pivot', async () => {
    const result = await session.ask('runbooks.run', { caseId, runbook: 'D2' });
    const step = result.steps.find(({ text }) => text.includes('pivotEvent='));
    expect(step?.end).toBe('finding');
    expect(step?.because).toContain('Rule sync fails, then connections fail (likely)');
    expect(step?.because).toContain('10 min before and after the pivot');
    const cited = step?.evidence.map(({ text }) => text).join('\n');
    for (const words of ['Failed to watch', 'Failed to execute iptables-restore', 'order not placed'])
      expect(cited).toContain(words);
  });

  test('the command line says it in order, and exits with 2 for what is no pivot', async () => {
    const home = path.join(session.folder, 'home');
    const run = await runCli(['correlate', caseId, '--pivot', 'kube-proxy', '--why', '--quiet'], { home });
    expect(run.code).toBe(0);
    const places = ['Failed to watch *v1', 'Failed to execute iptables-restore', 'order not placed'].map((words) =>
      run.stdout.lastIndexOf(words),
    );
    expect(places).toEqual(places.toSorted((one, two) => one - two));
    expect(places[0]).toBeGreaterThan(0);
    expect(run.stdout).toContain('1 chain');
    expect(run.stdout).toMatch(/score \d+\.\d\d = 4\.8 matches the rule kube-proxy-api-unreachable \(cause, high\);/);
    const json = await runCli(['correlate', caseId, '--pivot', 'kube-proxy', '--json', '--quiet'], { home });
    expect(documentOf<Correlation>(json).chains).toEqual(found.chains);
    const none = await runCli(['correlate', caseId, '--pivot', '"no such words"', '--quiet'], { home });
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toContain('No line in scope matches');
  });
});

describe('three nodes, one of them 90 s ahead', () => {
  test('what happened on each stands in its order, and that nothing is aligned silently', async () => {
    const caseId = await caseOf('eks-three-nodes-a', 'eks-three-nodes-b', 'eks-three-nodes-c');
    const found = await correlate(caseId, { pivot: { text: 'kube-proxy' }, windowMs: 1_800_000 });
    expect(found.chains[0]?.chain).toBe('api-unreachable-rules-stale');
    const killed = found.chains.find(({ chain }) => chain === 'oom-kill-restart-probes-fail');
    expect(killed?.confidence.level).toBe('certain');
    expect(killed?.shares?.name).toMatch(/^shop\/web-/);
    const instants = killed?.steps.map(({ first }) => Date.parse(first)) ?? [];
    expect(instants).toHaveLength(3);
    expect(instants).toEqual(instants.toSorted((one, two) => one - two));
    expect(new Set(killed?.steps.map(({ node }) => node)).size).toBe(1);
    expect(found.clocks).toMatch(/90 s ahead.*Nothing is moved by it/);
    const healthy = await correlate(caseId, {
      pivot: { time: found.pivot?.time ?? '' },
      bundles: [killed?.steps[0]?.bundle ?? BundleId.parse('')],
      windowMs: 60_000,
    });
    expect(healthy.clocks).toBeNull();
    expect(new Set(healthy.events.map(({ bundle }) => bundle)).size).toBeLessThanOrEqual(1);
  });
});
