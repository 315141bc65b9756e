import { describe, expect, test } from 'vitest';
import { caseDumps, caseNames, caseTruth } from '../../fixtures/lib/cases.ts';
import { asList, type ObjectChoice, objectsOfCase } from '../../fixtures/lib/cluster-objects.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { entityNames, findingsOf } from '../../test/support/sample-node.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { buildNodeFacts, type NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { missingEndpoint } from './missing-endpoint.ts';
import { missingService } from './missing-service.ts';
import { staleEndpoint } from './stale-endpoint.ts';

const ANALYZERS = [staleEndpoint, missingEndpoint, missingService];

type Objects = readonly Record<string, unknown>[];

function factsOf(name: string, objects: Objects, without: (file: string) => boolean = () => false): NodeFacts {
  const dumps = [...caseDumps(name)]
    .filter(([file]) => !without(file))
    .map(([file, bytes]) => [file, bytes.toString()]);
  return buildNodeFacts(memoryBundle({ ...Object.fromEntries(dumps), 'objects.json': asList(objects) }));
}

const all = (facts: NodeFacts): readonly FindingDraft[] => ANALYZERS.flatMap((analyzer) => findingsOf(analyzer, facts));

const HEALTHY = caseNames().filter((name) => /^(h|s|i|n)\d/.test(name));

describe.each<ObjectChoice>([{}, { endpoints: true }])('the objects a node was made from: %o', (choice) => {
  test.each(HEALTHY)('%s agrees with them', (name) => {
    const facts = factsOf(name, objectsOfCase(name, choice));
    expect(nodeServices(facts).length).toBeGreaterThan(0);
    expect(all(facts).map((finding) => finding.claim)).toEqual([]);
  });

  test('b09: the local and the remote stale endpoint are named, each once', () => {
    const gone = caseTruth('b09-stale-endpoint').defects.map((defect) => defect.endpoint ?? '');
    const found = all(factsOf('b09-stale-endpoint', objectsOfCase('b09-stale-endpoint', { ...choice, gone })));
    expect(found.map((finding) => finding.rule)).toEqual(['stale-endpoint', 'stale-endpoint']);
    expect(found.flatMap((finding) => entityNames(finding, 'endpoint')).sort()).toEqual([...gone].sort());
    expect(found.flatMap((finding) => entityNames(finding, 'service')).sort()).toEqual([
      'shop/np:http',
      'shop/web:http',
    ]);
    // Only the one that no route leads to is certain.
    expect(found.map((finding) => finding.confidence.level).sort()).toEqual(['certain', 'likely']);
  });
});

describe('differences', () => {
  const NAME = 'h3-rich-kubeadm';
  const objects = objectsOfCase(NAME);
  const edited = (edit: (item: Record<string, unknown>) => Record<string, unknown>): Objects =>
    objects.map((item) => edit(structuredClone(item)));
  const nameOf = (item: Record<string, unknown>): string => (item.metadata as { name: string }).name;

  test.each(['h3-rich-kubeadm', 'n2-rich', 'i3-rich-eks'])('%s: a ready endpoint that the rules lack', (name) => {
    const more = objectsOfCase(name).map((item) => {
      if (item.kind !== 'EndpointSlice' || nameOf(item) !== 'web-ipv40') return item;
      return {
        ...item,
        endpoints: [
          ...(item.endpoints as []),
          { addresses: ['10.244.7.7'] },
          { addresses: ['10.244.7.8'], conditions: { ready: false } },
        ],
      };
    });
    const found = all(factsOf(name, more));
    expect(found.map((finding) => [finding.rule, finding.severity])).toEqual([['missing-endpoint', 'medium']]);
    expect(entityNames(found[0] as FindingDraft, 'endpoint')).toEqual(['10.244.7.7:8080']);
  });

  test('endpoints of a service that the rules refuse', () => {
    const ready = edited((item) =>
      item.kind === 'EndpointSlice' && nameOf(item) === 'empty-ipv40'
        ? { ...item, endpoints: [{ addresses: ['10.244.7.7'] }] }
        : item,
    );
    const found = all(factsOf(NAME, ready));
    expect(found.map((finding) => [finding.rule, finding.severity])).toEqual([['missing-endpoint', 'high']]);
    expect(found[0]?.claim).toContain('shop/empty:http');
  });

  test('policy Local, hints and other proxies leave endpoints out on purpose', () => {
    const hinted = edited((item) => {
      if (item.kind !== 'EndpointSlice' || nameOf(item) !== 'web-ipv40') return item;
      const endpoints = (item.endpoints as Record<string, unknown>[]).map((each) => ({
        ...each,
        hints: { forZones: [{ name: 'a' }] },
      }));
      return {
        ...item,
        endpoints: [...endpoints, { addresses: ['10.244.7.7'], hints: { forZones: [{ name: 'b' }] } }],
      };
    });
    expect(all(factsOf(NAME, hinted))).toEqual([]);
    const local = edited((item) =>
      item.kind === 'EndpointSlice' && nameOf(item) === 'intlocal-ipv40'
        ? { ...item, endpoints: [...(item.endpoints as []), { addresses: ['10.244.7.7'] }] }
        : item,
    );
    expect(all(factsOf(NAME, local))).toEqual([]);
  });

  const added = (service: Record<string, unknown>): Objects => [
    ...objects,
    {
      kind: 'Service',
      metadata: { name: 'new', namespace: 'shop', ...service },
      spec: { clusterIP: '10.96.77.7', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
    },
    {
      kind: 'EndpointSlice',
      metadata: { name: 'new-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'new' } },
      endpoints: [{ addresses: ['10.244.1.9'] }],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    },
  ];

  test('a service that the rules do not know', () => {
    const found = all(factsOf(NAME, added({})));
    expect(found.map((finding) => [finding.rule, finding.severity, finding.confidence.level])).toEqual([
      ['missing-service', 'high', 'likely'],
    ]);
    expect(found[0]?.claim).toContain('10.96.77.7:80');
    expect(found[0]?.evidence.length).toBeGreaterThan(2);
    expect(all(factsOf(NAME, added({ labels: { 'service.kubernetes.io/service-proxy-name': 'x' } })))).toEqual([]);
  });

  test('when none of the captured services is in the rules, one finding says so', () => {
    const found = all(factsOf('b12-kube-services-empty', objectsOfCase('b12-kube-services-empty')));
    expect(found.map((finding) => [finding.rule, finding.count])).toEqual([['missing-service', 9]]);
  });

  test('of a cut table nothing is missing', () => {
    const facts = factsOf(NAME, added({}));
    const cut = { what: 'end' as const, line: 1, because: 'cut' };
    const tables = facts.tables.map((table) => ({ ...table, cut }));
    expect(findingsOf(missingService, { ...facts, tables })).toEqual([]);
  });

  test('a pod that has the address is named, a slice that was saved alone proves nothing', () => {
    const gone = ['10.244.2.12:8080'];
    const pod = {
      kind: 'Pod',
      metadata: { name: 'other', namespace: 'x' },
      status: { phase: 'Running', podIP: '10.244.2.12' },
    };
    const found = all(factsOf(NAME, [...objectsOfCase(NAME, { gone }), pod]));
    expect(found.map((finding) => finding.rule)).toEqual(['stale-endpoint']);
    expect(found[0]?.claim).toContain('Pod x/other has this address');
    const dumps = Object.fromEntries([...caseDumps(NAME)].map(([file, bytes]) => [file, bytes.toString()]));
    const alone = objectsOfCase(NAME, { gone }).find((item) => nameOf(item) === 'web-ipv40');
    const single = buildNodeFacts(
      memoryBundle({ ...dumps, 'slice.json': JSON.stringify({ apiVersion: 'v1', ...alone }) }),
    );
    expect(findingsOf(staleEndpoint, single)).toEqual([]);
  });

  test('without objects, or without rules, the checks say what was missing', () => {
    const bare = buildNodeFacts(memoryBundle({ 'objects.json': asList(objects) }));
    expect(missingEndpoint.run(bare)).toMatchObject({ outcome: 'skipped' });
    expect(missingService.run(bare)).toMatchObject({ outcome: 'skipped' });
    const rules = buildNodeFacts(
      memoryBundle({ 'iptables-save.txt': caseDumps(NAME).get('iptables-save.txt')?.toString() ?? '' }),
    );
    expect(missingEndpoint.run(rules)).toMatchObject({
      outcome: 'skipped',
      missing: expect.stringMatching(/^Endpoints or EndpointSlices: .*on another node cannot be seen/),
    });
    expect(missingService.run(rules)).toEqual({ outcome: 'skipped', missing: 'Services of the cluster' });
  });
});
