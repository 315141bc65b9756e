import { describe, expect, test } from 'vitest';
import { entityNames, FORMS, findingsOf, HEALTHY_SAVE, sampleFacts, without } from '../../test/support/sample-node.ts';
import { danglingJump } from './dangling-jump.ts';

describe.each(FORMS)('dangling-jump from %s', (form) => {
  test('a healthy node passes', () => {
    expect(findingsOf(danglingJump, sampleFacts(HEALTHY_SAVE, form))).toEqual([]);
  });

  test.each([
    ['KUBE-SEP-BTZNBNILETY57XCS', /(^:|-A )KUBE-SEP-BTZNBNILETY57XCS /],
    ['KUBE-MARK-MASQ', /(^:|-A )KUBE-MARK-MASQ /],
    ['AWS-SNAT-CHAIN-0', /(^:|-A )AWS-SNAT-CHAIN-0 /],
  ])('%s gone is one finding', (chain, needle) => {
    const found = findingsOf(danglingJump, sampleFacts(without(HEALTHY_SAVE, needle), form));
    expect(found).toHaveLength(1);
    expect(found[0]?.severity).toBe('high');
    expect(entityNames(found[0] as never, 'chain')).toEqual([chain]);
  });

  test('extension targets are no chains', () => {
    const text = HEALTHY_SAVE.replace(
      '-A KUBE-MARK-MASQ ',
      '-A KUBE-MARK-MASQ -j NFLOG --nflog-group 3\n-A KUBE-MARK-MASQ ',
    );
    expect(findingsOf(danglingJump, sampleFacts(text, form))).toEqual([]);
  });
});

test('a save that ends before COMMIT proves no absence', () => {
  const cut = HEALTHY_SAVE.slice(0, HEALTHY_SAVE.indexOf('[0:0] -A KUBE-SEP-2OIS5'));
  const found = findingsOf(danglingJump, sampleFacts(cut));
  expect(found).toEqual([]);
});

test('many chains that are gone are told once, with their number', () => {
  const text = without(HEALTHY_SAVE, /^:KUBE-SEP|-A KUBE-SEP/);
  const [found, ...more] = findingsOf(danglingJump, sampleFacts(text));
  expect(more).toEqual([]);
  expect([found?.count, found?.severity]).toEqual([7, 'high']);
  expect(found?.title).toBe('7 chains that rules jump to do not exist in the nat table');
  expect(found?.entities.filter(({ kind }) => kind === 'chain').length).toBeGreaterThanOrEqual(7);
});
