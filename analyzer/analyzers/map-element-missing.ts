/**
 * nftables mode finds a service by an element of a map: service-ips, service-nodeports, or no-endpoint-services for
 * those without endpoints. A service whose element is gone keeps its chains, and no packet comes to them.
 */
import type { NftChainDump, NftElement, NftTable } from '../core/nft-ruleset.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { nftRef, type ProxyTable } from '../facts/nft-facts.ts';
import { nftNamed, nftReached } from '../netfilter/nft-chain.ts';
import type { Analyzer } from './analyzer.ts';
import { unreadMaps } from './nft-endpoints.ts';
import { judgeNft, nftEntities, nftName, OTHER_NFT_WRITER } from './nft-tables.ts';
import {
  certain,
  chainEntity,
  chainFinding,
  gathered,
  KUBE_PROXY_LOGS,
  RESTART_KUBE_PROXY,
  serviceEntities,
} from './outcome.ts';

export const mapElementMissing: Analyzer = {
  id: 'map-element-missing',
  title: 'Every nftables service is found by an element of a map',
  area: 'chains',
  onlyIn: 'nftables',
  run(facts) {
    if (facts.mode.mode !== 'nftables') return { outcome: 'skipped', missing: 'rules of nftables mode' };
    return judgeNft(facts, check, 'an element of an nft map leads to every service chain and every cluster IP');
  },
};

/** Chains of services; `service-endpoints-check` is none. */
const ENTRY = /^(?:service|external|local)-[A-Z2-7]{8}-/;

function check(place: ProxyTable): readonly FindingDraft[] {
  const { table } = place;
  const services = table.chains.get('services');
  // A jump to a chain that is not there is told as dangling-jump.
  if (services === undefined) return [];
  const reached = nftReached(table, [services]);
  // A map that no rule looks in is one defect, not one a service.
  const unread = unreadMaps(table);
  // kube-proxy empties the chains of a deleted service first and deletes them with a later sync.
  const lost = [...table.chains.values()].filter(
    (chain) => ENTRY.test(chain.name) && chain.rules.length > 0 && !reached.has(chain.name),
  );
  const behind = new Set(
    lost.flatMap((chain) => [...nftReached(table, [chain])].filter((name) => name !== chain.name)),
  );
  const first = lost.filter((chain) => !behind.has(chain.name));
  if (unread.has('service-ips') && first.length > 0) return [nothingFound(place, services, first)];
  if (first.length > 1 && ![...reached].some((name) => ENTRY.test(name))) return [nothingFound(place, services, first)];
  const told = new Set([...unread.values()].flatMap((names) => [...names]));
  const findings = first.filter((chain) => !told.has(chain.name)).map((chain) => withoutElement(place, chain));
  // Said with its service already.
  const said = new Set(first.map(clusterIp));
  const addresses = unknownAddresses(table).filter((element) => !said.has(addressOf(element)));
  return [
    ...gathered(findings, `${findings.length} service chains of table ${nftName(place)} are found by no element`),
    ...gathered(
      addresses.map((element) => unfoundAddress(place, element)),
      `${addresses.length} cluster IPs of table ${nftName(place)} are found by no element`,
    ),
  ];
}

/** Maps a cluster IP can be found by. */
const ADDRESS_MAPS = ['service-ips', 'no-endpoint-services'] as const;

function unknownAddresses(table: NftTable): readonly NftElement[] {
  const found = new Set(
    ADDRESS_MAPS.flatMap((name) => table.sets.get(name)?.elements ?? []).flatMap(({ key }) =>
      key.kind === 'concat' && key.parts[0]?.kind === 'value' ? [key.parts[0].value] : [],
    ),
  );
  const listed = table.sets.get('cluster-ips')?.elements ?? [];
  return listed.filter((element) => {
    const address = addressOf(element);
    return address !== null && !found.has(address);
  });
}

function addressOf(element: NftElement): string | null {
  return element.key.kind === 'value' ? element.key.value : null;
}

