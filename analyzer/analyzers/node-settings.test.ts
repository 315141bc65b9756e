import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { findingsOf } from '../../test/support/sample-node.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import type { Analyzer } from './analyzer.ts';
import { bridgeNfCallOff } from './bridge-nf-call-off.ts';
import { eniRuleRouteMismatch } from './eni-rule-route-mismatch.ts';
import { ipForwardOff } from './ip-forward-off.ts';
import { ipvsConntrackOff } from './ipvs-conntrack-off.ts';
import { ipvsModulesMissing } from './ipvs-modules-missing.ts';
import { routeLocalnetOff } from './route-localnet-off.ts';
import { rpFilterStrict } from './rp-filter-strict.ts';

type Files = Readonly<Record<string, string>>;

const dump = (name: string, file: string): string => caseDumps(name).get(file)?.toString() ?? '';
const run = (analyzer: Analyzer, files: Files) => analyzer.run(buildNodeFacts(memoryBundle(files)));
const severities = (analyzer: Analyzer, files: Files) =>
  findingsOf(analyzer, buildNodeFacts(memoryBundle(files))).map((each) => each.severity);

const IPTABLES = { 'iptables-save.txt': dump('h3-rich-kubeadm', 'iptables-save.txt') };
const IPVS = {
  'iptables-save.txt': dump('i3-rich-eks', 'iptables-save.txt'),
  'ipset.txt': dump('i3-rich-eks', 'ipset.txt'),
};
const VPC = {
  'iprule.txt': `0:\tfrom all lookup local
512:\tfrom all to 10.0.3.7 lookup main
512:\tfrom all to 10.0.9.7 lookup main
1024:\tfrom all fwmark 0x80/0x80 lookup main
1536:\tfrom 10.0.9.7 lookup 2
32766:\tfrom all lookup main
32767:\tfrom all lookup default
`,
  'iproute.txt': `default via 10.0.3.1 dev eth0
10.0.3.7 dev eni1 scope link
10.0.9.7 dev eni2 scope link
default via 10.0.9.1 dev eth1 table 2
10.0.9.1 dev eth1 table 2 scope link
local 10.0.3.2 dev eth0 table local proto kernel scope host src 10.0.3.2
`,
  'ip-addr.txt': `1: lo: <LOOPBACK,UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo
2: eth0: <UP> mtu 9001\n    inet 10.0.3.2/24 scope global eth0
3: eth1: <UP> mtu 9001\n    inet 10.0.9.2/24 scope global eth1
4: eni1@if3: <UP> mtu 9001\n    inet6 fe80::1/64 scope link
5: eni2@if3: <UP> mtu 9001\n    inet6 fe80::2/64 scope link
`,
};

const sysctl = (...lines: readonly string[]): Files => ({ 'sysctl.txt': `${lines.join('\n')}\n` });

describe('a setting is only judged when it was captured', () => {
  test.each([
    [ipForwardOff, IPTABLES],
    [rpFilterStrict, VPC],
    [bridgeNfCallOff, {}],
    [routeLocalnetOff, IPTABLES],
    [ipvsConntrackOff, IPVS],
    [ipvsModulesMissing, IPVS],
  ])('%#', (analyzer, files: Files) => {
    expect(run(analyzer, { ...files, 'sysctl_all.txt': 'kernel.panic = 10\n' })).toMatchObject({ outcome: 'skipped' });
  });
});

