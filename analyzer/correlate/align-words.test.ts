import { describe, expect, it } from 'vitest';
import { BundleId } from '../core/ids.ts';
import type { ClockAlignment } from '../core/timeline.ts';
import { type ClockWords, clockSentence, clocksSentence, spokenSpan } from './align-words.ts';

it.each([
  [0, '0.0 s'],
  [-412, '0.4 s'],
  [9_949, '9.9 s'],
  [89_974, '90 s'],
  [-300_000, '5 min'],
  [750_000, '12 min 30 s'],
  [11_500_000, '3.2 h'],
  [41 * 86_400_000, '41 days'],
  [3_155_760_000_000, '100.0 years'],
])('%d ms: %s', (ms, words) => {
  expect(spokenSpan(ms)).toBe(words);
});

describe('clockSentence', () => {
  const words: ClockWords = {
    clock: { outcome: 'aligned', offsetMs: 89_974 },
    ...{ reference: 'the API server', answers: 5, changes: 7, spreadMs: 412 },
    ...{ shift: null, others: 'some' },
  };
  it.each([
    [{}, '90 s ahead of the API server, by 12 anchors (5 answers of the API server, 7 shared changes), spread 0.4 s'],
    [
      { clock: { outcome: 'aligned', offsetMs: -1_240 }, answers: 1, changes: 2, reference: 'n1' },
      '1.2 s behind n1, by 3 anchors (1 answer of the API server, 2 shared changes), spread 0.4 s',
    ],
    [
      { clock: { outcome: 'aligned', offsetMs: 12 }, answers: 0, changes: 3, shift: '-1m30s' },
      'the same as the API server, by 3 anchors (3 shared changes), spread 0.4 s; moved by -1m30s by hand',
    ],
    [
      { changes: 0 },
      '90 s ahead of the API server, by 5 anchors (5 answers of the API server), spread 0.4 s; answers tell whole seconds',
    ],
    [{ clock: { outcome: 'reference' } }, 'the reference: the others are told against it'],
    [{ clock: { outcome: 'reference' }, others: 'none' }, 'no other clock can be told against it'],
    [{ clock: { outcome: 'refused', because: '1 anchor, 3 are needed' } }, 'cannot be aligned: 1 anchor, 3 are needed'],
  ] as const)('%j', (part, sentence) => {
    expect(clockSentence({ ...words, ...part })).toBe(sentence);
  });
});

describe('clocksSentence', () => {
  const node = (name: string, outcome: ClockAlignment['outcome'], offsetMs: number | null): ClockAlignment => ({
    ...{ bundle: BundleId.parse('a'.repeat(64)), node: name, outcome, offsetMs, spreadMs: null },
    ...{ anchors: [], anchorCount: 0, shiftMs: 0, sentence: '' },
  });
  const say = (...nodes: readonly ClockAlignment[]): string => clocksSentence(nodes, 'n1', (one) => one.node ?? '');
  const reference = node('n1', 'reference', 0);
  it('says what is known, and what is not', () => {
    expect(say()).toBe('There is no bundle in this case.');
    expect(say(reference)).toBe('One bundle: there is no other clock to hold its clock against.');
    expect(say(reference, node('n2', 'aligned', 0))).toBe('1 clock is aligned with n1 and the same.');
    expect(say(reference, node('n2', 'aligned', -100), node('n3', 'aligned', 90_000))).toBe(
      '2 clocks are aligned with n1; the farthest, n3, is 90 s ahead of it.',
    );
    expect(say(reference, { ...node('n2', 'aligned', 90_000), shiftMs: -90_000 })).toBe(
      '1 clock is aligned with n1; the farthest, n2, is 90 s ahead of it. Moved by hand since: n2 by -1m30s.',
    );
    expect(say(reference, node('n2', 'refused', null))).toBe(
      'The clock of n2 cannot be aligned: what happened first there and on other nodes is not known.',
    );
    expect(say(reference, node('n2', 'refused', null), node('n3', 'refused', null), node('n4', 'aligned', 2_000))).toBe(
      '1 clock is aligned with n1; the farthest, n4, is 2.0 s ahead of it. The clocks of n2 and n3 cannot be aligned: what happened first there and on other nodes is not known.',
    );
  });
});
