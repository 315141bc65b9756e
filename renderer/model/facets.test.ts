import { describe, expect, it } from 'vitest';
import { AFFECTED, HEALTHY } from '../bridge/fake/fake-case.ts';
import { SEARCH } from '../bridge/fake/fake-search.ts';
import { facetsOf, withSeen } from './facets.ts';
import { exactPlace } from './places.ts';

const NAMES = {
  nodes: ['ip-10-0-113-27', 'ip-10-0-113-270'],
  files: ['log/kube-proxy.log', 'log/kube-proxy.log.1', 'ps.txt'],
};
const row = (kind: string, part: Partial<typeof SEARCH.facets>) =>
  facetsOf({ ...SEARCH, facets: { ...SEARCH.facets, ...part } }, NAMES).find((one) => one.kind === kind)?.rows ?? [];

describe('facets', () => {
  it('count a file once for all nodes, and name what means it alone', () => {
    const file = (bundle: typeof AFFECTED, path: string, count: number) => ({ bundle, node: null, file: path, count });
    const rows = row('file', {
      file: [file(AFFECTED, 'ps.txt', 2), file(AFFECTED, 'log/kube-proxy.log', 3), file(HEALTHY, 'ps.txt', 7)],
    });
    expect(rows.map(({ label, count, query }) => [label, count, query])).toEqual([
      ['ps.txt', 9, 'file:ps.txt'],
      ['kube-proxy.log', 3, 'file:*log/kube-proxy.log'],
    ]);
  });

  it('cannot put a node out whose name is not known', () => {
    const rows = row('node', { node: [{ bundle: AFFECTED, node: null, count: 4 }] });
    expect(rows).toMatchObject([{ label: 'not known', count: 4, query: null }]);
  });

  it('name severities as the query language does', () => {
    const rows = row('severity', {
      severity: [
        { severity: 'critical', count: 1 },
        { severity: 'high', count: 4 },
        { severity: null, count: 9 },
      ],
    });
    expect(rows.map(({ label, count, query }) => [label, count, query])).toEqual([
      ['error', 5, 'sev:error'],
      ['no severity', 9, 'sev:none'],
    ]);
  });

  it('go by hours, or by days when there are many', () => {
    expect(row('time', {})).toMatchObject([
      { label: '14 Oct 10:00', count: 1, query: 'after:2025-10-14T10:00Z before:2025-10-14T11:00Z' },
      { label: 'no time', count: 1 },
    ]);
    const hour = Array.from({ length: 72 }, (_, index) => ({
      hour: new Date(Date.UTC(2025, 9, 14) + index * 3_600_000).toISOString(),
      count: 2,
    }));
    expect(row('time', { hour })).toMatchObject([
      { label: '14 Oct', count: 48, query: 'after:2025-10-14T00:00Z before:2025-10-15T00:00Z' },
      { label: '15 Oct', count: 48 },
      { label: '16 Oct', count: 48 },
    ]);
  });

  it('keep what filters have left nothing of', () => {
    const [first, second] = row('file', {});
    if (first === undefined || second === undefined) throw new Error('two files match');
    expect(withSeen([first], [first, second])).toEqual([first, { ...second, count: 0 }]);
  });
});

describe('a place that is meant exactly', () => {
  it('is as short as it can be', () => {
    expect(exactPlace('file', 'a/b.log', ['a/b.log', 'a/c.log'])).toBe('file:b.log');
    expect(exactPlace('file', 'a/b.log', ['a/b.log', 'c/b.log'])).toBe('file:a/b.log');
    expect(exactPlace('file', 'a/b.log', ['a/b.log', 'a/b.log.1'])).toBe('file:*a/b.log');
    expect(exactPlace('file', 'a/b.log', ['a/b.log', 'a/b.log.1', 'a/a/b.log'])).toBe('file:?/b.log');
    expect(exactPlace('node', 'n-1', ['n-1', 'n-10'])).toBe('node:*n-1');
  });

  it('is none when only the case of letters tells it from another', () => {
    expect(exactPlace('file', 'Messages', ['messages', 'Messages'])).toBeNull();
  });
});
