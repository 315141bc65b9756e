import { describe, expect, it } from 'vitest';
import { AFFECTED, CASE, HEALTHY, makeBundle, makeEvidence } from '../../bridge/fake/fake-case.ts';
import { COMPARISON, makeDifference, makeSide } from '../../bridge/fake/fake-compare.ts';
import type { BundleId, ComparedSide } from '../../model/types.ts';
import {
  areasOf,
  COMPARED_MAX,
  comparedBundles,
  firstEvidence,
  presetAffected,
  sectionsOf,
  sharedValues,
  shortLabels,
  usualValue,
} from './sections.ts';

const id = (text: string) => text as BundleId;
const many = Array.from({ length: 30 }, (_, index) => makeBundle({ id: id(`b${index}`) }));

describe('what is compared', () => {
  it('is what was chosen, else what is in scope, and never too much at once', () => {
    const ids = (bundles: readonly { readonly id: string }[]) => bundles.map((one) => one.id);
    expect(ids(comparedBundles(many, [id('b7'), id('b3')], new Set()))).toEqual(['b3', 'b7']);
    expect(comparedBundles(many, [], new Set())).toHaveLength(COMPARED_MAX);
    expect(ids(comparedBundles(many.slice(0, 4), [], new Set([id('b1')])))).toEqual(['b0', 'b2', 'b3']);
  });

  it('is everything when one node alone is in scope, or when what was chosen is gone', () => {
    expect(comparedBundles(CASE.bundles, [], new Set([HEALTHY]))).toHaveLength(2);
    expect(comparedBundles(CASE.bundles, [id('gone'), AFFECTED], new Set())).toHaveLength(2);
  });
});

describe('what is shown', () => {
  it('has the decisive ones first, and each difference once in the order of keys', () => {
    const { decisive, findings, services, order } = sectionsOf(COMPARISON, { kind: 'all', area: null });
    expect(decisive.map((one) => one.id)).toEqual(['finding:kube-services-empty']);
    expect(findings).toEqual([]);
    expect(services).toHaveLength(1);
    expect(order.map((one) => one.id)).toEqual([
      'finding:kube-services-empty',
      'service:shop/web',
      'fact:kubelet',
      'vocabulary:lock',
    ]);
  });

  it('keeps what passes the filters of kind and area', () => {
    expect(sectionsOf(COMPARISON, { kind: 'fact', area: null }).order.map((one) => one.id)).toEqual(['fact:kubelet']);
    expect(sectionsOf(COMPARISON, { kind: 'all', area: 'Services' }).order).toHaveLength(1);
    expect(areasOf(COMPARISON.differences, 'fact')).toEqual(['versions']);
  });

  it('says each value once: what few have first, what is not known last, with every reason', () => {
    const sides = ['a', 'b', 'c', 'd', 'e'].map(
      (label): ComparedSide => ({ bundle: id(label), label, node: label, collectedAt: null, part: 'unknown' }),
    );
    const value = (bundle: string, text: string | null) =>
      makeSide({ bundle: id(bundle), value: text, because: text === null ? `no ${bundle}` : null });
    const values = [value('a', '1'), value('b', null), value('c', '1'), value('d', '0'), value('e', null)];
    const shared = sharedValues(values, sides);
    expect(shared.map((one) => [one.value, one.sides.map(({ label }) => label).join(), one.usual])).toEqual([
      ['0', 'd', 'other'],
      ['1', 'a,c', 'usual'],
      [null, 'b,e', 'other'],
    ]);
    expect(shared[2]?.because).toEqual(['no b', 'no e']);
    expect(usualValue([value('a', '1'), value('b', '0')])).toBeNull();
  });

  it('cites each side, those that stand out first', () => {
    const cited = (bundle: string, text: string) =>
      makeSide({ bundle: id(bundle), value: text, evidence: [makeEvidence({ bundle: id(bundle) })] });
    const values = [cited('a', '1'), cited('b', '1'), cited('c', '0')];
    expect(firstEvidence(values, 2).map(({ bundle }) => bundle)).toEqual(['c', 'a']);
    expect(firstEvidence(makeDifference('x').values, 2)).toEqual([]);
  });

  it('leaves out of chips what all names share', () => {
    expect([...shortLabels(COMPARISON.sides).values()]).toEqual(['113-27', '126-200']);
  });
});

describe('what is affected at first', () => {
  const group = (severity: string | null, ...bundles: readonly string[]) => ({ severity, bundles: bundles.map(id) });

  it('is what fails worst, without what is marked healthy', () => {
    const groups = [group('high', 'a'), group('high', 'b', 'h'), group('medium', 'c'), group(null, 'd')];
    expect(presetAffected(groups, new Set([id('h')]))).toEqual(['a', 'b']);
  });

  it('is nothing when all fail alike, or none fails', () => {
    expect(presetAffected([group('high', 'a', 'b')], new Set())).toEqual([]);
    expect(presetAffected([group(null, 'a', 'b')], new Set())).toEqual([]);
  });
});
