/** Who an address is: everything captured of one node that names it as a whole address. */
import type { AddressAnswer, AddressFact } from '../contract/network.ts';
import { cite } from '../core/cite.ts';
import type { RouteEntry } from '../core/node-network.ts';
import type { Family } from '../core/packet-rule.ts';
import { someOf } from '../core/some-of.ts';
import type { LineRef, NonEmpty } from '../core/vocabulary.ts';
import { nodeServices } from '../facts/services.ts';
import { addressFamily, canonicalAddress, endpointText } from '../netfilter/address.ts';
import type { NodeService } from '../netfilter/node-service.ts';
import { prefixHolds, splitEndpoint } from '../netfilter/rule-match.ts';
import type { RuleTable } from '../netfilter/rule-table.ts';
import { routerOf } from '../netfilter/trace.ts';
import { addressScan } from './address-scan.ts';
import { factsOfLines } from './network-lookup-lines.ts';
import { objectFacts } from './network-lookup-objects.ts';
import type { LoadedNode } from './network-nodes.ts';
import { plainAddress, wrongUsage } from './network-words.ts';
import type { Pause } from './resident-task.ts';

/** Lines cited for one fact. */
const CITED = 5;
const NAMED_MAX = 4;

export interface NodeLookup {
  readonly node: string | null;
  readonly facts: readonly AddressFact[];
  readonly notKnown: readonly string[];
}

type Found = Omit<AddressFact, 'bundle' | 'node'>;

/** @returns what one node's bundle says of an address; throws `wrong-usage` when the word is none. */
export async function lookUp(node: LoadedNode, word: string, pause: Pause): Promise<NodeLookup> {
  const address = addressOf(word);
  const family = addressFamily(address) ?? 'IPv4';
  const { bundle } = node.reader;
  const facts: readonly Found[] = [
    ...interfaceFacts(node, address),
    ...collectorPod(node, address),
    ...objectFacts(node, address).map(({ kind, sentence, refs }) => fact(node, kind, sentence, refs)),
    ...serviceFacts(node, address),
    ...routeFacts(node, address, family),
    ...policyFacts(node, address),
    ...node.facts.tables.filter((table) => table.family === family).flatMap((table) => ruleFacts(node, table, address)),
    ...ipsetFacts(node, address),
    ...(await factsOfLines(node.reader, address, pause)),
  ];
  return {
    node: bundle.node,
    facts: facts.map((fact) => ({ bundle: bundle.id, node: bundle.node, ...fact })),
    notKnown: notCaptured(node),
  };
}

/** @returns the answer over several nodes; what is not known says of which node when there are several. */
export function mergeLookups(word: string, parts: readonly NodeLookup[]): AddressAnswer {
  const said = parts.flatMap(({ node, notKnown }) =>
    notKnown.map((one) => (parts.length === 1 || node === null ? one : `${node}: ${one}`)),
  );
  return { address: addressOf(word), facts: parts.flatMap(({ facts }) => facts), notKnown: [...new Set(said)] };
}

function addressOf(word: string): string {
  return (
    plainAddress(word.trim()) ??
    wrongUsage('this is no whole address', word, 'Give one address, such as 10.0.0.1 or 2001:db8::1.')
  );
}

function fact(
  node: LoadedNode,
  kind: Found['kind'],
  sentence: string,
  refs: readonly LineRef[],
  count = refs.length,
): Found {
  const shown = refs.slice(0, CITED);
  return {
    kind,
    sentence,
    count,
    evidence: shown.length === 0 ? [] : [...cite(node.reader, shown as unknown as NonEmpty<LineRef>)],
  };
}

function at(fileId: LineRef['fileId'], line: number): LineRef {
  return { fileId, line: Math.max(1, line), endLine: Math.max(1, line) };
}

