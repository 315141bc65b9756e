/** Endpoints in kube-proxy's nft table: each defect is one edit of a captured table, and one finding. */
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { entityNames } from '../../test/support/sample-node.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { ANALYZERS } from './registry.ts';

const RICH = caseDumps('n2-rich').get('nft-ruleset.txt')?.toString() ?? '';
const ROUTES = caseDumps('n2-rich').get('iproute.txt')?.toString() ?? '';

/** All findings of a node with this table, worth a look or not. */
function found(from: string | RegExp, to: string): readonly FindingDraft[] {
  const text = RICH.replace(from, to);
  expect(text).not.toBe(RICH);
  const facts = buildNodeFacts(memoryBundle({ 'nft-ruleset.txt': text, 'iproute.txt': ROUTES }));
  return ANALYZERS.flatMap((analyzer) => {
    const result = analyzer.run(facts);
    return result.outcome === 'finding' ? result.findings : [];
  });
}

function only(from: string | RegExp, to: string): FindingDraft {
  const all = found(from, to);
  expect(all.map(({ rule }) => rule)).toHaveLength(1);
  return all[0] as FindingDraft;
}

test('unreachable-endpoints: an element whose number is never drawn', () => {
  const finding = only('numgen random mod 3', 'numgen random mod 2');
  expect([finding.rule, finding.severity]).toEqual(['unreachable-endpoints', 'medium']);
  expect(entityNames(finding, 'service')).toEqual(['shop/web:http']);
  expect(entityNames(finding, 'endpoint')).toEqual(['10.244.2.12:8080']);
  expect(RICH.split('\n')[finding.evidence[0].line - 1]).toContain('numgen random mod 3');
});

describe('sep-mismatch', () => {
  test.each(['10.244.2.99:8080', '10.244.2.11:8081'])('the chain leads to %s', (target) => {
    const finding = only('dnat to 10.244.2.11:8080', `dnat to ${target}`);
    expect([finding.rule, finding.severity]).toEqual(['sep-mismatch', 'high']);
    expect(finding.claim).toContain(`named after 10.244.2.11:8080, but rewrites the destination to ${target}`);
    expect(entityNames(finding, 'endpoint')).toEqual(['10.244.2.11:8080']);
  });

  test('the hairpin rule names another address', () => {
    const finding = only(/(http__10\.244\.2\.11\/8080 \{\n\t\tip saddr )10\.244\.2\.11/, '$110.244.2.77');
    expect([finding.rule, finding.severity]).toEqual(['sep-mismatch', 'medium']);
  });
});

test('stale-endpoint: an address of this node that no pod has', () => {
  const findings = found(/10\.244\.1\.11/g, '10.244.1.250');
  expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['stale-endpoint']));
  const web = findings.find((each) => entityNames(each, 'service').includes('shop/web:http'));
  expect(web?.severity).toBe('high');
  expect(web === undefined ? [] : entityNames(web, 'endpoint')).toEqual(['10.244.1.250:8080']);
  expect(web?.claim).toContain('blackhole 10.244.1.0/24');
});

test('nodeports-jump-missing: no rule looks up node ports', () => {
  const finding = only(/\n\t\tip daddr @nodeport-ips[^\n]*@service-nodeports/, '');
  expect([finding.rule, finding.severity]).toEqual(['nodeports-jump-missing', 'high']);
  expect(entityNames(finding, 'service')).toContain('shop/np:http');
});

test('a map of service addresses that no rule looks in is one defect', () => {
  const finding = only('\n\t\tip daddr . meta l4proto . th dport vmap @service-ips', '');
  expect([finding.rule, finding.severity]).toEqual(['map-element-missing', 'critical']);
  expect(finding.claim).toContain('does not look in service-ips');
  expect(finding.userNotices).toContain('NodePorts still work');
});

test.each([
  ['nat-prerouting', 'services', 'critical'],
  ['nat-output', 'services', 'high'],
  ['nat-postrouting', 'masquerading', 'high'],
])('chain-not-hooked: a rule of %s that ends every packet ahead of the jump to %s', (base, chain, severity) => {
  const finding = only(new RegExp(`(chain ${base} \\{\\n[^\\n]*\\n)`), '$1\t\taccept\n');
  expect([finding.rule, finding.severity]).toEqual(['chain-not-hooked', severity]);
  expect(entityNames(finding, 'chain')).toEqual([chain, base]);
});

test('postrouting-no-masquerade: a return of every packet ahead of it', () => {
  const finding = only(/(chain masquerading \{\n)/, '$1\t\treturn\n');
  expect([finding.rule, finding.severity]).toEqual(['postrouting-no-masquerade', 'high']);
  expect(finding.claim).toContain('ends every packet in rule 1');
});

test.each([
  [/ct state new jump firewall-check/g, 'firewall-check', 'high'],
  [/ct state new jump service-endpoints-check/g, 'service-endpoints-check', 'medium'],
  [/ct state new jump nodeport-endpoints-check/g, 'nodeport-endpoints-check', 'medium'],
])('chain-not-hooked: %s is gone', (jump, chain, severity) => {
  const finding = only(jump, 'counter');
  expect([finding.rule, finding.severity]).toEqual(['chain-not-hooked', severity]);
  expect(entityNames(finding, 'chain')).toEqual([chain]);
});
