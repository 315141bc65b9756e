/** The same checks where kube-proxy does not work with iptables chains: nftables and IPVS mode. */
import type { LineRef } from '../core/vocabulary.ts';
import { nftRef, type ProxyTable, proxyTables } from '../facts/nft-facts.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { nodeServices } from '../facts/services.ts';
import { endpointText } from '../netfilter/address.ts';
import { nftNat, nftTargets } from '../netfilter/nft-chain.ts';
import type { LinePlace, NodeService } from '../netfilter/node-service.ts';
import { CHAINS_MISSING_ACTIONS, type CheckResultLine, MASQUERADE_ACTIONS, NO_COUNTS_ACTIONS } from './check-line.ts';

/** Evidence lines cited by one check line, and names said in it. */
const CITED_MAX = 5;

/** @returns lines on kube-proxy's nft table: lookup chain and its hooks, maps, endpoints, masquerade. */
export function checkNftables(facts: NodeFacts): readonly CheckResultLine[] {
  const lines: CheckResultLine[] = [
    {
      level: 'INFO',
      text: 'KUBE-SERVICES, KUBE-NODEPORTS and KUBE-MARK-MASQ are not used in nftables mode',
      evidence: [],
    },
    { level: 'INFO', text: 'nftables mode keeps no rule counters: activity is not known', evidence: [] },
  ];
  const tables = proxyTables(facts);
  if (tables.length === 0) {
    return [
      ...lines,
      {
        level: 'INFO',
        text: "kube-proxy's nft table was not captured in a form that is read: its chains were not checked",
        evidence: [],
      },
    ];
  }
  return [...lines, ...tables.flatMap(checkTable), ...checkShares(facts)];
}

function checkTable(place: ProxyTable): readonly CheckResultLine[] {
  const { table } = place;
  const name = `${table.family} ${table.name}`;
  const ref = (at: { readonly line: number }): readonly LineRef[] => [nftRef(place, at)];
  const lines: CheckResultLine[] = [];
  const ok = (text: string, at: { readonly line: number }): void => {
    lines.push({ level: 'OK', text, evidence: ref(at) });
  };
  const absent = (text: string, evidence: readonly LineRef[], actions = CHAINS_MISSING_ACTIONS): void => {
    if (table.complete) lines.push({ level: 'ISSUE', text, evidence, actions });
    else lines.push({ level: 'INFO', text: `${text}, but the end of the table was not captured`, evidence });
  };
  const services = table.chains.get('services');
  if (services === undefined) absent(`chain services not found in table ${name}`, []);
  else {
    ok(`chain services found in table ${name}`, services);
    for (const hookName of ['nat-prerouting', 'nat-output']) {
      const hook = table.chains.get(hookName);
      const jump = hook?.rules.find((rule) => nftTargets(rule, table).some(({ chain }) => chain === 'services'));
      if (jump !== undefined) ok(`chain services is reached from ${hookName}`, jump);
      else absent(`chain services is not reached from ${hookName}`, ref(hook ?? services));
    }
  }
  for (const mapName of ['service-ips', 'service-nodeports']) {
    const map = table.sets.get(mapName);
    if (map === undefined) absent(`map ${mapName} not found in table ${name}`, []);
    else if (map.elements.length > 0 || mapName === 'service-nodeports')
      ok(`map ${mapName} found in table ${name} (${map.elements.length} element(s))`, map);
    else if (!map.complete)
      lines.push({ level: 'INFO', text: `map ${mapName} was not captured whole`, evidence: ref(map) });
    else absent(`map ${mapName} in table ${name} is empty: no packet to a service is sent to an endpoint`, ref(map));
  }
  const endpoints = [...table.chains.values()].filter((chain) => chain.name.startsWith('endpoint-'));
  const first = endpoints[0];
  lines.push({
    level: first === undefined ? 'WARN' : 'OK',
    text: `${endpoints.length} endpoint chains found in table ${name}`,
    evidence: first === undefined ? [] : ref(first),
    ...(first === undefined ? { actions: CHAINS_MISSING_ACTIONS } : {}),
  });
  const dead = endpoints.filter((chain) => chain.complete && nftNat(chain, 'dnat') === null);
  if (dead.length > 0)
    lines.push({
      level: 'ISSUE',
      text: `${dead.length} endpoint chain(s) of table ${name} have no dnat: ${named(dead.map((chain) => chain.name))}`,
      evidence: dead.slice(0, CITED_MAX).flatMap(ref),
      actions: CHAINS_MISSING_ACTIONS,
    });
  lines.push(...checkMarks(place, name, absent));
  const masquerading = table.chains.get('masquerading');
  const masquerade = masquerading === undefined ? null : nftNat(masquerading, 'masquerade', 'snat');
  if (masquerade === null)
    absent(`Masquerade rules missing: chain masquerading of table ${name} has no masquerade`, [], MASQUERADE_ACTIONS);
  else ok(`Masquerade rules present in table ${name}`, masquerade.rule);
  return lines;
}

