import { describe, expect, test } from 'vitest';
import { caseDumps, caseNames } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { ANALYZERS } from '../analyzers/registry.ts';
import { analyzeBundle } from '../jobs/analyze-bundle.ts';
import { shippedRules } from '../jobs/shipped-rules.ts';
import { BundleId } from './ids.ts';
import {
  damagedBundles,
  damagedSentence,
  failedChecks,
  lackingOf,
  notRunGroups,
  notRunSummary,
  RULE_FILE,
  unusedRules,
} from './not-run.ts';
import type { Outcome } from './vocabulary.ts';

const ONE = BundleId.parse('a'.repeat(64));
const TWO = BundleId.parse('b'.repeat(64));
const skipped = (missing: string): Outcome => ({ outcome: 'skipped', missing });

test('checks are told by what they lacked, every one of them named', () => {
  const groups = notRunGroups([
    { id: 'a', bundle: ONE, outcome: skipped('net.ipv4.ip_forward') },
    { id: 'b', bundle: ONE, outcome: { outcome: 'pass', because: 'fine' } },
    { id: 'c', bundle: ONE, outcome: skipped('rp_filter of eth0') },
    { id: 'd', bundle: ONE, outcome: skipped('the nat table was not collected') },
    { id: 'e', bundle: TWO, outcome: skipped('net.ipv4.ip_forward') },
    { id: 'f', bundle: ONE, outcome: { outcome: 'failed', why: 'f: broke' } },
  ]);
  expect(groups.map(({ bundle, lacking, ids }) => [bundle === ONE, lacking, ids])).toEqual([
    [true, null, ['f']],
    [true, 'kernel settings (sysctl)', ['a', 'c']],
    [true, 'usable dumps of rules (iptables, nft, IPVS)', ['d']],
    [false, 'kernel settings (sysctl)', ['e']],
  ]);
  expect(groups[1]?.reasons).toEqual(['net.ipv4.ip_forward', 'rp_filter of eth0']);
  expect(notRunSummary(groups)).toBe(
    '1 failed; 3 without kernel settings (sysctl); 1 without usable dumps of rules (iptables, nft, IPVS)',
  );
});

test('a file of rules that could not be used is no check of the node that its outcome is kept with', () => {
  const outcomes = [
    { id: RULE_FILE, bundle: ONE, outcome: { outcome: 'failed', why: 'Rules not used: a.yaml' } },
    { id: 'f', bundle: ONE, outcome: { outcome: 'failed', why: 'f: broke' } },
  ] as const;
  expect(unusedRules(outcomes)).toEqual(['Rules not used: a.yaml']);
  expect(failedChecks(outcomes)).toEqual([{ id: 'f', bundle: ONE, why: 'f: broke' }]);
  expect(notRunGroups(outcomes).map(({ ids }) => ids)).toEqual([['f']]);
});

test('checks of a damaged bundle have one reason, and the bundle is told with its file', () => {
  const damage = { file: 'bundles/a.bundle', because: 'block 78 of the bundle is damaged' };
  const outcomes = ['a', 'b', 'c'].map((id) => ({
    id,
    bundle: ONE,
    outcome: { outcome: 'failed', why: `${id}: ${damage.because}`, ...(id === 'c' ? {} : { damage }) } as const,
  }));
  expect(notRunGroups(outcomes)[0]).toMatchObject({
    ids: ['a', 'b', 'c'],
    reasons: ['block 78 of the bundle is damaged', 'c: block 78 of the bundle is damaged'],
  });
  expect(damagedBundles(outcomes)).toEqual([{ bundle: ONE, checks: 2, ...damage }]);
  expect(damagedBundles(outcomes).map(damagedSentence)).toEqual([
    'Bundle aaaaaaaaaaaa of this case cannot be read in full (block 78 of the bundle is damaged): 2 checks of it failed. Delete its file in the folder of the case and import the archive again: bundles/a.bundle',
  ]);
});

test('a reason of no known kind is kept', () => {
  expect(lackingOf('a full moon')).toBe('other input');
});

describe('every reason that a check of this program gives has a kind', () => {
  const outcomesOf = (files: Readonly<Record<string, string>>) =>
    analyzeBundle(memoryBundle(files), { rules: shippedRules().rules, analyzers: ANALYZERS }).outcomes;

  test('nothing captured: a few lines stand for all checks', () => {
    const groups = notRunGroups(outcomesOf({ 'readme.txt': 'nothing' }));
    expect(groups.length).toBeLessThanOrEqual(11);
    expect(groups.map((group) => group.lacking)).not.toContain('other input');
  });

  test.each(caseNames())('%s', (name) => {
    const dumps = [...caseDumps(name)].filter(([file]) => !file.endsWith('.json'));
    const groups = notRunGroups(outcomesOf(Object.fromEntries(dumps.map(([file, bytes]) => [file, bytes.toString()]))));
    expect(groups.map((group) => group.lacking)).not.toContain('other input');
    expect(groups.map((group) => group.lacking)).not.toContain(null);
  });
});
