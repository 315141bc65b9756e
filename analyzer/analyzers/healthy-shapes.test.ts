/** Healthy nodes of other versions, settings and neighbours: no check may find anything of medium severity or worse. */
import { expect, test } from 'vitest';
import { HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { severityRank } from '../core/vocabulary.ts';
import { ANALYZERS } from './registry.ts';

const lines = (text: string, keep: (line: string) => boolean) => text.split('\n').filter(keep).join('\n');
const declared = (rules: string) =>
  [...new Set([...rules.matchAll(/^-A (\S+)/gm)].map((found) => found[1] ?? ''))]
    .filter(
      (chain) =>
        !/^(?:INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING|KUBE-(?:SERVICES|NODEPORTS|EXTERNAL-SERVICES))$/.test(chain),
    )
    .map((chain) => `:${chain} - [0:0]\n`)
    .join('');
/** The healthy node with rules of somebody else behind its own. */
const filter = (rules: string) =>
  HEALTHY_SAVE.replace(':KUBE-EXTERNAL-SERVICES', `${declared(rules)}:KUBE-EXTERNAL-SERVICES`).replace(
    'COMMIT\n*nat',
    `${rules}COMMIT\n*nat`,
  );
const nat = (rules: string) =>
  HEALTHY_SAVE.replace(':AWS-SNAT-CHAIN-0', `${declared(rules)}:AWS-SNAT-CHAIN-0`).replace(
    /COMMIT\n# Completed/,
    `${rules}COMMIT\n# Completed`,
  );

const UFW = `-A INPUT -j ufw-before-input
-A FORWARD -j ufw-before-forward
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
-A ufw-before-input -j ufw-not-local
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -j DROP
`;
const FIREWALLD = `-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT
-A FORWARD -j FORWARD_IN_ZONES
-A FORWARD -m conntrack --ctstate INVALID -j DROP
-A FORWARD -j REJECT --reject-with icmp-host-prohibited
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A FORWARD_IN_ZONES -i eni+ -j FWDI_trusted
-A FWDI_trusted -j ACCEPT
`;
const DOCKER_AND_CALICO = `-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -m mark --mark 0x10000/0x10000 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A cali-FORWARD -i cali+ -j cali-from-wl-dispatch
-A cali-from-wl-dispatch -m comment --comment "Unknown interface" -j DROP
`;
const NODE_LOCAL_DNS = `*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j CT --notrack
COMMIT
`;
const OTHERS_IN_NAT = `-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A PREROUTING -j ISTIO_PRERT
-A POSTROUTING -j CILIUM_POST_nat
-A CNI-HOSTPORT-DNAT -p tcp -m tcp --dport 9000 -j RETURN
-A ISTIO_PRERT -d 169.254.7.127/32 -p tcp -m tcp -j ACCEPT
-A CILIUM_POST_nat -s 10.244.0.0/16 -j MASQUERADE
`;
const VPC_CNI = `-A PREROUTING -i eni+ -m comment --comment "AWS, outbound connections" -j AWS-CONNMARK-CHAIN-0
-A PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
-A AWS-CONNMARK-CHAIN-0 -d 10.244.0.0/16 -m comment --comment "AWS CONNMARK CHAIN, VPC CIDR" -j RETURN
-A AWS-CONNMARK-CHAIN-0 -m comment --comment "AWS, CONNMARK" -j CONNMARK --set-xmark 0x80/0x80
`;
// 1.23: one chain for load balancers, and marks for what is dropped.
const XLB =
  nat(`-A KUBE-SERVICES -d 198.51.100.7/32 -p tcp -m comment --comment "shop/lb:http loadbalancer IP" -m tcp --dport 80 -j KUBE-FW-AAAAAAAAAAAAAAAA
-A KUBE-FW-AAAAAAAAAAAAAAAA -m comment --comment "shop/lb:http loadbalancer IP" -j KUBE-XLB-AAAAAAAAAAAAAAAA
-A KUBE-FW-AAAAAAAAAAAAAAAA -m comment --comment "shop/lb:http loadbalancer IP" -j KUBE-MARK-DROP
-A KUBE-XLB-AAAAAAAAAAAAAAAA -m comment --comment "masquerade LOCAL traffic for shop/lb:http LB IP" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
-A KUBE-XLB-AAAAAAAAAAAAAAAA -m comment --comment "route LOCAL traffic for shop/lb:http LB IP to service chain" -m addrtype --src-type LOCAL -j KUBE-SVC-67NZLRHBNDSAWJRO
-A KUBE-XLB-AAAAAAAAAAAAAAAA -m comment --comment "shop/lb:http has no local endpoints" -j KUBE-MARK-DROP
-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000
`).replace(
    '[0:0] -A KUBE-FIREWALL ! -s',
    '[0:0] -A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP\n[0:0] -A KUBE-FIREWALL ! -s',
  );
const NO_LOCAL_ENDPOINT =
  nat(`-A KUBE-SERVICES -d 10.96.77.1/32 -p tcp -m comment --comment "shop/loc:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-BBBBBBBBBBBBBBBB
-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/loc:http" -m tcp --dport 31000 -j KUBE-EXT-BBBBBBBBBBBBBBBB
-A KUBE-EXT-BBBBBBBBBBBBBBBB -s 10.244.0.0/16 -m comment --comment "pod traffic for shop/loc:http external destinations" -j KUBE-SVC-BBBBBBBBBBBBBBBB
-A KUBE-EXT-BBBBBBBBBBBBBBBB -m comment --comment "masquerade LOCAL traffic for shop/loc:http external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
-A KUBE-EXT-BBBBBBBBBBBBBBBB -m comment --comment "route LOCAL traffic for shop/loc:http external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-BBBBBBBBBBBBBBBB
-A KUBE-SVC-BBBBBBBBBBBBBBBB -m comment --comment "shop/loc:http -> 10.244.2.13:8080" -j KUBE-SEP-BBBBBBBBBBBBBBBB
-A KUBE-SEP-BBBBBBBBBBBBBBBB -s 10.244.2.13/32 -m comment --comment "shop/loc:http" -j KUBE-MARK-MASQ
-A KUBE-SEP-BBBBBBBBBBBBBBBB -p tcp -m comment --comment "shop/loc:http" -m tcp -j DNAT --to-destination 10.244.2.13:8080
`).replace(
    '[6:360] -A KUBE-SERVICES -d 10.96.11.9',
    '[0:0] -A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "shop/loc:http has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 31000 -j DROP\n[6:360] -A KUBE-SERVICES -d 10.96.11.9',
  );
const NFACCT = HEALTHY_SAVE.replace(
  '--ctstate INVALID -j DROP',
  '--ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP',
);
const EMPTY_V6 =
  '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n';

test.each([
  ['as captured', HEALTHY_SAVE],
  ['no service but the API', lines(HEALTHY_SAVE, (line) => !/shop|DCQO|67NZ|2OIS|BTZN|EPVT|EU7N|MOGH|PCAW/.test(line))],
  ['every counter zero', HEALTHY_SAVE.replace(/^\[\d+:\d+\]/gm, '[0:0]')],
  ['more than 1,000 endpoints: no comments', HEALTHY_SAVE.replace(/ -m comment --comment "shop[^"]*"/g, '')],
  ['no local detector', lines(HEALTHY_SAVE, (line) => !line.includes('! -s 10.244'))],
  ['masqueradeAll', HEALTHY_SAVE.replaceAll(' ! -s 10.244.0.0/16', '')],
  ['ufw', filter(UFW)],
  ['firewalld', filter(FIREWALLD)],
  ['Docker and Calico', filter(DOCKER_AND_CALICO).replace(':FORWARD ACCEPT', ':FORWARD DROP')],
  ['NodeLocal DNS', NODE_LOCAL_DNS + HEALTHY_SAVE],
  ['host ports, Istio, Cilium', nat(OTHERS_IN_NAT)],
  ['VPC CNI', nat(VPC_CNI)],
  ['1.23', XLB],
  ['1.32', NFACCT],
  ['policy Local without a local endpoint', NO_LOCAL_ENDPOINT],
])('%s', (_what, save) => {
  const facts = sampleFacts(save, 'save with counters', { 'ip6tables-save.txt': EMPTY_V6 });
  expect(facts.mode.mode).toBe('iptables');
  expect(facts.tables.every((table) => table.cut === null)).toBe(true);
  const loud = ANALYZERS.flatMap((analyzer) => {
    const result = analyzer.run(facts);
    return result.outcome === 'finding' ? result.findings : [];
  }).filter((finding) => severityRank(finding.severity) >= severityRank('medium'));
  expect(loud.map(({ claim }) => claim)).toEqual([]);
});