function interfaceFacts(node: LoadedNode, address: string): readonly Found[] {
  return node.facts.network.interfaces.flatMap(({ fileId, value }) =>
    value.flatMap((one) =>
      one.addresses
        .filter((own) => canonicalAddress(own.address) === address)
        .map((own) =>
          fact(node, 'node address', `Address of interface ${one.name} of this node.`, [at(fileId, own.line)]),
        ),
    ),
  );
}

function collectorPod(node: LoadedNode, address: string): readonly Found[] {
  const { podIp } = node.facts;
  if (podIp === null || canonicalAddress(podIp.address) !== address) return [];
  return [fact(node, 'pod', 'Address of the pod that this capture is about.', [podIp.evidence])];
}

function serviceFacts(node: LoadedNode, address: string): readonly Found[] {
  const facts: Found[] = [];
  const refs = (places: readonly { readonly fileId: LineRef['fileId']; readonly line: number }[]): readonly LineRef[] =>
    places.map(({ fileId, line }) => at(fileId, line));
  for (const service of nodeServices(node.facts)) {
    const what = roleInService(service, address);
    if (what !== null) facts.push(fact(node, 'service', `${what} of ${wordsOf(service)}.`, refs(service.refs)));
    for (const endpoint of service.endpoints) {
      const split = splitEndpoint(endpoint.address);
      if (split === null || canonicalAddress(split.address) !== address) continue;
      const share = endpoint.share === null ? '' : `, ${percent(endpoint.share)} of its new connections`;
      const sentence = `Endpoint ${endpoint.address} of ${wordsOf(service)}${share}.`;
      facts.push(fact(node, 'endpoint', sentence, refs(endpoint.refs)));
    }
  }
  return facts;
}

function roleInService(service: NodeService, address: string): string | null {
  if (service.clusterIP === address) return 'Cluster IP';
  if (service.loadBalancerIPs.includes(address)) return 'Load balancer IP';
  return service.externalIPs.includes(address) ? 'External IP' : null;
}

