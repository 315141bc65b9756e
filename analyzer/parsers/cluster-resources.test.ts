import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseClusterResources } from './cluster-resources.ts';

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { annotations: { name: 'no' }, labels: { name: 'neither' }, name: 'web', namespace: 'shop' },
  spec: {
    clusterIP: '10.96.10.20',
    clusterIPs: ['10.96.10.20', 'fd00:10:96::20'],
    externalTrafficPolicy: 'Local',
    ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30080 }, { port: 'x' }],
    type: 'LoadBalancer',
  },
  status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }, { hostname: 'x' }] } },
};
// kubectl sorts keys: the addresses stand before the name.
const SLICE = {
  addressType: 'IPv4',
  apiVersion: 'discovery.k8s.io/v1',
  endpoints: [
    {
      addresses: ['10.244.1.1'],
      conditions: { ready: true },
      nodeName: 'n1',
      targetRef: { kind: 'Pod', name: 'web-1' },
    },
    { addresses: ['10.244.1.11'], conditions: { ready: false, serving: true, terminating: true } },
    { addresses: ['10.244.1.12'] },
  ],
  kind: 'EndpointSlice',
  metadata: { labels: { 'kubernetes.io/service-name': 'web' }, name: 'web-x7x2f', namespace: 'shop' },
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
};
const ENDPOINTS = {
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'shop' },
  subsets: [
    { addresses: [{ ip: '10.244.1.11' }], notReadyAddresses: [{ ip: '10.244.1.12' }], ports: [{ port: 8080 }] },
  ],
};
const POD = {
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'shop', deletionTimestamp: '2026-11-22T00:00:00Z' },
  spec: { nodeName: 'n1', hostNetwork: true },
  status: { phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
};
const NODE = {
  kind: 'Node',
  metadata: { name: 'n1' },
  spec: { podCIDR: '10.244.1.0/24' },
  status: {
    nodeInfo: { kubeletVersion: 'v1.31.2', kubeProxyVersion: 'v1.30.0' },
    addresses: [{ address: '192.168.10.5' }],
  },
};
const ALL = [SERVICE, SLICE, ENDPOINTS, POD, NODE, { kind: 'Secret', metadata: { name: 's' } }];
const LIST = { apiVersion: 'v1', items: ALL, kind: 'List', metadata: {} };

const FORMS: Readonly<Record<string, string>> = {
  'kubectl -o json': JSON.stringify(LIST, null, 4),
  'packed JSON': JSON.stringify(LIST),
  'kubectl -o yaml': stringify(LIST, { indentSeq: false }),
  'indented YAML': stringify(LIST),
  'YAML documents': ALL.map((each) => `---\n${stringify(each)}`).join(''),
  'JSON objects in a row': ALL.map((each) => JSON.stringify(each, null, 2)).join('\n'),
};

describe.each(Object.entries(FORMS))('%s', (_form, text) => {
  const dump = parseClusterResources(text);
  const lines = text.split('\n');

  test('every kind is read', () => {
    const without = dump.resources.map(({ line: _line, ...rest }) => rest);
    expect(without.map((each) => each.kind)).toEqual(['Service', 'EndpointSlice', 'Endpoints', 'Pod', 'Node']);
    expect(without[0]).toEqual({
      kind: 'Service',
      namespace: 'shop',
      name: 'web',
      type: 'LoadBalancer',
      clusterIps: ['10.96.10.20', 'fd00:10:96::20'],
      headless: false,
      externalIps: [],
      loadBalancerIps: ['198.51.100.7'],
      ports: [{ name: 'http', protocol: 'tcp', port: 80, targetPort: '8080', nodePort: 30080 }],
      internalTrafficPolicy: null,
      externalTrafficPolicy: 'Local',
      sessionAffinity: null,
      publishNotReady: false,
      otherProxy: null,
    });
    expect(without[1]).toMatchObject({
      service: 'web',
      ports: [{ name: 'http', protocol: 'tcp', port: 8080 }],
      addresses: [
        { address: '10.244.1.1', ready: true, serving: true, terminating: false, node: 'n1', pod: 'web-1' },
        { address: '10.244.1.11', ready: false, serving: true, terminating: true, node: null },
        { address: '10.244.1.12', ready: true, serving: true, terminating: false },
      ],
    });
    expect(without[2]).toMatchObject({
      service: 'web',
      addresses: [
        { address: '10.244.1.11', ready: true },
        { address: '10.244.1.12', ready: false },
      ],
    });
    expect(without[3]).toMatchObject({ ips: ['10.0.0.1', 'fd00::1'], deleting: true, hostNetwork: true, node: 'n1' });
    expect(without[4]).toMatchObject({ kubeletVersion: 'v1.31.2', podCidrs: ['10.244.1.0/24'], namespace: '' });
    expect([...dump.otherKinds]).toEqual([['Secret', 1]]);
    expect(dump).toMatchObject({ unreadable: [], unreadableCount: 0, leftOut: 0 });
  });

  test('lines are those of the names and addresses', () => {
    for (const resource of dump.resources) {
      expect(lines[resource.line - 1]).toMatch(new RegExp(`name"?: ?"?${resource.name}\\b`));
      if (!('addresses' in resource) || resource.kind === 'Node') continue;
      for (const each of resource.addresses)
        expect(lines[each.line - 1]).toMatch(new RegExp(`\\b${each.address}\\b(?!\\d)`));
    }
  });
});

