/**
 * What only shows when the bundles of a case are held against each other: Kubernetes objects that were saved beside a
 * node's archive, and nodes that disagree. These conclusions are of the case, so they are not kept with a bundle.
 */
import {
  type Difference,
  missingEndpoints,
  missingServices,
  staleEndpoints,
} from '../analyzers/endpoint-crosscheck.ts';
import { rulesLine } from '../analyzers/missing-service.ts';
import { gathered } from '../analyzers/outcome.ts';
import { type Disagreement, disagreements, type NodeView, sameCluster } from '../analyzers/service-disagreement.ts';
import type { BundleReader } from '../core/case-reader.ts';
import { cite, findingId } from '../core/cite.ts';
import type { Damage, Evidence, Finding, FindingDraft, LineRef, NodeAnalysis, NonEmpty } from '../core/vocabulary.ts';
import { type CapturedCluster, capturedCluster } from '../facts/captured-cluster.ts';
import { buildNodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { type NodeService, normalEndpoint } from '../netfilter/node-service.ts';
import { damageOf } from './damage-of.ts';

export interface AcrossBundles {
  readonly findings: readonly Finding[];
  readonly outcomes: NodeAnalysis['outcomes'];
}

/** Reading the rules of a bundle takes a second or two; a case of more nodes is compared in part, and says so. */
const BUNDLES_MAX = 40;

/** The little that is kept of a bundle: its tables would fill the memory. */
interface View extends NodeView {
  readonly reader: BundleReader;
  readonly cluster: CapturedCluster;
  readonly lines: Readonly<Record<NodeService['family'], LineRef | null>>;
}

/**
 * @param readers open bundles of the case. @param checkCancelled called between bundles; may throw.
 * @returns findings of the nodes concerned; empty for a case of one bundle.
 */
export function acrossBundles(readers: readonly BundleReader[], checkCancelled: () => void): AcrossBundles {
  if (readers.length < 2) return { findings: [], outcomes: [] };
  const outcomes: NodeAnalysis['outcomes'][number][] = [];
  const views = readers.slice(0, BUNDLES_MAX).flatMap((reader) => {
    checkCancelled();
    const view = viewOf(reader);
    if ('reader' in view) return [view];
    outcomes.push({ id: 'across-bundles', bundle: reader.bundle.id, outcome: { outcome: 'failed', ...view } });
    return [];
  });
  for (const { bundle } of readers.slice(BUNDLES_MAX)) {
    const missing = `the case holds more than ${BUNDLES_MAX} bundles: this one was not compared with the others`;
    outcomes.push({ id: 'across-bundles', bundle: bundle.id, outcome: { outcome: 'skipped', missing } });
  }
  const objects = views.find((view) => view.cluster.ports.some((port) => port.endpoints !== null));
  const findings = views.flatMap((view) => [
    ...(objects === undefined || objects === view ? [] : againstObjects(view, objects)),
    ...againstNodes(view, views),
  ]);
  return { findings, outcomes };
}

function viewOf(reader: BundleReader): View | { readonly why: string; readonly damage?: Damage } {
  try {
    const facts = buildNodeFacts(reader);
    const { bundle } = reader;
    return {
      reader,
      name: bundle.node ?? bundle.name,
      collectedAt: bundle.collectedAt,
      services: nodeServices(facts),
      cluster: capturedCluster(facts.state),
      lines: { IPv4: rulesLine(facts, 'IPv4'), IPv6: rulesLine(facts, 'IPv6') },
    };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), ...damageOf(error) };
  }
}

/** Objects of its own bundle were captured together with the rules and are better: then the analyzers have used them. */
function againstObjects(view: View, objects: View): readonly Finding[] {
  if (view.services.length === 0 || view.cluster.ports.some((port) => port.endpoints !== null)) return [];
  const { cluster } = objects;
  if (!sameClusterAs(view, cluster)) return [];
  const found: readonly (readonly [string, readonly Difference[]])[] = [
    ['endpoints in the rules are in no captured object', staleEndpoints(view.services, cluster)],
    ['services lack ready endpoints in the rules', missingEndpoints(view.services, cluster)],
    ['captured services are not in the rules', missingServices(view.services, cluster, (family) => view.lines[family])],
  ];
  return found.flatMap(([what, differences]) =>
    joined(
      differences.map(({ draft, objects: refs }) => ({ draft, other: refs })),
      what,
      view,
      objects,
    ),
  );
}

/** Objects of another cluster share at most what every cluster has: a service of one's own, or the API server, tells. */
function sameClusterAs(view: View, cluster: CapturedCluster): boolean {
  const theirs = new Map(cluster.ports.map((port) => [`${port.service}/${port.protocol}`, port]));
  return view.services.some((service) => {
    const port = theirs.get(`${service.id}/${service.protocol}`);
    if (port === undefined || service.clusterIP === null || !port.clusterIps.includes(service.clusterIP)) return false;
    const known = new Set(port.endpoints?.map((each) => each.endpoint) ?? []);
    const shared = service.endpoints.some((each) => known.has(normalEndpoint(each.address)));
    return shared || !/^(?:default\/kubernetes|kube-system\/kube-dns)(?::|$)/.test(service.id);
  });
}

function againstNodes(view: View, views: readonly View[]): readonly Finding[] {
  if (view.services.length === 0) return [];
  const said = new Set<string>();
  return views.flatMap((other) => {
    // The same node captured twice differs because time went by.
    if (other === view || other.services.length === 0 || other.name === view.name || !sameCluster(view, other))
      return [];
    const found = disagreements(view, other).filter(({ draft }) => {
      const key = JSON.stringify(draft.entities.filter((entity) => entity.kind !== 'node'));
      const fresh = !said.has(key);
      said.add(key);
      return fresh;
    });
    return joined(found, `services have other endpoints than on ${other.name}`, view, other);
  });
}

/** Evidence of both bundles; many differences of one kind have one cause and are told as one. */
function joined(found: readonly Disagreement[], what: string, view: View, other: View): readonly Finding[] {
  const drafts = gathered(
    found.map((each) => each.draft),
    `${found.length} ${what}`,
  );
  return drafts.map((draft) => {
    const same = found.find((each) => each.draft === draft) ?? found[0];
    return finding(draft, same?.other ?? [], view, other);
  });
}

function finding(draft: FindingDraft, refs: readonly LineRef[], view: View, other: View): Finding {
  const { bundle } = view.reader;
  const [first, ...own] = cite(view.reader, draft.evidence);
  const theirs: readonly Evidence[] = isNonEmpty(refs) ? cite(other.reader, refs) : [];
  const evidence: NonEmpty<Evidence> = [first, ...theirs, ...own];
  const id = findingId(draft.rule, bundle.node, evidence, draft.title);
  return { ...draft, id, bundle: bundle.id, node: bundle.node, evidence: [...evidence] as Finding['evidence'] };
}

function isNonEmpty(refs: readonly LineRef[]): refs is NonEmpty<LineRef> {
  return refs.length > 0;
}
