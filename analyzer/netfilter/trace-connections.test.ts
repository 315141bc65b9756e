/** Where packets come from, and what conntrack and routes remember of their connection. */
import { describe, expect, test } from 'vitest';
import {
  CLIENT,
  inShort,
  NO_NFT,
  POD,
  ROUTES,
  saveText,
  traceFiles,
  traceRules,
} from '../../test/support/trace-text.ts';
import type { TraceFlow } from './flow.ts';

/** Every dump captured, no rule in them. */
const BARE = { 'iptables-save.txt': saveText({}), 'nft-ruleset.txt': NO_NFT };
const BARE_NODE = { ...BARE, 'iproute.txt': ROUTES };

describe('sources and what a connection remembers', () => {
  test('a packet that comes in with an address of the node is refused', () => {
    for (const source of ['192.168.10.5', '127.0.0.1']) {
      const [outcome] = traceFiles(BARE_NODE, { ...CLIENT, source }).outcomes;
      expect(outcome?.verdict).toBe('drop');
      expect(outcome?.because).toContain('is an address of this node: a packet that comes in by eth0');
    }
  });

  test('strict rp_filter drops what would be answered by another interface, only where it was captured', () => {
    const wrongSide = { ...CLIENT, source: '10.244.1.11' };
    const sysctl = (all: number, eth0: number): string =>
      `net.ipv4.conf.all.rp_filter = ${all}\nnet.ipv4.conf.eth0.rp_filter = ${eth0}\n`;
    const traced = (text: string, flow: TraceFlow = wrongSide): readonly string[] =>
      inShort(traceFiles({ ...BARE_NODE, 'sysctl.txt': text }, flow));
    expect(traced(sysctl(0, 1))).toEqual(['drop']);
    expect(traced(sysctl(0, 1), CLIENT)).toEqual(['passthrough']);
    // The larger value counts, and 2 is the loose check.
    expect(traced(sysctl(2, 1))).toEqual(['passthrough']);
    expect(traced(sysctl(0, 0))).toEqual(['passthrough']);
    expect(traced('net.ipv4.conf.all.rp_filter = 1\n')).toEqual(['passthrough']);
  });

  test('who knows the way back to a pod outside is not said; the way back to the node is', () => {
    expect(traceFiles(BARE_NODE, { ...POD, destination: '8.8.8.8' }).outcomes[0]).toMatchObject({
      verdict: 'passthrough',
      returnPath: 'unknown',
      returnBecause: 'whether 8.8.8.8 knows the way back to 10.244.1.10 is not in the dumps',
    });
    const nat = '-A POSTROUTING -s 10.244.0.0/16 ! -d 10.0.0.0/8 -j MASQUERADE';
    const masked = traceRules({ nat }, { ...POD, destination: '8.8.8.8' }).outcomes[0];
    expect(masked).toMatchObject({ snat: true, snatTo: '192.168.10.5', returnPath: 'ok' });
  });

  test('addresses of many hosts are not modelled', () => {
    for (const destination of ['255.255.255.255', '224.0.0.251', '0.0.0.0', 'ff02::1']) {
      expect(inShort(traceFiles(BARE_NODE, { ...POD, source: null, destination }))).toEqual(['unknown']);
    }
  });

  test('what a program of the node is let in for untracked may be served there', () => {
    const raw = '-A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j NOTRACK';
    const routes = `${ROUTES}local 10.96.0.10 dev nodelocaldns table local proto kernel scope host src 10.96.0.10\n`;
    const files = { ...BARE, 'iptables-save.txt': saveText({ raw }), 'iproute.txt': routes };
    const trace = traceFiles(files, { ...POD, destination: '10.96.0.10', port: 53, protocol: 'udp' });
    expect(inShort(trace)).toEqual(['unknown']);
    expect(trace.unknown[0]).toContain('as for a program that listens there');
  });

  // AWS VPC CNI, a pod whose address is on the second network interface: what goes out of the VPC leaves by the first.
  const AWS = {
    mangle: '-A PREROUTING -i eni+ -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80',
    nat: `-A PREROUTING -i eni+ -j AWS-CONNMARK-CHAIN-0
-A PREROUTING -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
-A AWS-CONNMARK-CHAIN-0 -d 10.244.0.0/16 -j RETURN
-A AWS-CONNMARK-CHAIN-0 -j CONNMARK --set-xmark 0x80/0x80
-A POSTROUTING -j AWS-SNAT-CHAIN-0
-A AWS-SNAT-CHAIN-0 -d 10.244.0.0/16 -j RETURN
-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m addrtype ! --dst-type LOCAL -j SNAT --to-source 192.168.10.5 --random-fully`,
  };
  const ENI = {
    ...BARE,
    'iptables-save.txt': saveText(AWS),
    'iproute.txt': `${ROUTES}default via 192.168.20.1 dev eth1 table 2\n`,
    'iprule.txt':
      '0:\tfrom all lookup local\n512:\tfrom all to 10.244.1.10 lookup main\n1024:\tfrom all fwmark 0x80/0x80 lookup main\n1536:\tfrom 10.244.1.10 lookup 2\n32766:\tfrom all lookup main\n',
  };
  test.each(['new', 'established'] as const)('the mark of the connection routes packets of it: %s', (state) => {
    const out = traceFiles(ENI, { ...POD, destination: '8.8.8.8', state }).outcomes[0];
    expect(out).toMatchObject({ snatTo: '192.168.10.5', returnPath: 'ok' });
    expect(out?.because).toContain('leaves by eth0');
    const inside = traceFiles(ENI, { ...POD, destination: '10.244.2.11', state }).outcomes[0];
    expect(inside).toMatchObject({ snat: false });
    expect(inside?.because).toContain('leaves by eth1');
  });

  test('connections that chance marks differently are not said to be one', () => {
    const mangle =
      '-A PREROUTING -m conntrack --ctstate NEW -m statistic --mode random --probability 0.50000000000 -j CONNMARK --set-xmark 0x80/0x80';
    const trace = traceRules({ mangle }, { ...POD, state: 'established' });
    expect(inShort(trace)).toEqual(['unknown']);
    expect(trace.unknown[0]).toContain('marked differently (CONNMARK)');
  });

  test('a mark of mangle reaches nat of a known connection too', () => {
    const rules = {
      mangle: '-A PREROUTING -s 10.244.1.10/32 -j MARK --set-xmark 0x1/0xf',
      nat: '-A POSTROUTING -m mark --mark 0x1/0xf -j MASQUERADE',
    };
    for (const state of ['new', 'established'] as const) {
      expect(traceRules(rules, { ...POD, state }).outcomes[0]?.snatTo).toBe('192.168.10.5');
    }
  });
});
