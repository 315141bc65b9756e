/** The rules that come with Coldcase, read once. */
import { dataFolder } from '../core/resources.ts';
import { ROLES } from '../layouts/roles.ts';
import { type LoadedRules, loadRules } from '../rules/loader.ts';

let cached: LoadedRules | null = null;

/** @returns the shipped rules and the files that were refused (none, unless the installation was damaged). */
export function shippedRules(): LoadedRules {
  cached ??= loadRules(dataFolder('rules'), ROLES);
  return cached;
}
