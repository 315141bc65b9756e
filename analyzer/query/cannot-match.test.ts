import { expect, test } from 'vitest';
import { asksForFiles, cannotMatch } from './cannot-match.ts';
import { parseQuery } from './parse.ts';

const NODES = ['ip-10-0-1-7.eu-west-1.compute.internal', 'ip-10-0-1-9.eu-west-1.compute.internal', null];
const FILES = [
  { path: 'var_log/kube-proxy.log', role: 'kube-proxy-log', format: 'klog' },
  { path: 'var_log/messages', role: 'system-log', format: 'syslog' },
  { path: 'networking/iptables-save.txt', role: 'iptables-save', format: 'text' },
];
function reasons(query: string, nodes: readonly (string | null)[] = NODES): readonly string[] {
  const parsed = parseQuery(query);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return cannotMatch(parsed.query, { nodes, files: FILES });
}

test.each([
  [
    'after:2024-05-02 before:2024-05-01T12:00',
    'No line can match: no time is at or after 2024-05-02 and before 2024-05-01T12:00Z.',
  ],
  [
    'x after:2024-05-02 before:2024-05-02',
    'No line can match: no time is at or after 2024-05-02 and before 2024-05-02.',
  ],
  [
    'near:5m@2024-05-01T12:00 after:2024-05-01T13:00',
    'No line can match: no time is at or after 2024-05-01T13:00Z and before 2024-05-01T12:05:00.001Z.',
  ],
  [
    'y OR (after:2024-05-02 before:2024-05-01)',
    'No line can match: no time is at or after 2024-05-02 and before 2024-05-01.',
  ],
  ['node:web-1', `No node that is searched has the name \`web-1\`: there are ${NODES[0]}, ${NODES[1]}.`],
  ['a -node:ip-10-0-1-', ''],
  [
    'node:ip-10-0-1-8.eu-west-1.compute.internal',
    `No node that is searched has the name \`ip-10-0-1-8.eu-west-1.compute.internal\`: did you mean ${NODES[0]}, or ${NODES[1]}?`,
  ],
  [
    'file:kube-prxy.log',
    'No file that is searched has `kube-prxy.log` in its path: did you mean var_log/kube-proxy.log?',
  ],
  ['refused file:etcd', 'No file that is searched has `etcd` in its path.'],
  ['-file:*.json', 'No file that is searched has a path that fits `*.json`.'],
  ['source:klogg', 'No file that is searched is of the kind `klogg`: did you mean klog?'],
  [
    'source:etcd',
    'No file that is searched is of the kind `etcd`: there are iptables-save, klog, kube-proxy-log and 3 more.',
  ],
])('%s', (query, sentence) => {
  expect(reasons(query)).toEqual(sentence === '' ? [] : [sentence]);
});

test('of many nodes a few are named, and a node may have no name', () => {
  const many = ['a1', 'b1', 'c1', 'd1', 'e1'];
  expect(reasons('node:somewhere-else', many)).toEqual([
    'No node that is searched has the name `somewhere-else`: there are a1, b1, c1 and 2 more.',
  ]);
  expect(reasons('node:x', ['a1'])).toEqual(['No node that is searched has the name `x`: there is a1.']);
  expect(reasons('node:x', [])).toEqual([]);
  expect(reasons('node:x', [null])).toEqual(['node:x matches nothing: no node that is searched has a known name.']);
});

test('of files nothing is said while nobody knows them', () => {
  const parsed = parseQuery('file:etcd source:etcd');
  if (!parsed.ok) throw new Error(parsed.error.message);
  expect(cannotMatch(parsed.query, { nodes: NODES, files: null })).toEqual([]);
  expect(cannotMatch(parsed.query, { nodes: NODES, files: [] })).toEqual([]);
});

test.each([
  ['a file:x', true],
  ['a OR -(b source:x)', true],
  ['node:x a', false],
])('%s asks for files: %s', (query, asks) => {
  const parsed = parseQuery(query);
  expect(parsed.ok && asksForFiles(parsed.query)).toBe(asks);
});

test.each([
  'after:2024-05-01 before:2024-05-02',
  'node:1-7',
  'NODE:IP-*',
  'after:2024-05-02 OR before:2024-05-01',
  'file:PROXY',
  'file:*/messages',
  'source:iptables',
])('%s may match', (query) => {
  expect(reasons(query)).toEqual([]);
});
