import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery } from '../query/parse.ts';
import { queryOf, readBullet } from './bullets.ts';

test.each([
  ['Use `search` tool with query=`a/b.*c` to look', { do: 'look', query: '/a\\/b.*c/i', expects: 'failure' }],
  ['Use `search` tool with query="OOMKilled"', { do: 'look', query: '"OOMKilled"' }],
  ['Use `search` with query=`KUBE-SVC` to check if chains exist', { do: 'look', expects: 'presence' }],
  [
    'Use `correlate` tool with pivotEvent=`kubelet`',
    { do: 'timeline', query: '("kubelet" OR source:"kubelet" OR file:"kubelet")' },
  ],
  ['Use `network_diagnostics` tool with sections=dns,cni', { do: 'network', sections: ['dns', 'cni'] }],
  ['Review `network_diagnostics` output for conntrack section', { do: 'network', sections: ['conntrack'] }],
  ['Use `errors` tool', { do: 'findings' }],
  ['Use `compare_nodes` tool', { do: 'compare' }],
  ['Use `summarize` tool', { do: 'summary' }],
  ['Use `validate` tool', { do: 'completeness' }],
  [
    'Use `list_k8s_resources` with kind=Pod, namespace=web, labelSelector=app=x',
    { do: 'ask', question: { command: 'kubectl get pods -n web -l app=x -o wide' } },
  ],
  ['Use `list_k8s_resources` with kind=Node', { do: 'ask', question: { command: 'kubectl get nodes -o wide' } }],
  [
    'Drain it: `kubectl drain NODE` — so that pods move',
    { do: 'ask', question: { command: 'kubectl drain NODE', why: 'so that pods move' } },
  ],
  ['Recommend alerts, long-term', { do: 'mitigation', when: 'long-term' }],
  ['Think', { do: 'read' }],
])('%s', (bullet, action) => {
  const read = readBullet(bullet);
  expect(read.ok ? read.action : read).toMatchObject(action);
});

test('a pattern that is none is refused at its place', () => {
  const bullet = 'Use `search` tool with query=`ab(`';
  expect(readBullet(bullet)).toMatchObject({ ok: false, at: bullet.indexOf('(') });
});

test('every pattern that is one is a query that means it', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z/.|\\ -]{1,12}$/), (pattern) => {
      const read = readBullet(`Use \`search\` tool with query=\`${pattern}\``);
      if (!read.ok) return;
      const parsed = parseQuery(queryOf(pattern));
      expect(parsed.ok).toBe(true);
      if (!parsed.ok || parsed.query.kind !== 'pattern') return;
      for (const text of ['a/b', 'xyz', pattern]) {
        expect(new RegExp(parsed.query.source, 'i').test(text)).toBe(new RegExp(pattern, 'i').test(text));
      }
    }),
  );
});
