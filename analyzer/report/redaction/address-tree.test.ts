import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AddressBytes, lastOf, printAddress, readAddress, readIPv4, readNetwork } from './address-text.ts';
import { addressTree } from './address-tree.ts';

const key = Uint8Array.from({ length: 32 }, (_, at) => at);
const NETWORKS = [
  '10.244.0.0/16',
  '10.244.1.0/24',
  '10.96.0.0/12',
  '192.168.10.0/24',
  '52.1.0.0/16',
  'fd00:10:244::/48',
];
const tree = addressTree(key, NETWORKS, ['10.1.2.3', '172.20.0.0/16']);

const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const near = fc
  .tuple(
    fc.constantFrom('10.244.1.9', '10.96.0.1', '192.168.10.7', '52.1.7.7', '100.64.3.3', '172.17.0.2'),
    fc.integer({ min: 8, max: 31 }),
    v4,
  )
  .map(([base, bits, noise]) => {
    const bytes = readIPv4(base) as Uint8Array;
    return bytes.map((byte, at) => byte ^ ((noise[at] as number) & (0xff >> Math.max(0, Math.min(8, bits - at * 8)))));
  });
const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const address = fc.oneof(v4, near, v6);

function common(one: AddressBytes, two: AddressBytes): number {
  for (let at = 0; at < one.length * 8; at++) {
    const bit = (bytes: AddressBytes): number => ((bytes[at >> 3] as number) >> (7 - (at & 7))) & 1;
    if (bit(one) !== bit(two)) return at;
  }
  return one.length * 8;
}

const mapText = (text: string): string => printAddress(tree.map(readAddress(text) as Uint8Array));

test('the common prefix of any two addresses is as long as before, so that no two become one', () => {
  fc.assert(
    fc.property(fc.oneof(fc.tuple(near, near), fc.tuple(v4, v4), fc.tuple(v4, near)), ([one, two]) => {
      expect(common(tree.map(one), tree.map(two))).toBe(common(one, two));
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(v6, fc.integer({ min: 0, max: 127 }), (one, at) => {
      const two = one.map((byte, place) => (place === at >> 3 ? byte ^ (0x80 >> (at & 7)) : byte));
      // ::ffff:0:0/96 follows its IPv4.
      expect(common(tree.map(one), tree.map(two))).toBe(at);
    }),
  );
});

test('it is a permutation of a network', () => {
  const seen = new Set<string>();
  for (let last = 0; last < 256; last++) seen.add(mapText(`10.244.1.${last}`));
  expect(seen.size).toBe(256);
  expect(new Set([...seen].map((text) => text.replace(/\.\d+$/, ''))).size).toBe(1);
});

test.each(NETWORKS)('%s keeps zeros and ones at its ends', (text) => {
  const network = readNetwork(text) as { bytes: AddressBytes; length: number };
  const mapped = tree.map(network.bytes);
  expect(readNetwork(`${printAddress(mapped)}/${network.length}`)?.bytes).toEqual(mapped);
  expect(tree.map(lastOf(network))).toEqual(lastOf({ bytes: mapped, length: network.length }));
});

test('no network of the case becomes one that overlaps a network of the case', () => {
  const images = ['10.244.0.0', '10.96.0.0', '192.168.10.0', '52.1.0.0'].map(mapText);
  for (const image of images) {
    for (const own of ['10.244.0.0/16', '10.96.0.0/12', '192.168.10.0/24', '52.1.0.0/16']) {
      const network = readNetwork(own) as { bytes: AddressBytes; length: number };
      expect(common(readAddress(image) as Uint8Array, network.bytes)).toBeLessThan(network.length);
    }
  }
});

test.each([
  '127.0.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '224.0.0.1',
  '169.254.169.254',
  '203.0.113.9',
  '::1',
  '::',
  'ff02::1',
])('%s stays', (text) => expect(mapText(text)).toBe(text));

test.each(['10.1.2.3', '172.20.0.10', '172.20.255.1'])('%s is kept', (text) => expect(mapText(text)).toBe(text));

test.each([
  ['10.9.8.7', /^10\./],
  ['172.31.4.5', /^172\.(1[6-9]|2\d|3[01])\./],
  ['192.168.77.1', /^192\.168\./],
  ['100.64.9.9', /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./],
  ['fe80::1234:56ff:fe78:9abc', /^fe80::/],
  ['fd12:3456::1', /^fd/],
])('%s stays in its range, as another address', (text, range) => {
  expect(mapText(text)).toMatch(range);
  expect(mapText(text)).not.toBe(text);
});

describe('spellings', () => {
  test('an IPv4 address inside of IPv6 follows the IPv4 address', () => {
    expect(mapText('::ffff:10.9.8.7')).toBe(`::ffff:${mapText('10.9.8.7')}`);
  });
  test('what is printed reads as what was printed', () => {
    fc.assert(
      fc.property(address, (bytes) => {
        expect([...(readAddress(printAddress(bytes)) ?? [])]).toEqual([...bytes]);
      }),
    );
  });
});

test('another key gives others', () => {
  const other = addressTree(new Uint8Array(32).fill(9), NETWORKS, []);
  const texts = Array.from({ length: 50 }, (_, at) => `10.200.${at}.77`);
  const differ = texts.filter((text) => printAddress(other.map(readIPv4(text) as Uint8Array)) !== mapText(text));
  expect(differ.length).toBeGreaterThan(40);
});
