import { describe, expect, it } from 'vitest';
import { FINDINGS } from '../../bridge/fake/fake-case.ts';
import { makeStep, RESULT, RUNBOOKS } from '../../bridge/fake/fake-runbooks.ts';
import type { FindingId } from '../../model/types.ts';
import {
  endCounts,
  filterRunbooks,
  listSentence,
  phasesOf,
  reasonsSaid,
  resultMark,
  rootCauseWords,
  severityOf,
  stepMark,
  stepSaid,
} from './words.ts';

const BY_ID = new Map(FINDINGS.map((one) => [String(one.id), one]));
const ids = (text: string, shown: 'all' | 'suggested' | 'own' = 'all') =>
  filterRunbooks(RUNBOOKS.runbooks, { text, shown }).map(({ runbook }) => runbook.id);

describe('words of runbooks', () => {
  it('mark a step by how it ended, one with findings by the worst of them', () => {
    expect(stepMark(makeStep('1', { end: 'pass' }), BY_ID)).toBe('pass');
    expect(stepMark(makeStep('1', { end: 'not-found' }), BY_ID)).toBe('absent');
    expect(stepMark(makeStep('1', { end: 'needs-customer' }), BY_ID)).toBe('ask');
    expect(stepMark(makeStep('1', { end: 'not-applicable' }), BY_ID)).toBe('skipped');
    expect(stepMark(makeStep('1', { end: 'failed' }), BY_ID)).toBe('unknown');
    const found = (...findings: string[]) =>
      stepMark(makeStep('1', { end: 'finding', findings: findings as FindingId[] }), BY_ID);
    expect(found('f-low', 'f-lock')).toBe('critical');
    expect(found()).toBe('medium');
  });

  it('count how the steps ended, without the groups, what was found first', () => {
    expect(endCounts(RESULT.steps).map(({ text }) => text)).toEqual([
      '1 step with a finding',
      '1 needs the customer',
      '1 failed',
      '1 not found',
      '1 step passed',
      '1 not applicable',
    ]);
  });

  it('say a reason and the finding it rests on once', () => {
    const lock = BY_ID.get('f-lock');
    if (lock === undefined) throw new Error('the invented case lost a finding');
    const findings = [lock.id];
    const said = reasonsSaid(
      [
        { because: `Finding on 2 nodes: ${lock.title}`, findings },
        { because: `Trigger "xtables lock": ${lock.title}`, findings },
        { because: 'Trigger "restore failed": 9 lines hold it', findings: [] },
        { because: 'Finding: of an older analysis', findings: ['f-gone' as FindingId] },
      ],
      FINDINGS,
    );
    expect(said.findings).toEqual([lock]);
    expect(said.says(lock)).toEqual(['Trigger "xtables lock"']);
    expect(said.others).toEqual(['Trigger "restore failed": 9 lines hold it', 'Finding: of an older analysis']);
  });

  it('say what a finding claims below its link, and of a step what is left', () => {
    const lock = BY_ID.get('f-lock');
    if (lock === undefined) throw new Error('the invented case lost a finding');
    const said = stepSaid(`It runs, but is stuck. ${lock.title}: ${lock.claim} Not counted: one more.`, [lock]);
    expect(said.others).toEqual(['It runs, but is stuck. Not counted: one more.']);
    expect(said.says(lock)).toEqual([lock.claim]);
    expect(stepSaid(`1 finding on this node: ${lock.title}.`, [lock]).says(lock)).toEqual([]);
    expect(stepSaid(`${lock.title}: ${lock.claim}`, [lock]).others).toEqual([]);
  });

  it('keep the phases in order', () => {
    expect(phasesOf(RESULT.steps).map(({ title, steps }) => `${title}: ${steps.length}`)).toEqual([
      'Phase 1 - Triage: 4',
      'Phase 2 - Enrich: 2',
      'Phase 3 - Report: 1',
    ]);
  });

  it('never let a root cause that is not established look like one', () => {
    expect(severityOf('HIGH')).toBe('high');
    expect(severityOf('SEV1')).toBeNull();
    expect(resultMark(RESULT)).toBe('high');
    expect(resultMark({ ...RESULT, established: 'no' })).toBe('unknown');
    expect(rootCauseWords({ established: 'no', rootCause: 'not established' })).toBe('Root cause not established');
  });

  it('filter by words of a runbook and by why it is shown', () => {
    expect(ids('')).toEqual(['D2', 'dns', 'pleg']);
    expect(ids('', 'suggested')).toEqual(['D2', 'dns']);
    expect(ids('', 'own')).toEqual(['pleg']);
    expect(ids('SYNC iptables-restore')).toEqual(['D2']);
    expect(ids('pleg', 'suggested')).toEqual([]);
    expect(listSentence(RUNBOOKS.runbooks)).toBe('2 runbooks of 3 fit this case.');
    expect(listSentence(RUNBOOKS.runbooks.slice(2))).toContain('No runbook is suggested');
  });
});
