import { describe, expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { asListing, FORMS, findingsOf, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import type { TableDump } from '../core/packet-rule.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { parseIptablesSave } from '../parsers/iptables-save.ts';
import { ANALYZERS } from './registry.ts';
import { truncatedDump } from './truncated-dump.ts';

test.each(FORMS)('a whole dump passes: %s', (form) => {
  expect(findingsOf(truncatedDump, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
});

describe('truncated-dump', () => {
  test('a save that ends before COMMIT is severity low', () => {
    const found = findingsOf(
      truncatedDump,
      sampleFacts(HEALTHY_SAVE.slice(0, HEALTHY_SAVE.indexOf('[34:2040] -A KUBE-SVC-NPX46'))),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('low');
    expect(found[0]?.claim).toContain('before COMMIT');
  });
});

test('a listing without footer that ends anywhere is incomplete, never a defect of the node', () => {
  const nat = parseIptablesSave(HEALTHY_SAVE).tables.find((table) => table.table === 'nat');
  const lines = asListing(nat as TableDump)
    .split('\n')
    .slice(0, -3);
  // The lines after the last rule are titles and blanks: nothing of the table is missing there.
  const end = lines.findLastIndex((line) => /^\s*\d/.test(line));
  for (let length = 8; length <= end; length += 1) {
    const facts = buildNodeFacts(memoryBundle({ 'iptables-nat.txt': `${lines.slice(0, length).join('\n')}\n` }));
    const findings = ANALYZERS.flatMap((analyzer) => {
      const result = analyzer.run(facts);
      return result.outcome === 'finding' ? result.findings : [];
    });
    expect(findings.map((finding) => finding.rule)).toEqual(['truncated-dump']);
  }
});