/** mark-for-masquerade is what KUBE-MARK-MASQ is in iptables mode. */
function checkMarks(
  place: ProxyTable,
  name: string,
  absent: (text: string, evidence: readonly LineRef[], actions?: readonly string[]) => void,
): readonly CheckResultLine[] {
  const { table } = place;
  const marking = table.chains.get('mark-for-masquerade');
  if (marking === undefined) {
    absent(`chain mark-for-masquerade not found in table ${name}`, []);
    return [];
  }
  let references = 0;
  for (const chain of table.chains.values())
    for (const rule of chain.rules)
      if (nftTargets(rule, table).some((target) => target.chain === 'mark-for-masquerade')) references += 1;
  if (marking.complete && !marking.rules.some((rule) => rule.statements.some((each) => each.kind === 'mangle')))
    absent(
      `chain mark-for-masquerade of table ${name} sets no mark: nothing is marked for masquerade`,
      [nftRef(place, marking)],
      MASQUERADE_ACTIONS,
    );
  return [
    {
      level: 'OK',
      text: `chain mark-for-masquerade found in table ${name} (${references} references)`,
      evidence: [nftRef(place, marking)],
    },
  ];
}

/** Connections that meet no endpoint although their service has some. */
function checkShares(facts: NodeFacts): readonly CheckResultLine[] {
  const losing = nodeServices(facts).filter(
    (service) => service.mode === 'nftables' && service.endpoints.length > 0 && (service.lostShare ?? 0) > 0,
  );
  if (losing.length === 0) return [];
  return [
    {
      level: 'ISSUE',
      text: `New connections are lost in ${losing.length} service(s): ${named(losing.map(lostText))}`,
      evidence: losing.slice(0, CITED_MAX).flatMap((service) => service.refs.slice(0, 1).map(refOf)),
      actions: CHAINS_MISSING_ACTIONS,
    },
  ];
}

function lostText(service: NodeService): string {
  return `${service.id} (${Math.round((service.lostShare ?? 0) * 100)} %)`;
}

/** @returns lines on virtual servers, their real servers and connections, and kube-proxy's ipsets. */
export function checkIpvs(facts: NodeFacts): readonly CheckResultLine[] {
  return [...checkServers(facts), ...checkSets(facts)];
}

