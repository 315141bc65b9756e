import { describe, expect, it } from 'vitest';
import { bare, node } from '../../test/support/network-node.ts';
import { lookUp, mergeLookups } from './network-lookup.ts';
import { namesOf } from './network-names.ts';

const pause = async (): Promise<void> => undefined;

describe('who an address is', () => {
  const sentences = async (address: string, of = node()) =>
    (await lookUp(of, address, pause)).facts.map((fact) => `${fact.kind}: ${fact.sentence}`);

  it('endpoint, route and rules of a pod, each with its lines', async () => {
    const { facts } = await lookUp(node(), '10.244.1.11', pause);
    expect(facts.map((fact) => fact.kind)).toEqual([
      'endpoint',
      'endpoint',
      'route',
      'route',
      'packet rule',
      'packet rule',
    ]);
    for (const fact of facts) expect(fact.evidence.length).toBeGreaterThan(0);
    const rules = facts.find((fact) => fact.sentence.includes('name it'));
    expect(rules?.count).toBe(6);
  });

  it('a prefix of another address is not it', async () => {
    expect(await sentences('10.96.0.10')).toEqual([
      'route: Packets of the node to it leave by eth0 (route default via 192.168.10.1 dev eth0).',
    ]);
    expect((await sentences('10.96.0.1'))[0]).toBe(
      'service: Cluster IP of default/kubernetes:https (10.96.0.1:443 tcp).',
    );
  });

  it('logs are read to the end, pods and ENIs of the same line are told, made-up ones of two are not', async () => {
    const log = [
      'I0501 12:00:00.000001 1 prober.go:1] "Probe failed" pod="shop/web-1" output="Get http://10.244.1.11:8080"',
      'I0501 12:00:00.000002 1 pods.go:1] "two" pod="shop/a" pod="shop/b" 10.244.1.11',
      '10.244.1.110 is another',
    ].join('\n');
    const ipamd = '{"level":"info","msg":"eni-0123456789abcdef0 assigned 10.244.1.11"}\n';
    const of = node({ 'kubelet/kubelet.log': log, 'ipamd/ipamd.log': ipamd });
    const said = await sentences('10.244.1.11', of);
    expect(said).toContain('pod: Named together with pod shop/web-1 in 1 line.');
    expect(said).toContain('ENI: Named together with eni-0123456789abcdef0 in 1 line.');
    expect(said).toContain('log lines: 2 lines of kubelet/kubelet.log name it.');
    expect(said.filter((one) => one.startsWith('pod:'))).toHaveLength(1);
  });

  it('captured objects are named by what they are', async () => {
    const objects = {
      kind: 'List',
      apiVersion: 'v1',
      items: [
        {
          kind: 'Pod',
          apiVersion: 'v1',
          metadata: { namespace: 'shop', name: 'web-1' },
          spec: { nodeName: 'n1' },
          status: { phase: 'Running', podIP: '10.244.1.11', podIPs: [{ ip: '10.244.1.11' }] },
        },
        {
          kind: 'Service',
          apiVersion: 'v1',
          metadata: { namespace: 'shop', name: 'web' },
          spec: { clusterIP: '10.96.10.20', clusterIPs: ['10.96.10.20'], ports: [{ name: 'http', port: 80 }] },
        },
        {
          kind: 'Endpoints',
          apiVersion: 'v1',
          metadata: { namespace: 'shop', name: 'web' },
          subsets: [{ addresses: [{ ip: '10.244.1.11' }], ports: [{ name: 'http', port: 8080 }] }],
        },
      ],
    };
    const of = node({ 'objects.json': JSON.stringify(objects, null, 1) });
    expect(await sentences('10.244.1.11', of)).toEqual(
      expect.arrayContaining([
        'pod: Pod shop/web-1, Running, on node n1.',
        'cluster resource: In Endpoints shop/web: ready.',
      ]),
    );
    expect(await sentences('10.96.10.20', of)).toContain(
      'cluster resource: Cluster IP of the captured Service shop/web.',
    );
    expect(namesOf(of).sources.find((one) => one.value === '10.244.1.11')?.detail).toBe('pod shop/web-1');
    expect((await lookUp(of, '10.0.0.1', pause)).notKnown).not.toContain(
      'objects of the cluster (pods, services, endpoints) were not captured',
    );
  });

  it('tracked connections are told by direction and state', async () => {
    const tracked = [
      'tcp 6 86397 ESTABLISHED src=10.244.1.11 dst=10.96.0.1 sport=1 dport=443 src=192.168.11.6 dst=10.244.1.11 sport=6443 dport=1 [ASSURED] mark=0 use=1',
      'udp 17 28 src=10.244.1.12 dst=10.96.0.10 sport=2 dport=53 [UNREPLIED] src=10.244.1.11 dst=10.244.1.12 sport=53 dport=2 mark=0 use=1',
    ].join('\n');
    const said = await sentences(
      '10.244.1.11',
      node({ 'conntrack.txt': `*** Output of conntrack -L ***\n${tracked}\n` }),
    );
    expect(said).toContain('conntrack: 1 tracked: tcp ESTABLISHED, opened by it.');
    expect(said).toContain('conntrack: 1 tracked: udp no answer seen, sent on to it by destination NAT.');
  });

  it('what was not captured is told, and words that are no address are refused', async () => {
    const lookup = await lookUp(bare(), '10.0.0.1', pause);
    expect(lookup.notKnown).toContain('routes were not captured');
    expect(lookup.facts).toEqual([]);
    await expect(lookUp(bare(), '10.0.0', pause)).rejects.toThrow('no whole address');
    const merged = mergeLookups('10.0.0.1', [
      { ...lookup, node: 'a' },
      { ...lookup, node: 'b' },
    ]);
    expect(merged.notKnown).toContain('b: routes were not captured');
  });
});
