import { describe, expect, test } from 'vitest';
import type { Finding } from '../core/vocabulary.ts';
import { bundleId, finding } from '../jobs/finding.fixture.ts';
import { type CaseView, escalates, held, leadsTo } from './conditions.ts';
import type { Condition, Runbook } from './runbook.ts';

const A = bundleId('a');
const B = bundleId('b');
const RUNBOOK: Runbook = {
  id: 'x',
  title: 'x',
  description: '',
  severity: 'high',
  status: 'active',
  owner: '',
  objective: '',
  context: null,
  form: 'yaml',
  triggers: [{ kind: 'finding', text: 'trigger' }],
  phases: [],
  conclusions: [],
  escalation: [],
  safetyRatings: [],
  commonIssues: [],
};

const found = (rule: string, bundle: typeof A, more: Partial<Omit<Finding, 'bundle'>> = {}): Finding =>
  finding(rule, { last: '2026-01-01T10:00:00.000Z', ...more, bundle: bundle === A ? 'a' : 'b' });
const pass = (id: string, bundle: typeof A) => ({ id, bundle, outcome: { outcome: 'pass', because: '' } as const });
const view = (findings: readonly Finding[], outcomes: CaseView['outcomes'] = []): CaseView => ({
  bundle: A,
  findings,
  outcomes,
  nodes: [
    { bundle: A, name: 'node-a' },
    { bundle: B, name: 'node-b' },
  ],
});
const byFindings = (any: readonly string[], notBefore: readonly string[] = []): Condition => ({
  by: 'findings',
  any,
  notBefore,
});

describe('findings', () => {
  const state = (condition: Condition, of: CaseView) => held(condition, RUNBOOK, of, []).state;

  test('only those of the bundle, and only causes: what is over is a note', () => {
    expect(state(byFindings(['r']), view([found('r', A)]))).toBe('holds');
    expect(state(byFindings(['r']), view([found('r', B)], [pass('r', A)]))).toBe('does-not-hold');
    expect(state(byFindings(['r']), view([found('r', A, { severity: 'low' })]))).toBe('does-not-hold');
  });

  test('what could not be looked at is not known', () => {
    const outcomes = [{ id: 'r', bundle: A, outcome: { outcome: 'skipped', missing: 'a log' } as const }];
    expect(held(byFindings(['r']), RUNBOOK, view([], outcomes), [])).toEqual({
      state: 'not-known',
      because: 'not looked at: a log',
    });
    expect(state(byFindings(['r']), view([]))).toBe('not-known');
    expect(state(byFindings(['r', 's']), view([], [...outcomes, pass('s', A)]))).toBe('does-not-hold');
  });

  test('a later end counts, lines of the same end do not', () => {
    const config = found('config', A);
    const at = (last: string | null) => view([config, found('end', A, { last })]);
    const condition = byFindings(['config'], ['end']);
    expect(state(condition, at('2026-01-01T10:00:30.000Z'))).toBe('holds');
    expect(state(condition, at('2026-01-01T10:01:30.000Z'))).toBe('does-not-hold');
    expect(state(condition, at('2026-01-01T09:00:00.000Z'))).toBe('holds');
    expect(state(condition, at(null))).toBe('holds');
  });
});

describe('on every node', () => {
  const all = { condition: 'all nodes', when: byFindings(['r']), where: 'everywhere' } as const;
  const state = (of: CaseView) => escalates(all, RUNBOOK, of, []).state;

  test('holds when it is so on each of several, never on one alone', () => {
    expect(state(view([found('r', A), found('r', B)]))).toBe('holds');
    expect(state(view([found('r', A)], [pass('r', B)]))).toBe('does-not-hold');
    expect(state(view([found('r', A)]))).toBe('not-known');
    const one = view([found('r', A)]);
    expect(state({ ...one, nodes: one.nodes.slice(0, 1) })).toBe('not-known');
  });
});

test('a finding leads to a runbook that names it, or that its rule names', () => {
  expect(leadsTo(found('trigger', A), RUNBOOK)).toBe(true);
  expect(leadsTo(found('other', A, { runbooks: ['x'] }), RUNBOOK)).toBe(true);
  expect(leadsTo(found('other', A, { runbooks: ['y'] }), RUNBOOK)).toBe(false);
});
