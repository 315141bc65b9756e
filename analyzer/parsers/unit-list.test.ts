import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUnitList } from './unit-list.ts';

test('units with and without a mark', () => {
  const text = `  UNIT                 LOAD   ACTIVE     SUB          DESCRIPTION
  containerd.service   loaded active     running      containerd container runtime
● kubelet.service      loaded activating auto-restart Kubernetes Kubelet
* postfix.service      loaded failed     failed       Postfix Mail Transport Agent
● auditd.service       not-found inactive dead        auditd.service
  -.mount              loaded active     mounted      Root Mount

LOAD   = Reflects whether the unit definition was properly loaded.
5 loaded units listed. Pass --all to see loaded but inactive units, too.
`;
  expect(parseUnitList(text)).toEqual([
    { line: 2, name: 'containerd.service', active: 'active', sub: 'running' },
    { line: 3, name: 'kubelet.service', active: 'activating', sub: 'auto-restart' },
    { line: 4, name: 'postfix.service', active: 'failed', sub: 'failed' },
    { line: 5, name: 'auditd.service', active: 'inactive', sub: 'dead' },
    { line: 6, name: '-.mount', active: 'active', sub: 'mounted' },
  ]);
});

test('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => parseUnitList(`a.service loaded failed ${text}`).length <= 1));
});
