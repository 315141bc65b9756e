import { expect, test } from 'vitest';
import type { PacketRule, RuleDump } from '../core/packet-rule.ts';
import { parseIptablesList } from './iptables-list.ts';
import { parseIptablesSave } from './iptables-save.ts';
import { unknownParts } from './iptables-unknown.ts';

function only(dump: RuleDump) {
  expect(dump.junk).toEqual([]);
  const rules = dump.tables.flatMap((table) => [...table.chains.values()].flatMap((chain) => chain.rules));
  expect(rules).toHaveLength(1);
  const { line: _line, raw: _raw, packets: _packets, bytes: _bytes, ...rule } = rules[0] as PacketRule;
  return rule;
}

const saved = (options: string) => only(parseIptablesSave(`*nat\n:KUBE-X - [0:0]\n-A KUBE-X ${options}\nCOMMIT\n`));
const listed = (target: string, protocol: string, text: string) =>
  only(
    parseIptablesList(
      `Chain KUBE-X (0 references)\n pkts bytes target     prot opt in     out     source               destination\n    0     0 ${target.padEnd(10)} ${protocol.padEnd(4)} --  *      *       0.0.0.0/0            0.0.0.0/0            ${text}\n`,
    ),
  );

/** What iptables 1.8 prints for one rule: as iptables-save, and as -L -n -v (target, protocol, text). */
const PAIRS: readonly (readonly [string, string, string, string])[] = [
  ['-j CONNMARK --set-xmark 0x80/0x80', 'CONNMARK', '0', 'CONNMARK or 0x80'],
  ['-j CONNMARK --set-xmark 0x0/0x80', 'CONNMARK', '0', 'CONNMARK and 0xffffff7f'],
  ['-j CONNMARK --set-xmark 0x81/0xff', 'CONNMARK', '0', 'CONNMARK xset 0x81/0xff'],
  ['-j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80', 'CONNMARK', '0', 'CONNMARK restore mask 0x80'],
  ['-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff', 'CONNMARK', '0', 'CONNMARK save'],
  ['-j CONNMARK --restore-mark --nfmask 0x1 --ctmask 0x2', 'CONNMARK', '0', 'CONNMARK restore ctmask 0x2 nfmask ~0x1'],
  ['-j CONNMARK --save-mark --nfmask 0x1 --ctmask 0x2', 'CONNMARK', '0', 'CONNMARK save nfmask 0x1 ctmask ~0x2'],
  ['-m connmark --mark 0x80/0x80 -j RETURN', 'RETURN', '0', 'connmark match  0x80/0x80'],
  ['-m connmark ! --mark 0x80/0x80 -j RETURN', 'RETURN', '0', 'connmark match ! 0x80/0x80'],
  ['-m mark --mark 0x1 -m mark ! --mark 0x2/0x2 -j DROP', 'DROP', '0', 'mark match 0x1 mark match ! 0x2/0x2'],
  ['-j MASQUERADE --random-fully', 'MASQUERADE', '0', 'random-fully'],
  ['-p tcp -j MASQUERADE --to-ports 1024-65535', 'MASQUERADE', '6', 'masq ports: 1024-65535'],
  ['-p tcp -j REDIRECT --to-ports 15001', 'REDIRECT', '6', 'redir ports 15001'],
  ['-j CT --notrack', 'CT', '0', 'CT notrack'],
  ['-j CT --zone 1', 'CT', '0', 'CT zone 1'],
  ['-j NFQUEUE --queue-num 2 --queue-bypass', 'NFQUEUE', '0', 'NFQUEUE num 2 bypass'],
  ['-j NFQUEUE --queue-balance 0:3', 'NFQUEUE', '0', 'NFQUEUE balance 0:3'],
  [
    '-p tcp -m mark --mark 0x200/0xf00 -j TPROXY --on-port 15001 --on-ip 0.0.0.0 --tproxy-mark 0x200/0xffffffff',
    'TPROXY',
    '6',
    'mark match 0x200/0xf00 TPROXY redirect 0.0.0.0:15001 mark 0x200/0xffffffff',
  ],
  ['-j LOG', 'LOG', '0', 'LOG flags 0 level 4'],
  [
    '-j LOG --log-prefix "calico-packet: " --log-level 5 --log-uid',
    'LOG',
    '0',
    'LOG flags 8 level 5 prefix "calico-packet: "',
  ],
  ['-j NFLOG --nflog-prefix "two words" --nflog-group 1', 'NFLOG', '0', 'nflog-prefix  "two words" nflog-group 1'],
  ['-p tcp -j TCPMSS --clamp-mss-to-pmtu', 'TCPMSS', '6', 'TCPMSS clamp to PMTU'],
  ['-j SET --add-set banned src', 'SET', '0', 'add-set banned src'],
  ['-m limit --limit 3/min -j RETURN', 'RETURN', '0', 'limit: avg 3/min burst 5'],
  ['-m limit --limit 10/sec --limit-burst 50 -j RETURN', 'RETURN', '0', 'limit: avg 10/sec burst 50'],
  ['-m physdev ! --physdev-is-in -j DROP', 'DROP', '0', 'PHYSDEV match ! --physdev-is-in'],
  [
    '-m physdev --physdev-in veth1 ! --physdev-is-bridged -j DROP',
    'DROP',
    '0',
    'PHYSDEV match --physdev-in veth1 ! --physdev-is-bridged',
  ],
  [
    '-m iprange --src-range 10.0.0.1-10.0.0.9 ! --dst-range 10.1.0.1-10.1.0.9 -j DROP',
    'DROP',
    '0',
    'source IP range 10.0.0.1-10.0.0.9 destination IP range ! 10.1.0.1-10.1.0.9',
  ],
  ['-m owner --uid-owner 0 -j ACCEPT', 'ACCEPT', '0', 'owner UID match 0'],
  ['-m owner ! --uid-owner 1000-2000 -j ACCEPT', 'ACCEPT', '0', '! owner UID match 1000-2000'],
  ['-m conntrack --ctstate INVALID,UNTRACKED -j DROP', 'DROP', '0', 'ctstate INVALID,UNTRACKED'],
  ['-m conntrack --ctorigdstport 80 ! --ctstatus DNAT -j DROP', 'DROP', '0', 'ctorigdstport 80 ! ctstatus DNAT'],
  ['-p udp -m ipvs --vaddr 10.96.0.10 ! --vport 53 -j RETURN', 'RETURN', '17', 'vaddr 10.96.0.10 ! vport 53'],
  ['-m nfacct --nfacct-name ct_established', '', '0', 'nfacct-name  ct_established'],
  [
    '-p tcp -m connlimit --connlimit-above 10 --connlimit-mask 32 --connlimit-saddr -j REJECT --reject-with tcp-reset',
    'REJECT',
    '6',
    '#conn src/32 > 10 reject-with tcp-reset',
  ],
  ['-p icmp -m icmp --icmp-type 8 -j ACCEPT', 'ACCEPT', '1', 'icmptype 8'],
  ['-p icmp -m icmp ! --icmp-type 3/4 -j ACCEPT', 'ACCEPT', '1', 'icmp !type 3 code 4'],
  ['-p icmp -m icmp --icmp-type any -j ACCEPT', 'ACCEPT', '1', 'icmptype 255'],
  ['-p icmp -m icmp --icmp-type 8 -j ACCEPT', 'ACCEPT', 'icmp', 'icmp echo-request'],
  ['-p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT', 'ACCEPT', '58', 'ipv6-icmptype 135'],
  ['-p tcp -m tcp --dport 80 --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT', 'ACCEPT', '6', 'tcp dpt:80 flags:0x17/0x02'],
  ['-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP', 'DROP', '6', 'tcp flags:!0x17/0x02'],
  ['-p tcp -m multiport --dports 80,443 -j ACCEPT', 'ACCEPT', '6', 'multiport dports 80,443'],
  ['-p tcp -m multiport ! --dports 80,443 -j ACCEPT', 'ACCEPT', '6', 'multiport dports  !80,443'],
  ['-p tcp -m multiport --ports 80,8000:8080 -j ACCEPT', 'ACCEPT', '6', 'multiport ports 80,8000:8080'],
  ['-p tcp -m tcp --dport 443 -j ACCEPT', 'ACCEPT', 'tcp', 'tcp dpt:https'],
  ['-m state --state NEW -j ACCEPT', 'ACCEPT', '0', 'state NEW'],
  ['-m policy --dir in --pol none -j ACCEPT', 'ACCEPT', '0', 'policy match dir in pol none'],
  ['-m socket -j ACCEPT', 'ACCEPT', '0', 'socket'],
  ['-m socket --transparent -j ACCEPT', 'ACCEPT', '0', 'socket --transparent'],
  ['-m rpfilter --validmark --invert -j DROP', 'DROP', '0', 'rpfilter validmark invert'],
  ['-m statistic --mode nth --every 3 --packet 0 -j KUBE-Y', 'KUBE-Y', '0', 'statistic mode nth every 3'],
  [
    '-m statistic --mode random ! --probability 0.5 -j KUBE-Y',
    'KUBE-Y',
    '0',
    'statistic mode random ! probability 0.5',
  ],
  [
    '-m recent ! --rcheck --seconds 60 --name X --mask 255.255.255.255 --rsource -j DROP',
    'DROP',
    '0',
    'recent: ! CHECK seconds: 60 name: X side: source mask: 255.255.255.255',
  ],
  ['-m addrtype ! --src-type LOCAL --limit-iface-out -j DROP', 'DROP', '0', 'ADDRTYPE match src-type !LOCAL limit-out'],
];

