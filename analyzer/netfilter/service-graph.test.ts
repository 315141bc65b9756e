/** Graphs of services: nothing is drawn that was not captured, and nothing captured of the service is left out. */
import { describe, expect, test } from 'vitest';
import { caseDumps, caseNames } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { buildNodeFacts, type NodeFacts } from '../facts/node-facts.ts';
import { nodeProgram } from '../facts/node-program.ts';
import { nodeServiceGraph, nodeServices } from '../facts/services.ts';
import type { ServiceGraph } from './service-graph-draft.ts';
import { traceFlow } from './trace.ts';

const texts = (name: string): ReadonlyMap<string, string> =>
  new Map([...caseDumps(name)].map(([file, bytes]) => [file, bytes.toString()]));

const known = new Map<string, NodeFacts>();
function factsOf(name: string): NodeFacts {
  const facts = known.get(name) ?? buildNodeFacts(memoryBundle(Object.fromEntries(texts(name))));
  known.set(name, facts);
  return facts;
}

function graphOf(facts: NodeFacts, id: string, family: 'IPv4' | 'IPv6' = 'IPv4'): ServiceGraph {
  const service = nodeServices(facts).find((one) => one.id === id && one.family === family);
  if (service === undefined) throw new Error(`no service ${id}`);
  return nodeServiceGraph(facts, service);
}

const nodeOf = (graph: ServiceGraph, label: string | RegExp) =>
  graph.nodes.find((node) => (typeof label === 'string' ? node.label === label : label.test(node.label)));
const steps = (graph: ServiceGraph): readonly string[] =>
  graph.edges.map((edge) => `${nodeLabel(graph, edge.from)} -> ${nodeLabel(graph, edge.to)}: ${edge.label ?? ''}`);
const nodeLabel = (graph: ServiceGraph, id: string): string => graph.nodes.find((node) => node.id === id)?.label ?? id;

test.each(caseNames().filter((name) => !name.startsWith('s')))('%s: every graph is whole', (name) => {
  const facts = factsOf(name);
  const files = texts(name);
  const lines = (file: string): number => (files.get(file) ?? '').split('\n').length;
  for (const service of nodeServices(facts)) {
    const { nodes, edges, omitted } = nodeServiceGraph(facts, service);
    const ids = new Set(nodes.map((node) => node.id));
    expect(ids.size).toBe(nodes.length);
    expect(omitted).toBe(0);
    for (const edge of edges) {
      expect(ids.has(edge.from) && ids.has(edge.to)).toBe(true);
      if (edge.probability !== null) expect(edge.probability > 0 && edge.probability <= 1).toBe(true);
    }
    for (const { link } of [...nodes, ...edges])
      if (link !== null) expect(link.line <= lines(link.file) && link.line >= 1).toBe(true);
    // Every endpoint with a share stands in it, under its address.
    const drawn = new Set(nodes.map((node) => node.label));
    for (const { address, share } of service.endpoints) if ((share ?? 0) > 0) expect(drawn).toContain(address);
    for (const node of nodes) if (node.kind !== 'missing' && node.kind !== 'hook') expect(node.link).not.toBeNull();
  }
});

