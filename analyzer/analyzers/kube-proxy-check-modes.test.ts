/** The checks of nftables and IPVS mode, on dumps of real kernels. */
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import type { CheckResultLine } from './check-line.ts';
import { checkKubeProxy } from './kube-proxy-check.ts';

type Edit = (file: string, text: string) => string;

function checked(
  name: string,
  podIp: string | null = null,
  files: RegExp = /./,
  edit: Edit = (_file, text) => text,
): readonly CheckResultLine[] {
  const dumps = [...caseDumps(name)].filter(([file]) => files.test(file));
  const texts = dumps.map(([file, bytes]) => [file, edit(file, bytes.toString())] as const);
  return checkKubeProxy(buildNodeFacts(memoryBundle(Object.fromEntries(texts))), podIp);
}

const said = (...args: Parameters<typeof checked>): readonly string[] =>
  checked(...args).map((line) => `[${line.level}] ${line.text}`);
const wrong = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.startsWith('[ISSUE]') || line.startsWith('[WARN]'));

describe('nftables mode', () => {
  test.each([/./, /^nft-ruleset\.txt$/, /^nft-ruleset\.json$/])('a healthy node, line for line, from %s', (files) => {
    expect(said('n2-rich', '10.244.1.11', files)).toEqual([
      '[OK] kube-proxy mode: nftables',
      '[INFO] KUBE-SERVICES, KUBE-NODEPORTS and KUBE-MARK-MASQ are not used in nftables mode',
      '[INFO] nftables mode keeps no rule counters: activity is not known',
      '[OK] chain services found in table ip kube-proxy',
      '[OK] chain services is reached from nat-prerouting',
      '[OK] chain services is reached from nat-output',
      '[OK] map service-ips found in table ip kube-proxy (20 element(s))',
      '[OK] map service-nodeports found in table ip kube-proxy (5 element(s))',
      '[OK] 35 endpoint chains found in table ip kube-proxy',
      '[OK] chain mark-for-masquerade found in table ip kube-proxy (57 references)',
      '[OK] Masquerade rules present in table ip kube-proxy',
      expect.stringMatching(
        /^\[OK\] Found \d+ nftables rule\(s\) for pod IP 10\.244\.1\.11 \(service rules present\)$/,
      ),
      '[OK] Pod IP 10.244.1.11 is an endpoint of shop/np:http, shop/sticky:http, shop/term:http, shop/web:http in these rules',
    ]);
  });

  test('a hook that is gone and an endpoint chain without dnat are issues with what to do next', () => {
    const hook = checked('nb1-nat-prerouting-gone').find(({ level }) => level === 'ISSUE');
    expect(hook?.text).toBe('chain services is not reached from nat-prerouting');
    expect(hook?.actions?.join()).toContain('kubectl logs');
    expect(wrong(said('nb4-endpoint-chain-empty', '10.244.2.11'))).toEqual([
      '[ISSUE] 1 endpoint chain(s) of table ip kube-proxy have no dnat: endpoint-KNW5FFQ5-shop/web/tcp/http__10.244.2.11/8080',
      '[ISSUE] New connections are lost in 1 service(s): shop/web:http (33 %)',
      '[WARN] Pod IP 10.244.2.11 gets no new connections to the cluster IP of shop/web:http: its share of the rules is 0',
    ]);
  });

  test('nothing masquerades, nothing is marked, no service is known', () => {
    const only = /^nft-ruleset\.txt$/;
    const edited = (from: RegExp, to: string) =>
      wrong(said('n1-minimal', null, only, (_file, text) => text.replace(from, to)));
    expect(edited(/\n\s*masquerade fully-random/, '')).toEqual([
      '[ISSUE] Masquerade rules missing: chain masquerading of table ip kube-proxy has no masquerade',
    ]);
    expect(edited(/\n\s*meta mark set meta mark \| 0x0*4000/, '')).toEqual([
      '[ISSUE] chain mark-for-masquerade of table ip kube-proxy sets no mark: nothing is marked for masquerade',
    ]);
    expect(edited(/(map service-ips \{[^}]*?)elements = \{[^}]*\}/, '$1')).toEqual([
      '[ISSUE] map service-ips in table ip kube-proxy is empty: no packet to a service is sent to an endpoint',
    ]);
  });

  test('a table whose end is missing: what is not there is not called missing', () => {
    const lines = said('n1-minimal', '10.244.9.9', /^nft-ruleset\.txt$/, (_file, text) =>
      text.slice(0, text.indexOf('chain nat-postrouting')),
    );
    expect(lines.filter((line) => line.startsWith('[ISSUE]'))).toEqual([]);
    expect(lines.at(-1)).toContain('Rules for pod IP 10.244.9.9 cannot be looked for');
  });
});