test.each(PAIRS)('save %s', (options, target, protocol, text) => {
  expect(listed(target, protocol, text)).toEqual(saved(options));
});

test('no match or option is lost: each says something', () => {
  for (const [options] of PAIRS) {
    const { target: _target, verb: _verb, protocol: _protocol, ...rule } = saved(options);
    const empty = saved('-j RETURN');
    const { target: _t, verb: _v, protocol: _p, ...nothing } = empty;
    if (options !== '-j LOG') expect([options, rule]).not.toEqual([options, nothing]);
    expect([options, unknownParts(parseIptablesSave(`*nat\n-A KUBE-X ${options}\nCOMMIT\n`)).length]).toEqual([
      options,
      0,
    ]);
  }
});

test('what stands behind the target is kept, with its `!` and its quotes', () => {
  expect(saved('-j NOBODY --one "two words" ! --three').targetOptions).toEqual(['--one "two words"', '! --three']);
  expect(saved('-j CONNMARK --set-mark 0x1/0xf0').setConnmark).toEqual({ operation: 'set', value: 1, mask: 0xf1 });
  expect(saved('-j CONNMARK --or-mark 0x80').setConnmark).toEqual({ operation: 'set', value: 0x80, mask: 0x80 });
  expect(saved('-j CONNMARK --restore-mark --mask 0x80').setConnmark).toEqual({
    operation: 'restore',
    packetMask: 0x80,
    connectionMask: 0x80,
  });
  expect(saved('-j MARK --set-xmark nonsense')).toMatchObject({
    setMark: null,
    targetOptions: ['--set-xmark nonsense'],
  });
});

test('unknown matches and targets are named and counted', () => {
  const dump = parseIptablesSave(
    '*nat\n-A A -m bpf --bytecode "4,48 0 0 9" -j DROP\n-A A -m bpf --bytecode "1,6 0 0 0" -j GEOWALL\n-A A -m limit --limit 1/sec -j KUBE-MISSING\nCOMMIT\n',
  );
  expect(unknownParts(dump)).toEqual([
    { kind: 'match', name: 'bpf', rules: 2, line: 2 },
    { kind: 'target', name: 'GEOWALL', rules: 1, line: 3 },
  ]);
  const list = parseIptablesList(
    'Chain A (0 references)\ntarget     prot opt source               destination\nDROP       all  --  0.0.0.0/0            0.0.0.0/0            TIME from 10:00:00 to 12:00:00\n',
  );
  expect(unknownParts(list)).toEqual([{ kind: 'match', name: 'TIME from 10:00:00', rules: 1, line: 3 }]);
});