function wordsOf(service: NodeService): string {
  const port = service.servicePort === null ? '' : ` (${endpointText(service.clusterIP ?? '*', service.servicePort)}`;
  return `${service.id}${port === '' ? '' : `${port} ${service.protocol})`}`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} %`;
}

function routeFacts(node: LoadedNode, address: string, family: Family): readonly Found[] {
  const refOf = new Map<RouteEntry, LineRef>();
  const exact: LineRef[] = [];
  const gateway: LineRef[] = [];
  for (const { fileId, routes } of node.facts.routes) {
    for (const route of routes) {
      const ref = at(fileId, route.line);
      refOf.set(route, ref);
      if (canonicalAddress(route.prefix) === address) exact.push(ref);
      if (route.via !== null && canonicalAddress(route.via) === address) gateway.push(ref);
    }
  }
  const facts: Found[] = [];
  if (exact.length > 0) facts.push(fact(node, 'route', 'A route of its own.', exact));
  if (gateway.length > 0) facts.push(fact(node, 'route', 'Gateway of routes of this node.', gateway));
  const answer = routerOf(node.program(family)).route({
    destination: address,
    source: null,
    mark: 0,
    inInterface: null,
  });
  const taken = answer.kind === 'unknown' ? null : answer.route;
  const ref = taken === null ? undefined : refOf.get(taken);
  if (answer.kind === 'refused') {
    facts.push(
      fact(
        node,
        'route',
        `Packets of the node do not get to it: ${answer.because}.`,
        ref === undefined ? [] : [ref],
        1,
      ),
    );
  } else if (taken !== null && ref !== undefined) {
    const kind =
      answer.kind === 'local' ? 'are taken in by the node itself' : `leave by ${taken.device ?? 'an interface'}`;
    facts.push(fact(node, 'route', `Packets of the node to it ${kind} (route ${taken.raw.trim()}).`, [ref]));
  }
  return facts;
}

function policyFacts(node: LoadedNode, address: string): readonly Found[] {
  const exact: LineRef[] = [];
  const holding: LineRef[] = [];
  for (const { fileId, value } of node.facts.network.policyRules) {
    for (const rule of value) {
      const prefixes = [rule.from, rule.to].filter((prefix) => prefix !== null);
      if (prefixes.some((prefix) => canonicalAddress(prefix) === address)) exact.push(at(fileId, rule.line));
      else if (prefixes.some((prefix) => prefixHolds(prefix, address))) holding.push(at(fileId, rule.line));
    }
  }
  return [
    ...(exact.length === 0
      ? []
      : [fact(node, 'policy rule', `${times(exact.length, 'policy rule')} for this address.`, exact)]),
    ...(holding.length === 0
      ? []
      : [fact(node, 'policy rule', `${times(holding.length, 'policy rule')} for a prefix that holds it.`, holding)]),
  ];
}

function ruleFacts(node: LoadedNode, table: RuleTable, address: string): readonly Found[] {
  const scan = addressScan(address);
  const exact: LineRef[] = [];
  const holding: LineRef[] = [];
  const chains = new Set<string>();
  const prefixes = new Set<string>();
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) {
      if (scan.names(rule.raw)) {
        exact.push(at(table.fileId, rule.line));
        chains.add(chain.name);
        continue;
      }
      const held = [rule.source, rule.destination].find(
        (match) => match?.value.includes('/') && prefixHolds(match.value, address),
      );
      if (held == null) continue;
      holding.push(at(table.fileId, rule.line));
      prefixes.add(held.not ? `! ${held.value}` : held.value);
    }
  }
  const where = `${table.family} ${table.table} table`;
  const facts: Found[] = [];
  if (exact.length > 0) {
    const verb = exact.length === 1 ? 'names' : 'name';
    const sentence = `${times(exact.length, 'rule')} of the ${where} ${verb} it, in ${someOf([...chains], NAMED_MAX)}.`;
    facts.push(fact(node, 'packet rule', sentence, exact));
  }
  if (holding.length > 0) {
    const verb = holding.length === 1 ? 'names' : 'name';
    const sentence = `${times(holding.length, 'rule')} of the ${where} ${verb} a prefix that holds it: ${someOf([...prefixes], NAMED_MAX)}.`;
    facts.push(fact(node, 'packet rule', sentence, holding));
  }
  return facts;
}

function ipsetFacts(node: LoadedNode, address: string): readonly Found[] {
  const facts: Found[] = [];
  for (const { fileId, value } of node.facts.network.ipsets) {
    for (const set of value) {
      const exact: LineRef[] = [];
      const holding: LineRef[] = [];
      for (const entry of set.entries) {
        const parts = entry.text.split(',');
        if (parts.some((part) => canonicalAddress(part) === address)) exact.push(at(fileId, entry.line));
        else if (parts.some((part) => part.includes('/') && prefixHolds(part, address)))
          holding.push(at(fileId, entry.line));
      }
      if (exact.length > 0)
        facts.push(fact(node, 'ipset', `${times(exact.length, 'entry')} of set ${set.name}.`, exact));
      if (holding.length > 0) facts.push(fact(node, 'ipset', `In a prefix of set ${set.name}.`, holding));
    }
  }
  return facts;
}

function notCaptured(node: LoadedNode): readonly string[] {
  const { facts } = node;
  const has = (role: string): boolean => node.reader.files().some((file) => file.role === role && file.bytes > 0);
  return [
    ...(facts.network.interfaces.length === 0 ? ["the node's own addresses (ip addr) were not captured"] : []),
    ...(facts.routes.length === 0 ? ['routes were not captured'] : []),
    ...(facts.network.policyRules.length === 0 ? ['policy rules (ip rule) were not captured'] : []),
    ...(facts.tables.length === 0 ? ['no iptables rules were captured'] : []),
    ...(has('conntrack') ? [] : ['tracked connections (conntrack) were not captured']),
    ...(has('cluster-resources') ? [] : ['objects of the cluster (pods, services, endpoints) were not captured']),
  ];
}

function times(count: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count} ${count === 1 ? noun : plural}`;
}
