import { describe, expect, it } from 'vitest';
import { AFFECTED, HEALTHY } from '../../bridge/fake/fake-case.ts';
import { link, makeService, SERVICES } from '../../bridge/fake/fake-network.ts';
import type { BundleId, HealthLevel, ServiceRow } from '../../model/types.ts';
import { ALL_LEVELS } from '../../stores/network.ts';
import {
  clusterAddress,
  filesOfCounters,
  filterServices,
  healthMark,
  hitsWords,
  onOtherNodes,
  servicesSentence,
  sortServices,
} from './services.ts';

const health = (level: HealthLevel, part: Partial<ServiceRow['health']> = {}): ServiceRow['health'] => ({
  level,
  because: 'so it is.',
  severity: null,
  findings: [],
  ...part,
});
const all = new Set(ALL_LEVELS);
const nameOf = (bundle: BundleId) => (bundle === AFFECTED ? 'node-a' : 'node-b');

describe('filter', () => {
  const rows = SERVICES.services;
  it('looks in names, addresses, ports and endpoints, all words', () => {
    const ids = (text: string) => filterServices(rows, { text, levels: all }).map((row) => row.id);
    expect(ids('KUBERNETES')).toEqual(['default/kubernetes:https']);
    expect(ids('172.20.87.14:80')).toHaveLength(2);
    expect(ids('10.0.99.250 web')).toHaveLength(2);
    expect(ids('30080')).toHaveLength(2);
    expect(ids('nothing')).toEqual([]);
  });
  it('shows only the chosen levels', () => {
    expect(filterServices(rows, { text: '', levels: new Set<HealthLevel>(['impaired']) })).toHaveLength(1);
    expect(filterServices(rows, { text: '', levels: new Set() })).toEqual([]);
  });
});

describe('order', () => {
  it('is impaired first, worst first, then not known, then by name', () => {
    const rows = [
      makeService({ id: 'a', health: health('ok') }),
      makeService({ id: 'b', health: health('no-endpoints') }),
      makeService({ id: 'c', health: health('unknown') }),
      makeService({ id: 'd', health: health('impaired', { severity: 'medium' }) }),
      makeService({ id: 'f', health: health('impaired', { severity: 'critical' }) }),
      makeService({ id: 'e', health: health('impaired', { severity: 'critical' }) }),
    ];
    expect(sortServices(rows, 'health').map((row) => row.id)).toEqual(['e', 'f', 'd', 'c', 'b', 'a']);
  });
  it('by hits puts rows without a counter behind those with none', () => {
    const rows = [
      makeService({ id: 'a', packets: null }),
      makeService({ id: 'b', packets: 0 }),
      makeService({ id: 'c', packets: 9 }),
    ];
    expect(sortServices(rows, 'hits').map((row) => row.id)).toEqual(['c', 'b', 'a']);
  });
});

describe('hits', () => {
  const listed = { ...link(12), file: 'networking/iptables-nat.txt' };
  it('name the dump whose counters count, where it is another than that of the rules', () => {
    expect(hitsWords(makeService({ countedAt: listed }))).toMatch(/^Packets .*, in networking\/iptables-nat\.txt:12$/);
    expect(hitsWords(makeService({ countedAt: null, mode: 'ipvs' }))).toBe(
      'Connections that its virtual server counted',
    );
    expect(hitsWords(makeService({ packets: null, countedAt: null }))).toMatch(/^No dump/);
    expect(filesOfCounters([makeService(), makeService({ countedAt: null, endpoints: [] })])).toEqual([listed.file]);
    expect(filesOfCounters([makeService({ countedAt: null, endpoints: [] })])).toEqual([]);
  });
});

describe('the first line', () => {
  const one = SERVICES.nodes.slice(0, 1);
  it('names the worst of one node and why', () => {
    const rows = SERVICES.services.filter((row) => row.bundle === AFFECTED);
    expect(servicesSentence(rows, one, nameOf)).toBe(
      '1 of 2 services is impaired on node-a: shop/web:http: KUBE-SERVICES holds no rule for it.',
    );
  });
  it('says what is not known beside what is well', () => {
    const rows = [
      makeService({ id: 'a', health: health('ok') }),
      makeService({ id: 'b', health: health('unknown') }),
      makeService({ id: 'c', health: health('no-endpoints') }),
    ];
    expect(servicesSentence(rows, one, nameOf)).toBe(
      'None of 3 services is impaired on node-a. Of 1 it is not known. 1 has no endpoints.',
    );
  });
  it('does not take what was not read for none', () => {
    expect(servicesSentence([], one, nameOf)).toBe('Which services node-a knows could not be read.');
    expect(servicesSentence([], SERVICES.nodes.slice(1), nameOf)).toBe('The rules of node-b hold no service.');
  });
  it('compares several nodes, the worst first', () => {
    expect(servicesSentence(SERVICES.services, SERVICES.nodes, nameOf)).toBe(
      '1 of 2 services is impaired on node-a, none of 1 on node-b.',
    );
  });
  it('tells many nodes together that have as much', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f'].map((bundle) => ({
      ...(one[0] as (typeof one)[number]),
      bundle: bundle as BundleId,
    }));
    const row = (bundle: string, level: HealthLevel, id: string) =>
      makeService({ id, bundle: bundle as BundleId, health: health(level) });
    const rows = nodes.flatMap(({ bundle }) => [
      row(bundle, bundle === 'b' ? 'ok' : 'impaired', 'one'),
      row(bundle, 'ok', 'two'),
    ]);
    const name = (bundle: BundleId) => `node-${bundle}`;
    expect(servicesSentence(rows, nodes, name)).toBe(
      '1 of 2 services is impaired on each of node-a, node-c and 3 more; none of 2 on node-b.',
    );
    expect(servicesSentence(rows, nodes.slice(0, 3), name)).toBe(
      '1 of 2 services is impaired on each of node-a and node-c, none of 2 on node-b.',
    );
  });
  it('names a service once', () => {
    const rows = [makeService({ health: health('impaired', { because: 'Chain of shop/web:http is empty' }) })];
    expect(servicesSentence(rows, one, nameOf)).toBe(
      '1 of 1 service is impaired on node-a: Chain of shop/web:http is empty.',
    );
  });
  it('says one reason once', () => {
    const rows = ['a', 'b'].map((id) => makeService({ id, health: health('impaired', { because: 'x' }) }));
    expect(servicesSentence(rows, one, nameOf)).toBe('2 of 2 services are impaired on node-a: x.');
  });
});

describe('a row', () => {
  it('writes an IPv6 address with its port', () => {
    expect(clusterAddress({ clusterIP: 'fd00::1', servicePort: 53 })).toBe('[fd00::1]:53');
    expect(clusterAddress({ clusterIP: null, servicePort: 53 })).toBeNull();
  });
  it('never passes when nothing is known', () => {
    expect(healthMark(health('unknown'))).toBe('unknown');
    expect(healthMark(health('impaired'))).toBe('high');
  });
  it('finds the same service on the other nodes', () => {
    const [, web] = SERVICES.services;
    if (web === undefined) throw new Error('no row');
    expect(onOtherNodes(web, SERVICES.services).map((row) => row.bundle)).toEqual([HEALTHY]);
  });
});
