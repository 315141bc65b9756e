/** Every analyzer, once. Adding one is a file, its test and a line here. */
import type { Analyzer } from './analyzer.ts';
import { chainNotHooked } from './chain-not-hooked.ts';
import { danglingJump } from './dangling-jump.ts';
import { emptySep } from './empty-sep.ts';
import { kubeServicesEmpty } from './kube-services-empty.ts';
import { markMasqEmpty } from './mark-masq-empty.ts';
import { postroutingNoMasquerade } from './postrouting-no-masquerade.ts';
import { svcNoEndpoints } from './svc-no-endpoints.ts';

const REGISTERED: readonly Analyzer[] = [
  chainNotHooked,
  danglingJump,
  emptySep,
  kubeServicesEmpty,
  markMasqEmpty,
  postroutingNoMasquerade,
  svcNoEndpoints,
];

/** All analyzers by id. */
export const ANALYZERS: readonly Analyzer[] = sortedById(REGISTERED);

/** @returns the analyzers sorted by id. @throws Error when two share an id: a bug that must fail at start. */
export function sortedById(analyzers: readonly Analyzer[]): readonly Analyzer[] {
  const sorted = [...analyzers].sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
  for (const [index, analyzer] of sorted.entries()) {
    if (sorted[index + 1]?.id === analyzer.id) throw new Error(`two analyzers are registered as ${analyzer.id}`);
  }
  return sorted;
}
