import { expect, test } from 'vitest';
import { ipvsFacts, ipvsFiles } from '../../test/support/sample-ipvs.ts';
import { findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { ipvsAddressMissing } from './ipvs-address-missing.ts';

const ADDR = ipvsFiles()['ifconfig.txt'] ?? '';
const ROUTE = ipvsFiles()['iproute.txt'] ?? '';
const found = (change: Readonly<Record<string, string | null>> = {}, name?: string) =>
  findingsOf(ipvsAddressMissing, ipvsFacts(change, name));

test.each(['i1-minimal', 'i3-rich-eks', 'ib1-virtual-server-missing'])('%s passes', (name) => {
  expect(found({}, name)).toEqual([]);
});

test('an address that is on no interface and in no local route is named', () => {
  const change = {
    'ifconfig.txt': without(ADDR, '172.20.0.10/32'),
    'iproute.txt': without(ROUTE, /^local 172\.20\.0\.10 /),
  };
  const findings = found(change);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ severity: 'high', rule: 'ipvs-address-missing' });
  expect(findings[0]?.claim).toContain('172.20.0.10 has 3 virtual servers, but it is not');
  // What one of the two shows is there.
  expect(found({ ...change, 'iproute.txt': ROUTE })).toEqual([]);
  expect(found({ ...change, 'ifconfig.txt': ADDR })).toEqual([]);
});

test('node addresses stay when kube-ipvs0 is gone: the service addresses are told once, with their number', () => {
  const change = { 'ifconfig.txt': ADDR.slice(0, ADDR.indexOf('8: kube-ipvs0')), 'iproute.txt': null };
  const [finding, ...more] = found(change);
  expect(more).toEqual([]);
  expect(finding?.count).toBe(19);
  expect(finding?.claim).toContain('has no kube-ipvs0');
});

test('a local range holds its addresses', () => {
  const change = {
    'ifconfig.txt': null,
    'iproute.txt': `local 172.20.0.0/16 dev lo table local\n${without(ROUTE, /^local 172\.20\./)}`,
  };
  expect(found(change)).toEqual([]);
});

test('not known is not missing', () => {
  for (const change of [
    { 'ifconfig.txt': null, 'iproute.txt': null },
    { 'ifconfig.txt': ADDR.slice(0, 3_000), 'iproute.txt': null },
  ])
    expect(ipvsAddressMissing.run(ipvsFacts(change)).outcome).toBe('skipped');
  expect(ipvsAddressMissing.run(sampleFacts(HEALTHY_SAVE)).outcome).toBe('skipped');
});
