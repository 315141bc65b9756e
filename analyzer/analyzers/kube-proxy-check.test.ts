import { describe, expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { checkKubeProxy } from './kube-proxy-check.ts';
import { namesText } from './kube-proxy-check-pod.ts';

const said = (facts: Parameters<typeof checkKubeProxy>[0], podIp: string | null = null): readonly string[] =>
  checkKubeProxy(facts, podIp).map((line) => `[${line.level}] ${line.text}`);

const ZERO = HEALTHY_SAVE.replace(/^\[\d+:\d+\] /gm, '[0:0] ');

describe('iptables mode', () => {
  test('a healthy node from listings, line for line', () => {
    expect(said(sampleFacts(HEALTHY_SAVE, 'listings'), '10.244.2.11')).toEqual([
      '[OK] kube-proxy mode: iptables',
      '[OK] KUBE-SERVICES chain found in filter table',
      '[OK] KUBE-SERVICES chain found in nat table',
      '[OK] KUBE-NODEPORTS chain found in nat table',
      '[OK] KUBE-MARK-MASQ chain found (11 references)',
      '[OK] KUBE-SERVICES chain active (6 rule(s) with traffic, sample: 2651 packets)',
      '[OK] Masquerade rules present (1 MASQUERADE rule(s), 11 KUBE-MARK-MASQ reference(s))',
      '[OK] Found 3 iptables rule(s) for pod IP 10.244.2.11 (service rules present)',
      '[OK] Pod IP 10.244.2.11 is an endpoint of shop/web:http in these rules',
    ]);
  });

  test('suffixes keep their form: the jumps of the runbook example', () => {
    const facts = sampleFacts(
      ZERO.replace('[0:0] -A PREROUTING', '[2675123:160000000] -A PREROUTING').replace(
        '[0:0] -A OUTPUT -m comment',
        '[40:2400] -A OUTPUT -m comment',
      ),
      'listings',
    );
    expect(said(facts)).toContain('[OK] KUBE-SERVICES chain active (2 rule(s) with traffic, sample: 2675K packets)');
    expect(said(facts)).toContain(
      '[WARN] Packets come to KUBE-SERVICES but none of its own rules has packet counts: no packet met a service',
    );
  });

  test('every counter 0 is not active', () => {
    expect(said(sampleFacts(ZERO, 'listings'))).toContain(
      '[WARN] KUBE-SERVICES chain has no packet counts (kube-proxy may not be processing traffic)',
    );
  });

  test('own rules with traffic count although the jumps show none', () => {
    const text = ZERO.replace('[0:0] -A KUBE-SERVICES -d 10.96.10.20', '[7:420] -A KUBE-SERVICES -d 10.96.10.20');
    expect(said(sampleFacts(text, 'listings'))).toContain(
      '[OK] KUBE-SERVICES chain active (1 rule(s) with traffic, sample: 7 packets)',
    );
  });

  test('a dump without counters says so', () => {
    expect(said(sampleFacts(HEALTHY_SAVE, 'save')).join('\n')).toContain(
      '[INFO] KUBE-SERVICES chain: counters were not captured',
    );
  });

  test('defects are issues', () => {
    const nat = HEALTHY_SAVE.indexOf('*nat');
    const [filterText, natText] = [HEALTHY_SAVE.slice(0, nat), HEALTHY_SAVE.slice(nat)];
    const issues = (text: string): readonly string[] =>
      said(sampleFacts(text)).filter((line) => line.startsWith('[ISSUE]'));
    expect(issues(HEALTHY_SAVE)).toEqual([]);
    expect(issues(filterText + without(natText, '-A KUBE-SERVICES '))).toEqual([
      '[ISSUE] KUBE-SERVICES chain in nat table is empty: no packet to a service is sent to an endpoint',
    ]);
    expect(issues(filterText + without(natText, 'KUBE-SERVICES'))).toEqual([
      '[ISSUE] KUBE-SERVICES chain not found in nat table (iptables-save-c.txt)',
    ]);
    expect(issues(filterText + without(natText, '-A PREROUTING '))).toEqual([
      '[ISSUE] KUBE-SERVICES chain is not reached from PREROUTING in nat table',
    ]);
    expect(issues(without(HEALTHY_SAVE, '-j MASQUERADE'))).toEqual([
      '[ISSUE] Masquerade rules missing: KUBE-POSTROUTING in nat table has no MASQUERADE rule',
    ]);
  });
});

describe('pod IP', () => {
  test.each([
    ['10.244.2.1', '[INFO] No rules found for pod IP 10.244.2.1 (normal when the pod is behind no Service)'],
    ['0.244.2.11', '[INFO] No rules found for pod IP 0.244.2.11 (normal when the pod is behind no Service)'],
    ['10.96.10.20', '[OK] Found 2 iptables rule(s) for pod IP 10.96.10.20 (service rules present)'],
  ])('%s matches whole addresses only', (address, line) => {
    expect(said(sampleFacts(HEALTHY_SAVE), address).at(-1)).toBe(line);
  });

  test('is taken from the bundle when none is given', () => {
    const facts = sampleFacts(HEALTHY_SAVE, 'listings', { 'pod_web/pod_ip.txt': 'POD_IP=10.244.2.12\n' });
    expect(said(facts).at(-2)).toBe('[OK] Found 3 iptables rule(s) for pod IP 10.244.2.12 (service rules present)');
    expect(said(sampleFacts(HEALTHY_SAVE)).at(-1)).toContain('No pod IP was given');
  });

  test('whole addresses in free text', () => {
    expect(namesText('-> 10.0.0.10:80', '10.0.0.1')).toBe(false);
    expect(namesText('-> 110.0.0.1:80', '10.0.0.1')).toBe(false);
    expect(namesText('-> 10.0.0.1:80', '10.0.0.1')).toBe(true);
    expect(namesText('ends with 10.0.0.1.', '10.0.0.1')).toBe(true);
  });
});

describe('what to do next', () => {
  const actionsOf = (facts: Parameters<typeof checkKubeProxy>[0], text: string, podIp: string | null = null): string =>
    checkKubeProxy(facts, podIp)
      .filter((line) => line.text.includes(text))
      .flatMap((line) => line.actions ?? [])
      .join('\n');

  test('chains not found', () => {
    const next = actionsOf(sampleFacts(without(HEALTHY_SAVE, 'KUBE-NODEPORTS')), 'KUBE-NODEPORTS chain not found');
    expect(next).toContain('kubectl get pods -n kube-system');
    expect(next).toContain('kubectl logs -n kube-system');
    expect(next).toContain('kubectl get daemonset -n kube-system kube-proxy');
    expect(next).toContain('kubectl rollout restart daemonset/kube-proxy -n kube-system');
    expect(actionsOf(sampleFacts(without(HEALTHY_SAVE, 'KUBE-MARK-MASQ')), 'KUBE-MARK-MASQ chain not found')).toBe(
      next,
    );
  });

  test('no packet counts', () => {
    const next = actionsOf(sampleFacts(ZERO), 'has no packet counts');
    expect(next).toContain('iptables -t nat -L KUBE-SERVICES -v -n');
    expect(next).toContain('kubectl get endpoints');
  });

  test('masquerade rules missing', () => {
    const next = actionsOf(sampleFacts(without(HEALTHY_SAVE, '-j MASQUERADE')), 'Masquerade rules missing');
    expect(next).toContain('lsmod | grep');
    expect(next).toContain('configmap kube-proxy');
  });

  test('pod service rules not found', () => {
    const next = actionsOf(sampleFacts(HEALTHY_SAVE), 'No rules found', '10.244.2.1');
    expect(next).toContain('grep -w 10.244.2.1');
    expect(next).toContain('--show-labels');
  });

  test('nothing for what is as it should be', () => {
    expect(checkKubeProxy(sampleFacts(HEALTHY_SAVE), '10.244.2.11').flatMap((line) => line.actions ?? [])).toEqual([]);
  });
});

test('masquerade rules that no packet meets are no masquerade', () => {
  const facts = sampleFacts(
    without(HEALTHY_SAVE, '-A POSTROUTING -m comment --comment "kubernetes postrouting rules"'),
  );
  expect(said(facts)).toContain(
    '[ISSUE] Masquerade rules are not met: KUBE-POSTROUTING is not reached from POSTROUTING in nat table',
  );
});

describe('a pod whose rules may be missing from the dumps', () => {
  const nat = HEALTHY_SAVE.indexOf('*nat');

  test('only filter was collected', () => {
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': HEALTHY_SAVE.slice(0, nat) }));
    expect(said(facts, '10.244.2.11').at(-1)).toBe(
      '[INFO] Rules for pod IP 10.244.2.11 cannot be looked for: the nat table was not collected',
    );
  });

  test('the nat table is cut', () => {
    const end = HEALTHY_SAVE.indexOf('[', HEALTHY_SAVE.indexOf('-A KUBE-NODEPORTS'));
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': HEALTHY_SAVE.slice(0, end) }));
    expect(said(facts, '10.244.2.11').at(-1)).toContain(
      'cannot be looked for: the nat table in iptables-save.txt is incomplete',
    );
  });

  test('captured endpoints hold the pod, the rules do not', () => {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.9.9'], conditions: { ready: true } }],
      ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
    };
    const list = { apiVersion: 'v1', kind: 'List', items: [slice] };
    const facts = sampleFacts(HEALTHY_SAVE, 'save', { 'cluster-resources/endpointslices.json': JSON.stringify(list) });
    expect(said(facts, '10.244.9.9').at(-1)).toBe(
      '[WARN] The captured endpoints of shop/web:http hold pod IP 10.244.9.9, but no service rule of this node names it',
    );
  });

  test('a pod that the shares leave out', () => {
    const text = HEALTHY_SAVE.replace(
      / -m statistic --mode random --probability [0-9.]+(?= -j KUBE-SEP-EPVTA2RHFPHQF37H)/,
      '',
    );
    expect(said(sampleFacts(text), '10.244.2.12').at(-1)).toBe(
      '[WARN] Pod IP 10.244.2.12 gets no new connections to the cluster IP of shop/web:http: its share of the rules is 0',
    );
  });
});

describe('what was not collected', () => {
  test('a file of one newline is not collected rather than not found', () => {
    const facts = buildNodeFacts(
      memoryBundle({ 'node_n/node_iptables_filter.txt': '\n', 'node_n/node_iptables_nat.txt': '\n' }),
    );
    const lines = said(facts);
    expect(lines.join('\n')).not.toContain('not found');
    expect(lines.filter((line) => line.includes('table not collected'))).toHaveLength(4);
    expect(lines.some((line) => line.startsWith('[ISSUE]'))).toBe(false);
  });
});

test('nftables mode gets its own lines', () => {
  const nft =
    'table ip kube-proxy {\n\tchain nat-prerouting {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n\t\tjump services\n\t}\n\n\tchain services {\n\t\tip daddr . meta l4proto . th dport vmap @service-ips\n\t}\n}\n';
  const lines = said(buildNodeFacts(memoryBundle({ 'iptables-save.txt': '', 'nft-ruleset.txt': nft })));
  expect(lines).toContain('[OK] kube-proxy mode: nftables');
  expect(lines).toContain('[OK] chain services is reached from nat-prerouting');
  expect(lines).toContain('[ISSUE] chain services is not reached from nat-output');
});
