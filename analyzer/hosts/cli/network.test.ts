import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServiceRow, Trace } from '../../contract/network.ts';
import { fail, ok } from '../../core/failure.ts';
import { BundleId, FileId } from '../../core/ids.ts';
import type { Bundle } from '../../core/vocabulary.ts';
import { type TestWorld, testWorlds, WHOLE_BUNDLE } from './test-world.ts';

const world = testWorlds({ folders: ['dumps'] });

const OTHER: Bundle = {
  ...WHOLE_BUNDLE,
  id: BundleId.parse('c'.repeat(64)),
  node: 'ip-10-0-9-9',
  name: 'other.tar.gz',
};
const file = 'networking/iptables-save.txt';

const TRACE: Trace = {
  bundle: WHOLE_BUNDLE.id,
  node: WHOLE_BUNDLE.node,
  source: '10.244.1.11',
  destination: '10.96.10.20',
  port: 80,
  protocol: 'tcp',
  inInterface: 'eni1',
  state: 'new',
  outcomes: [
    {
      verdict: 'deliver',
      share: 2 / 3,
      endpoint: '10.244.2.11:8080',
      snat: false,
      snatTo: null,
      sourceNatRule: null,
      returnPath: 'ok',
      returnBecause: '',
      because: 'Delivered to 10.244.2.11:8080.',
      steps: [
        {
          hook: 'prerouting',
          table: 'nat',
          chain: 'KUBE-SERVICES',
          rule: '-A KUBE-SERVICES -d 10.96.10.20/32 -j KUBE-SVC-A\u001b[31m',
          fileId: FileId.parse(1),
          file,
          line: 114,
          packets: 1950,
          countedAt: { fileId: FileId.parse(2), file: 'dumps/iptables-nat.txt', line: 12, endLine: 12 },
          maybe: true,
        },
      ],
    },
    {
      verdict: 'drop',
      share: 1 / 3,
      endpoint: null,
      snat: null,
      snatTo: null,
      sourceNatRule: null,
      returnPath: 'unknown',
      returnBecause: '',
      because: 'Dropped by a blackhole route.',
      steps: [],
    },
  ],
  sticky: true,
  assumptions: ['comes in by eni1'],
  unknown: ['a rule with an unknown match'],
};
const traces = { 'network.trace': () => ok(TRACE) };

