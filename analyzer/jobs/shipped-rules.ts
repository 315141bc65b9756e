/** The rules that come with Coldcase, read once. */
import { readFileSync } from 'node:fs';
import { checkedRulesFile, dataFolder } from '../core/resources.ts';
import { ROLES } from '../layouts/roles.ts';
import { type CheckedRules, checkedRules } from '../rules/checked-rules.ts';
import { type LoadedRules, loadRules } from '../rules/loader.ts';

let cached: LoadedRules | null = null;

/** @returns the shipped rules; from source also the files that were refused, which a build does not let pass. */
export function shippedRules(): LoadedRules {
  cached ??= readShipped();
  return cached;
}

function readShipped(): LoadedRules {
  const built = checkedRulesFile();
  if (built === null) return loadRules(dataFolder('rules'), ROLES);
  return checkedRules(JSON.parse(readFileSync(built, 'utf8')) as CheckedRules);
}
