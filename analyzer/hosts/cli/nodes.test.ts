import { expect, test } from 'vitest';
import type { CaseSummary } from '../../contract/contract.ts';
import type { Bundle } from '../../core/vocabulary.ts';
import { oneBundleOf } from './nodes.ts';
import { SAMPLE_BUNDLE } from './test-world.ts';

const bundle = (digit: string, node: string): Bundle => ({
  ...SAMPLE_BUNDLE,
  id: digit.repeat(64) as Bundle['id'],
  node,
});
const summary = (...bundles: readonly Bundle[]): CaseSummary => ({ title: 'case', bundles }) as unknown as CaseSummary;

/** What a refusal says, advice included. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    return JSON.stringify(thrown) + String(thrown);
  }
  return '';
}

test('two bundles of one node are told apart by the digits that --node takes', () => {
  const twice = summary(bundle('a', 'n1'), bundle('b', 'n1'));
  const said = refusal(() => oneBundleOf(twice, 'n1'));
  expect(said).toContain('give the digits of its sha256 in brackets to --node');
  expect(said).toContain('n1 (bbbbbbbbbbbb)');
  expect(oneBundleOf(twice, 'bbbbbbbbbbbb').id).toBe('b'.repeat(64));
});

test('a name near two bundles of one node is told once', () => {
  const twice = summary(bundle('a', 'n1'), bundle('b', 'n1'));
  expect(refusal(() => oneBundleOf(twice, 'n2'))).toContain('Did you mean n1?');
});

test('a host name without its domain is enough where one node has it', () => {
  const three = summary(bundle('a', 'ip-1.east'), bundle('b', 'ip-2.east'), bundle('c', 'ip-2.west'));
  expect(oneBundleOf(three, 'ip-1').node).toBe('ip-1.east');
  expect(refusal(() => oneBundleOf(three, 'ip-2'))).toContain('No bundle of this case is of this node.');
  expect(refusal(() => oneBundleOf(summary(bundle('a', '10.0.0.1')), '10'))).toContain('No bundle');
});

test('bundles of two nodes are told apart by name', () => {
  const two = summary(bundle('a', 'n1'), bundle('b', 'n2'));
  expect(refusal(() => oneBundleOf(two, undefined))).toContain('say which one with --node');
  expect(oneBundleOf(two, 'n2').node).toBe('n2');
});