describe('IPVS mode', () => {
  test('virtual servers, their connections, the ipsets and the lines of a pod', () => {
    const lines = said('i3-rich-eks', '192.168.32.11');
    expect(lines).toEqual(
      expect.arrayContaining([
        '[OK] kube-proxy mode: ipvs',
        '[OK] KUBE-SERVICES chain found in nat table',
        '[OK] IPVS virtual servers found (26 in ipvsadm-Ln.txt, ipvsadm.txt)',
        '[OK] IPVS virtual servers active (14 with connections, sample: 156795 connections)',
        '[OK] ipset KUBE-CLUSTER-IP found (16 entries)',
        '[OK] ipset KUBE-LOOP-BACK found (15 entries)',
        // By hand: a real server of four cluster IPs and one node port, and three lines of KUBE-LOOP-BACK.
        '[OK] Found 8 iptables, IPVS and ipset line(s) for pod IP 192.168.32.11 (service rules present)',
      ]),
    );
    // No packet met KUBE-SERVICES, yet connections were made: nothing is wrong.
    expect(lines).toContain(
      '[INFO] KUBE-SERVICES chain has no packet counts: in IPVS mode the virtual servers tell the activity',
    );
    expect(lines.filter((line) => /^\[(?:ISSUE|WARN)\]/.test(line))).toEqual([]);
    // 192.168.32.1 is another address than 192.168.32.11.
    expect(said('i3-rich-eks', '192.168.32.1').at(-1)).toContain('No rules found for pod IP 192.168.32.1 ');
  });

  test('a cluster IP without virtual server', () => {
    expect(said('ib1-virtual-server-missing')).toContain(
      '[ISSUE] No IPVS virtual server for 1 cluster IP(s) of the ipset KUBE-CLUSTER-IP: 10.96.10.20:80',
    );
  });

  test('no virtual server at all is an issue, a missing output is not', () => {
    const header = 'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n';
    const none = said('i1-minimal', null, /./, (file, text) => (file.startsWith('ipvsadm') ? header : text));
    expect(none.some((line) => line.startsWith('[ISSUE] No IPVS virtual server'))).toBe(true);
    const gone = said('i1-minimal', '10.244.1.11', /^iptables-save-c|^ipset/);
    expect(gone).toContain('[INFO] ipvsadm output not collected: virtual servers cannot be checked');
    expect(gone.filter((line) => line.startsWith('[ISSUE]'))).toEqual([]);
    expect(gone.at(-1)).toContain('the output of ipvsadm was not collected');
  });

  test('ipsets that are gone', () => {
    const lines = said('i1-minimal', null, /./, (file, text) =>
      file === 'ipset.txt' ? text.replaceAll('KUBE-LOOP-BACK', 'OTHER-SET') : text,
    );
    expect(lines).toContain('[ISSUE] ipset KUBE-LOOP-BACK not found (ipset.txt)');
    expect(said('i1-minimal', null, /^iptables-save-c|^ipvsadm/)).toContain(
      '[INFO] ipset output not collected: KUBE-CLUSTER-IP and KUBE-LOOP-BACK cannot be checked',
    );
  });
});
