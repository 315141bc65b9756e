import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../analyzer/query/parse.ts';
import { AFFECTED, HEALTHY } from '../bridge/fake/fake-case.ts';
import { SEARCH } from '../bridge/fake/fake-search.ts';
import { facetsOf, withSeen } from './facets.ts';
import { exactPlace } from './places.ts';

const NAMES = {
  nodes: ['ip-10-0-113-27', 'ip-10-0-113-270'],
  files: ['log/kube-proxy.log', 'log/kube-proxy.log.1', 'ps.txt'],
};
/** The rows of one facet, each with its query. */
const row = (kind: string, part: Partial<typeof SEARCH.facets>) =>
  (
    facetsOf({ ...SEARCH, facets: { ...SEARCH.facets, ...part } }, NAMES).find((one) => one.kind === kind)?.rows ?? []
  ).map((one) => ({ ...one, query: one.query() }));

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
    const [first, second] = facetsOf(SEARCH, NAMES).find((one) => one.kind === 'file')?.rows ?? [];
    if (first === undefined || second === undefined) throw new Error('two files match');
    expect(withSeen([first], [first, second])).toEqual([first, { ...second, count: 0 }]);
  });

  it('look at no other name before the query of a row is wanted', () => {
    const file = Array.from({ length: 20_000 }, (_, nth) => ({
      bundle: AFFECTED,
      node: null,
      file: `pods/web-${nth}/0.log`,
      count: 1,
    }));
    let reads = 0;
    const names = {
      nodes: [],
      get files() {
        reads += 1;
        return files;
      },
    };
    const files = file.map((one) => one.file);
    const rows = facetsOf({ ...SEARCH, facets: { ...SEARCH.facets, file } }, names).find(
      (one) => one.kind === 'file',
    )?.rows;
    expect([rows?.length, reads]).toEqual([20_000, 0]);
    expect(rows?.slice(0, 3).map((one) => one.query())).toEqual([
      'file:pods/web-0/0.log',
      'file:pods/web-1/0.log',
      'file:pods/web-2/0.log',
    ]);
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

  it('puts any character for one that would be a wildcard', () => {
    expect(exactPlace('file', 'a*b', ['a*b', 'acccb'])).toBe('file:a?b');
    expect(exactPlace('file', 'a*b', ['a*b', 'acb'])).toBeNull();
  });

  it('is none when only the case of letters tells it from another', () => {
    expect(exactPlace('file', 'Messages', ['messages', 'Messages'])).toBeNull();
  });

  it('means nothing else', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'B', 'b', '/', '.', '1', '*'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(part, { minLength: 1, maxLength: 8 }), (names) => {
        for (const name of names) {
          const query = exactPlace('file', name, names);
          if (query === null) continue;
          const parsed = parseQuery(query);
          if (!parsed.ok || parsed.query.kind !== 'place') throw new Error(`${query} is no place`);
          const { name: term } = parsed.query;
          expect(names.filter((other) => fits(term.toLowerCase(), other.toLowerCase()))).toEqual([name]);
        }
      }),
    );
  });
});

/** What the engine takes for a match: a part of the name, or with wildcards the whole. */
function fits(term: string, name: string): boolean {
  return /[*?]/.test(term) ? fitsWhole(term, name) : name.includes(term);
}

function fitsWhole(term: string, name: string): boolean {
  const [head, rest] = [term[0], term.slice(1)];
  if (head === undefined) return name === '';
  if (head === '*') return fitsWhole(rest, name) || (name !== '' && fitsWhole(term, name.slice(1)));
  return name !== '' && (head === '?' || head === name[0]) && fitsWhole(rest, name.slice(1));
}
