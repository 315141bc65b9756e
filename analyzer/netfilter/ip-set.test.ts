import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseDumps } from '../../fixtures/lib/cases.ts';
import type { IpSet } from '../core/node-network.ts';
import { parseIpset } from '../parsers/ipset.ts';
import { type SetPacket, setHolds } from './ip-set.ts';

const CAPTURED = new Map(
  parseIpset(caseDumps('i3-rich-eks').get('ipset.txt')?.toString('utf8') ?? '').sets.map((set) => [set.name, set]),
);
const captured = (name: string): IpSet => CAPTURED.get(name) as IpSet;

function made(type: string, entries: readonly string[], other: Partial<IpSet> = {}): IpSet {
  return {
    name: 'S',
    line: 1,
    type,
    family: 'IPv4',
    entries: entries.map((text, at) => ({
      line: at + 2,
      text: text.replace(' nomatch', ''),
      nomatch: text.endsWith(' nomatch'),
    })),
    declaredEntries: entries.length,
    complete: true,
    ...other,
  };
}

function packet(other: Partial<SetPacket> = {}): SetPacket {
  return {
    protocol: 'tcp',
    source: '10.1.0.9',
    sourcePort: null,
    destination: '172.20.10.20',
    destinationPort: 80,
    ...other,
  };
}

const holds = (set: IpSet, flags: string, other: Partial<SetPacket> = {}) =>
  setHolds(set, packet(other), flags.split(',') as ('src' | 'dst')[], (name) => CAPTURED.get(name) ?? null);

describe('captured sets of kube-proxy', () => {
  test.each([
    ['KUBE-CLUSTER-IP', 'dst,dst', {}, true],
    ['KUBE-CLUSTER-IP', 'dst,dst', { protocol: 'udp' }, false],
    ['KUBE-CLUSTER-IP', 'dst,dst', { destinationPort: 81 }, false],
    ['KUBE-CLUSTER-IP', 'src,dst', {}, false],
    ['KUBE-CLUSTER-IP', 'src,dst', { source: '172.20.10.20' }, true],
    ['KUBE-CLUSTER-IP', 'dst,dst', { protocol: 'sctp', destination: '172.20.11.11', destinationPort: 3868 }, true],
    [
      'KUBE-LOOP-BACK',
      'dst,dst,src',
      { source: '192.168.32.12', destination: '192.168.32.12', destinationPort: 8443 },
      true,
    ],
    [
      'KUBE-LOOP-BACK',
      'dst,dst,src',
      { source: '192.168.32.11', destination: '192.168.32.12', destinationPort: 8443 },
      false,
    ],
    [
      'KUBE-LOAD-BALANCER-SOURCE-CIDR',
      'dst,dst,src',
      { source: '203.0.113.77', destination: '198.51.100.7', destinationPort: 443 },
      true,
    ],
    [
      'KUBE-LOAD-BALANCER-SOURCE-CIDR',
      'dst,dst,src',
      { source: '203.0.113.128', destination: '198.51.100.7', destinationPort: 443 },
      false,
    ],
    ['KUBE-NODE-PORT-TCP', 'dst', { destinationPort: 30080 }, true],
    // The set itself does not look at the protocol beyond having ports; the rule names it.
    ['KUBE-NODE-PORT-TCP', 'dst', { destinationPort: 30080, protocol: 'udp' }, true],
    ['KUBE-NODE-PORT-TCP', 'dst', { destinationPort: 30080, protocol: 'sctp' }, false],
    ['KUBE-NODE-PORT-TCP', 'dst', { destinationPort: 30082 }, false],
    ['KUBE-IPVS-IPS', 'dst', {}, true],
    ['KUBE-IPVS-IPS', 'src', {}, false],
  ] as const)('%s %s %o', (name, flags, other, expected) => {
    expect(holds(captured(name), flags, other)).toBe(expected);
  });
});