function withoutElement(place: ProxyTable, chain: NftChainDump): FindingDraft {
  const service = nftNamed(chain.name)?.service ?? chain.name;
  const external = chain.name.startsWith('external-');
  const address = external ? null : clusterIp(chain);
  return chainFinding(nftRef(place, chain, 'no element of a map leads to this chain'), {
    rule: 'map-element-missing',
    title: `No element leads to ${external ? 'the external addresses of ' : ''}${service} in table ${nftName(place)}`,
    claim: `Chain ${chain.name} of table ${nftName(place)} has ${chain.rules.length} ${chain.rules.length === 1 ? 'rule' : 'rules'}, but no element of service-ips or service-nodeports leads to it${address === null ? '' : `: ${address} is not looked up`}.`,
    severity: 'high',
    confidence: certain(`the table is captured whole in ${place.file}, and its maps were followed`),
    owner: 'kube-proxy',
    entities: nftEntities(chain.name),
    userNotices: external
      ? `Clients reach ${service} by none of its node ports or load balancer addresses through this node.`
      : `Connections to ${service} from this node are refused or time out; other services work.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: [OTHER_NFT_WRITER],
    check: [`\`nft list map ${nftName(place)} service-ips\` shows an element that goes to ${chain.name}`],
    evidence: [...chain.rules.slice(0, 2), ...mapsOf(place.table)].map((at) => nftRef(place, at)),
  });
}

/** Chain `services` is empty, or the maps it looks in are: one defect, not one a service. */
function nothingFound(place: ProxyTable, services: NftChainDump, lost: readonly NftChainDump[]): FindingDraft {
  const some = unreadMaps(place.table);
  const nodePorts = some.has('service-ips') && !some.has('service-nodeports') && services.rules.length > 0;
  const what =
    services.rules.length === 0
      ? 'has no rules'
      : nodePorts
        ? 'does not look in service-ips'
        : 'finds no service by its maps';
  const names = new Set(lost.map((chain) => nftNamed(chain.name)?.service ?? chain.name));
  return chainFinding(nftRef(place, services, `this chain ${what}`), {
    rule: 'map-element-missing',
    title: `Chain services leads to no service in table ${nftName(place)}`,
    claim: `Chain services of table ${nftName(place)} ${what}, so packets come to none of the ${names.size} services whose chains are there.`,
    severity: 'critical',
    confidence: certain(`the table is captured whole in ${place.file}, and its maps were followed`),
    owner: 'kube-proxy',
    count: names.size,
    entities: [chainEntity('services'), ...serviceEntities(names)],
    userNotices: `No ClusterIP${nodePorts ? ' and no' : ', NodePort or'} load balancer address answers on this node. DNS by the cluster IP of kube-dns fails, pod addresses${nodePorts ? ' and NodePorts' : ''} still work.`,
    now: [RESTART_KUBE_PROXY, KUBE_PROXY_LOGS],
    longTerm: [OTHER_NFT_WRITER],
    check: [`\`nft list map ${nftName(place)} service-ips\` shows one element a service address and port`],
    evidence: [...services.rules, ...mapsOf(place.table), ...lost.slice(0, 3)].map((at) => nftRef(place, at)),
  });
}

/** The address in the chain's own masquerade rule: `ip daddr 10.96.0.1 ip saddr != ... jump mark-for-masquerade`. */
function clusterIp(chain: NftChainDump): string | null {
  for (const statement of chain.rules[0]?.statements ?? []) {
    if (statement.kind !== 'match' || statement.left.kind !== 'payload' || statement.left.field !== 'daddr') continue;
    if (statement.operator === '==' && statement.right.kind === 'value') return statement.right.value;
  }
  return null;
}

function unfoundAddress(place: ProxyTable, element: NftElement): FindingDraft {
  const address = addressOf(element) ?? '';
  return chainFinding(nftRef(place, element, `${address} is listed as an active cluster IP`), {
    rule: 'map-element-missing',
    title: `No element leads from ${address} to a service in table ${nftName(place)}`,
    claim: `${address} is in the set cluster-ips of table ${nftName(place)}, but no element of service-ips or no-endpoint-services names it: packets to it are refused.`,
    severity: 'high',
    confidence: certain(`the table is captured whole in ${place.file}, and its maps hold no such key`),
    owner: 'kube-proxy',
    entities: [{ kind: 'ip', name: address }],
    userNotices: `Connections to ${address} from this node are refused.`,
    now: [RESTART_KUBE_PROXY],
    longTerm: [OTHER_NFT_WRITER],
    check: [`\`nft list map ${nftName(place)} service-ips\` shows ${address}`],
    evidence: mapsOf(place.table).map((map) => nftRef(place, map)),
  });
}

function mapsOf(table: NftTable): readonly { readonly line: number }[] {
  return [...ADDRESS_MAPS, 'service-nodeports'].flatMap((name) => table.sets.get(name) ?? []);
}
