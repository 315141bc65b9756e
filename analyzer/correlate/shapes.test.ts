import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probesOf, shapeOf } from './shapes.ts';

/** With a `*` for every mark. */
const spoken = (line: string): string => shapeOf(line).replaceAll('\u0001', '*');

describe('shapeOf', () => {
  it.each([
    [
      'stamps, addresses and versions of a klog line in a CRI line',
      '2026-03-03T13:30:22.123456789Z stderr F E0303 13:30:22.123456       1 reflector.go:158] Get "https://10.0.3.7:443/api?resourceVersion=71000001": dial tcp 10.0.3.7:443: i/o timeout',
      'E* * * reflector.go:*] Get "https://*/api?resourceVersion=*": dial tcp *: i/o timeout',
    ],
    [
      'a journal line by its message',
      'Mar  3 13:30:22 ip-10-0-1-2 kernel: nf_conntrack: table full, dropping packet',
      'nf_conntrack: table full, dropping packet',
    ],
    [
      'uuids and random ends of pods',
      '"Probe failed" pod="shop/web-7d4b9c8f6-x2x9z" podUID="2527afb7-b32c-4c84-97e2-246eb48c97a9"',
      '"Probe failed" pod="shop/web*" podUID="*"',
    ],
    ['pods of a DaemonSet', 'pod="kube-system/aws-node-x7k2p" is gone', 'pod="kube-system/aws-node*" is gone'],
    ['container ids', 'Data:3f0c1d9a8b7e6f5d4c3b2a19 died', 'Data:* died'],
    ['ids of AWS', 'attach eni-09ab12cd34ef56ab7 to i-0123456789abcdef0', 'attach eni-* to i-*'],
    ['addresses of version 6', 'dial tcp [2001:db8::1]:443: refused', 'dial tcp [*]:*: refused'],
  ])('leaves out %s', (_name, line, expected) => {
    expect(spoken(line)).toBe(expected);
  });

  it('keeps words', () => {
    for (const line of [
      'kube-proxy cannot sync',
      'serving on node-https',
      'defaced a facade',
      'Failed to execute iptables-restore',
    ])
      expect(spoken(line)).toBe(line);
  });

  it('does not tell two failures of one kind apart, and two kinds it does', () => {
    const one = shapeOf('E0303 13:30:22.1  1 x.go:5] dial tcp 10.0.0.1:53: i/o timeout');
    const two = shapeOf('E0303 14:00:59.9  1 x.go:5] dial tcp 10.0.0.2:53: i/o timeout');
    const other = shapeOf('E0303 14:00:59.9  1 x.go:5] dial tcp 10.0.0.2:53: connection refused');
    expect(two).toBe(one);
    expect(other).not.toBe(one);
  });

  it('gives the longest texts that stand in every line it came from', () => {
    expect(probesOf(shapeOf('dialled tcp 10.0.3.7:443: i/o  timeout timeout'))).toEqual(['dialled', 'timeout']);
    expect(probesOf(shapeOf('every word here is too short'))).toEqual([]);
    expect(probesOf(shapeOf('broken\ufffdword, others kept'))).toEqual(['others']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), (line) => {
        for (const probe of probesOf(shapeOf(line))) expect(line).toContain(probe);
      }),
    );
  });

  it('stays quick on hostile lines', () => {
    for (const unit of ['a', '1', ':', '-b', '0x', 'f0:', '1.', '-bcdfg', '\u0001'])
      expect(shapeOf(unit.repeat(500_000)).length).toBeLessThanOrEqual(400);
  });
});
