import { describe, expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { asListing, FORMS, HEALTHY_SAVE, inserted, sampleFacts, without } from '../../test/support/sample-node.ts';
import type { TableDump } from '../core/packet-rule.ts';
import { printIptablesRules } from '../parsers/iptables-print.ts';
import { parseIptablesSave } from '../parsers/iptables-save.ts';
import { buildNodeFacts } from './node-facts.ts';

const NFT =
  'table ip kube-proxy {\n\tchain services {\n\t\tip daddr . meta l4proto . th dport vmap @service-ips\n\t}\n}\n';
const BARE = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
COMMIT
`;
const IPVS = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP src,dst -j KUBE-MARK-MASQ
COMMIT
`;
const LOG = (mode: string): string =>
  `I0501 12:00:00.000001       1 server.go:1] "Starting"\nI0501 12:00:00.123456       1 server_linux.go:132] "Using ${mode} Proxier"\n`;

describe('mode', () => {
  test.each(FORMS)('iptables from %s, with the rule that shows it', (form) => {
    const { mode } = sampleFacts(HEALTHY_SAVE, form);
    expect(mode.mode).toBe('iptables');
    expect(mode.because).toContain('KUBE-SERVICES in the nat table of');
    expect(mode.evidence.length).toBeGreaterThan(0);
  });

  test.each([
    ['ipvs', { 'iptables-save.txt': IPVS }, 'KUBE-CLUSTER-IP'],
    ['nftables', { 'iptables-save.txt': '', 'nft-ruleset.txt': NFT }, "kube-proxy's own nft table"],
    ['nftables', { 'iptables-save.txt': HEALTHY_SAVE, 'nft-ruleset.txt': NFT }, "kube-proxy's own nft table"],
    [
      'nftables',
      {
        'ruleset.json':
          '{\n "nftables": [\n  {\n   "table": {\n    "family": "ip",\n    "name": "kube-proxy"\n   }\n  }\n ]\n}\n',
      },
      "kube-proxy's own nft table",
    ],
    ['unknown', { 'iptables-save.txt': '' }, 'nftables mode or no rules'],
    ['unknown', { 'iptables-save.txt': BARE }, 'nftables mode or no rules'],
    [
      'unknown',
      { 'ip6tables-save.txt': BARE, 'nft-ruleset.txt': 'table ip filter {\n}\n' },
      'nftables mode or no rules',
    ],
    ['unknown', { 'iptables-save.txt': BARE, 'nft-ruleset.txt': 'nft: not found\n' }, 'nftables mode or no rules'],
    ['none', { 'iptables-save.txt': BARE, 'nft-ruleset.txt': 'table ip filter {\n}\n' }, 'neither'],
    [
      'iptables',
      { 'iptables-save.txt': BARE.replace(':INPUT', ':KUBE-NODEPORTS - [0:0]\n:KUBE-SERVICES - [0:0]\n:INPUT') },
      'KUBE-NODEPORTS',
    ],
    ['unknown', { 'nft-ruleset.txt': 'table ip filter {\n}\n' }, 'nft-ruleset.txt holds no service chain'],
    ['unknown', { 'notes.txt': 'hello\n' }, 'no iptables, nft or IPVS dump'],
    ['ipvs', { 'kube-proxy.log': LOG('ipvs') }, 'Using ipvs Proxier'],
    ['replaced', { 'iptables-save.txt': BARE.replace(':INPUT', ':CILIUM_PRE_nat - [0:0]\n:INPUT') }, 'Cilium'],
  ])('%s', (mode, files, because) => {
    const facts = buildNodeFacts(memoryBundle(files as Record<string, string>));
    expect(facts.mode.mode).toBe(mode);
    expect(facts.mode.because).toContain(because);
  });

  test('the log line is cited with its number', () => {
    const facts = buildNodeFacts(
      memoryBundle({ 'iptables-save.txt': HEALTHY_SAVE, 'kube-proxy.log': LOG('iptables') }),
    );
    expect(facts.mode.because).toContain('logged "Using iptables Proxier"');
    expect(facts.mode.evidence.some((ref) => ref.fileId === 2 && ref.line === 2)).toBe(true);
  });

  test('settings decide where no rules were captured, and contradict rules of another mode', () => {
    const config = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n';
    const alone = buildNodeFacts(memoryBundle({ 'kube-proxy-config.yaml': config })).mode;
    expect(alone.mode).toBe('ipvs');
    expect(alone.because).toContain('kube-proxy is set to mode ipvs');
    expect(alone.evidence).toEqual([{ fileId: 1, line: 3, endLine: 3 }]);
    const { mode } = buildNodeFacts(
      memoryBundle({ 'iptables-save.txt': HEALTHY_SAVE, 'kube-proxy-config.yaml': config }),
    );
    expect(mode.mode).toBe('iptables');
    expect(mode.contradictions.map((trace) => [trace.mode, trace.active])).toEqual([['ipvs', 'no']]);
  });

  test('a log that names another mode is a contradiction, not a decision against active rules', () => {
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': HEALTHY_SAVE, 'kube-proxy.log': LOG('ipvs') }));
    expect(facts.mode.mode).toBe('iptables');
    expect(facts.mode.contradictions.map((trace) => trace.mode)).toEqual(['ipvs']);
  });
});

describe('sources', () => {
  const plain = HEALTHY_SAVE.replace(/^\[\d+:\d+\] /gm, '');

  test('a save with counters is preferred to one without', () => {
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': plain, 'iptables-save-c.txt': HEALTHY_SAVE }));
    expect(new Set(facts.tables.map((table) => table.file))).toEqual(new Set(['iptables-save-c.txt']));
    expect(facts.rules.disagreements).toEqual([]);
  });

  test('a whole dump is preferred to a richer one that was cut', () => {
    const facts = buildNodeFacts(
      memoryBundle({
        'iptables-save.txt': plain,
        'iptables-save-c.txt': HEALTHY_SAVE.slice(0, HEALTHY_SAVE.indexOf('-A KUBE-SERVICES -d 10.96.0.1')),
      }),
    );
    expect(facts.tables.find((table) => table.table === 'nat')?.file).toBe('iptables-save.txt');
  });

  test('dumps that disagree are told with the chain', () => {
    const other = without(plain, '-> 10.244.2.12:8080');
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': other, 'iptables-save-c.txt': HEALTHY_SAVE }));
    expect(facts.rules.disagreements.map((each) => each.sentence)).toEqual([
      'iptables-save-c.txt and iptables-save.txt disagree on the IPv4 nat table: KUBE-SVC-67NZLRHBNDSAWJRO (4 rules and 3); iptables-save-c.txt is used; the rules may have changed between the two captures',
    ]);
  });

  test('dumps with as many rules that lead elsewhere are told too', () => {
    const other = plain.replace('--to-destination 10.244.2.13:8080', '--to-destination 10.244.9.13:8080');
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': other, 'iptables-save-c.txt': HEALTHY_SAVE }));
    expect(facts.rules.disagreements.map((each) => each.sentence)).toEqual([
      'iptables-save-c.txt and iptables-save.txt disagree on the IPv4 nat table: KUBE-SEP-2OIS5GZ4GISNTLLH (rule 2 differs); iptables-save-c.txt is used; the rules may have changed between the two captures',
    ]);
    expect(facts.rules.disagreements[0]?.evidence).toHaveLength(2);
  });

  test('a listing of the same rules agrees with the save', () => {
    const nat = parseIptablesSave(HEALTHY_SAVE).tables.find((table) => table.table === 'nat') as TableDump;
    const facts = buildNodeFacts(
      memoryBundle({
        'iptables-save.txt': plain,
        'iptables-nat.txt': asListing(nat),
        'rules.txt': printIptablesRules(nat),
      }),
    );
    expect(facts.rules.all.filter((table) => table.table === 'nat').map((table) => table.source)).toEqual([
      'iptables-save',
      'iptables-rules',
      'iptables-list',
    ]);
    expect(facts.rules.disagreements).toEqual([]);
  });

  test('matches and targets that nobody knows are named, known ones are not', () => {
    const strange = inserted(
      plain,
      '-A KUBE-SERVICES -d 10.96.11.9/32',
      '-A KUBE-FORWARD -m geoip --source-country XX -m limit --limit 3/min -j DROP',
    );
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': strange }));
    expect(facts.notLookedAt.filter((each) => each.includes('geoip'))).toEqual([
      'iptables-save.txt: 1 rule of the IPv4 filter table with the match geoip (first on line 29): what it does is not known',
    ]);
    expect(facts.notLookedAt.filter((each) => each.includes('limit'))).toEqual([]);
  });

  test('an empty file is not collected, never healthy', () => {
    const facts = buildNodeFacts(memoryBundle({ 'iptables-save.txt': '', 'node_n/node_iptables_nat.txt': '\n' }));
    expect(facts.tables).toEqual([]);
    expect(facts.rules.empty.map((dump) => dump.file)).toEqual(['iptables-save.txt', 'node_n/node_iptables_nat.txt']);
    expect(facts.notLookedAt).toHaveLength(2);
  });

  test('a table that no dump holds is said to be unknown', () => {
    const filter = HEALTHY_SAVE.slice(0, HEALTHY_SAVE.indexOf('*nat'));
    expect(sampleFacts(filter).notLookedAt).toEqual([
      'no IPv4 nat table is in the captured dumps: service rules and masquerading are not known',
    ]);
    expect(sampleFacts(HEALTHY_SAVE).notLookedAt).toEqual([]);
  });

  test('100,000 rules are read and derived', () => {
    const many = Array.from(
      { length: 50_000 },
      (_, at) =>
        `[0:0] -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/np${at}:http" -m tcp --dport ${at % 65_536} -j KUBE-EXT-DCQOGJK4QZZOVIJ6`,
    );
    const text = inserted(HEALTHY_SAVE, '-A KUBE-POSTROUTING', many.concat(many).join('\n'));
    const facts = sampleFacts(text);
    expect(facts.tables[0]?.chains.get('KUBE-NODEPORTS')?.rules).toHaveLength(100_001);
  });
});
