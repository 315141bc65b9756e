/** The chain analysis over kernel dumps: healthy ones stay silent, broken ones are named at the chain that is broken. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodOutput } from '../../analyzer/contract/contract.ts';
import { type Finding, severityRank } from '../../analyzer/core/vocabulary.ts';
import { type CaseDefect, caseDumps, caseNames, caseTruth } from '../../fixtures/lib/cases.ts';
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

/** Imports some of a case's dumps as a folder of files, as a customer sends them. */
async function chainsOf(name: string, subset: Subset): Promise<Chains> {
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
