/** Every declared chain is found in its samples, and in none that is wrong. */
import { describe, expect, it } from 'vitest';
import { type FileClock, NO_CLOCK } from '../core/file-clock.ts';
import { FileId } from '../core/ids.ts';
import { dataFolder } from '../core/resources.ts';
import { chainPatterns, idsOfStep, loadChains } from '../correlate/chain-loader.ts';
import { type ChainEvent, findChain } from '../correlate/chain-match.ts';
import type { Chain } from '../correlate/chain-schema.ts';
import { entitiesOf } from '../formats/entities.ts';
import { ROLES } from '../layouts/roles.ts';
import { LineRules } from '../rules/line-rules.ts';
import { readStamp } from '../time/stamp.ts';
import { shippedRules } from './shipped-rules.ts';

const { rules } = shippedRules();
const { chains, rejected } = loadChains(dataFolder('correlate/chains'), {
  roles: ROLES,
  rules: new Set(rules.map(({ id }) => id)),
});
const lineRules = new LineRules([...rules, ...chainPatterns(chains)]);
const CLOCK: FileClock = {
  ...NO_CLOCK,
  stamps: 'yearless',
  zoneMinutes: 0,
  zoneFrom: 'inferred',
  yearReference: Date.UTC(2026, 5, 1),
};

interface SampleEvent extends ChainEvent {
  readonly ids: readonly string[];
}

/** Each role of each node is a file. */
function eventsOf(sample: readonly string[]): readonly SampleEvent[] {
  const files: string[] = [];
  return sample.map((entry, at) => {
    const [where = '', text = ''] = split(entry);
    const [role = '', node = ''] = where.split(' ').reverse();
    const file = `${node} ${role}`;
    if (!files.includes(file)) files.push(file);
    const nodes = [...new Set(files.map((name) => name.split(' ')[0]))];
    const stamp = readStamp(text, CLOCK);
    if (stamp === null) throw new Error(`a sample without a time: ${entry}`);
    const matches = lineRules.matchesOf(role, text);
    return {
      bundle: nodes.indexOf(node),
      fileId: FileId.parse(files.indexOf(file) + 1),
      line: at + 1,
      endLine: at + 1,
      time: stamp.time,
      entities: [...matches.flatMap(({ entities }) => entities), ...entitiesOf(text)],
      ids: matches.map(({ id }) => id),
    };
  });
}

function split(entry: string): readonly [string, string] {
  const at = entry.indexOf(' | ');
  return [entry.slice(0, at), entry.slice(at + 3)];
}

function steps(chain: Chain, sample: readonly string[]): readonly (readonly ChainEvent[])[] {
  const events = eventsOf(sample);
  return chain.steps.map((_, step) => {
    const ids = idsOfStep(chain, step);
    return events.filter((event) => event.ids.some((id) => ids.includes(id)));
  });
}

const found = (chain: Chain, sample: readonly string[]): number =>
  findChain(chain, steps(chain, sample), () => 0).matches.length;

it('reads every file', () => {
  expect(rejected).toEqual([]);
  expect(chains.length).toBeGreaterThanOrEqual(15);
});

it('tells different things in different words', () => {
  for (const words of [chains.map(({ title }) => title), chains.map(({ meaning }) => meaning)])
    expect(new Set(words).size).toBe(chains.length);
});

describe.each(chains)('$id', (chain) => {
  const { match, wrongOrder, tooLate, otherEntity } = chain.samples;

  it('is found in its samples, from the first step to the last', () => {
    for (const sample of match) {
      const events = steps(chain, sample);
      expect(
        events.map((some) => some.length > 0),
        sample.join('\n'),
      ).toEqual(chain.steps.map(() => true));
      expect(found(chain, sample), sample.join('\n')).toBe(1);
      const [whole] = findChain(chain, events, () => 0).matches;
      expect(whole?.early).toBeNull();
    }
  });

  const wrong: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ['in the wrong order', wrongOrder],
    ['when it is too late', tooLate],
    ['of different things', otherEntity],
  ];

  it.each(wrong.filter(([, samples]) => samples.length > 0))(
    'is not found %s, though every step is there',
    (_name, samples) => {
      for (const sample of samples) {
        const there = steps(chain, sample).map((some) => some.length > 0);
        expect(there, sample.join('\n')).toEqual(chain.steps.map(() => true));
        expect(found(chain, sample), sample.join('\n')).toBe(0);
      }
    },
  );

  it('is not found without one of its steps', () => {
    for (const sample of match) {
      for (let without = 0; without < sample.length; without++) {
        expect(found(chain, sample.toSpliced(without, 1)), sample[without]).toBe(0);
      }
    }
  });
});
