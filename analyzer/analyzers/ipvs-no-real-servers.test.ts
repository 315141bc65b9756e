import { describe, expect, test } from 'vitest';
import { asList, objectsOfCase } from '../../fixtures/lib/cluster-objects.ts';
import { ipvsFacts, ipvsFiles } from '../../test/support/sample-ipvs.ts';
import { entityNames, findingsOf, HEALTHY_SAVE, sampleFacts } from '../../test/support/sample-node.ts';
import { ipvsNoRealServers } from './ipvs-no-real-servers.ts';

const NUMERIC = ipvsFiles()['ipvsadm-Ln.txt'] ?? '';
const OBJECTS = asList(objectsOfCase('i3-rich-eks'));

/** The node with this `ipvsadm -Ln` alone. */
const found = (text: string, more: Readonly<Record<string, string>> = {}) =>
  findingsOf(ipvsNoRealServers, ipvsFacts({ 'ipvsadm.txt': null, 'ipvsadm-Ln.txt': text, ...more }));

/** The real servers of one virtual server edited. */
function edited(address: string, edit: (line: string) => readonly string[]): string {
  let inside = false;
  return NUMERIC.split('\n')
    .flatMap((line) => {
      if (/^(?:TCP|UDP|SCTP) /.test(line)) inside = line.includes(` ${address} `);
      return inside && line.startsWith('  ->') ? edit(line) : [line];
    })
    .join('\n');
}
const NONE = edited('172.20.10.20:80', () => []);
const ZERO = edited('172.20.10.20:80', (line) => [line.replace(/Masq {4}1/, 'Masq    0')]);

test('services without endpoints are worth knowing, no more', () => {
  const findings = found(NUMERIC);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ severity: 'info', count: 4 });
  expect(entityNames(findings[0] as never, 'service')).toEqual([
    '172.20.11.9:80/tcp',
    '192.0.2.56:80/tcp',
    '192.168.10.5:30090/tcp',
    '198.51.100.10:80/tcp',
  ]);
  expect(findingsOf(ipvsNoRealServers, ipvsFacts({}, 'i1-minimal'))).toEqual([]);
});

test('without objects nobody says that it should have endpoints', () => {
  const [finding] = found(NONE);
  expect(finding).toMatchObject({ severity: 'info', count: 5 });
  expect(found(ZERO)[0]).toMatchObject({ severity: 'low', count: 5 });
});

describe('with captured objects', () => {
  test('what has endpoints should have real servers', () => {
    for (const text of [NONE, ZERO]) {
      const [finding, ...more] = found(text, { 'objects.json': OBJECTS });
      expect(finding).toMatchObject({ severity: 'high' });
      expect(finding?.title).toContain('shop/web:http');
      expect(more.map((each) => each.severity)).toEqual(['info']);
    }
  });
  test('what has none stays quiet, and is named', () => {
    const findings = found(NUMERIC, { 'objects.json': OBJECTS });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.severity).toBe('info');
    expect(findings[0]?.claim).toContain('shop/empty:http');
  });
});

test('no virtual server has a real server: critical', () => {
  const text = NUMERIC.split('\n')
    .filter((line) => !/^ {2}-> \d/.test(line))
    .join('\n');
  expect(found(text)).toMatchObject([{ severity: 'critical', count: 26 }]);
});

test('names that cannot be read are no missing real servers', () => {
  const save = `-A -t 172.20.0.1:https -s rr
-a -t 172.20.0.1:https -r node-7.example:6443 -m -w 1
-A -t 172.20.0.10:domain -s rr
-a -t 172.20.0.10:domain -r 192.168.32.10:domain -m -w 1
`;
  expect(findingsOf(ipvsNoRealServers, ipvsFacts({ 'ipvsadm.txt': save, 'ipvsadm-Ln.txt': null }))).toEqual([]);
});

test('skipped without virtual servers and outside of IPVS mode', () => {
  expect(ipvsNoRealServers.run(ipvsFacts({ 'ipvsadm.txt': null, 'ipvsadm-Ln.txt': null })).outcome).toBe('skipped');
  expect(ipvsNoRealServers.run(sampleFacts(HEALTHY_SAVE)).outcome).toBe('skipped');
});
