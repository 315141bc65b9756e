/** Small parts that several views of the Network screen share. */
import { type ReactNode, useMemo } from 'react';
import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { FindingLinks } from '../../components/FindingLinks.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { type Mark, nodeNames } from '../../model/derive.ts';
import { hostNames, sharedPrefix } from '../../model/format.ts';
import type { BundleId, FindingId, LineLink, ServiceRow } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';
import { healthMark, healthWord } from './services.ts';

/**
 * @returns a node's name for a bundle id, its archive's where the node is not known; `differing` leaves out what all
 * names begin with, for columns.
 */
export function useNodeName(length: 'whole' | 'differing' = 'whole'): (bundle: BundleId) => string {
  const bundles = useSession((state) => state.openCase?.bundles);
  return useMemo(() => {
    const names = nodeNames(bundles ?? []);
    const ids = [...names.keys()];
    const whole = hostNames([...names.values()]);
    const short = length === 'whole' ? whole : sharedPrefix(whole).rest;
    const shown = new Map(ids.map((id, index) => [id, short[index] ?? 'not known']));
    return (bundle) => shown.get(bundle) ?? 'not known';
  }, [bundles, length]);
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
