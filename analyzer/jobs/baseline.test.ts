import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { annotated, baselineOf } from './baseline.ts';
import { bundleId, finding } from './finding.fixture.ts';

const { bundle } = memoryBundle({ 'a.log': 'x\n' });
const healthy = { ...bundle, id: bundleId('h'), node: 'node-9', markedHealthy: true };
const unnamed = { ...bundle, id: bundleId('u'), node: null, name: 'fine.tar.gz', markedHealthy: true };
const suspect = { ...bundle, id: bundleId('a'), markedHealthy: false };
const noise = finding('noise', { count: 3 });
const findings = [
  noise,
  finding('real'),
  finding('noise', { bundle: 'h', node: 'node-9' }),
  finding('noise', { bundle: 'u', node: null }),
];

describe('a bundle marked healthy', () => {
  it('annotates the same findings of others, counts them and hides none', () => {
    const told = annotated(findings, [suspect, healthy, unnamed]);
    expect(told.map(({ rule, alsoOn }) => [rule, alsoOn])).toEqual([
      ['noise', ['fine.tar.gz', 'node-9']],
      ['real', undefined],
      ['noise', undefined],
      ['noise', undefined],
    ]);
    expect(told[0]).toEqual({ ...noise, alsoOn: ['fine.tar.gz', 'node-9'] });
    expect(baselineOf(told, [suspect, healthy, unnamed])).toEqual({ nodes: ['fine.tar.gz', 'node-9'], findings: 1 });
  });

  it('that is missing changes nothing', () => {
    expect(annotated(findings, [suspect])).toBe(findings);
  });
});
