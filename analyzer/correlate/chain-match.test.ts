import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileId } from '../core/ids.ts';
import type { Entity } from '../core/vocabulary.ts';
import { type ChainEvent, findChain } from './chain-match.ts';
import { type Chain, ChainSource } from './chain-schema.ts';

type StepWords = { readonly shares?: string; readonly across?: string; readonly within?: string };

function chainOf(...steps: readonly StepWords[]): Chain {
  return ChainSource.parse({
    id: 'x',
    title: 'x',
    meaning: 'x',
    confidence: { level: 'likely', because: 'x' },
    source: 'x',
    steps: [{}, ...steps].map((step, at) => ({
      title: `step ${at}`,
      rules: ['r'],
      ...(at === 0 ? {} : { within: '10s', shares: 'node', ...step }),
    })),
    samples: {
      match: [['other | a', 'other | b']],
      wrongOrder: [['other | a', 'other | b']],
      tooLate: [['other | a', 'other | b']],
      otherEntity: [['other | a', 'other | b']],
    },
  });
}

let lines = 0;
function event(time: number, more: Partial<Omit<ChainEvent, 'time'>> = {}): ChainEvent {
  lines += 1;
  return { bundle: 0, fileId: FileId.parse(1 + (lines % 7)), line: lines, endLine: lines, entities: [], time, ...more };
}
const pod = (name: string): readonly Entity[] => [{ kind: 'pod', name }];
const asShown = (): number => 0;
const times = (chain: Chain, events: readonly (readonly ChainEvent[])[]): readonly (readonly number[])[] =>
  findChain(chain, events, asShown).matches.map(({ steps }) => steps.map((step) => step.event.time));

const onNode = chainOf({});
const onPod = chainOf({ shares: 'pod' });

