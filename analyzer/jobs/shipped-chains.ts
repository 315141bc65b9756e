/** The declared chains that come with Coldcase, read once. */
import { dataFolder } from '../core/resources.ts';
import { type LoadedChains, loadChains } from '../correlate/chain-loader.ts';
import { ROLES } from '../layouts/roles.ts';
import { shippedRules } from './shipped-rules.ts';

let cached: LoadedChains | null = null;

/** @returns the shipped chains and the files that were refused (none, unless the installation was damaged). */
export function shippedChains(): LoadedChains {
  cached ??= loadChains(dataFolder('correlate/chains'), {
    roles: ROLES,
    rules: new Set(shippedRules().rules.map(({ id }) => id)),
  });
  return cached;
}
