import { expect, test } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { versionSkew } from './version-skew.ts';

const proxy = (version: string) =>
  `I0501 12:00:00.000000       1 server.go:1] "Version info" version="v1.20.0"\nI0501 12:00:00.123456       1 server.go:652] "Version info" version="${version}"\n`;
const kubelet = (version: string) =>
  `May 01 12:00:00 n1 kubelet[812]: x\nMay 01 12:00:00 n1 kubelet[812]: I0501 12:00:00.1 812 server.go:487] "Kubelet version" kubeletVersion="${version}"\n`;
const run = (one: string, two: string) =>
  versionSkew.run(buildNodeFacts(memoryBundle({ 'kube-proxy.log': one, 'kubelet.log': two })));

test.each([
  ['v1.31.0-eks-5e0fdde', 'v1.31.4', 'pass'],
  ['v1.28.0', 'v1.31.4', 'pass'],
  ['v1.27.0', 'v1.31.4', 'finding'],
  ['v1.31.0', 'v1.27.0', 'finding'],
  ['v1.24.0', 'v1.25.0', 'pass'],
  ['v1.24.0', 'v1.26.0', 'finding'],
])('kube-proxy %s, kubelet %s: %s', (one, two, outcome) => {
  expect(run(proxy(one), kubelet(two))).toMatchObject({ outcome });
});

test('the last start counts, both lines are cited', () => {
  expect(run(proxy('v1.27.3'), kubelet('v1.31.4'))).toMatchObject({
    findings: [
      {
        severity: 'low',
        evidence: [
          { fileId: 1, line: 2 },
          { fileId: 2, line: 2 },
        ],
      },
    ],
  });
});

test('without one of the lines nothing is said', () => {
  expect(run('I0501 12:00:00.1 1 x.go:1] "Sync"\n', kubelet('v1.31.4'))).toMatchObject({ outcome: 'skipped' });
  expect(run(proxy('v1.27.3'), 'May 01 12:00:00 n1 kubelet[812]: x\n')).toMatchObject({ outcome: 'skipped' });
});
