import { expect, it } from 'vitest';
import { dataFolder } from '../core/resources.ts';
import { ROLES } from '../layouts/roles.ts';
import { checkedRules, rulesAsJson } from './checked-rules.ts';
import { loadRules } from './loader.ts';

it('gives every shipped rule back as the schema made it', () => {
  const loaded = loadRules(dataFolder('rules'), ROLES);
  expect(loaded.rules.length).toBeGreaterThan(200);
  const written = JSON.stringify(rulesAsJson(loaded));
  expect(checkedRules(JSON.parse(written))).toEqual(loaded);
  const expressions = loaded.rules.flatMap(({ match, reasons = [] }) =>
    [...match, ...reasons].flatMap(({ regex }) => regex ?? []),
  );
  expect(expressions.length).toBeGreaterThan(100);
  expect(new Set(expressions.map(({ flags }) => flags))).toEqual(new Set(['u']));
});

it('refuses to write rules of which one was refused', () => {
  const rejected = [{ file: 'dns/broken.yaml', line: 3, column: 5, message: 'no such file role' }];
  expect(() => rulesAsJson({ rules: [], files: [], rejected })).toThrow('dns/broken.yaml:3:5: no such file role');
});
