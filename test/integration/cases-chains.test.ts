/** The chain analysis over kernel dumps: healthy ones stay silent, broken ones are named at the chain that is broken. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodOutput } from '../../analyzer/contract/contract.ts';
import { type Finding, severityRank } from '../../analyzer/core/vocabulary.ts';
import { type CaseDefect, caseDumps, caseNames, caseTruth } from '../../fixtures/lib/cases.ts';
import { documentOf, runCli } from './fixtures-cli.ts';
import { type EngineSession, startEngine } from './fixtures-engine.ts';

type Chains = MethodOutput<'chains.analyze'>;

let session: EngineSession;
beforeAll(async () => {
  session = await startEngine();
});
afterAll(() => session?.close());

const SUBSETS = {
  'all dumps': () => true,
  'only iptables-save': (name: string) => name === 'iptables-save.txt' || name === 'ip6tables-save.txt',
  'only listings': (name: string) => /^ip6?tables(-nat|-filter|-mangle)?\.txt$/.test(name),
} as const;
type Subset = keyof typeof SUBSETS;

const answers = new Map<string, Promise<Chains>>();

/** Each folder is imported once, however many tests ask about it. */
function chainsOf(name: string, subset: Subset): Promise<Chains> {
  const key = `${name} ${subset}`;
  const answer = answers.get(key) ?? analyseChains(name, subset);
  answers.set(key, answer);
  return answer;
}

/** Imports some of a case's dumps as a folder of files, as a customer sends them. */
async function analyseChains(name: string, subset: Subset): Promise<Chains> {
  const folder = path.join(session.folder, 'dumps', `${name} ${subset}`);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of caseDumps(name)) {
    if (SUBSETS[subset](file)) writeFileSync(path.join(folder, file), bytes);
  }
  const { caseId, job } = await session.importNew([folder]);
  expect(job.failure).toBeNull();
  return session.ask('chains.analyze', { caseId, node: null });
}

const HEALTHY = caseNames().filter((name) => /^(h|s|i|n)\d/.test(name));
const MODES = { iptables: 'iptables', nft: 'nftables', ipvs: 'ipvs' } as const;

/** Defects that the rules alone show, whichever dump carries them. */
const NAMED = new Set([
  'kube-services-empty',
  'chain-not-hooked',
  'svc-no-endpoints',
  'empty-sep',
  'mark-masq-empty',
  'postrouting-no-masquerade',
  'dangling-jump',
]);
const BROKEN = caseNames()
  .filter((name) => caseTruth(name).mode === 'iptables')
  .flatMap((name) => caseTruth(name).defects.map((defect) => ({ name, defect })))
  .filter(({ defect }) => NAMED.has(defect.id));

/** What the finding points at: its entities, or the lines it cites. */
const pointsAt = (finding: Finding, chain: string): boolean =>
  finding.entities.some((entity) => entity.kind === 'chain' && entity.name === chain) ||
  finding.evidence.some((evidence) => evidence.text.includes(chain));

const chainNamed = (defect: CaseDefect): string => defect.chain ?? 'KUBE-SERVICES';

test('the packed cases hold what these tests are about', () => {
  expect(HEALTHY).toHaveLength(9);
  expect(BROKEN.map(({ defect }) => defect.id).sort()).toEqual([
    'chain-not-hooked',
    'dangling-jump',
    'empty-sep',
    'kube-services-empty',
    'mark-masq-empty',
    'svc-no-endpoints',
  ]);
});

test.each(caseNames())('%s: the chain analysis ends with an answer', async (name) => {
  const chains = await chainsOf(name, 'all dumps');
  expect(chains).toHaveLength(1);
  if (caseTruth(name).defects.every((defect) => defect.id !== 'two-modes' && defect.id !== 'ipvs-leftovers')) {
    expect(chains[0]?.mode).toBe(MODES[caseTruth(name).mode]);
  }
  expect(chains[0]?.modeBecause).not.toBe('');
  if (HEALTHY.includes(name)) {
    const loud = (chains[0]?.findings ?? []).filter(
      (finding) => severityRank(finding.severity) >= severityRank('medium'),
    );
    expect(loud.map((finding) => `${finding.rule}: ${finding.claim}`)).toEqual([]);
  }
});

