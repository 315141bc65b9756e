/**
 * How packets to one service travel, for the screen: what takes them, the chains they pass, the endpoints they may get.
 * Everything that is drawn is a captured line; what should be there and is not is drawn as missing.
 */
import type { NodeService, ServiceInput } from './node-service.ts';
import { drawRefusals, graphDraft, type ServiceGraph } from './service-graph-draft.ts';
import { drawIptables } from './service-graph-iptables.ts';
import { drawIpvs } from './service-graph-ipvs.ts';
import { drawNft } from './service-graph-nft.ts';

/** @param service one of listServices(input). @returns its graph; at most ENDPOINTS_DRAWN_MAX endpoints. */
export function serviceGraph(service: NodeService, input: ServiceInput): ServiceGraph {
  const draft = graphDraft(service);
  if (service.mode === 'iptables') drawIptables(draft, service, input.tables, input.others);
  if (service.mode === 'nftables') drawNft(draft, service, input.nft);
  if (service.mode === 'ipvs') drawIpvs(draft, service, input);
  drawRefusals(draft, service);
  return draft.done();
}
