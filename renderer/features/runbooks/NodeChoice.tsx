import { nodeNames } from '../../model/node-names.ts';
import type { BundleId } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';

/** On which node a runbook runs; nothing to choose where there is one. */
export function NodeChoice({
  value,
  onChange,
}: {
  readonly value: BundleId | null;
  readonly onChange: (bundle: BundleId | null) => void;
}) {
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  if (bundles.length < 2) return null;
  return (
    <select
      className="select runbook__node"
      aria-label="Node"
      value={value ?? ''}
      onChange={(event) => onChange(bundles.find(({ id }) => id === event.target.value)?.id ?? null)}
    >
      <option value="">Node: where it fits best</option>
      {[...nodeNames(bundles).short].map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
