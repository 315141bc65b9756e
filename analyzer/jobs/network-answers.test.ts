import { describe, expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { bare, node } from '../../test/support/network-node.ts';
import { changed, HEALTHY_SAVE, inserted } from '../../test/support/sample-node.ts';
import { FailureError } from '../core/failure.ts';
import { BundleId, CaseId, FindingId } from '../core/ids.ts';
import { oneChain, rawChains } from './network-chains.ts';
import { namesOf } from './network-names.ts';
import { loadedNode } from './network-nodes.ts';
import type { FindingMark, NetworkAsk } from './network-protocol.ts';
import { graphOf, servicesOf } from './network-services.ts';
import { traceFlows, traceOne } from './network-trace.ts';

const pause = async (): Promise<void> => undefined;
const caseId = CaseId.parse('/case');

type TraceWords = Partial<NetworkAsk<'trace'>['input']>;
const trace = (words: TraceWords, of = node()) =>
  traceOne(of, {
    caseId,
    bundle: null,
    node: null,
    from: 'node',
    to: '10.96.10.20:80',
    protocol: 'tcp',
    inInterface: null,
    state: 'new',
    ...words,
  });
type FlowWords = NetworkAsk<'traceFlows'>['input']['flows'][number];
const flow = (words: Partial<FlowWords> = {}): FlowWords => ({
  src: null,
  dst: '10.96.10.20',
  dport: 80,
  proto: 'tcp',
  in_iface: null,
  ...words,
});
const flows = (list: readonly FlowWords[], steps = false) =>
  traceFlows(node(), { caseId, bundle: null, node: null, flows: [...list], steps }, pause);

describe('where a traced packet comes in', () => {
  it('the node itself: by no interface, with the source of its route', () => {
    expect(trace({})).toMatchObject({ source: '192.168.10.5', inInterface: null });
    expect(trace({ from: '127.0.0.1' })).toMatchObject({ source: '127.0.0.1', inInterface: null });
    expect(trace({ from: '192.168.10.5' }).assumptions.join()).toContain('made on the node');
  });

  it('another address: by the device of the route back to it, and it is said', () => {
    const pod = trace({ from: '10.244.1.11' });
    expect(pod.inInterface).toBe('eni1abc');
    expect(pod.assumptions).toContain(
      'comes in by eni1abc: the route back to 10.244.1.11 (10.244.1.11 dev eni1abc scope link)',
    );
    expect(trace({ from: '203.0.113.9' }).inInterface).toBe('eth0');
    expect(trace({ from: '203.0.113.9', inInterface: 'eni2abc' }).inInterface).toBe('eni2abc');
  });

  it('is not known when no route tells, and that is said', () => {
    const dead = trace({ from: '10.244.1.99' });
    expect(dead.inInterface).toBe('?');
    expect(dead.assumptions.join()).toContain('is not known');
    expect(trace({ from: '10.1.1.1' }, bare()).inInterface).toBe('?');
  });

  it.each([
    [{ from: 'node', inInterface: 'eth0' }, 'made on the node comes in by no interface'],
    [{ from: '10.244.1.11:80' }, 'the source takes no port'],
    [{ from: 'nod' }, 'neither an address nor the word node'],
    [{ from: '' }, 'neither an address nor the word node'],
    [{ from: 'fe80::1%eth0' }, 'packets carry no zone'],
    [{ from: '10.244.1.11', inInterface: '' }, 'this names no interface'],
    [{ from: 'fd00::1' }, 'fd00::1 is IPv6, and 10.96.10.20 is IPv4'],
  ] satisfies readonly (readonly [TraceWords, string])[])('%j is refused', (words, said) => {
    expect(() => trace(words)).toThrow(said);
  });

  it('an interface that was not captured is told, with names near it', () => {
    const odd = trace({ from: '10.244.1.11', inInterface: 'eni1abd' });
    expect(odd.assumptions.join()).toContain('no captured interface eni1abd (near names: eni1abc');
  });
});

it('a later packet is said to follow the nat rules of the first', () => {
  expect(trace({ state: 'established' }).assumptions.join()).toContain('the first one was given');
  expect(trace({}).assumptions.join()).not.toContain('the first one was given');
});

it('a trace names its endpoints, and shares sum to 1', () => {
  const { outcomes } = trace({ from: '10.244.1.12', to: 'shop/web' });
  expect(outcomes.map((one) => one.endpoint).sort()).toEqual([
    '10.244.1.11:8080',
    '10.244.2.11:8080',
    '10.244.2.12:8080',
  ]);
  expect(outcomes.reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(1, 9);
  expect(outcomes[0]?.steps.length).toBeGreaterThan(0);
});

describe('flows', () => {
  it('are answered in their order, with steps only when asked', async () => {
    const list = [flow({ dst: '10.96.11.1' }), flow(), flow({ src: '127.0.0.1' })];
    const plain = await flows(list);
    expect(plain.map((one) => [one.destination, one.source])).toEqual([
      ['10.96.11.1', '192.168.10.5'],
      ['10.96.10.20', '192.168.10.5'],
      ['10.96.10.20', '127.0.0.1'],
    ]);
    expect(plain.flatMap((one) => one.outcomes.flatMap((outcome) => outcome.steps))).toEqual([]);
    const [walked] = await flows([flow()], true);
    expect(walked?.outcomes[0]?.steps.length).toBeGreaterThan(0);
  });

  it('without steps, ways to one endpoint are one outcome', async () => {
    // The chain of 10.244.2.11 holds nothing: its share falls through to the endpoint after it.
    const lines = HEALTHY_SAVE.split('\n').filter((line) => !line.includes('-A KUBE-SEP-BTZNBNILETY57XCS'));
    const of = node({}, lines.join('\n'));
    const ask = { caseId, bundle: null, node: null, flows: [flow({ src: '10.244.1.12', in_iface: 'eni2abc' })] };
    const [plain] = await traceFlows(of, { ...ask, steps: false }, pause);
    const [walked] = await traceFlows(of, { ...ask, steps: true }, pause);
    const told = plain?.outcomes.map(({ endpoint, share }) => [endpoint, Number(share.toFixed(4))]);
    expect(told).toEqual([
      ['10.244.2.12:8080', 0.6667],
      ['10.244.1.11:8080', 0.3333],
    ]);
    expect(walked?.outcomes).toHaveLength(3);
  });

  it('an interface that was not captured is told', async () => {
    const [odd, usual] = await flows([
      flow({ src: '10.244.1.11', in_iface: 'eni1abd' }),
      flow({ src: '10.244.1.11', in_iface: 'eni1abc' }),
    ]);
    expect(odd?.assumptions.join()).toContain('no captured interface eni1abd (near names: eni1abc');
    expect(usual?.assumptions.join()).not.toContain('no captured interface');
  });

  it.each([
    [flow({ src: '10.244.1.11', in_iface: ' ' }), 'in_iface is empty'],
    [flow({ dst: '10.0.0' }), 'dst "10.0.0" is no address'],
    [flow({ src: 'node' }), 'src "node" is no address'],
    [flow({ src: 'fd00::1' }), 'of two families'],
    [flow({ proto: 'tpc' }), '"tpc" is no protocol'],
  ])('one that is none fails the call, by its place', async (bad, said) => {
    const failed = await flows([flow(), bad]).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(FailureError);
    const { failure } = failed as FailureError;
    expect(failure).toMatchObject({ code: 'wrong-usage', where: 'flow 1' });
    expect(failure.message).toContain(said);
  });

  it('one without the port its protocol needs is unknown, the others keep their places', async () => {
    const [first, second] = await flows([flow({ dport: null }), flow()]);
    expect(first).toMatchObject({
      outcomes: [{ verdict: 'unknown', share: 1 }],
      unknown: ['a packet of tcp needs a port, and the flow has none'],
    });
    expect(second?.outcomes[0]?.verdict).toBe('deliver');
    const [odd] = await flows([flow({ in_iface: 'eth0' })]);
    expect(odd).toMatchObject({ source: null, outcomes: [{ verdict: 'unknown' }] });
  });
});

const mark = (words: Partial<FindingMark>, of = node()): FindingMark => ({
  id: FindingId.parse('f1'),
  rule: 'empty-sep',
  title: 'An endpoint chain is empty',
  severity: 'high',
  bundle: of.reader.bundle.id,
  entities: [],
  lines: [],
  ...words,
});
const healthOf = (findings: readonly FindingMark[] | null, service = 'shop/web:http', of = node()) =>
  servicesOf(of, findings).services.find((one) => one.id === service)?.health;

describe('health of a service', () => {
  it('is ok without findings, and not known without an analysis', () => {
    expect(healthOf([])?.level).toBe('ok');
    expect(healthOf(null)?.level).toBe('unknown');
  });

  it.each([
    ['its chain', { entities: [{ kind: 'chain', name: 'KUBE-SEP-BTZNBNILETY57XCS' }] }, 'shop/np:http'],
    ['its name', { entities: [{ kind: 'service', name: 'shop/web' }] }, 'shop/np:http'],
    ['its endpoint', { entities: [{ kind: 'endpoint', name: '10.244.2.11:8080' }] }, 'shop/np:http'],
  ] as const)('a finding about %s impairs it alone', (_, words, other) => {
    const marks = [mark(words)];
    expect(healthOf(marks)).toMatchObject({ level: 'impaired', severity: 'high', findings: ['f1'] });
    expect(healthOf(marks, other)?.level).toBe('ok');
  });

  it('a finding that cites one of its lines concerns it', () => {
    const line = HEALTHY_SAVE.split('\n').findIndex((text) => text.includes('-A KUBE-SVC-67NZLRHBNDSAWJRO -m')) + 1;
    const marks = [mark({ lines: [{ fileId: 1, line, endLine: line }] })];
    expect(healthOf(marks)?.level).toBe('impaired');
    expect(healthOf(marks, 'shop/np:http')?.level).toBe('ok');
  });

  it('what every service needs concerns all; low findings and other bundles impair nothing', () => {
    const shared = mark({ rule: 'mark-masq-empty', entities: [{ kind: 'chain', name: 'KUBE-MARK-MASQ' }] });
    expect(healthOf([shared], 'default/kubernetes:https')?.level).toBe('impaired');
    expect(healthOf([mark({ severity: 'low', entities: [{ kind: 'service', name: 'shop/web' }] })])?.level).toBe('ok');
    const elsewhere = mark({}, bare());
    expect(healthOf([{ ...elsewhere, entities: [{ kind: 'service', name: 'shop/web' }] }])?.level).toBe('ok');
  });

  it('what names services or endpoints concerns those, what names another family none of these', () => {
    const drop = mark({ rule: 'forward-drop', entities: [{ kind: 'endpoint', name: '10.244.2.11:8080' }] });
    expect(healthOf([drop])?.level).toBe('impaired');
    expect(healthOf([drop], 'shop/np:http')?.level).toBe('ok');
    const off = (family: string) =>
      mark({ rule: 'ip-forward-off', title: `The kernel does not forward ${family} packets` });
    expect(healthOf([off('IPv6')])?.level).toBe('ok');
    expect(healthOf([off('IPv4')])?.level).toBe('impaired');
    const cni = mark({ rule: 'chain-not-hooked', entities: [{ kind: 'chain', name: 'AWS-SNAT-CHAIN-0' }] });
    expect(healthOf([cni])?.level).toBe('ok');
  });

  it('a service that kube-proxy refuses has no endpoints, which is no fault of the rules', () => {
    expect(healthOf([], 'shop/empty:http')).toMatchObject({ level: 'no-endpoints', severity: null });
  });
});

describe('services', () => {
  it('say which endpoints are here by the routes, and nothing without routes', () => {
    const local = (of: ReturnType<typeof node>) =>
      servicesOf(of, [])
        .services.find((one) => one.id === 'shop/web:http')
        ?.endpoints.map((one) => one.place);
    expect(local(node())).toEqual(['here', 'elsewhere', 'elsewhere']);
    expect(local(bare())).toEqual(['not known', 'not known', 'not known']);
  });

  it('of a bundle are impaired by what another capture of the node states as well, but not by its lines', () => {
    const of = node();
    const other = { ...mark({ entities: [] }), bundle: BundleId.parse('b'.repeat(64)), alsoIn: [of.reader.bundle.id] };
    const impaired = (finding: FindingMark): readonly string[] =>
      servicesOf(of, [finding]).services.flatMap(({ id, health }) => (health.level === 'impaired' ? [id] : []));
    expect(impaired({ ...other, entities: [{ kind: 'service', name: 'shop/web:http' }] })).toEqual(['shop/web:http']);
    const [row] = servicesOf(of, []).services;
    const [line] = row?.evidence ?? [];
    if (line === undefined) throw new Error('the sample node has services with rules');
    expect(impaired({ ...other, lines: [line] })).toEqual([]);
    expect(impaired({ ...other, bundle: of.reader.bundle.id, lines: [line] })).not.toEqual([]);
  });

  it('their graph carries findings at the chain they are about', () => {
    const chain = 'KUBE-SEP-BTZNBNILETY57XCS';
    const of = node();
    const ask = { caseId, bundle: of.reader.bundle.id, service: 'shop/web:http', family: 'IPv4' as const };
    const graph = graphOf(of, ask, [mark({ entities: [{ kind: 'chain', name: chain }] })]);
    expect(graph.nodes.filter((one) => one.severity === 'high').map((one) => one.label)).toEqual([chain]);
    expect(() => graphOf(of, { ...ask, service: 'shop/wbe:http' }, [])).toThrow('no IPv4 service of this name');
  });
});

it('names offer the node first, then pods with their device', () => {
  const { services, sources } = namesOf(node());
  expect(services.map((one) => one.id)).toContain('shop/web:http');
  expect(sources[0]).toMatchObject({ value: 'node', interface: null });
  expect(sources.find((one) => one.value === '10.244.1.11')).toMatchObject({ interface: 'eni1abc' });
  expect(sources.some((one) => one.value.startsWith('10.244.2.'))).toBe(false);
});

describe('raw chains', () => {
  it('count rules, jumps and the packets that jumps brought', () => {
    const chain = rawChains(node()).find((one) => one.name === 'KUBE-SVC-67NZLRHBNDSAWJRO');
    expect(chain).toMatchObject({ family: 'IPv4', table: 'nat', rules: 4, references: 1, packets: 196, policy: null });
    const built = rawChains(node()).find((one) => one.name === 'PREROUTING');
    expect(built).toMatchObject({ policy: 'ACCEPT', references: 0, packets: null });
  });

  it('give their rules with the chain each jumps to, if it is there', () => {
    const of = node();
    const answer = oneChain(of, { fileId: 1, family: 'IPv4', table: 'nat', chain: 'KUBE-SVC-67NZLRHBNDSAWJRO' });
    expect(answer.rules.map((one) => one.target)).toEqual([
      'KUBE-MARK-MASQ',
      'KUBE-SEP-EPVTA2RHFPHQF37H',
      'KUBE-SEP-BTZNBNILETY57XCS',
      'KUBE-SEP-MOGHLOVWQYX4X6CX',
    ]);
    expect(answer.jumpsHere.map((one) => one.chain)).toEqual(['KUBE-SERVICES']);
    const missing = () => oneChain(of, { fileId: 1, family: 'IPv4', table: 'nat', chain: 'KUBE-SERVICE' });
    expect(missing).toThrow('no chain KUBE-SERVICE in the IPv4 table nat');
  });

  it('a dump without counters says nothing of packets', () => {
    const plain = HEALTHY_SAVE.replace(/^\[\d+:\d+\] /gm, '');
    expect(new Set(rawChains(node({}, plain)).map((one) => one.packets))).toEqual(new Set([null]));
  });

  it('nft chains are there with the jumps of their maps', () => {
    const ruleset = `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.1 . tcp . 443 : goto service-A }
	}

	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
	}

	chain service-A {
		counter packets 3 bytes 180 jump other
	}

	chain other {
	}
}
`;
    const of = loadedNode(memoryBundle({ 'nft-ruleset.txt': ruleset }));
    const chains = rawChains(of).map((one) => [one.family, one.table, one.name, one.references, one.packets]);
    expect(chains).toEqual([
      ['ip', 'kube-proxy', 'services', 0, null],
      ['ip', 'kube-proxy', 'service-A', 1, null],
      ['ip', 'kube-proxy', 'other', 1, 3],
    ]);
    const answer = oneChain(of, { fileId: 1, family: 'ip', table: 'kube-proxy', chain: 'service-A' });
    expect(answer.rules[0]).toMatchObject({ packets: 3, bytes: 180, target: 'other' });
    expect(answer.jumpsHere).toEqual([{ chain: 'services', line: 8 }]);
  });
});

it('one edit of the rules is one difference in the services', () => {
  const less = changed(
    HEALTHY_SAVE,
    '--probability 0.33333333349 -j KUBE-SEP-EPVTA2RHFPHQF37H',
    '--probability 0.50000000000 -j KUBE-SEP-EPVTA2RHFPHQF37H',
  );
  const more = inserted(less, '-A KUBE-SVC-DCQOGJK4QZZOVIJ6 !', '# a remark');
  const shares = servicesOf(node({}, more), []).services.find((one) => one.id === 'shop/web:http')?.endpoints;
  expect(shares?.map((one) => Number(one.share?.toFixed(4)))).toEqual([0.5, 0.25, 0.25]);
});
