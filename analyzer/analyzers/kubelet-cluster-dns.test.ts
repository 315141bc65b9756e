import { describe, expect, test } from 'vitest';
import { check, found, severities } from '../../test/support/node-check.ts';
import { HEALTHY_SAVE } from '../../test/support/sample-node.ts';
import { kubeletClusterDns } from './kubelet-cluster-dns.ts';

const dnsRules = HEALTHY_SAVE.replaceAll('shop/web:http', 'kube-system/kube-dns:dns');
const node = (clusterDNS: readonly string[] | null, more = {}) => ({
  'iptables-save-c.txt': dnsRules,
  'system/instance-id.txt': 'i-0abc\n',
  'kubelet/config.json': `${JSON.stringify({ kind: 'KubeletConfiguration', ...(clusterDNS === null ? {} : { clusterDNS }) }, null, 1)}\n`,
  ...more,
});

describe('against the service', () => {
  test('the same address, NodeLocal DNSCache, an address of the node', () => {
    expect(severities(kubeletClusterDns, node(['10.96.10.20']))).toEqual([]);
    expect(severities(kubeletClusterDns, node(['169.254.20.10']))).toEqual([]);
    const local = {
      'ip-addr.txt': '9: nodelocaldns: <BROADCAST,NOARP> mtu 1500\n    inet 10.96.0.99/32 scope global nodelocaldns\n',
    };
    expect(severities(kubeletClusterDns, node(['10.96.0.99'], local))).toEqual([]);
  });
  test('another address', () => {
    const [one] = found(kubeletClusterDns, node(['172.20.0.10']));
    expect(one).toMatchObject({ severity: 'high', area: 'dns' });
    expect(one?.claim).toContain('10.96.10.20');
    expect(one?.evidence).toHaveLength(2);
  });
});

test('without the setting pods get the name servers of the node', () => {
  expect(found(kubeletClusterDns, node(null))).toMatchObject([{ severity: 'medium', confidence: { level: 'likely' } }]);
  const ps =
    'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot 1 0 0 0 0 ? S 0 0 kubelet --v=2';
  expect(found(kubeletClusterDns, node(null, { 'system/ps.txt': `${ps}\n` }))).toMatchObject([
    { confidence: { level: 'certain' } },
  ]);
  expect(severities(kubeletClusterDns, node(null, { 'system/ps.txt': `${ps} --cluster-dns=10.96.10.20\n` }))).toEqual(
    [],
  );
});

test('what was not captured is not judged', () => {
  expect(check(kubeletClusterDns, { 'iptables-save-c.txt': dnsRules })).toMatchObject({ outcome: 'skipped' });
  expect(check(kubeletClusterDns, { ...node(['10.0.0.10']), 'iptables-save-c.txt': '' })).toMatchObject({
    outcome: 'skipped',
  });
});
