import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { asList, objectsOfCase } from '../../fixtures/lib/cluster-objects.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { acrossBundles } from './across-bundles.ts';

const NAME = 'h3-rich-kubeadm';
const SAVE = caseDumps(NAME).get('iptables-save.txt')?.toString() ?? '';
const node = (name: string, save = SAVE, at: string | null = '2026-11-22T00:00:00.000Z'): BundleReader => {
  const reader = memoryBundle({ 'iptables-save.txt': save }, name);
  return { ...reader, bundle: { ...reader.bundle, node: name, collectedAt: at } };
};
const across = (...readers: readonly BundleReader[]) => acrossBundles(readers, () => {}).findings;
/** Rules from before an endpoint was replaced: same service, another address. */
const changedSave = SAVE.replaceAll('10.244.2.12:8080', '10.244.2.99:8080');

describe('nodes that disagree', () => {
  test('equal nodes do not, and one bundle has nobody to disagree with', () => {
    expect(across(node('n1'), node('n2', SAVE.replaceAll('KUBE-PROXY-CANARY', 'KUBE-PROXY-CANARYX')))).toEqual([]);
    expect(across(node('n1'))).toEqual([]);
  });

  test('each node is told what it lacks, with the lines of both', () => {
    const found = across(node('n1'), node('n2', changedSave));
    expect(found.map((each) => [each.rule, each.node, each.severity, each.confidence.level])).toEqual([
      ['service-disagreement', 'n1', 'medium', 'likely'],
      ['service-disagreement', 'n2', 'medium', 'likely'],
    ]);
    expect(found[0]?.claim).toContain('10.244.2.99:8080');
    expect(found[1]?.claim).toContain('10.244.2.12:8080');
    for (const one of found) {
      expect(one.evidence[0].bundle).toBe(one.bundle);
      expect(new Set(one.evidence.map((each) => each.node))).toEqual(new Set(['n1', 'n2']));
    }
    expect(new Set(found.map((each) => each.id)).size).toBe(2);
  });

  test('captured far apart it is only possible; the same node twice says nothing', () => {
    const later = node('n2', changedSave, '2026-11-22T05:00:00.000Z');
    expect(across(node('n1'), later).map((each) => each.confidence.level)).toEqual(['possible', 'possible']);
    expect(across(node('n1'), node('n1', changedSave))).toEqual([]);
  });

  test.each([
    ['2026-11-22T00:40:00.000Z', '40 minutes apart'],
    ['2026-11-22T05:00:00.000Z', '5 hours apart'],
    ['2026-11-25T00:00:00.000Z', '3 days apart'],
  ])('how far apart is told in the unit that fits: %s', (at, said) => {
    expect(JSON.stringify(across(node('n1'), node('n2', changedSave, at)))).toContain(`were captured ${said}`);
  });

  test('nodes of other clusters are not compared', () => {
    const other = changedSave.replaceAll('shop/', 'else/').replaceAll('192.168.11.6:6443', '192.168.77.6:6443');
    expect(across(node('n1'), node('n2', other))).toEqual([]);
  });
});

describe('objects saved beside the archive of a node', () => {
  const objects = (list: readonly Record<string, unknown>[]) => memoryBundle({ 'all.json': asList(list) }, 'objects');

  test('what agrees is silent', () => {
    expect(across(node('n1'), objects(objectsOfCase(NAME)))).toEqual([]);
  });

  test('a stale endpoint is found at its node, and the object that lacks it is cited', () => {
    const [one, ...more] = across(objects(objectsOfCase(NAME, { gone: ['10.244.2.12:8080'] })), node('n1'));
    expect(more).toEqual([]);
    expect(one).toMatchObject({ rule: 'stale-endpoint', node: 'n1', severity: 'high' });
    expect(new Set(one?.evidence.map((each) => each.file))).toEqual(new Set(['iptables-save.txt', 'all.json']));
  });

  test('objects of another cluster prove nothing', () => {
    const list = JSON.parse(
      JSON.stringify(objectsOfCase(NAME, { gone: ['10.244.2.12:8080'] }))
        .replaceAll('"shop"', '"else"')
        .replaceAll('192.168.11.6', '192.168.77.6')
        .replaceAll('10.244.', '10.77.'),
    ) as readonly Record<string, unknown>[];
    expect(across(node('n1'), objects(list))).toEqual([]);
  });
});

test('a bundle that cannot be read fails alone', () => {
  const broken = {
    ...node('n3'),
    files: () => {
      throw new Error('unreadable');
    },
  };
  const result = acrossBundles([node('n1'), broken, node('n2', changedSave)], () => {});
  expect(result.findings).toHaveLength(2);
  expect(result.outcomes).toMatchObject([{ id: 'across-bundles', outcome: { outcome: 'failed', why: 'unreadable' } }]);
});
