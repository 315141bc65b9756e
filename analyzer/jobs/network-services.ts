/** Services, the graph of one, and the names a tracer may offer, from one node's facts. */
import type { GraphEdge, GraphNode, LineLink, ServiceGraph, ServiceRow, ServicesAnswer } from '../contract/network.ts';
import { FailureError, fail } from '../core/failure.ts';
import type { BundleId } from '../core/ids.ts';
import { didYouMean } from '../core/nearest.ts';
import { statedIn } from '../core/stated-in.ts';
import { nodeServiceGraph, nodeServices } from '../facts/services.ts';
import type { LinePlace } from '../netfilter/node-service.ts';
import { splitEndpoint } from '../netfilter/rule-match.ts';
import { healthBook, worstSeverity } from './network-health.ts';
import type { LoadedNode } from './network-nodes.ts';
import { type Place, placeOf } from './network-places.ts';
import type { FindingMark, NetworkAsk } from './network-protocol.ts';

/** @param findings findings of the whole case; null when they could not be had. */
export function servicesOf(node: LoadedNode, findings: readonly FindingMark[] | null): ServicesAnswer {
  const { bundle } = node.reader;
  const { facts } = node;
  const health = healthBook(facts, ofBundle(findings, bundle.id));
  const services = nodeServices(facts);
  return {
    services: services.map(
      (service): ServiceRow => ({
        bundle: bundle.id,
        node: bundle.node,
        mode: service.mode,
        family: service.family,
        id: service.id,
        namespace: service.namespace,
        name: service.name,
        port: service.port,
        namedBy: service.namedBy,
        protocol: service.protocol,
        clusterIP: service.clusterIP,
        servicePort: service.servicePort,
        nodePort: service.nodePort,
        externalIPs: service.externalIPs,
        loadBalancerIPs: service.loadBalancerIPs,
        sourceRanges: service.sourceRanges,
        internalTrafficPolicy: service.internalTrafficPolicy,
        externalTrafficPolicy: service.externalTrafficPolicy,
        affinity: service.affinity,
        endpoints: service.endpoints.map(({ address, share, packets, countedAt, refs }) => ({
          address,
          share,
          packets,
          countedAt: linkOrNone(countedAt),
          place: placeOfEndpoint(node, address),
          evidence: refs.map(link),
        })),
        packets: service.packets,
        countedAt: linkOrNone(service.countedAt),
        health: health.of(service),
        evidence: service.refs.map(link),
      }),
    ),
    nodes: [
      {
        bundle: bundle.id,
        node: bundle.node,
        mode: facts.mode.mode,
        modeBecause: facts.mode.because,
        readFrom: [...new Set(services.flatMap(({ refs }) => refs.map(({ file }) => file)))],
        notKnown: [...modeUnknown(node), ...facts.notLookedAt],
      },
    ],
  };
}

function modeUnknown(node: LoadedNode): readonly string[] {
  const { mode, because } = node.facts.mode;
  if (mode === 'replaced') return [`services of a kube-proxy replacement are in no dump that is read (${because})`];
  return mode === 'unknown' ? [`kube-proxy's mode is not known (${because}): services may be missing`] : [];
}

/** @returns the findings of one bundle; lines that are cited of another one have other numbers here. */
function ofBundle(findings: readonly FindingMark[] | null, bundle: BundleId): readonly FindingMark[] | null {
  const own = findings?.filter((finding) => statedIn(bundle, finding)) ?? null;
  return own?.map((finding) => (finding.bundle === bundle ? finding : { ...finding, lines: [] })) ?? null;
}

function link(place: LinePlace): LineLink {
  return { fileId: place.fileId, file: place.file, line: Math.max(1, place.line), endLine: Math.max(1, place.line) };
}

/** @returns a captured line as screens link to it. */
export function linkOrNone(place: LinePlace | null | undefined): LineLink | null {
  return place == null ? null : link(place);
}

function placeOfEndpoint(node: LoadedNode, endpoint: string): Place['place'] {
  const address = splitEndpoint(endpoint)?.address;
  return address === undefined ? 'not known' : placeOf(node, address).place;
}

/** @returns how packets to one service travel, with findings at the chains and lines they are about. */
export function graphOf(
  node: LoadedNode,
  input: NetworkAsk<'graph'>['input'],
  findings: readonly FindingMark[] | null,
): ServiceGraph {
  const { bundle } = node.reader;
  const services = nodeServices(node.facts);
  const service = services.find((one) => one.id === input.service && one.family === input.family);
  if (service === undefined) {
    const ids = services.filter((one) => one.family === input.family).map((one) => one.id);
    const near = didYouMean(input.service, ids);
    throw new FailureError(
      fail('not-found', `no ${input.family} service of this name on this node`, input.service, near).failure,
    );
  }
  const health = healthBook(node.facts, ofBundle(findings, bundle.id));
  const drawn = nodeServiceGraph(node.facts, service);
  const worst = (found: readonly FindingMark[]) => ({
    severity: worstSeverity(found),
    findings: found.map(({ id }) => id),
  });
  return {
    bundle: bundle.id,
    node: bundle.node,
    service: drawn.service,
    nodes: drawn.nodes.map(
      (one): GraphNode => ({
        ...one,
        ...worst(health.at([one.label], one.link === null ? [] : [one.link])),
        countedAt: linkOrNone(one.countedAt),
        link: linkOrNone(one.link),
      }),
    ),
    edges: drawn.edges.map(
      (one): GraphEdge => ({
        ...one,
        severity: worstSeverity(health.at([], one.link === null ? [] : [one.link])),
        countedAt: linkOrNone(one.countedAt),
        link: linkOrNone(one.link),
      }),
    ),
    omitted: drawn.omitted,
  };
}
