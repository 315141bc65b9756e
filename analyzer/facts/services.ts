/** The services of a node as its captured rules make them, listed once however many ask. */
import { translatedTables } from '../netfilter/nft-translated.ts';
import type { NftSource, NodeService, RulesMode, ServiceInput } from '../netfilter/node-service.ts';
import { serviceGraph } from '../netfilter/service-graph.ts';
import type { ServiceGraph } from '../netfilter/service-graph-draft.ts';
import { listServices } from '../netfilter/service-list.ts';
import { capturedCluster, knownServices } from './captured-cluster.ts';
import type { NodeFacts } from './node-facts.ts';

const inputs = new WeakMap<NodeFacts, ServiceInput>();
const listed = new WeakMap<ServiceInput, readonly NodeService[]>();

/** @returns services of all families and modes whose rules packets meet, sorted; the same list for the same facts. */
export function nodeServices(facts: NodeFacts): readonly NodeService[] {
  const input = serviceInput(facts);
  const known = listed.get(input);
  if (known !== undefined) return known;
  const services = listServices(input);
  listed.set(input, services);
  return services;
}

/** @param service one of nodeServices(facts). @returns how packets to it travel. */
export function nodeServiceGraph(facts: NodeFacts, service: NodeService): ServiceGraph {
  return serviceGraph(service, serviceInput(facts));
}

function serviceInput(facts: NodeFacts): ServiceInput {
  const known = inputs.get(facts);
  if (known !== undefined) return known;
  const nft = facts.nft.flatMap(({ fileId, file, ruleset }) =>
    ruleset.tables.map((table): NftSource => ({ fileId, file, table })),
  );
  const input: ServiceInput = {
    modes: rulesModes(facts),
    tables: [...facts.tables, ...translatedTables(facts.tables, nft)],
    others: facts.rules.counted,
    nft,
    ipvs: facts.network.ipvs,
    ipsets: facts.network.ipsets,
    resources: knownServices(capturedCluster(facts.state)),
  };
  inputs.set(facts, input);
  return input;
}

const ALL: readonly RulesMode[] = ['iptables', 'nftables', 'ipvs'];

/** The mode that decides first, then modes whose rules are met beside it; every one when the mode is not known. */
function rulesModes(facts: NodeFacts): readonly RulesMode[] {
  const { mode, contradictions } = facts.mode;
  const active = contradictions.filter((one) => one.active === 'yes').map((one) => one.mode);
  const modes = [mode, ...active].filter((one): one is RulesMode => ALL.some((each) => each === one));
  return modes.length === 0 ? ALL : [...new Set(modes)];
}