describe('findChain', () => {
  it('joins the closest pair in the right order, and counts all of both', () => {
    const found = findChain(
      onNode,
      [
        [event(1_001), event(5_001)],
        [event(6_500), event(9_000)],
      ],
      asShown,
    );
    expect(found.matches).toHaveLength(1);
    expect(found.matches[0]).toMatchObject({ spanMs: 1_499, early: null });
    expect(found.matches[0]?.steps).toMatchObject([
      { first: 1_001, last: 5_001, count: 2, afterMs: null },
      { first: 6_500, last: 9_000, count: 2, afterMs: 1_499 },
    ]);
  });

  it('never joins the wrong order, what is too late, or what is on another node', () => {
    expect(times(onNode, [[event(7_001)], [event(6_500)]])).toEqual([]);
    expect(times(onNode, [[event(1_001)], [event(11_002)]])).toEqual([]);
    expect(times(onNode, [[event(1_001)], [event(11_001)]])).toEqual([[1_001, 11_001]]);
    expect(times(onNode, [[event(1_001)], [event(2_001, { bundle: 1 })]])).toEqual([]);
  });

  it('does not take two lines of one instant for an order, unless one file tells it', () => {
    const file = FileId.parse(9);
    expect(times(onNode, [[event(1_001)], [event(1_001)]])).toEqual([]);
    const before = event(1_001, { fileId: file, line: 4 });
    const after = event(1_001, { fileId: file, line: 5 });
    expect(times(onNode, [[before], [after]])).toEqual([[1_001, 1_001]]);
    expect(times(onNode, [[after], [before]])).toEqual([]);
  });

  it('does not trust a stamp of whole seconds within its second', () => {
    expect(times(onNode, [[event(1_000)], [event(1_400)]])).toEqual([]);
    expect(times(onNode, [[event(1_000)], [event(2_000)]])).toEqual([[1_000, 2_000]]);
  });

  it('shares pods by name, with the namespace where both tell it', () => {
    const at = (name: string, time: number) => event(time, { entities: pod(name) });
    expect(times(onPod, [[at('a/web-0', 1_001)], [at('web-0', 2_001)]])).toEqual([[1_001, 2_001]]);
    expect(times(onPod, [[at('a/web-0', 1_001)], [at('b/web-0', 2_001)]])).toEqual([]);
    expect(times(onPod, [[at('a/web-0', 1_001)], [at('a/web-1', 2_001)]])).toEqual([]);
    expect(times(onPod, [[at('a/web-0', 1_001)], [event(2_001)]])).toEqual([]);
  });

  it('goes over nodes only where the chain does', () => {
    const events = [[event(1_001, { entities: pod('a/b') })], [event(2_001, { entities: pod('a/b'), bundle: 1 })]];
    expect(times(onPod, events)).toEqual([]);
    expect(times(chainOf({ shares: 'pod', across: 'nodes' }), events)).toEqual([[1_001, 2_001]]);
  });

  it('puts clocks right before it judges the order', () => {
    const chain = chainOf({ shares: 'pod', across: 'nodes' });
    const events = [[event(91_001, { entities: pod('a/b'), bundle: 1 })], [event(2_001, { entities: pod('a/b') })]];
    expect(findChain(chain, events, asShown).matches).toEqual([]);
    const [found] = findChain(chain, events, (bundle) => (bundle === 1 ? 90_000 : 0)).matches;
    expect(found).toMatchObject({ spanMs: 1_000 });
    expect(found?.steps[0]).toMatchObject({ first: 91_001 });
  });

  it('says when what should follow was there before', () => {
    const [found] = findChain(onNode, [[event(5_001)], [event(1_001), event(6_001)]], asShown).matches;
    expect(found?.early).toEqual({ step: 1, byMs: 4_000 });
  });

  it('lists a few of many, the shortest first', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const first = names.map((name, at) => event(1_001 + at, { entities: pod(`n/${name}`) }));
    const then = names.map((name, at) => event(5_001 - 100 * at, { entities: pod(`n/${name}`) }));
    const found = findChain(onPod, [first, then], asShown);
    expect(found.notListed).toBe(2);
    expect(found.matches.map(({ steps }) => steps[1]?.shares?.name)).toEqual(['n/e', 'n/d', 'n/c']);
  });

  it('needs every step', () => {
    const three = chainOf({}, {});
    expect(times(three, [[event(1_001)], [event(2_001)], []])).toEqual([]);
    expect(times(three, [[event(1_001)], [event(2_001)], [event(3_001)]])).toEqual([[1_001, 2_001, 3_001]]);
    // The second one before the last comes before the first.
    expect(times(three, [[event(2_501)], [event(2_001)], [event(3_001)]])).toEqual([]);
  });

  it('finds a pair exactly when a look at all pairs does, and only pairs in order', () => {
    const some = fc.array(fc.record({ time: fc.integer({ min: 0, max: 40_000 }), name: fc.constantFrom('a', 'b') }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(some, some, (ones, others) => {
        const made = (list: typeof ones) => list.map(({ time, name }) => event(time, { entities: pod(`n/${name}`) }));
        const [firsts, thens] = [made(ones), made(others)];
        const fits = (one: ChainEvent, two: ChainEvent): boolean => {
          const gap = two.time - one.time;
          const latest = one.time % 1000 === 0 && one.fileId !== two.fileId ? one.time + 999 : one.time;
          const order = one.fileId === two.fileId ? gap >= 0 && one.line < two.line : latest < two.time;
          return order && gap <= 10_000 && one.entities[0]?.name === two.entities[0]?.name;
        };
        const names = new Set(
          firsts.flatMap((one) => thens.filter((two) => fits(one, two)).map((two) => two.entities[0]?.name)),
        );
        const found = findChain(onPod, [firsts, thens], asShown).matches;
        expect(new Set(found.map(({ steps }) => steps[1]?.shares?.name))).toEqual(names);
        for (const { steps } of found) {
          expect(fits(steps[0]?.event as ChainEvent, steps[1]?.event as ChainEvent)).toBe(true);
        }
      }),
    );
  });
});
