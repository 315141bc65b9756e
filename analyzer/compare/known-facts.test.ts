import { expect, test } from 'vitest';
import { DECISIVE_WEIGHT, WEIGHT } from './draft.ts';
import { KNOWN_FACTS, knownFact } from './known-facts.ts';
import { ownByNature } from './own-by-nature.ts';
import { FACT_GROUPS } from './side.ts';

test.each(KNOWN_FACTS)('$example is known to matter', ({ group, subject, example, weight }) => {
  const groups = FACT_GROUPS.filter(({ id }) => group.test(id));
  expect(groups).not.toEqual([]);
  expect(subject.test(example)).toBe(true);
  expect(Number.isInteger(weight) && weight >= 1 && weight <= 99).toBe(true);
  for (const { id } of groups) {
    expect(knownFact(id, example)).not.toBeNull();
    // What is never compared cannot matter.
    expect(ownByNature(id, example)).toBeNull();
  }
});

test('every entry is reached: none stands behind another that takes all of it', () => {
  for (const entry of KNOWN_FACTS) {
    const id = FACT_GROUPS.map((group) => group.id).find((group) => entry.group.test(group)) ?? '';
    expect(knownFact(id, entry.example)?.because).toBe(entry.because);
  }
});

test('findings stand before Services, those before known facts, those before other facts, words of logs last', () => {
  expect(WEIGHT.finding).toBeGreaterThan(WEIGHT.service + 60);
  expect(WEIGHT.service).toBeGreaterThanOrEqual(WEIGHT.knownFact + 100);
  expect(WEIGHT.knownFact).toBeGreaterThan(WEIGHT.fact + 50);
  expect(WEIGHT.fact).toBeGreaterThan(WEIGHT.error + 40);
  expect(WEIGHT.error).toBeGreaterThan(WEIGHT.warning + 36);
  expect(DECISIVE_WEIGHT).toBeLessThanOrEqual(WEIGHT.knownFact);
  expect(DECISIVE_WEIGHT).toBeGreaterThan(WEIGHT.fact + 50);
});
