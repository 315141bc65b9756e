import { describe, expect, it } from 'vitest';
import { FLEET } from '../../bridge/fake/fake-compare.ts';
import type { BundleId, FleetNode } from '../../model/types.ts';
import {
  columnHead,
  differingColumns,
  fleetSections,
  nodesWords,
  sameValues,
  usualMode,
  worstFirst,
} from './fleet-rows.ts';

const node = (name: string, part: Partial<FleetNode> = {}): FleetNode => ({
  ...(FLEET.nodes[0] as FleetNode),
  bundle: name as BundleId,
  node: name,
  ...part,
});

describe('the table of nodes', () => {
  it('has nodes below their groups, the worst first, and none twice or never', () => {
    const fleet = {
      ...FLEET,
      nodes: [
        node('a'),
        ...FLEET.nodes,
        node('b', { findings: { ...(FLEET.nodes[1] as FleetNode).findings } }),
        node('c', { group: 'gone' }),
      ],
    };
    const sections = fleetSections(fleet);
    expect(sections.map(({ group, nodes }) => [group?.id ?? null, nodes.map((one) => one.node)])).toEqual([
      ['kube-services-empty', ['ip-10-0-113-27']],
      ['none', ['b', 'a', 'ip-10-0-126-200']],
      [null, ['c']],
    ]);
    expect(worstFirst(sections, 2)).toHaveLength(2);
  });

  it('has columns for what differs, or is not known somewhere, and one line for the rest', () => {
    expect(differingColumns(FLEET)).toEqual(['kubelet']);
    expect(sameValues(FLEET)).toEqual(['kernel 5.10.244']);
  });

  it('has heads in sentence case, programs by their names', () => {
    expect(['container runtime', 'kernel', 'VPC CNI', 'kubelet', 'kube-proxy'].map(columnHead)).toEqual([
      ...['Container runtime', 'Kernel', 'VPC CNI', 'kubelet', 'kube-proxy'],
    ]);
  });

  it('counts nodes, and bundles where a node has several', () => {
    expect(nodesWords(FLEET)).toBe('2 nodes');
    const twice = node('b', { node: 'a' });
    expect(nodesWords({ ...FLEET, nodes: [node('a'), twice, node('c')] })).toBe('3 bundles of 2 nodes');
    const unknown = ['d', 'e'].map((name) => node(name, { node: null }));
    expect(nodesWords({ ...FLEET, nodes: unknown })).toBe('2 nodes');
  });

  it('knows a usual mode only where one is more frequent', () => {
    const modes = (...all: readonly string[]) => usualMode(all.map((mode, index) => node(`${index}`, { mode })));
    expect(modes('iptables', 'iptables', 'ipvs')).toBe('iptables');
    expect(modes('iptables', 'ipvs')).toBeNull();
    expect(modes('iptables', 'iptables')).toBeNull();
  });
});
