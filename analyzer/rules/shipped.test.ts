/** Every sample of every shipped rule is a test. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataFolder } from '../core/resources.ts';
import { ROLES } from '../layouts/roles.ts';
import { loadRules } from './loader.ts';
import { ruleMatchesText } from './rule-lines.ts';

const { rules, rejected } = loadRules(dataFolder('rules'), ROLES);
const rolesOf = (rule: (typeof rules)[number]): readonly string[] => rule.where.flatMap((entry) => entry.roles);

describe('shipped rules', () => {
  it('are all accepted, one a file', () => {
    const files = readdirSync(dataFolder('rules'), { recursive: true }).filter((name) => /\.ya?ml$/.test(String(name)));
    expect(rejected).toEqual([]);
    expect(rules.length).toBe(files.length);
    expect(rules.length).toBeGreaterThanOrEqual(7);
  });

  it.each(rules.flatMap((rule) => rule.samples.match.map((sample) => ({ id: rule.id, rule, sample }))))(
    '$id matches $sample',
    ({ rule, sample }) => {
      expect(rolesOf(rule).some((role) => ruleMatchesText(rule, role, sample))).toBe(true);
    },
  );

  it.each(rules.flatMap((rule) => rule.samples.miss.map((sample) => ({ id: rule.id, rule, sample }))))(
    '$id does not match $sample',
    ({ rule, sample }) => {
      expect(rolesOf(rule).filter((role) => ruleMatchesText(rule, role, sample))).toEqual([]);
    },
  );

  it('leave no match entry and no reason without a sample that uses it', () => {
    const unused = rules.flatMap((rule) =>
      [...rule.match.map((entry) => entry.literals)].flatMap((literals, index) =>
        rule.samples.match.some((sample) => literals.some((text) => sample.includes(text)))
          ? []
          : [`${rule.id} ${index}`],
      ),
    );
    expect(unused).toEqual([]);
  });
});
