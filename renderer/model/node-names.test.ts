import { describe, expect, it } from 'vitest';
import { makeBundle } from '../bridge/fake/fake-case.ts';
import { nodeNames } from './node-names.ts';
import type { Bundle, BundleId } from './types.ts';

const bundle = (id: string, part: Partial<Bundle>): Bundle => makeBundle({ ...part, id: id as BundleId });
const A = bundle('aaaaaaaaaa', { node: 'ip-10-0-1-2.ec2.internal', collectedAt: '2025-10-14T11:02:01.000Z' });
const A2 = bundle('abbbbbbbbb', { node: 'ip-10-0-1-2.ec2.internal', collectedAt: '2025-10-15T09:30:00.000Z' });
const B = bundle('cccccccccc', { node: 'ip-10-0-7-9.ec2.internal' });
const values = (map: ReadonlyMap<BundleId, string>) => [...map.values()];

describe('names of nodes', () => {
  it('lose their domain and what all share', () => {
    const names = nodeNames([A, B]);
    expect(values(names.whole)).toEqual(['ip-10-0-1-2.ec2.internal', 'ip-10-0-7-9.ec2.internal']);
    expect(values(names.short)).toEqual(['ip-10-0-1-2', 'ip-10-0-7-9']);
    expect([names.prefix, ...values(names.rest)]).toEqual(['ip-10-0-', '1-2', '7-9']);
  });

  it('are cut where most of them are alike', () => {
    expect(nodeNames([A, B, bundle('dddddddddd', { node: null, name: 'photo.png' })]).cut).toBe('start');
    const archives = ['one.tar.gz', 'another.tar.gz'].map((name) => bundle(name, { node: null, name }));
    expect(nodeNames(archives).cut).toBe('end');
    expect(nodeNames([A]).cut).toBe('end');
  });

  it('tell bundles of one node apart by when they were collected', () => {
    const names = nodeNames([A, B, A2]);
    expect(values(names.short)).toEqual([...['ip-10-0-1-2 14 Oct', 'ip-10-0-7-9', 'ip-10-0-1-2 15 Oct']]);
    expect(values(names.whole)).toEqual([
      'ip-10-0-1-2.ec2.internal 14 Oct 2025 11:02:01',
      'ip-10-0-7-9.ec2.internal',
      'ip-10-0-1-2.ec2.internal 15 Oct 2025 09:30:00',
    ]);
    expect(values(names.rest)).toEqual(['1-2 14 Oct', '7-9', '1-2 15 Oct']);
    const alone = nodeNames([A, A2]);
    expect([alone.prefix, ...values(alone.rest)]).toEqual(['ip-10-0-1-2 ', '14 Oct', '15 Oct']);
  });

  it.each([
    ['2025-10-14T12:02:01.000Z', '14 Oct 11:02', '14 Oct 12:02'],
    ['2025-10-14T11:02:09.000Z', '14 Oct 11:02:01', '14 Oct 11:02:09'],
    ['2026-10-14T11:02:01.000Z', '14 Oct 2025 11:02:01', '14 Oct 2026 11:02:01'],
  ])('say as much of the time as differs: %s', (collectedAt, first, second) => {
    expect(values(nodeNames([A, { ...A2, collectedAt }]).rest)).toEqual([first, second]);
  });

  it('are those of the archives, or of their bytes, where the time does not tell', () => {
    const noTime = { ...A2, collectedAt: null, name: 'second.tar.gz' };
    expect(values(nodeNames([{ ...A, name: 'first.tar.gz' }, noTime]).short)).toEqual([
      'ip-10-0-1-2 first.tar.gz',
      'ip-10-0-1-2 second.tar.gz',
    ]);
    const same = { ...A2, collectedAt: A.collectedAt };
    expect(values(nodeNames([A, same]).short)).toEqual(['ip-10-0-1-2 aaaaaaaa', 'ip-10-0-1-2 abbbbbbb']);
  });

  it('one node keeps its name; an archive stands in for a node that is not known', () => {
    expect(values(nodeNames([A]).rest)).toEqual(['ip-10-0-1-2']);
    const unknown = bundle('dddddddddd', { node: null, name: 'x.tar.gz' });
    expect(values(nodeNames([unknown, B]).short)).toEqual(['x.tar.gz', 'ip-10-0-7-9']);
  });
});
