/** Matches that guards of nodes and network policies put before the rules of kube-proxy, judged as the kernel does. */
import { describe, expect, test } from 'vitest';
import { ipvsFiles } from '../../test/support/sample-ipvs.ts';
import { CLIENT, inShort, POD, saveText, traceFiles, traceRules } from '../../test/support/trace-text.ts';
import type { FlowTrace, TraceFlow } from './flow.ts';

/** What becomes of a packet whose way leads through this one rule: dropped by it, or sent on. */
function forwarded(match: string, flow: TraceFlow = POD): string {
  const trace = traceRules({ filter: `-A FORWARD ${match} -j DROP` }, { ...flow, destination: '10.244.1.11' });
  return trace.outcomes.map(({ verdict }) => verdict).join(' ');
}

describe('TCP flags', () => {
  const flags = (mask: string, set: string): string => `-p tcp -m tcp --tcp-flags ${mask} ${set}`;
  const established = { ...POD, state: 'established' } as const;

  test.each<[string, string, TraceFlow]>([
    [flags('FIN,SYN,RST,PSH,ACK,URG', 'NONE'), 'deliver', POD],
    [flags('FIN,SYN,RST,PSH,ACK,URG', 'FIN,PSH,URG'), 'deliver', POD],
    [flags('SYN,RST', 'SYN,RST'), 'deliver', POD],
    [flags('FIN,SYN', 'SYN'), 'drop', POD],
    [flags('ACK', 'NONE'), 'drop', POD],
    [`-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN`, 'deliver', POD],
    [flags('SYN,RST', 'SYN,RST'), 'deliver', established],
    [flags('FIN,SYN,RST,PSH,ACK,URG', 'NONE'), 'deliver', established],
    [flags('FIN,ACK', 'FIN,ACK'), 'unknown', established],
    [flags('SYN,RST', 'SYN,RST'), 'deliver', { ...POD, protocol: 'udp' }],
  ])('%s: %s', (match, verdict, flow) => {
    expect(forwarded(match, flow)).toBe(verdict);
  });

  test('nothing tells the first packet of what is not tracked', () => {
    const filter = `-A FORWARD ${flags('FIN,SYN,RST,ACK', 'SYN')} -j DROP`;
    const trace = traceRules({ raw: '-A PREROUTING -j NOTRACK', filter }, { ...POD, destination: '10.244.1.11' });
    expect(inShort(trace)).toEqual(['unknown']);
  });
});

test.each([
  ['-m pkttype --pkt-type broadcast', 'deliver'],
  ['-m pkttype ! --pkt-type unicast', 'deliver'],
  ['-m pkttype --pkt-type unicast', 'drop'],
  ['-p tcp -m multiport --ports 80,443', 'drop'],
  ['-p tcp -m multiport ! --ports 80,443', 'deliver'],
  ['-p udp -m multiport --ports 80,443', 'deliver'],
  // The client's port is its own choice.
  ['-p tcp -m multiport --ports 80,40000:50000', 'unknown'],
])('%s: %s', (match, verdict) => {
  expect(forwarded(match)).toBe(verdict);
});

test('every n-th packet is a share', () => {
  const filter = '-A FORWARD -d 10.244.1.11/32 -m statistic --mode nth --every 4 --packet 0 -j DROP';
  const trace = traceRules({ filter }, { ...POD, destination: '10.244.1.11' });
  expect(inShort(trace)).toEqual(['deliver 10.244.1.11:443 0.75 ok', 'drop 0.25']);
});

test('which port of a range SNAT takes leaves the address known', () => {
  const nat = '-A POSTROUTING -j SNAT --to-source 192.168.10.5:1024-65535';
  const trace = traceRules({ nat }, { ...POD, destination: '10.244.1.11' });
  expect(trace.outcomes).toMatchObject([{ snat: true, snatTo: '192.168.10.5' }]);
});

describe('rpfilter', () => {
  // Calico: cali-PREROUTING in raw.
  const raw = (options: string): string => `-A PREROUTING -i eni+ -j MARK --set-xmark 0x40000/0x40000
-A PREROUTING -m mark --mark 0x40000/0x40000 -m rpfilter ${options} -j DROP`;
  const spoofed = { ...POD, source: '10.244.1.11' };
  const traced = (options: string, flow: TraceFlow): readonly string[] =>
    traceRules({ raw: raw(options) }, flow).outcomes.map(({ verdict }) => verdict);

  test('a packet is dropped whose answer would leave by another interface', () => {
    expect(traced('--validmark --invert', POD)).toEqual(['passthrough']);
    expect(traced('--validmark --invert', spoofed)).toEqual(['drop']);
    expect(traced('--loose --validmark --invert', spoofed)).toEqual(['passthrough']);
    expect(traced('', POD)).toEqual(['drop']);
  });

  test('an address that no route leads back to is dropped even when any interface will do', () => {
    const unrouted = { ...POD, source: '10.244.1.77' };
    expect(traced('--loose --validmark --invert', unrouted)).toEqual(['drop']);
  });

  test('without the routes of the interface nothing is claimed', () => {
    expect(traced('--validmark --invert', { ...POD, inInterface: 'eni7' })).toEqual(['unknown']);
  });
});

