import { describe, expect, it } from 'vitest';
import { HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { FailureError } from '../core/failure.ts';
import { nodeServices } from '../facts/services.ts';
import { addressAndPort, destinationOf, plainAddress, protocolFor, protocolName } from './network-words.ts';

const services = nodeServices(sampleFacts(HEALTHY_SAVE));
const to = (word: string, protocol = 'tcp', family: 'IPv4' | 'IPv6' | null = null) =>
  destinationOf(word, protocol, family, () => services);

/** @returns the sentence and the advice of what must fail as wrong usage. */
function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    expect(error.failure.code).toBe('wrong-usage');
    return `${error.failure.message} | ${error.failure.advice}`;
  }
  throw new Error('it did not fail');
}

describe('addresses', () => {
  it.each([
    ['10.0.0.1', { address: '10.0.0.1', port: null }],
    ['10.0.0.1:80', { address: '10.0.0.1', port: 80 }],
    ['[FD00:0::1]:80', { address: 'fd00::1', port: 80 }],
    ['[fd00::1]', { address: 'fd00::1', port: null }],
    ['fd00::1', { address: 'fd00::1', port: null }],
    // A colon more is a group more, never a port.
    ['fd00::1:80', { address: 'fd00::1:80', port: null }],
    // Programs write it so on an IPv6 socket; the packet is IPv4.
    ['[::ffff:10.0.0.1]:80', { address: '10.0.0.1', port: 80 }],
    ['::FFFF:10.0.0.255', { address: '10.0.0.255', port: null }],
    ['[10.0.0.1]:80', null],
    ['010.0.0.1:80', null],
    ['10.0.0', null],
    ['shop/web:80', null],
    ['', null],
  ])('%j', (word, place) => {
    expect(addressAndPort(word)).toEqual(place);
  });

  it('take no zone: no packet carries one', () => {
    expect(plainAddress('fe80::1%eth0')).toBeNull();
  });

  it.each(['10.0.0.1:', '10.0.0.1:x', '10.0.0.1:65536', '[fd00::1]:-1'])('%j has no port', (word) => {
    expect(refused(() => addressAndPort(word))).toContain('this is no port');
  });
});

describe('protocols', () => {
  it.each([
    ['TCP', 'tcp'],
    ['6', 'tcp'],
    ['17', 'udp'],
    ['132', 'sctp'],
    ['1', 'icmp'],
    ['icmpv6', 'ipv6-icmp'],
    ['253', '253'],
  ])('%s is %s', (word, name) => {
    expect(protocolName(word)).toBe(name);
  });

  it('other words are refused with the nearest', () => {
    expect(refused(() => protocolName('tpc'))).toContain('Did you mean tcp?');
    expect(refused(() => protocolName('256'))).toContain('0 to 255');
    expect(refused(() => protocolName(''))).toContain('Give tcp');
    expect(refused(() => protocolName('p'.repeat(1_000_000), 'flow 3')).length).toBeLessThan(200);
  });

  it('ping follows the family of the address', () => {
    expect(protocolFor('icmp', 'fd00::1')).toBe('ipv6-icmp');
    expect(protocolFor('ipv6-icmp', '10.0.0.1')).toBe('icmp');
    expect(protocolFor('tcp', 'fd00::1')).toBe('tcp');
  });
});

describe('services', () => {
  it.each(['shop/web', 'shop/web:http', 'shop/web:80'])('%s', (word) => {
    expect(to(word)).toEqual({ address: '10.96.10.20', port: 80, protocol: 'tcp', service: 'shop/web:http' });
  });

  it('an address of a service without its port is told the ports there are', () => {
    expect(refused(() => to('10.96.10.20'))).toContain('10.96.10.20:80 (shop/web:http 80/tcp)');
    expect(refused(() => to('10.1.2.3'))).toContain('tcp needs a port');
    expect(to('10.1.2.3', 'icmp')).toEqual({ address: '10.1.2.3', port: null, protocol: 'icmp', service: null });
  });

  it.each([
    ['shop/wbe', 'shop/web'],
    ['nonsense', 'Services here: default/kubernetes'],
    ['', 'Services here: default/kubernetes'],
    ['web.shop.svc.cluster.local:80', 'Did you mean shop/web?'],
    ['web.shop', 'Did you mean shop/web?'],
    ['a/b/c', 'neither an address nor the name'],
    ['shop/web:https', 'Ports: shop/web:http 80/tcp'],
    ['shop/web:81', 'no such port'],
  ])('%s is refused: %s', (word, said) => {
    expect(refused(() => to(word))).toContain(said);
  });

  it('are asked for by address where the dumps hold no names', () => {
    const bare = services.map((service) => ({ ...service, namespace: null, name: null, port: null }));
    expect(refused(() => destinationOf('shop/web', 'tcp', null, () => bare))).toMatch(
      /hold no service names: give an address and port, such as \d[\d.]+:\d+/,
    );
  });

  it('of another family than the source are refused with the addresses there are', () => {
    expect(refused(() => to('shop/web', 'tcp', 'IPv6'))).toContain('It has 10.96.10.20:80');
  });

  it('several ports of the protocol are named, the only one of it is taken', () => {
    const dns = ['dns/udp/53', 'dns-tcp/tcp/53', 'metrics/tcp/9153'].map((words) => {
      const [port = '', protocol, number] = words.split('/');
      const base = services[0];
      if (base === undefined) throw new Error('the sample has services');
      return {
        ...base,
        id: `kube-system/kube-dns:${port}`,
        namespace: 'kube-system',
        name: 'kube-dns',
        port,
        protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
        clusterIP: '10.96.0.10',
        servicePort: Number(number),
      };
    });
    const dnsTo = (word: string, protocol: string) => destinationOf(word, protocol, null, () => dns);
    expect(refused(() => dnsTo('kube-system/kube-dns', 'tcp'))).toContain(
      'kube-system/kube-dns:dns 53/udp, kube-system/kube-dns:dns-tcp 53/tcp, kube-system/kube-dns:metrics 9153/tcp',
    );
    expect(dnsTo('kube-system/kube-dns', 'udp').service).toBe('kube-system/kube-dns:dns');
    expect(dnsTo('kube-system/kube-dns:53', 'tcp').service).toBe('kube-system/kube-dns:dns-tcp');
    // The name of a port tells its protocol better than the default does.
    expect(dnsTo('kube-system/kube-dns:dns', 'tcp')).toMatchObject({ protocol: 'udp', port: 53 });
  });
});
