import { describe, expect, test } from 'vitest';
import { asList, objectsOfCase } from '../../fixtures/lib/cluster-objects.ts';
import { ipvsFacts, ipvsFiles, withoutServer } from '../../test/support/sample-ipvs.ts';
import { changed, entityNames, findingsOf, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { ipvsVsMissing } from './ipvs-vs-missing.ts';

const found = (change: Readonly<Record<string, string | null>> = {}, name?: string) =>
  findingsOf(ipvsVsMissing, ipvsFacts(change, name));

describe('healthy nodes pass', () => {
  test.each(['i1-minimal', 'i3-rich-eks'])('%s', (name) => {
    expect(found({}, name)).toEqual([]);
  });
  test.each(['ipset.txt', 'ifconfig.txt', 'ipvsadm.txt', 'ipvsadm-Ln.txt', 'iproute.txt'])('without %s', (file) => {
    expect(found({ [file]: null })).toEqual([]);
  });
  test('with nothing but --save, which prints names', () => {
    const text = ipvsFiles()['ipvsadm.txt'] ?? '';
    expect(found({ 'ipvsadm.txt': text.slice(0, text.indexOf('IP Virtual')), 'ipvsadm-Ln.txt': null })).toEqual([]);
  });
});

test('the captured broken node names shop/web by its address', () => {
  const [finding, ...more] = found({}, 'ib1-virtual-server-missing');
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ rule: 'ipvs-vs-missing', severity: 'high', owner: 'kube-proxy' });
  expect(finding?.claim).toContain('10.96.10.20:80/tcp');
  expect(finding?.confidence.level).toBe('certain');
  expect(finding?.evidence).toHaveLength(4);
});

test('captured Services give it its name', () => {
  const objects = asList(objectsOfCase('ib1-virtual-server-missing'));
  const [finding] = found({ 'services.json': objects }, 'ib1-virtual-server-missing');
  expect(finding?.title).toContain('shop/web:http');
  expect(entityNames(finding as never, 'service')).toEqual(['shop/web:http']);
});

test.each(['172.20.10.20:80', '192.0.2.55:80', '198.51.100.7:443', '172.20.11.11:3868'])(
  'the virtual server of %s is gone from both outputs',
  (address) => {
    const findings = found(withoutServer(address));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.claim).toContain(address);
    expect(findings[0]?.severity).toBe('high');
  },
);

test('a node port counts with whatever address of the node it is on', () => {
  const findings = found(withoutServer('192.168.10.5:30080'));
  expect(findings).toHaveLength(1);
  expect(findings[0]?.claim).toContain('node port 30080/tcp');
});

test('what one output shows is there', () => {
  const { 'ipvsadm.txt': text } = withoutServer('172.20.10.20:80');
  expect(found({ 'ipvsadm.txt': text ?? '' })).toEqual([]);
});

test('without the sets, addresses of kube-ipvs0 show it', () => {
  const findings = found({ ...withoutServer('172.20.11.6:80'), 'ipset.txt': null });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ severity: 'medium' });
  expect(findings[0]?.claim).toContain('172.20.11.6 is bound to kube-ipvs0');
  const byRoutes = found({ ...withoutServer('172.20.11.6:80'), 'ipset.txt': null, 'ifconfig.txt': null });
  expect(byRoutes[0]?.claim).toContain('172.20.11.6 is bound to kube-ipvs0');
});

test('an address that no set names is left of a deleted service: low', () => {
  const addresses = changed(
    ipvsFiles()['ifconfig.txt'] ?? '',
    '    inet 172.20.0.1/32 scope global kube-ipvs0\n',
    '    inet 172.20.0.1/32 scope global kube-ipvs0\n    inet 172.20.99.9/32 scope global kube-ipvs0\n',
  );
  const findings = found({ 'ifconfig.txt': addresses });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ severity: 'low' });
  expect(entityNames(findings[0] as never, 'service')).toEqual(['172.20.99.9']);
});

test('no virtual server at all is one critical finding', () => {
  const header =
    'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n';
  const findings = found({ 'ipvsadm.txt': null, 'ipvsadm-Ln.txt': header });
  expect(findings.map((each) => [each.severity, each.count])).toContainEqual(['critical', 26]);
});

describe('not known is not missing', () => {
  test('no ipvsadm output, or one that is cut', () => {
    for (const change of [
      { 'ipvsadm.txt': null, 'ipvsadm-Ln.txt': null },
      { 'ipvsadm.txt': 'ipvsadm not installed\n', 'ipvsadm-Ln.txt': null },
      { 'ipvsadm.txt': null, 'ipvsadm-Ln.txt': (ipvsFiles()['ipvsadm-Ln.txt'] ?? '').slice(0, 700) },
    ])
      expect(ipvsVsMissing.run(ipvsFacts(change)).outcome).toBe('skipped');
  });
  test('neither sets nor addresses', () => {
    const change = { 'ipset.txt': null, 'ifconfig.txt': null, 'iproute.txt': null };
    expect(ipvsVsMissing.run(ipvsFacts(change)).outcome).toBe('skipped');
  });
  test('a host name may stand for any address', () => {
    const save = `-A -t node-7.example:https -s rr\n-A -t 172.20.0.1:https -s rr\n`;
    const result = ipvsVsMissing.run(ipvsFacts({ 'ipvsadm.txt': save, 'ipvsadm-Ln.txt': null }));
    expect(result).toMatchObject({ outcome: 'pass' });
    expect(JSON.stringify(result)).toContain('could not be looked up');
  });
  test('iptables mode', () => {
    expect(ipvsVsMissing.run(sampleFacts(HEALTHY_SAVE)).outcome).toBe('skipped');
  });
});