describe('nft', () => {
  const ruleset = (chains: string): string => `table inet guard {\n${chains}\n}\n`;
  const forward = (rule: string): string =>
    ruleset(`\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\t${rule}\n\t}`);
  const traced = (nft: string): FlowTrace => {
    const files = { 'iptables-save.txt': saveText({}), 'nft-ruleset.txt': nft };
    return traceFiles(files, { ...POD, destination: '10.244.1.11' });
  };

  test.each([
    ['add @seen { ip saddr limit rate over 10/second burst 5 packets } drop', 'unknown'],
    ['update @seen { ip saddr timeout 1m ct count over 20 } counter packets 0 bytes 0 drop', 'unknown'],
    ['update @seen { ip saddr timeout 1m } drop', 'drop'],
    ['tcp flags & (fin | psh | urg) == fin | psh | urg drop', 'deliver'],
    ['tcp flags & (fin | syn | rst | ack) != syn drop', 'deliver'],
    ['tcp flags & (fin | syn | rst | psh | ack | urg) == 0x0 drop', 'deliver'],
    ['tcp flags & (fin | syn) == syn drop', 'drop'],
    ['tcp flags ! syn drop', 'deliver'],
    ['tcp flags ! ack drop', 'drop'],
    ['ip protocol tcp flow add @fast', 'deliver'],
    ['ip protocol tcp flow add @fast drop', 'unknown'],
  ])('%s: %s', (rule, verdict) => {
    expect(traced(forward(rule)).outcomes.map((one) => one.verdict)).toEqual([verdict]);
  });

  test('what counts for each element is told in JSON too', () => {
    const rule = {
      family: 'inet',
      table: 'guard',
      chain: 'forward',
      handle: 2,
      expr: [
        {
          set: {
            op: 'add',
            elem: { payload: { protocol: 'ip', field: 'saddr' } },
            set: '@seen',
            stmt: [{ limit: { rate: 10, per: 'second', inv: true } }],
          },
        },
        { drop: null },
      ],
    };
    const chain = { family: 'inet', table: 'guard', name: 'forward', handle: 1, type: 'filter', hook: 'forward' };
    const nftables = [
      { metainfo: { json_schema_version: 1 } },
      { table: { family: 'inet', name: 'guard', handle: 1 } },
      { chain: { ...chain, prio: 0, policy: 'accept' } },
      { rule },
    ];
    const files = { 'iptables-save.txt': saveText({}), 'nft-ruleset.json': JSON.stringify({ nftables }) };
    const trace = traceFiles(files, { ...POD, destination: '10.244.1.11' });
    expect(inShort(trace)).toEqual(['unknown']);
    expect(trace.unknown[0]).toMatch(/^what .*limit.* counted at that time is not known$/);
  });

  test('a prefix that addresses are mapped to is not passed over', () => {
    const nat = (rule: string): string =>
      `table ip n {\n\tchain pre {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n\t\t${rule}\n\t}\n}\n`;
    expect(inShort(traced(nat('dnat ip prefix to 10.244.1.0/24')))).toEqual(['unknown']);
  });

  test('chains at the door of an interface are said to be left out', () => {
    const door = 'type filter hook ingress device "eni0" priority filter; policy drop;';
    const { assumptions } = traced(`table netdev door {\n\tchain in {\n\t\t${door}\n\t}\n}\n`);
    expect(assumptions).toEqual([
      'chain in of table netdev door (hook ingress, nft-ruleset.txt) is taken to let the packet pass',
    ]);
  });
});

test('REDIRECT of what comes in by an interface without an address drops it', () => {
  const nat = '-A PREROUTING -p tcp -m tcp --dport 443 -j REDIRECT --to-ports 8443';
  expect(inShort(traceRules({ nat }, POD))).toEqual(['drop']);
  expect(inShort(traceRules({ nat }, CLIENT))).toEqual(['deliver 192.168.10.5:8443 ok']);
});

test('where virtual servers were not captured, nothing of this node is said to be closed', () => {
  const files = Object.entries(ipvsFiles('i1-minimal')).filter(([file]) => !file.startsWith('ipvsadm'));
  for (const protocol of ['udp', 'tcp']) {
    const flow = { ...CLIENT, source: null, inInterface: null, destination: '10.96.0.10', port: 53, protocol };
    const trace = traceFiles(Object.fromEntries(files), flow);
    expect(inShort(trace)).toEqual(['unknown']);
    expect(trace.unknown).toEqual(['virtual servers (ipvsadm) were not captured']);
  }
});

test('an IPVS scheduler that keeps to one real server is not said to spread', () => {
  const spread = ipvsFiles('i1-minimal');
  const kept = Object.fromEntries(
    Object.entries(spread).map(([file, text]) => [
      file,
      file.startsWith('ipvsadm') ? text.replace(/\brr\b/g, 'dh') : text,
    ]),
  );
  const flow = { ...CLIENT, source: null, inInterface: null, destination: '10.96.0.10', port: 53 };
  expect(traceFiles(spread, flow).outcomes.length).toBeGreaterThan(1);
  const trace = traceFiles(kept, flow);
  expect(inShort(trace)).toEqual(['unknown']);
  expect(trace.unknown[0]).toContain('to one of 2 real servers');
});