describe('iptables mode', () => {
  test('a load balancer with source ranges', () => {
    const graph = graphOf(factsOf('h3-rich-kubeadm'), 'shop/lb:https');
    expect(steps(graph)).toEqual(
      expect.arrayContaining([
        'KUBE-SERVICES -> 198.51.100.7:443: ',
        '198.51.100.7:443 -> KUBE-FW-Z2VHYKJU5HB5LLV6: ',
        'KUBE-FW-Z2VHYKJU5HB5LLV6 -> KUBE-EXT-Z2VHYKJU5HB5LLV6: source 203.0.113.0/25',
        'KUBE-FW-Z2VHYKJU5HB5LLV6 -> DROP: other sources',
        'KUBE-EXT-Z2VHYKJU5HB5LLV6 -> KUBE-MARK-MASQ: every packet',
        'KUBE-SVC-Z2VHYKJU5HB5LLV6 -> KUBE-MARK-MASQ: source not 10.244.0.0/16',
        'KUBE-SVC-Z2VHYKJU5HB5LLV6 -> KUBE-SEP-ATEVZSLQGY4K4XAU: 1/3',
        'KUBE-SVC-Z2VHYKJU5HB5LLV6 -> KUBE-SEP-6OYJBMLO23267WU6: 1/2',
        'KUBE-SVC-Z2VHYKJU5HB5LLV6 -> KUBE-SEP-RURZ3FYL2QHQQV4X: the rest',
      ]),
    );
    expect(nodeOf(graph, '10.244.2.14:8443')).toMatchObject({ kind: 'address', packets: 173 });
  });

  test('counters of another dump are those of a trace, and both say where they stand', () => {
    const dumps = [...texts('h3-rich-kubeadm')].filter(([file]) => !/^(?:ip6?tables-save-c|nft)/.test(file));
    const facts = buildNodeFacts(memoryBundle(Object.fromEntries(dumps)));
    const flow = { source: null, port: 80, protocol: 'tcp', inInterface: null, state: 'new' as const };
    const web = nodeServices(facts).find(({ id }) => id === 'shop/web:http');
    const trace = traceFlow(nodeProgram(facts, 'IPv4'), { ...flow, destination: web?.clusterIP ?? '' });
    const counted = new Map(
      trace.outcomes.flatMap(({ steps: met }) =>
        met.map((step) => [`${step.file ?? ''}:${step.line ?? 0}`, step] as const),
      ),
    );
    const drawn = graphOf(facts, 'shop/web:http').edges.filter(({ packets }) => packets !== null);
    const both = drawn.flatMap((edge) => {
      const step = counted.get(`${edge.link?.file ?? ''}:${edge.link?.line ?? 0}`);
      return step === undefined ? [] : [{ edge, step }];
    });
    expect(both.length).toBeGreaterThan(4);
    for (const { edge, step } of both) {
      expect(step.file).toBe('iptables-save.txt');
      expect(step.packets).toBe(edge.packets);
      expect(step.countedAt).toEqual(edge.countedAt);
      expect(step.countedAt?.file).toBe('iptables-nat.txt');
      const line = dumps.find(([file]) => file === 'iptables-nat.txt')?.[1].split('\n')[
        (step.countedAt?.line ?? 0) - 1
      ];
      expect(line?.trim().split(/\s+/)[0]).toBe(String(step.packets));
    }
  });

  test('session affinity and a draw by chance are one edge', () => {
    const graph = graphOf(factsOf('h3-rich-kubeadm'), 'shop/sticky:http');
    expect(steps(graph)).toContain('KUBE-SVC-25FJTMN2OLOPNGWS -> KUBE-SEP-Z7OYBU3ROI4YALUD: session affinity or 1/3');
    expect(nodeOf(graph, 'KUBE-SVC-25FJTMN2OLOPNGWS')?.detail).toBe('session affinity 10800 s');
  });

  test('what is refused, and what is left behind', () => {
    const refused = graphOf(factsOf('h3-rich-kubeadm'), 'shop/empty:http');
    expect(steps(refused)).toContain('10.96.11.9:80 -> REJECT: ');
    expect(nodeOf(refused, 'REJECT')).toMatchObject({ kind: 'refuse', detail: 'no endpoints', packets: 6 });
    const left = graphOf(factsOf('b20-filter-on-endpoints'), 'shop/web:http');
    expect(nodeOf(left, 'REJECT')?.detail).toContain('not met');
  });

  test('broken chains are drawn as they are', () => {
    expect(
      nodeOf(graphOf(factsOf('b25-dangling-jump-text'), 'shop/web:http'), 'KUBE-SEP-BTZNBNILETY57XCS'),
    ).toMatchObject({
      kind: 'missing',
      detail: 'not in the dump',
    });
    expect(nodeOf(graphOf(factsOf('b01-sep-empty-middle'), 'shop/web:http'), 'KUBE-SEP-BTZNBNILETY57XCS')?.detail).toBe(
      'no rules',
    );
    expect(nodeOf(graphOf(factsOf('b12-kube-services-empty'), 'shop/web:http'), 'KUBE-SERVICES')?.detail).toBe(
      'no rules',
    );
    expect(nodeOf(graphOf(factsOf('b04-mark-masq-empty'), 'shop/web:http'), 'KUBE-MARK-MASQ')?.detail).toBe(
      'no MARK rule',
    );
    expect(
      nodeOf(graphOf(factsOf('b07-services-not-hooked-prerouting'), 'shop/web:http'), 'KUBE-SERVICES')?.detail,
    ).toBe('from OUTPUT only');
  });

  test('of many endpoints 60 are drawn, the one without DNAT among them', () => {
    const seps = Array.from(
      { length: 100 },
      (_, index) =>
        `KUBE-SEP-${'A'.repeat(13)}${['A', 'B', 'C', 'D'][index % 4]}${['E', 'F', 'G', 'H', 'I'][Math.floor(index / 4) % 5]}${['J', 'K', 'L', 'M', 'N'][Math.floor(index / 20)]}`,
    );
    const text = [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':KUBE-SERVICES - [0:0]',
      ':KUBE-SVC-67NZLRHBNDSAWJRO - [0:0]',
      ...seps.map((sep) => `:${sep} - [0:0]`),
      '-A PREROUTING -j KUBE-SERVICES',
      '-A KUBE-SERVICES -d 10.96.10.20/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-67NZLRHBNDSAWJRO',
      ...seps.map(
        (sep, index) =>
          `-A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment "shop/web:http -> 10.244.1.${index + 1}:8080"${index === 99 ? '' : ` -m statistic --mode random --probability ${(1 / (100 - index)).toFixed(11)}`} -j ${sep}`,
      ),
      ...seps.flatMap((sep, index) =>
        index === 80 ? [] : [`-A ${sep} -p tcp -m tcp -j DNAT --to-destination 10.244.1.${index + 1}:8080`],
      ),
      'COMMIT',
    ].join('\n');
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': `${text}\n` }));
    const graph = graphOf(facts, 'shop/web:http');
    expect(graph.omitted).toBe(40);
    expect(graph.nodes.filter((node) => node.kind === 'endpoint')).toHaveLength(60);
    expect(nodeOf(graph, seps[80] ?? '')?.detail).toBe('no rules');
  });
});