describe('ip-forward-off', () => {
  test('off is found whatever the mode, on is not', () => {
    expect(severities(ipForwardOff, { ...IPTABLES, ...sysctl('net.ipv4.ip_forward = 0') })).toEqual(['high']);
    expect(severities(ipForwardOff, sysctl('net.ipv4.ip_forward = 0'))).toEqual(['high']);
    expect(severities(ipForwardOff, { ...IPTABLES, ...sysctl('net.ipv4.ip_forward = 1') })).toEqual([]);
  });

  test('IPv6 only matters where IPv6 services are', () => {
    const off = sysctl('net.ipv4.ip_forward = 1', 'net.ipv6.conf.all.forwarding = 0');
    expect(severities(ipForwardOff, { ...IPTABLES, ...off })).toEqual([]);
    const six = dump('h6-dualstack', 'ip6tables-save.txt');
    expect(severities(ipForwardOff, { ...IPTABLES, 'ip6tables-save.txt': six, ...off })).toEqual(['high']);
  });
});

describe('rp-filter-strict', () => {
  const values = (all: number, eth0: number) =>
    sysctl(`net.ipv4.conf.all.rp_filter = ${all}`, `net.ipv4.conf.eth0.rp_filter = ${eth0}`);

  test.each([
    [0, 1, 1],
    [1, 0, 1],
    [1, 2, 0],
    [2, 1, 0],
    [0, 0, 0],
  ])('all %i and eth0 %i: %i findings', (all, eth0, count) => {
    expect(severities(rpFilterStrict, { ...VPC, ...values(all, eth0) })).toHaveLength(count);
  });

  test('without a second network interface it is nothing to look at', () => {
    const one = { ...VPC, 'iprule.txt': VPC['iprule.txt'].replace(/^1536.*\n/m, '') };
    expect(severities(rpFilterStrict, { ...one, ...values(1, 1) })).toEqual([]);
  });
});

describe('bridge-nf-call-off', () => {
  const addresses = (name: string) => ({
    'ip-addr.txt': `1: lo: <UP> mtu 1\n    inet 127.0.0.1/8 scope host lo\n7: ${name}: <UP> mtu 1450\n    inet 10.0.0.1/24 scope global ${name}\n`,
  });
  const off = sysctl('net.bridge.bridge-nf-call-iptables = 0');

  test('only with a bridge of pods', () => {
    expect(severities(bridgeNfCallOff, { ...addresses('cni0'), ...off })).toEqual(['medium']);
    expect(severities(bridgeNfCallOff, { ...addresses('docker0'), ...off })).toEqual([]);
    expect(
      severities(bridgeNfCallOff, { ...addresses('cni0'), ...sysctl('net.bridge.bridge-nf-call-iptables = 1') }),
    ).toEqual([]);
  });
});

describe('route-localnet-off', () => {
  const off = sysctl('net.ipv4.conf.all.route_localnet = 0');

  test('only with rules that serve NodePorts on localhost', () => {
    expect(severities(routeLocalnetOff, { ...IPTABLES, ...off })).toEqual(['low']);
    expect(severities(routeLocalnetOff, { ...IPTABLES, ...sysctl('net.ipv4.conf.all.route_localnet = 1') })).toEqual(
      [],
    );
    const without = IPTABLES['iptables-save.txt'].replace(
      /^(-A KUBE-SERVICES) (.*-j KUBE-NODEPORTS)$/m,
      '$1 ! -d 127.0.0.0/8 $2',
    );
    expect(without).not.toBe(IPTABLES['iptables-save.txt']);
    expect(severities(routeLocalnetOff, { 'iptables-save.txt': without, ...off })).toEqual([]);
  });
});

