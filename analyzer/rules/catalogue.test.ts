/** What holds for the shipped rules together. What holds for each alone is in shipped.test.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ANALYZERS } from '../analyzers/registry.ts';
import { dataFolder } from '../core/resources.ts';
import { ROLES } from '../layouts/roles.ts';
import { loadRules } from './loader.ts';

const { rules } = loadRules(dataFolder('rules'), ROLES);

/** Analyzers that hold bundles against each other are not registered, and some state findings under another id. */
const ANALYZER_FOLDER = path.join(import.meta.dirname, '../analyzers');
const statedByAnalyzers = readdirSync(ANALYZER_FOLDER)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .flatMap((name) => [...readFileSync(path.join(ANALYZER_FOLDER, name), 'utf8').matchAll(/\brule: '([a-z0-9-]+)'/g)])
  .map(([, id = '']) => id);
const FINDING_IDS = new Set([...rules.map((rule) => rule.id), ...ANALYZERS.map(({ id }) => id), ...statedByAnalyzers]);

/** The seed runbook, and those that come with Coldcase. */
const RUNBOOK_IDS = new Set([
  'D2',
  'kube-proxy-sync',
  'service-connectivity',
  'conntrack-exhaustion',
  'dns',
  'vpc-cni-ip-allocation',
  'pod-to-pod',
  'node-not-ready',
  'pleg',
  'image-pull',
  'sandbox-creation',
  'disk-pressure',
  'oom',
  'certificates',
  'clock-skew',
  'imds-irsa',
]);

describe('ids that rules refer to', () => {
  it('knows the ids of analyzers that hold bundles against each other', () => {
    expect(FINDING_IDS).toContain('service-disagreement');
  });

  it('are ids of rules, of analyzers, or of what shows across bundles', () => {
    const unknown = rules.flatMap((rule) =>
      (['explains', 'explainedBy', 'secondSignal'] as const).flatMap((field) =>
        rule[field].filter((id) => !FINDING_IDS.has(id)).map((id) => `${rule.id} ${field}: ${id}`),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('are not those of the rule itself, and none is an analyzer and a rule', () => {
    const own = rules.filter((rule) => [...rule.explains, ...rule.explainedBy, ...rule.secondSignal].includes(rule.id));
    expect(own.map((rule) => rule.id)).toEqual([]);
    const analyzers = new Set([...ANALYZERS.map(({ id }) => id), ...statedByAnalyzers]);
    expect(rules.filter((rule) => analyzers.has(rule.id)).map((rule) => rule.id)).toEqual([]);
  });

  it('are runbooks that there are', () => {
    const unknown = rules.flatMap((rule) =>
      (rule.runbooks ?? []).filter((id) => !RUNBOOK_IDS.has(id)).map((id) => `${rule.id}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });
});