test('an item without a kind has that of its list; an empty list is told', () => {
  expect(parseClusterResources('{"kind":"PodList","items":[{"metadata":{"name":"a"}}]}').resources).toMatchObject([
    { kind: 'Pod', name: 'a' },
  ]);
  for (const items of ['[]', 'null']) {
    expect(parseClusterResources(`{"kind":"EndpointSliceList","items":${items}}`)).toMatchObject({
      resources: [],
      lists: new Set(['EndpointSliceList']),
      otherKinds: new Map(),
    });
  }
});

test('a headless service has no address; kube-proxy ConfigMaps are kept, others are not', () => {
  const dump = parseClusterResources(
    'kind: Service\nmetadata: {name: h}\nspec: {clusterIP: None}\n---\nkind: ConfigMap\nmetadata:\n  name: kube-proxy-config\ndata:\n  config: |\n    mode: ipvs\n---\nkind: ConfigMap\nmetadata: {name: other}\n',
  );
  expect(dump.resources).toMatchObject([
    { kind: 'Service', clusterIps: [], headless: true },
    { kind: 'ConfigMap', name: 'kube-proxy-config', line: 7, data: new Map([['config', 'mode: ipvs\n']]) },
  ]);
});

describe('hostile files', () => {
  test('a broken object does not take the others with it', () => {
    const dump = parseClusterResources(
      'items:\n- kind: Pod\n  metadata: {name: a}\n- kind: Pod\n  metadata: {name: "b\n- kind: Pod\n  metadata: {name: c}\nkind: List\n',
    );
    expect(dump.resources.map((each) => each.name)).toEqual(['a', 'c']);
    expect(dump).toMatchObject({ unreadableCount: 1, unreadable: [{ line: 4 }] });
  });

  test('aliases that grow, depth and size end in a count', () => {
    const bomb = `kind: Pod\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`).join(',')}]`)
      .join('\n')}\nmetadata: {name: x}\n`;
    expect(parseClusterResources(bomb)).toMatchObject({ resources: [], unreadableCount: 1 });
    expect(parseClusterResources(`kind: Pod\nx: ${'['.repeat(20_000)}\n`).unreadableCount).toBe(1);
    expect(parseClusterResources(`kind: Pod\nx: ${'y'.repeat(2_000_000)}\n`).unreadableCount).toBe(1);
    expect(parseClusterResources('{"kind":"Pod","metadata":{"name":"a"}}{"kind":"Pod",').resources).toHaveLength(1);
  });

  test('prototype names are only names', () => {
    const dump = parseClusterResources(
      '{"kind":"Service","metadata":{"name":"__proto__","namespace":"constructor"},"spec":{"__proto__":{"clusterIP":"1.1.1.1"}}}',
    );
    expect(dump.resources).toMatchObject([{ name: '__proto__', namespace: 'constructor', clusterIps: [] }]);
  });

  test('any values are taken', () => {
    const kinds = fc.constantFrom('Service', 'Endpoints', 'EndpointSlice', 'Pod', 'Node', 'ConfigMap', 'X');
    const object = fc.record({
      kind: kinds,
      metadata: fc.oneof(fc.jsonValue(), fc.record({ name: fc.jsonValue(), labels: fc.jsonValue() })),
      spec: fc.oneof(fc.jsonValue(), fc.record({ ports: fc.jsonValue(), clusterIP: fc.jsonValue() })),
      subsets: fc.jsonValue(),
      endpoints: fc.jsonValue(),
      status: fc.jsonValue(),
      data: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(object, { maxLength: 5 }), (items) => {
        const dump = parseClusterResources(JSON.stringify({ kind: 'List', items }));
        const others = [...dump.otherKinds.values()].reduce((sum, each) => sum + each, 0);
        expect(
          new Set(dump.resources.map((each) => each.line)).size + others + dump.unreadableCount,
        ).toBeLessThanOrEqual(items.length + 1);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => parseClusterResources(text).resources.length >= 0));
  });
});
