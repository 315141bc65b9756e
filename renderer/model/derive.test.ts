import { describe, expect, it } from 'vitest';
import { RULE_FILE } from '../../analyzer/core/not-run.ts';
import { AFFECTED, ANALYSIS, CASE, HEALTHY, makeBundle } from '../bridge/fake/fake-case.ts';
import { RUNBOOKS } from '../bridge/fake/fake-runbooks.ts';
import { askCommands, askMessage, causeRankOf, inScope, nodeMark, rankedCauses, runbooksOf, worst } from './derive.ts';
import type { Analysis, FindingId } from './types.ts';

const clean: Analysis = {
  ...ANALYSIS,
  findings: [],
  completeness: [],
  coverage: { ...ANALYSIS.coverage, analyzers: [] },
};
const whole = makeBundle({ outcome: 'complete', gaps: [] });

describe('node mark', () => {
  it('is the worst finding of that node alone', () => {
    const [affected, healthy] = CASE.bundles;
    if (affected === undefined || healthy === undefined) throw new Error('the fake case has two nodes');
    expect(nodeMark(affected, { state: 'ready', value: ANALYSIS }).mark).toBe('critical');
    expect(nodeMark(healthy, { state: 'ready', value: ANALYSIS }).mark).toBe('low');
  });

  it('passes only when everything is known', () => {
    expect(nodeMark(whole, { state: 'ready', value: clean }).mark).toBe('pass');
    expect(nodeMark(whole, { state: 'loading' }).mark).toBe('unknown');
    expect(nodeMark(makeBundle(), { state: 'ready', value: clean }).mark).toBe('unknown');
    const rules = [{ id: RULE_FILE, bundle: whole.id, outcome: { outcome: 'failed', why: 'Rules not used' } as const }];
    const unused: Analysis = { ...clean, coverage: { ...clean.coverage, analyzers: rules } };
    expect(nodeMark(whole, { state: 'ready', value: unused }).mark).toBe('pass');
    const missing: Analysis = { ...clean, completeness: ANALYSIS.completeness };
    expect(nodeMark(whole, { state: 'ready', value: missing }).mark).toBe('unknown');
    const skipped: Analysis = { ...clean, coverage: ANALYSIS.coverage };
    expect(nodeMark(whole, { state: 'ready', value: skipped }).mark).toBe('unknown');
  });
});

describe('causes and scope', () => {
  it('ranks causes and finds the one that explains a finding', () => {
    expect(rankedCauses(ANALYSIS).map(({ finding }) => finding.id)).toEqual(['f-lock', 'f-conntrack']);
    expect(causeRankOf('f-dns' as FindingId, ANALYSIS.causes)).toBe(1);
    expect(causeRankOf('f-low' as FindingId, ANALYSIS.causes)).toBeNull();
  });

  it('leaves out what is hidden', () => {
    expect(inScope(ANALYSIS.findings, new Set([AFFECTED])).map((one) => one.bundle)).toEqual([HEALTHY]);
    expect(worst([])).toBeNull();
  });

  it('takes a finding for that of every bundle that states it', () => {
    const [first] = ANALYSIS.findings;
    if (first === undefined) throw new Error('the invented case lost its findings');
    const both = { ...first, bundle: AFFECTED, alsoIn: [HEALTHY] };
    expect(inScope([both], new Set([AFFECTED]))).toEqual([both]);
    expect(inScope([both], new Set([AFFECTED, HEALTHY]))).toEqual([]);
    const analysis = { ...ANALYSIS, findings: [both] };
    expect(nodeMark(makeBundle({ id: HEALTHY }), { state: 'ready', value: analysis }).mark).toBe(first.severity);
  });

  it('writes every ask with its command', () => {
    expect(askMessage(ANALYSIS.askCustomer)).toContain('1. Who holds the lock.');
    expect(askMessage(ANALYSIS.askCustomer)).toContain('   sudo nft list ruleset > nft-ruleset.txt');
  });
});

describe('runbooks of a finding', () => {
  it('are those it names, and those that it suggests', () => {
    const ids = (finding: { readonly id: FindingId; readonly runbooks?: readonly string[] }) =>
      runbooksOf(finding, RUNBOOKS.runbooks).map(({ id }) => id);
    expect(ids({ id: 'f-lock' as FindingId })).toEqual(['D2']);
    expect(ids({ id: 'f-lock' as FindingId, runbooks: ['pleg', 'none'] })).toEqual(['D2', 'pleg']);
    expect(ids({ id: 'f-low' as FindingId })).toEqual([]);
  });
});

describe('commands for the customer', () => {
  it('are each asked once, a line each', () => {
    const ask = (command: string) => ({ why: 'x', command, node: null });
    expect(askCommands([ask('a'), ask('b'), ask('a')])).toBe('a\nb');
  });
});
