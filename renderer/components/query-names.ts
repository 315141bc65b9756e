/** Names of the open case that a query can be completed with. */
import { useMemo } from 'react';
import { nodeLabel } from '../model/node-names.ts';
import { useSession } from '../stores/stores.tsx';

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

export interface QueryNames {
  readonly nodes: readonly string[];
  readonly files: readonly string[];
  readonly sources: readonly string[];
}

/** @returns nodes, paths of files, and their roles and formats. */
export function useQueryNames(): QueryNames {
  const bundles = useSession((state) => state.openCase?.bundles);
  const files = useSession((state) => state.files);
  return useMemo(() => {
    const known = files.state === 'ready' ? files.value : [];
    return {
      nodes: distinct((bundles ?? []).filter((one) => one.node !== null).map(nodeLabel)),
      files: distinct(known.map((one) => one.path)),
      sources: distinct(known.flatMap((one) => [one.role, one.format])),
    };
  }, [bundles, files]);
}