function checkServers(facts: NodeFacts): readonly CheckResultLine[] {
  if (facts.network.ipvs.length === 0)
    return [{ level: 'INFO', text: 'ipvsadm output not collected: virtual servers cannot be checked', evidence: [] }];
  const services = nodeServices(facts).filter((service) => service.mode === 'ipvs');
  const servers = services.flatMap((service) => service.entries);
  const [first] = servers;
  const files = [...new Set(facts.network.ipvs.map(({ file }) => file))].join(', ');
  if (first === undefined) {
    return [
      {
        level: 'ISSUE',
        text: `No IPVS virtual server found (${files}): no packet to a service is sent to an endpoint`,
        evidence: [],
        actions: CHAINS_MISSING_ACTIONS,
      },
    ];
  }
  const lines: CheckResultLine[] = [
    { level: 'OK', text: `IPVS virtual servers found (${servers.length} in ${files})`, evidence: [refOf(first.place)] },
  ];
  const missing = services.filter((service) => service.entries.length === 0 && service.clusterIP !== null);
  if (missing.length > 0)
    lines.push({
      level: 'ISSUE',
      text: `No IPVS virtual server for ${missing.length} cluster IP(s) of the ipset KUBE-CLUSTER-IP: ${named(missing.map(({ clusterIP, servicePort }) => endpointText(clusterIP ?? '', servicePort)))}`,
      evidence: missing.slice(0, CITED_MAX).flatMap((service) => service.refs.slice(0, 1).map(refOf)),
      actions: CHAINS_MISSING_ACTIONS,
    });
  const bare = services.flatMap((service) => service.refusals);
  if (bare.length > 0)
    lines.push({
      level: 'INFO',
      text: `${bare.length} IPVS virtual server(s) have no real server (normal for a service without ready endpoints): ${named(bare.map(({ address, port }) => endpointText(address ?? '', port)))}`,
      evidence: bare.slice(0, CITED_MAX).map(({ place }) => refOf(place)),
    });
  lines.push(activity(servers));
  return lines;
}

function activity(servers: NodeService['entries']): CheckResultLine {
  const counted = servers.filter(({ packets }) => packets !== null);
  if (counted.length === 0)
    return {
      level: 'INFO',
      text: 'IPVS virtual servers: connection counters were not captured (ipvsadm --stats), activity is not known',
      evidence: [],
    };
  const busy = counted.filter(({ packets }) => (packets ?? 0) > 0);
  const most = Math.max(...busy.map(({ packets }) => packets ?? 0));
  if (busy.length === 0)
    return {
      level: 'WARN',
      text: 'IPVS virtual servers have no connections (kube-proxy may not be processing traffic)',
      evidence: counted.slice(0, 1).map(({ place }) => refOf(place)),
      actions: NO_COUNTS_ACTIONS,
    };
  return {
    level: 'OK',
    text: `IPVS virtual servers active (${busy.length} with connections, sample: ${most} connections)`,
    evidence: busy.slice(0, CITED_MAX).map(({ place }) => refOf(place)),
  };
}

/** Sets that rules of IPVS mode ask: what is marked for masquerade, and the hairpin case. */
const SETS = ['KUBE-CLUSTER-IP', 'KUBE-LOOP-BACK'] as const;

function checkSets(facts: NodeFacts): readonly CheckResultLine[] {
  if (facts.network.ipsets.length === 0)
    return [
      { level: 'INFO', text: `ipset output not collected: ${SETS.join(' and ')} cannot be checked`, evidence: [] },
    ];
  return SETS.flatMap((name): readonly CheckResultLine[] => {
    for (const { fileId, value } of facts.network.ipsets) {
      const set = value.find((each) => each.name === name || each.name === name.replace('KUBE-', 'KUBE-6-'));
      if (set === undefined) continue;
      const evidence = [{ fileId, line: set.line, endLine: set.line }];
      return [{ level: 'OK', text: `ipset ${set.name} found (${set.entries.length} entries)`, evidence }];
    }
    const files = [...new Set(facts.network.ipsets.map(({ file }) => file))].join(', ');
    return [{ level: 'ISSUE', text: `ipset ${name} not found (${files})`, evidence: [], actions: MASQUERADE_ACTIONS }];
  });
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, CITED_MAX).join(', ');
  return names.length > CITED_MAX ? `${shown} and ${names.length - CITED_MAX} more` : shown;
}

function refOf({ fileId, line }: LinePlace): LineRef {
  return { fileId, line, endLine: line };
}
