/** The chains that the kernel calls at a hook, in its order. */
import type { BaseChain, HookName } from './program.ts';

type Groups = readonly (readonly BaseChain[])[];
const known = new WeakMap<readonly BaseChain[], Map<HookName, Groups>>();

/** @returns base chains of a hook by priority, those of one priority together; chains that do nothing are left out. */
export function groupsOf(bases: readonly BaseChain[], hook: HookName): Groups {
  const byHook = known.get(bases) ?? new Map<HookName, Groups>();
  known.set(bases, byHook);
  const made = byHook.get(hook) ?? grouped(bases.filter((base) => base.hook === hook && !isEmpty(base)));
  byHook.set(hook, made);
  return made;
}

function grouped(bases: readonly BaseChain[]): Groups {
  const groups = new Map<number, BaseChain[]>();
  for (const base of bases) {
    const group = groups.get(base.priority);
    if (group === undefined) groups.set(base.priority, [base]);
    else group.push(base);
  }
  return [...groups].sort(([one], [two]) => one - two).map(([, group]) => group);
}

/** No rule, and no doubt of it: most chains of a node that the kernel calls. */
function isEmpty({ table, chain, policy }: BaseChain): boolean {
  const whole = table.chain(chain);
  return whole !== null && whole.length === 0 && whole.endUnknown === null && policy === 'accept';
}