describe.each<Subset>(['all dumps', 'only iptables-save', 'only listings'])('%s', (subset) => {
  test.each(BROKEN)('$name is named as $defect.id', async ({ name, defect }) => {
    const findings = (await chainsOf(name, subset))[0]?.findings ?? [];
    const named = findings.filter((finding) => finding.rule === defect.id);
    expect(findings.map((finding) => finding.rule)).toContain(defect.id);
    expect(named.some((finding) => pointsAt(finding, chainNamed(defect)))).toBe(true);
    for (const finding of named) expect(severityRank(finding.severity)).toBeGreaterThanOrEqual(severityRank('medium'));
  });

  test.each(HEALTHY.filter((name) => caseTruth(name).mode === 'iptables' && !name.startsWith('s')))(
    '%s stays silent',
    async (name) => {
      const findings = (await chainsOf(name, subset))[0]?.findings ?? [];
      const loud = findings.filter((finding) => severityRank(finding.severity) >= severityRank('medium'));
      expect(loud.map((finding) => `${finding.rule}: ${finding.claim}`)).toEqual([]);
    },
  );
});

test.each(caseNames().filter((name) => caseTruth(name).mode === 'iptables' && caseTruth(name).defects.length > 0))(
  '%s: all of its defects are named, and nothing else is blamed',
  async (name) => {
    const findings = (await chainsOf(name, 'all dumps'))[0]?.findings ?? [];
    const { defects } = caseTruth(name);
    const blamed = findings.filter((finding) => severityRank(finding.severity) >= severityRank('medium'));
    expect([...new Set(blamed.map((finding) => finding.rule))].sort()).toEqual(
      [...new Set(defects.map(({ id }) => id))].sort(),
    );
    // A remote endpoint that is gone cannot be told from one that is there: the dumps of a node do not show it.
    const knowable = defects.filter(({ endpoint }) => endpoint !== '10.244.2.250:8080');
    for (const { id, chain, endpoint, service } of knowable) {
      const about = chain ?? endpoint?.split(':')[0] ?? service;
      if (about === undefined) continue;
      const named = findings.filter((finding) => finding.rule === id).map((finding) => JSON.stringify(finding));
      expect({ id, about, named: named.some((text) => text.includes(about)) }).toEqual({ id, about, named: true });
    }
  },
);

test('an endpoint in a blackhole of this node is stale; a remote one cannot be known', async () => {
  const findings = (await chainsOf('b09-stale-endpoint', 'all dumps'))[0]?.findings ?? [];
  const stale = JSON.stringify(findings.filter((finding) => finding.rule === 'stale-endpoint'));
  expect(stale).toContain('10.244.1.250');
  expect(stale).not.toContain('10.244.2.250');
});

test('in IPVS mode the service without a virtual server is named, and nothing else', async () => {
  const findings = (await chainsOf('ib1-virtual-server-missing', 'all dumps'))[0]?.findings ?? [];
  const loud = findings.filter((finding) => severityRank(finding.severity) >= severityRank('medium'));
  expect(loud.map((finding) => finding.rule)).toEqual(['ipvs-vs-missing']);
  expect(loud[0]?.evidence[0]?.text).toContain('10.96.10.20,tcp:80');
});

test('in nftables mode the tables begin with those of kube-proxy', async () => {
  const [answer] = await chainsOf('n2-rich', 'all dumps');
  expect(answer?.tables[0]).toMatchObject({ family: 'IPv4', table: 'kube-proxy', counters: 'none' });
  expect(answer?.tables[0]?.file).toContain('nft-ruleset.txt');
  expect(answer?.tables[0]?.rules).toBeGreaterThan(100);
});

test('no rules at all is "not known", never healthy', async () => {
  const folder = path.join(session.folder, 'empty-save');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'iptables-save.txt'), '');
  writeFileSync(path.join(folder, 'iprule.txt'), caseDumps('n1-minimal').get('iprule.txt') ?? '');
  const { caseId } = await session.importNew([folder]);
  const chains = await session.ask('chains.analyze', { caseId, node: null });
  expect(chains[0]?.mode).toBe('unknown');
  expect(chains[0]?.notLookedAt.length).toBeGreaterThan(0);
});

test.each([
  ['h3-rich-kubeadm', 0],
  ['n2-rich', 0],
  ['b12-kube-services-empty', 3],
] as const)('on the command line: chains of %s with --fail-on high ends with %i', async (name, code) => {
  const folder = path.join(session.folder, 'cli', name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of caseDumps(name)) writeFileSync(path.join(folder, file), bytes);
  const plain = await runCli(['chains', folder, '--json'], { home: path.join(session.folder, 'home') });
  expect({ code: plain.code, said: plain.code === 0 ? '' : plain.stderr }).toEqual({ code: 0, said: '' });
  const chains = documentOf<Record<string, unknown>>(plain);
  expect(chains).toMatchObject({ mode: MODES[caseTruth(name).mode] });
  expect(Array.isArray(chains.tables) && Array.isArray(chains.findings)).toBe(true);
  const analysed = await runCli(['analyze', folder, '--json', '--fail-on', 'high'], {
    home: path.join(session.folder, 'home'),
  });
  expect(analysed.code).toBe(code);
});
