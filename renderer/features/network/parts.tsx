/** Small parts that several views of the Network screen share. */
import { type ReactNode, useMemo } from 'react';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { useNodeNames } from '../../components/use-node-names.ts';
import type { Mark } from '../../model/derive.ts';
import type { BundleId, FindingId, LineLink, ServiceRow } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';
import { healthMark, healthWord } from './services.ts';

/**
 * @returns a node's name for a bundle id, its archive's where the node is not known; `differing` leaves out what all
 * names begin with, for columns.
 */
export function useNodeName(length: 'whole' | 'differing' = 'whole'): (bundle: BundleId) => string {
  const names = useNodeNames();
  return useMemo(() => {
    const shown = length === 'whole' ? names.short : names.rest;
    return (bundle) => shown.get(bundle) ?? 'not known';
  }, [names, length]);
}

/** A sentence with its shape; the list of what is not known has the same size as what is. */
export function Said({ mark, children }: { readonly mark: Mark; readonly children: ReactNode }) {
  return (
    <li>
      <SeverityMark mark={mark} label={null} />
      <span>{children}</span>
    </li>
  );
}

export function Health({ health }: { readonly health: ServiceRow['health'] }) {
  return (
    <span className="severity">
      <SeverityMark mark={healthMark(health)} label={null} />
      {healthWord(health.level)}
    </span>
  );
}

/** Lines of a dump as links to Files. */
export function LineChips({
  bundle,
  links,
  most = 40,
}: {
  readonly bundle: BundleId;
  readonly links: readonly LineLink[];
  readonly most?: number;
}) {
  return (
    <span className="chips">
      {links.slice(0, most).map((link) => (
        <EvidenceChip key={`${link.fileId} ${link.line}`} evidence={{ bundle, ...link }} />
      ))}
      {links.length > most ? <span className="meta">and {links.length - most} more</span> : null}
    </span>
  );
}

/** Where a counter was read that the rule's own dump does not have; nothing for all others. */
export function CountedAt({ bundle, at }: { readonly bundle: BundleId; readonly at: LineLink | null }) {
  if (at === null) return null;
  return (
    <span className="counted-at">
      counted in <EvidenceChip evidence={{ bundle, ...at }} />
    </span>
  );
}

/** Findings by their ids, as links to themselves. */
export function FindingsOf({ ids }: { readonly ids: readonly FindingId[] }) {
  const analysis = useSession((state) => state.analysis);
  if (analysis.state !== 'ready') return <p className="meta">The analysis that holds them is not ready yet.</p>;
  const found = analysis.value.findings.filter((finding) => ids.includes(finding.id));
  return (
    <>
      {found.length === 0 ? null : <FindingLinks findings={found} />}
      {found.length < ids.length ? (
        <p className="meta">{ids.length - found.length} not in this analysis of the case.</p>
      ) : null}
    </>
  );
}
