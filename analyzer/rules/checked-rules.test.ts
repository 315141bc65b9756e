import { expect, it } from 'vitest';
import { dataFolder } from '../core/resources.ts';
import { ROLES } from '../layouts/roles.ts';
import { checkedRule, ruleAsJson } from './checked-rules.ts';
import { loadRules } from './loader.ts';

it('gives every shipped rule back as the schema made it', () => {
  const { rules } = loadRules(dataFolder('rules'), ROLES);
  expect(rules.length).toBeGreaterThan(200);
  const written = JSON.parse(JSON.stringify(rules.map(ruleAsJson))) as readonly unknown[];
  expect(written.map(checkedRule)).toEqual(rules);
  const expressions = rules.flatMap(({ match, reasons = [] }) =>
    [...match, ...reasons].flatMap(({ regex }) => regex ?? []),
  );
  expect(expressions.length).toBeGreaterThan(100);
  expect(new Set(expressions.map(({ flags }) => flags))).toEqual(new Set(['u']));
});
