import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FORMS, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { standsAlone } from '../../test/support/stands-alone.ts';
import { ANALYZERS, sortedById } from './registry.ts';

test('a duplicate id fails at load', () => {
  const [first] = ANALYZERS;
  expect(() => sortedById([...ANALYZERS, first as (typeof ANALYZERS)[number]])).toThrow(/registered as/);
});

test('every analyzer file with a run is registered, and the list is sorted', () => {
  const ids = ANALYZERS.map((analyzer) => analyzer.id);
  expect(ids).toEqual([...ids].sort());
  const files = readdirSync(path.join(import.meta.dirname)).map((file) => file.replace(/\.ts$/, ''));
  for (const id of ids) expect(files, id).toContain(id);
  expect(ids.length).toBeGreaterThan(20);
});

test.each(FORMS)('a healthy node has no finding: %s', (form) => {
  const facts = sampleFacts(HEALTHY_SAVE, form);
  for (const analyzer of ANALYZERS) {
    const result = analyzer.run(facts);
    expect(result.outcome, analyzer.id).not.toBe('finding');
    if (result.outcome === 'pass') expect(standsAlone(result.because), `${analyzer.id}: ${result.because}`).toBe(true);
  }
});

test('a bundle without any dump is skipped by all, never passed as healthy', () => {
  const facts = sampleFacts('');
  for (const analyzer of ANALYZERS) expect(analyzer.run(facts).outcome, analyzer.id).toBe('skipped');
});

test('a save cut anywhere gives nothing above low', () => {
  for (let at = 200; at < HEALTHY_SAVE.length; at += 397) {
    const facts = sampleFacts(HEALTHY_SAVE.slice(0, at));
    for (const analyzer of ANALYZERS) {
      const result = analyzer.run(facts);
      const severities = result.outcome === 'finding' ? result.findings.map((finding) => finding.severity) : [];
      for (const severity of severities) expect(['low', 'info'], `${analyzer.id} at ${at}`).toContain(severity);
    }
  }
});
