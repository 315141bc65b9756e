/** The sample lines of the shipped rules, for tests that hold them against other text. */
import { dataFolder } from '../../analyzer/core/resources.ts';
import { ROLES } from '../../analyzer/layouts/roles.ts';
import { loadRules } from '../../analyzer/rules/loader.ts';

/** @returns every line that a rule gives as a sample of what it matches -> id of the rule. No fixture may hold one. */
export function matchSampleLines(): ReadonlyMap<string, string> {
  const { rules } = loadRules(dataFolder('rules'), ROLES);
  return new Map(
    rules.flatMap((rule) =>
      rule.samples.match.flatMap((sample) => sample.split('\n').map((line) => [line.trim(), rule.id] as const)),
    ),
  );
}
