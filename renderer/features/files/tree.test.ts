import { describe, expect, it } from 'vitest';
import { AFFECTED, CASE, FILES, makeBundle, makeFile } from '../../bridge/fake/fake-case.ts';
import { treeRows } from './tree.ts';

const names = (rows: ReturnType<typeof treeRows>) => rows.map((row) => `${' '.repeat(row.level - 1)}${row.name}`);

describe('file tree', () => {
  it('lists bundles, folders and files in order', () => {
    expect(names(treeRows(CASE.bundles, FILES, '', new Set()))).toEqual([
      'ip-10-0-113-27',
      ' networking',
      '  ip6tables-save.txt',
      '  iptables-save.txt',
      ' system',
      '  ps.txt',
      ' var_log',
      '  kube-proxy.log',
      'ip-10-0-126-200',
      ' networking',
      '  iproute.txt',
    ]);
  });

  it('hides what is in a shut folder, but not from a filter', () => {
    const shut = new Set([`${AFFECTED}/networking`]);
    expect(names(treeRows(CASE.bundles, FILES, '', shut))).not.toContain('  iptables-save.txt');
    expect(names(treeRows(CASE.bundles, FILES, 'iptables', shut))).toContain('  iptables-save.txt');
  });

  it('filters by path, role and node', () => {
    const files = (filter: string) =>
      treeRows(CASE.bundles, FILES, filter, new Set()).filter((row) => row.kind === 'file').length;
    expect(files('KUBE-PROXY')).toBe(1);
    expect(files('processes')).toBe(1);
    expect(files('126-200')).toBe(1);
    expect(treeRows(CASE.bundles, FILES, 'no such file', new Set())).toEqual([]);
  });

  it('lists files flat, with their paths, when they are compared', () => {
    const files = [
      makeFile(1, 'b/short', { lines: 1, bytes: 900, firstTime: '2025-10-14T10:00:00.000Z' }),
      makeFile(2, 'a/long', { lines: 9, bytes: 100, firstTime: null }),
      makeFile(3, 'c/same', { lines: 9, bytes: 100, firstTime: '2025-10-13T10:00:00.000Z' }),
    ];
    const listed = (order: 'size' | 'lines' | 'time') =>
      names(treeRows([makeBundle()], files, '', new Set(), order)).slice(1);
    expect(listed('size')).toEqual([' b/short', ' a/long', ' c/same']);
    expect(listed('lines')).toEqual([' a/long', ' c/same', ' b/short']);
    expect(listed('time')).toEqual([' c/same', ' b/short', ' a/long']);
    expect(treeRows([makeBundle()], files, '', new Set([AFFECTED]), 'size')).toHaveLength(1);
    expect(treeRows([makeBundle()], files, 'nothing', new Set(), 'size')).toEqual([]);
  });

  it('takes a path as deep as a name may be', () => {
    const deep = `${'d/'.repeat(2_000)}file`;
    expect(treeRows([makeBundle()], [makeFile(1, deep)], '', new Set())).toHaveLength(2_002);
  });
});