describe('IPVS', () => {
  test('ipvs-conntrack-off', () => {
    expect(severities(ipvsConntrackOff, { ...IPVS, ...sysctl('net.ipv4.vs.conntrack = 0') })).toEqual(['high']);
    expect(severities(ipvsConntrackOff, { ...IPVS, ...sysctl('net.ipv4.vs.conntrack = 1') })).toEqual([]);
    expect(run(ipvsConntrackOff, { ...IPTABLES, ...sysctl('net.ipv4.vs.conntrack = 0') })).toMatchObject({
      outcome: 'skipped',
    });
  });

  const config = (scheduler: string) => ({
    'kube-proxy-config.yaml': `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\nipvs:\n  scheduler: ${scheduler}\n`,
  });
  const modules = (...names: readonly string[]) => ({
    'lsmod.txt': `Module                  Size  Used by\nnf_conntrack 139264 5\n${names.map((name) => `${name} 1 0\n`).join('')}`,
  });

  test('ipvs-modules-missing by settings, with the scheduler that is set', () => {
    expect(severities(ipvsModulesMissing, { ...config('""'), ...modules('ip_vs', 'ip_vs_rr') })).toEqual([]);
    expect(severities(ipvsModulesMissing, { ...config('lc'), ...modules('ip_vs', 'ip_vs_rr') })).toEqual(['medium']);
    expect(severities(ipvsModulesMissing, { ...config('""'), ...modules() })).toEqual(['high']);
    expect(severities(ipvsModulesMissing, { ...IPTABLES, ...modules() })).toEqual([]);
  });

  test('virtual servers that are listed prove that it works', () => {
    expect(severities(ipvsModulesMissing, { ...IPVS, ...modules() })).toEqual(['high']);
    expect(
      severities(ipvsModulesMissing, { ...IPVS, ...modules(), 'ipvsadm.txt': dump('i3-rich-eks', 'ipvsadm.txt') }),
    ).toEqual([]);
  });

  test('a list without any module of netfilter is no list of modules', () => {
    expect(run(ipvsModulesMissing, { ...config('rr'), 'modinfo/lustre.txt': 'filename: x\n' })).toMatchObject({
      outcome: 'skipped',
    });
  });
});

describe('eni-rule-route-mismatch', () => {
  const edited = (file: keyof typeof VPC, from: string, to: string) => {
    expect(VPC[file]).toContain(from);
    return findingsOf(
      eniRuleRouteMismatch,
      buildNodeFacts(memoryBundle({ ...VPC, [file]: VPC[file].replace(from, to) })),
    );
  };

  test('what fits together passes', () => {
    expect(severities(eniRuleRouteMismatch, VPC)).toEqual([]);
    expect(
      severities(
        eniRuleRouteMismatch,
        Object.fromEntries([...caseDumps('h2-minimal-nft-eks')].map(([file, bytes]) => [file, bytes.toString()])),
      ),
    ).toEqual([]);
  });

  test('a table without default route', () => {
    const found = edited('iproute.txt', 'default via 10.0.9.1 dev eth1 table 2\n', '');
    expect(found).toMatchObject([{ severity: 'high', confidence: { level: 'certain' }, evidence: [{ line: 5 }, {}] }]);
    expect(found[0]?.claim).toContain('10.0.9.7');
  });

  test('of tables that were not captured nothing is said', () => {
    const main = VPC['iproute.txt']
      .split('\n')
      .filter((line) => !line.includes('table'))
      .join('\n');
    expect(severities(eniRuleRouteMismatch, { ...VPC, 'iproute.txt': `${main}\n` })).toEqual([]);
  });

  test('a pod rule without a route, a route without its interface', () => {
    expect(edited('iproute.txt', '10.0.3.7 dev eni1 scope link\n', '')).toMatchObject([
      { severity: 'low', entities: [{ name: '10.0.3.7' }] },
    ]);
    expect(edited('ip-addr.txt', '5: eni2@if3', '5: eni9@if3')).toMatchObject([
      { severity: 'low', entities: [{ name: '10.0.9.7' }, { name: 'eni2' }] },
    ]);
  });

  test('other rules of other software are not those of the CNI', () => {
    const rules = VPC['iprule.txt'].replaceAll('512:', '900:').replace('1536:', '1500:');
    expect(run(eniRuleRouteMismatch, { ...VPC, 'iprule.txt': rules })).toMatchObject({ outcome: 'pass' });
    expect(run(eniRuleRouteMismatch, { 'iproute.txt': VPC['iproute.txt'] })).toMatchObject({ outcome: 'skipped' });
  });
});