describe('nftables mode', () => {
  test('map elements, external and service chains, the firewall', () => {
    const graph = graphOf(factsOf('n2-rich'), 'shop/lb:https');
    expect(steps(graph)).toEqual(
      expect.arrayContaining([
        'services -> 198.51.100.7:443: ',
        '198.51.100.7:443 -> external-2ECW3NZX-shop/lb/tcp/https: ',
        '198.51.100.7:443 -> drop: other sources',
        'external-2ECW3NZX-shop/lb/tcp/https -> mark-for-masquerade: every packet',
        'service-2ECW3NZX-shop/lb/tcp/https -> endpoint-V5P65OWO-shop/lb/tcp/https__10.244.1.12/8443: 1/3',
        'endpoint-V5P65OWO-shop/lb/tcp/https__10.244.1.12/8443 -> 10.244.1.12:8443: ',
      ]),
    );
    expect(steps(graphOf(factsOf('n2-rich'), 'shop/lblocal:http'))).toContain(
      'external-SSTC6MWZ-shop/lblocal/tcp/http -> local-SSTC6MWZ-shop/lblocal/tcp/http: ',
    );
  });

  test('an endpoint chain without dnat, and a hook that is gone', () => {
    expect(
      nodeOf(graphOf(factsOf('nb4-endpoint-chain-empty'), 'shop/web:http'), /__10\.244\.2\.11\/8080$/)?.detail,
    ).toMatch(/^no (rules|dnat)$/);
    expect(nodeOf(graphOf(factsOf('nb1-nat-prerouting-gone'), 'shop/web:http'), 'services')?.detail).toBe(
      'from nat-output only',
    );
  });
});

describe('IPVS mode', () => {
  test('virtual servers with their real servers', () => {
    const graph = graphOf(factsOf('i3-rich-eks'), '172.20.11.2:443/tcp');
    expect(steps(graph)).toEqual(
      expect.arrayContaining([
        '172.20.11.2:443 -> 192.168.64.14:8443: 1/3',
        '198.51.100.7:443 -> 192.168.64.14:8443: 1/3',
        '172.20.11.2:443 -> KUBE-MARK-MASQ: from this node',
      ]),
    );
  });

  test('a cluster IP without virtual server is drawn as missing', () => {
    const graph = graphOf(factsOf('ib1-virtual-server-missing'), '10.96.10.20:80/tcp');
    expect(nodeOf(graph, '10.96.10.20:80')).toMatchObject({ kind: 'missing', detail: 'no virtual server' });
  });
});