describe('trace', () => {
  it.each([
    [[], 'needs --from and --to, or --flows'],
    [['--from', 'node'], 'needs --from and --to'],
    [['--from', 'node', '--to', '10.0.0.1:80', '--state', 'old'], 'new, established'],
    [['--flows', 'flows.json', '--to', '10.0.0.1:80'], 'Each flow of the file says this itself'],
    [['--flows', 'flow.json'], 'Did you mean flows.json?'],
  ])('%j is wrong usage', async (words, said) => {
    const here = world();
    writeFileSync(path.join(here.folder, 'flows.json'), '[]');
    expect(await here.run('trace', 'dumps', ...words)).toBe(2);
    expect(here.err()).toContain(said);
    expect(here.calls).toEqual([]);
  });

  it('asks for one packet and prints verdict, outcomes, rules, assumptions and what cannot be told', async () => {
    const here = world({ answers: traces });
    expect(await here.run('trace', 'dumps', '--from', 'node', '--to', 'shop/web', '--proto', 'udp', '--quiet')).toBe(0);
    expect(here.calls.find((call) => call.method === 'network.trace')?.input).toMatchObject({
      bundle: WHOLE_BUNDLE.id,
      from: 'node',
      to: 'shop/web',
      protocol: 'udp',
      inInterface: null,
      state: 'new',
    });
    expect(here.out()).toBe(
      [
        'tcp from 10.244.1.11 to 10.96.10.20:80, coming in by eni1, first packet',
        '66.7 % delivered; 33.3 % dropped by a blackhole route.',
        'Session affinity: later connections of one client meet its first endpoint.',
        '',
        '  66.7 %  deliver  10.244.2.11:8080  source kept  return path ok',
        '  33.3 %  drop     -',
        '',
        'Rules met, first outcome (deliver 10.244.2.11:8080)',
        `  prerouting nat KUBE-SERVICES  (may match)  ${file}:114  1,950 packets by dumps/iptables-nat.txt:12`,
        '    -A KUBE-SERVICES -d 10.96.10.20/32 -j KUBE-SVC-A\\x1b[31m',
        '',
        'Assumed',
        '  - comes in by eni1',
        '',
        'Cannot tell',
        '  - a rule with an unknown match',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['rule "-j REJECT" in filter KUBE-SERVICES', 'Rejected: rule "-j REJECT" in filter KUBE-SERVICES.'],
    ['rejected by the route of 10.0.0.0/8', 'Rejected by the route of 10.0.0.0/8.'],
  ])('the sentence of one outcome says the verdict: %s', async (because, said) => {
    const rejected = TRACE.outcomes.slice(1).map((one) => ({ ...one, verdict: 'reject' as const, because, share: 1 }));
    const here = world({ answers: { 'network.trace': () => ok({ ...TRACE, outcomes: rejected }) } });
    await here.run('trace', 'dumps', '--from', 'node', '--to', 'shop/web', '--quiet');
    expect(here.out().split('\n')[1]).toBe(said);
  });

  it('--json has the documented keys first, steps included', async () => {
    const here = world({ answers: traces });
    expect(await here.run('trace', 'dumps', '--from', 'node', '--to', 'shop/web', '--json')).toBe(0);
    const document = JSON.parse(here.out());
    expect(Object.keys(document).slice(0, 4)).toEqual(['outcomes', 'sticky', 'assumptions', 'unknown']);
    expect(Object.keys(document.outcomes[0]).slice(0, 8)).toEqual([
      'verdict',
      'share',
      'endpoint',
      'snat',
      'snatTo',
      'sourceNatRule',
      'returnPath',
      'steps',
    ]);
    expect(Object.keys(document.outcomes[0].steps[0]).slice(0, 7)).toEqual([
      'hook',
      'table',
      'chain',
      'rule',
      'file',
      'line',
      'packets',
    ]);
  });

  it('a failure of the engine is the failure of the command, with its advice', async () => {
    const answers = {
      'network.trace': () => fail('wrong-usage', 'no service of this name', 'shop/wbe', 'Did you mean shop/web?'),
    };
    const here = world({ answers });
    expect(await here.run('trace', 'dumps', '--from', 'node', '--to', 'shop/wbe')).toBe(2);
    expect(here.err()).toContain('shop/wbe: no service of this name\nDid you mean shop/web?');
    expect(here.out()).toBe('');
  });

  it('wants the node when the target has several', async () => {
    const here = world({ bundles: [WHOLE_BUNDLE, OTHER], answers: traces });
    expect(await here.run('trace', 'dumps', '--from', 'node', '--to', 'shop/web')).toBe(2);
    expect(here.err()).toContain('Nodes: ip-10-0-113-27, ip-10-0-9-9');
    expect(await here.run('trace', 'dumps', '--from', 'node', '--to', 'shop/web', '--node', 'ip-10-0-9-9')).toBe(0);
    expect(here.calls.at(-1)?.input).toMatchObject({ bundle: OTHER.id, node: null });
  });
});

describe('trace --flows', () => {
  const answers = { 'network.traceFlows': () => ok([TRACE, { ...TRACE, destination: '10.96.0.1' }]) };
  const flows = (here: TestWorld, content: string): void =>
    writeFileSync(path.join(here.folder, 'flows.json'), content);

  it('keeps the order, fills what is left out, and leaves steps out', async () => {
    const here = world({ answers });
    flows(
      here,
      '[{"dst": "10.96.10.20", "dport": 80, "name": "kept out"}, {"src": "10.0.0.1", "dst": "10.96.0.1", "dport": 53, "proto": "udp", "in_iface": "eth0"}]',
    );
    expect(await here.run('trace', 'dumps', '--flows', 'flows.json', '--json')).toBe(0);
    expect(here.calls.find((call) => call.method === 'network.traceFlows')?.input).toMatchObject({
      bundle: WHOLE_BUNDLE.id,
      steps: false,
      flows: [
        { src: null, dst: '10.96.10.20', dport: 80, proto: 'tcp', in_iface: null },
        { src: '10.0.0.1', dst: '10.96.0.1', dport: 53, proto: 'udp', in_iface: 'eth0' },
      ],
    });
    const document = JSON.parse(here.out());
    expect(document.map((one: Trace) => one.destination)).toEqual(['10.96.10.20', '10.96.0.1']);
    expect(here.out()).not.toContain('"steps"');
  });

  it('--steps adds them', async () => {
    const here = world({ answers });
    flows(here, '[{"dst": "10.96.10.20", "dport": 80}]');
    expect(await here.run('trace', 'dumps', '--flows', 'flows.json', '--json', '--steps')).toBe(0);
    expect(JSON.parse(here.out())[0].outcomes[0].steps).toHaveLength(1);
    expect(here.calls.at(-1)?.input).toMatchObject({ steps: true });
  });

  it.each([
    ['{', 'This is no JSON'],
    ['{"dst": "10.0.0.1"}', 'no JSON array of flows'],
    ['', 'This is no JSON'],
    ['[{"dst": "10.0.0.1"},]', 'This is no JSON'],
    ['[{"dst": "10.0.0.1"}, {"dst": 5}]', 'flow 1: dst must be an address.'],
    ['[{}]', 'flow 0: dst must be an address.'],
    ['[{"dst": "10.0.0.1", "dport": 70000}]', 'dport must be a whole number from 0 to 65535'],
    ['[{"dst": "10.0.0.1", "proto": 6}]', 'proto must be a name'],
    ['[null]', 'flow 0: A flow is {src, dst, dport, proto, in_iface}.'],
  ])('%s is wrong usage', async (content, said) => {
    const here = world({ answers });
    flows(here, content);
    expect(await here.run('trace', 'dumps', '--flows', 'flows.json')).toBe(2);
    expect(here.err()).toContain(said);
    expect(here.calls).toEqual([]);
  });
});

it('a flows file may begin with a byte order mark; a folder is none', async () => {
  const here = world({ answers: { 'network.traceFlows': () => ok([]) } });
  writeFileSync(path.join(here.folder, 'flows.json'), '\uFEFF[]');
  expect(await here.run('trace', 'dumps', '--flows', 'flows.json', '--json')).toBe(0);
  expect(await here.run('trace', 'dumps', '--flows', 'dumps')).toBe(2);
  expect(here.err()).toContain('This is a folder, and no file of flows.');
});

describe('words of a command line', () => {
  it('that are empty are shown as such, and an empty target is not the working folder', async () => {
    const here = world();
    expect(await here.run('trace', '', '--from', 'node', '--to', '10.0.0.1:80')).toBe(2);
    expect(here.err()).toContain('coldcase: "": This names no file or folder.');
    expect(here.calls).toEqual([]);
  });

  it('that are very long make no long message', async () => {
    const here = world();
    expect(await here.run('check', 'kube-proxy', 'dumps', '--pod-ip', 'a'.repeat(100_000))).toBe(2);
    expect(here.err()).toContain('This is not an IP address.');
    expect(here.err().length).toBeLessThan(3000);
  });

  it.each(['10.1', 'fe80::1%eth0', ''])('--pod-ip %j is refused', async (word) => {
    expect(await world().run('check', 'kube-proxy', 'dumps', '--pod-ip', word)).toBe(2);
  });
});

const ROW: ServiceRow = {
  bundle: WHOLE_BUNDLE.id,
  node: WHOLE_BUNDLE.node,
  mode: 'iptables',
  family: 'IPv4',
  id: 'shop/web:http',
  namespace: 'shop',
  name: 'web',
  port: 'http',
  namedBy: 'comment',
  protocol: 'tcp',
  clusterIP: '10.96.10.20',
  servicePort: 80,
  nodePort: null,
  externalIPs: [],
  loadBalancerIPs: [],
  sourceRanges: [],
  internalTrafficPolicy: 'Cluster',
  externalTrafficPolicy: null,
  affinity: null,
  endpoints: [{ address: '10.244.1.11:8080', share: 1, packets: 1960, countedAt: null, place: 'here', evidence: [] }],
  packets: 1960,
  countedAt: null,
  health: { level: 'impaired', because: 'An endpoint chain is empty', severity: 'high', findings: [] },
  evidence: [{ fileId: FileId.parse(1), file, line: 3, endLine: 3 }],
};

describe('services', () => {
  const answers = {
    'network.services': () =>
      ok({
        services: [ROW, { ...ROW, bundle: OTHER.id, node: OTHER.node, id: 'shop/other' }],
        nodes: [WHOLE_BUNDLE, OTHER].map((bundle) => ({
          bundle: bundle.id,
          node: bundle.node,
          mode: 'iptables' as const,
          modeBecause: 'its chains',
          readFrom: [file],
          notKnown: bundle === OTHER ? ['routes were not captured'] : [],
        })),
      }),
  };

  it('prints one aligned line a service port, and why one is impaired', async () => {
    const here = world({ answers });
    expect(await here.run('services', 'dumps', '--quiet')).toBe(0);
    expect(here.out()).toBe(
      [
        'ip-10-0-113-27: kube-proxy mode iptables, 1 service port',
        'SERVICE        ADDRESS             NODE PORT  ENDPOINTS  PACKETS  HEALTH',
        'shop/web:http  10.96.10.20:80 tcp  -          1          1,960    impaired',
        '  ! shop/web:http: An endpoint chain is empty',
        '',
      ].join('\n'),
    );
  });

  it('tells two bundles of one node apart', async () => {
    const twin = { ...OTHER, node: WHOLE_BUNDLE.node };
    const nodes = [WHOLE_BUNDLE, twin].map((bundle) => ({
      ...{ bundle: bundle.id, node: bundle.node, mode: 'iptables' as const, modeBecause: 'its chains' },
      ...{ readFrom: [], notKnown: [] },
    }));
    const here = world({
      bundles: [WHOLE_BUNDLE, twin],
      answers: { 'network.services': () => ok({ services: [], nodes }) },
    });
    expect(await here.run('services', 'dumps', '--quiet')).toBe(0);
    expect(here.out()).toContain(`${twin.node} (${'c'.repeat(12)}): kube-proxy mode iptables`);
  });

  it('--json has the documented keys first', async () => {
    const here = world({ answers });
    expect(await here.run('services', 'dumps', '--json')).toBe(0);
    const [row] = JSON.parse(here.out());
    expect(Object.keys(row).slice(0, 11)).toEqual([
      'namespace',
      'name',
      'port',
      'protocol',
      'clusterIP',
      'nodePort',
      'externalIPs',
      'endpoints',
      'mode',
      'health',
      'evidence',
    ]);
    expect(Object.keys(row.endpoints[0]).slice(0, 3)).toEqual(['address', 'share', 'packets']);
  });

  it('shows every node, one with --node, and says what is not known', async () => {
    const here = world({ bundles: [WHOLE_BUNDLE, OTHER], answers });
    expect(await here.run('services', 'dumps', '--json')).toBe(0);
    expect(JSON.parse(here.out())).toHaveLength(2);
    expect(here.err()).toContain('Not known: routes were not captured');
    const one = world({ bundles: [WHOLE_BUNDLE, OTHER], answers });
    expect(await one.run('services', 'dumps', '--json', '--node', 'ip-10-0-9-9')).toBe(0);
    expect(JSON.parse(one.out()).map((row: ServiceRow) => row.id)).toEqual(['shop/other']);
  });
});