describe('types', () => {
  test('the longest prefix decides, nomatch included', () => {
    const set = made('hash:net', ['10.0.0.0/8', '10.1.0.0/16 nomatch', '10.1.0.9']);
    expect(holds(set, 'src', { source: '10.2.0.1' })).toBe(true);
    expect(holds(set, 'src', { source: '10.1.0.1' })).toBe(false);
    expect(holds(set, 'src', { source: '10.1.0.9' })).toBe(true);
    expect(holds(set, 'src', { source: '11.0.0.1' })).toBe(false);
  });
  test('two prefixes, a prefix with a port', () => {
    const pair = made('hash:net,net', ['10.1.0.0/24,172.20.0.0/16']);
    expect(holds(pair, 'src,dst')).toBe(true);
    expect(holds(pair, 'dst,src')).toBe(false);
    const port = made('hash:net,port', ['172.20.0.0/16,tcp:80', '172.20.0.0/16,udp:53']);
    expect(holds(port, 'dst,dst')).toBe(true);
    expect(holds(port, 'dst,dst', { protocol: 'udp' })).toBe(false);
  });
  test('a bare port is tcp, a range holds its ends', () => {
    const set = made('hash:ip,port', ['172.20.10.20,79', '172.20.10.20,tcp:80-82', '10.0.0.1-10.0.0.9,udp:53']);
    expect(holds(set, 'dst,dst', { destinationPort: 79 })).toBe(true);
    expect(holds(set, 'dst,dst', { destinationPort: 82 })).toBe(true);
    expect(holds(set, 'dst,dst', { destinationPort: 83 })).toBe(false);
    expect(holds(set, 'dst,dst', { destination: '10.0.0.9', destinationPort: 53, protocol: 'udp' })).toBe(true);
    expect(holds(set, 'dst,dst', { destination: '10.0.0.10', destinationPort: 53, protocol: 'udp' })).toBe(false);
    expect(holds(made('bitmap:port', ['30000-30010']), 'dst', { destinationPort: 30010 })).toBe(true);
    expect(holds(made('bitmap:ip', ['10.1.0.9']), 'src')).toBe(true);
  });
  test('spellings of one IPv6 address are one; the other family is never in the set', () => {
    const set = made('hash:ip,port', ['fd00:0:0::a,tcp:80'], { family: 'IPv6' });
    expect(holds(set, 'dst,dst', { destination: 'fd00::a', source: 'fd00::1' })).toBe(true);
    expect(holds(set, 'dst,dst')).toBe(false);
  });
  test('too few ends never match', () => {
    expect(holds(captured('KUBE-CLUSTER-IP'), 'dst')).toBe(false);
  });
  test('a list asks its members', () => {
    const list = made('list:set', ['KUBE-NODE-PORT-TCP', 'KUBE-CLUSTER-IP']);
    expect(holds(list, 'dst,dst')).toBe(true);
    expect(holds(list, 'dst,dst', { destinationPort: 81 })).toBe(false);
    expect(holds(made('list:set', ['GONE', 'KUBE-CLUSTER-IP']), 'dst,dst')).toBe(true);
    expect(holds(made('list:set', ['GONE']), 'dst,dst')).toEqual({
      unsure: 'ipset GONE, a member of S, was not captured',
    });
  });
});

describe('what cannot be told', () => {
  test.each([
    [made('hash:mac', ['02:42:ac:11:00:02']), 'src', {}],
    [made('hash:ip netmask 24', ['10.1.0.0']), 'src', {}],
    [made('hash:ip', ['10.1.0.0'], { complete: false }), 'src', {}],
    [made('hash:ip', ['some-host']), 'src', {}],
    [made('hash:ip,port', ['10.1.0.9,tcp:80']), 'src,src', {}],
    [made('hash:ip,port', ['172.20.10.20,icmp:echo-request']), 'dst,dst', { protocol: 'icmp', destinationPort: null }],
  ] as const)('%o', (set, flags, other) => {
    expect(holds(set, flags, other)).toHaveProperty('unsure');
  });
  test('an entry that is there is there, however much is missing', () => {
    expect(holds(made('hash:ip', ['10.1.0.9', 'junk'], { complete: false }), 'src')).toBe(true);
  });
});

test('a set holds exactly its addresses', () => {
  const octet = fc.nat(255);
  const address = fc.tuple(octet, octet).map(([a, b]) => `10.0.${a}.${b}`);
  fc.assert(
    fc.property(fc.uniqueArray(address, { maxLength: 30 }), address, (entries, asked) => {
      expect(holds(made('hash:ip', entries), 'src', { source: asked })).toBe(entries.includes(asked));
    }),
  );
});
