import { expect, test } from 'vitest';
import { changed, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { chainSummary } from './chain-summary.ts';
import { kubeServices } from './kube-services.ts';
import { chainGraph, type RuleTable } from './rule-table.ts';

function natOf(save: string): RuleTable {
  return sampleFacts(save).tables.find((table) => table.table === 'nat') as RuleTable;
}

test('services with their endpoints', () => {
  const kube = kubeServices(natOf(HEALTHY_SAVE));
  const web = kube.services.get('KUBE-SVC-67NZLRHBNDSAWJRO');
  expect(web).toMatchObject({ service: 'shop/web:http', serviceBecause: 'hash', protocol: 'tcp', inService: true });
  expect(web?.draws.map((jump) => kube.endpoints.get(jump.sep)?.endpoint)).toEqual([
    '10.244.1.11:8080',
    '10.244.2.11:8080',
    '10.244.2.12:8080',
  ]);
  expect(kube.portals.map((portal) => [portal.address, portal.port, portal.service])).toEqual([
    ['10.96.0.1', 443, 'default/kubernetes:https'],
    ['10.96.10.20', 80, 'shop/web:http'],
    ['10.96.11.1', 80, 'shop/np:http'],
  ]);
});

test('services that every cluster has are named without comments', () => {
  const kube = kubeServices(natOf(HEALTHY_SAVE.replace(/ -m comment --comment "[^"]*"/g, '')));
  expect(kube.services.get('KUBE-SVC-NPX46M4PTMTKRN6Y')?.service).toBe('default/kubernetes:https');
  expect(kube.services.get('KUBE-SVC-67NZLRHBNDSAWJRO')?.service).toBeNull();
});

test('hooks of a chain, through other chains and loops', () => {
  const graph = chainGraph(natOf(HEALTHY_SAVE));
  expect([...(graph.hooksOf.get('KUBE-SEP-BTZNBNILETY57XCS') ?? [])]).toEqual(['PREROUTING', 'OUTPUT']);
  const loop = natOf(
    changed(
      HEALTHY_SAVE,
      '[51:3060] -A KUBE-SVC-NPX',
      '[0:0] -A KUBE-SVC-NPX46M4PTMTKRN6Y -j KUBE-SERVICES\n[51:3060] -A KUBE-SVC-NPX',
    ),
  );
  expect(chainGraph(loop).hooksOf.get('KUBE-SERVICES')?.size).toBe(2);
});

test('one line a table', () => {
  expect(chainSummary(sampleFacts(HEALTHY_SAVE).tables)).toEqual([
    { family: 'IPv4', table: 'nat', file: 'iptables-save-c.txt', chains: 22, rules: 41, counters: 'packets' },
    { family: 'IPv4', table: 'filter', file: 'iptables-save-c.txt', chains: 11, rules: 16, counters: 'packets' },
  ]);
});
