import { type NodeNames, nodeNames } from '../model/node-names.ts';
import type { Bundle } from '../model/types.ts';
import { useSession } from '../stores/stores.tsx';

const NONE: readonly Bundle[] = [];

/** @returns what the nodes of the open case are called beside each other. */
export function useNodeNames(): NodeNames {
  return nodeNames(useSession((state) => state.openCase?.bundles) ?? NONE);
}
