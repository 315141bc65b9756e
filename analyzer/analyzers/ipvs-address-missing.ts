/**
 * A virtual server whose address is not on the node. IPVS looks at packets the node takes for its own (LOCAL_IN,
 * net/netfilter/ipvs/ip_vs_core.c), so kube-proxy binds every service address to kube-ipvs0; without it the packet is
 * routed on and no virtual server sees it.
 */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { addressText } from '../netfilter/node-service.ts';
import { prefixHolds } from '../netfilter/rule-match.ts';
import type { Analyzer } from './analyzer.ts';
import { KUBE_IPVS, type Place, placeOf, placeText, serviceNamer, usableIpvs } from './ipvs-view.ts';
import { chainFinding, gathered, likely, listed, outcomeOf, RESTART_KUBE_PROXY } from './outcome.ts';
import { countText } from './state-finding.ts';

interface Unbound {
  readonly address: string;
  readonly places: readonly Place[];
  readonly refs: readonly LineRef[];
}

export const ipvsAddressMissing: Analyzer = {
  id: 'ipvs-address-missing',
  title: 'Addresses of virtual servers are on the node',
  area: 'chains',
  onlyIn: 'ipvs',
  run(facts) {
    const ipvs = usableIpvs(facts);
    if (ipvs.usable === 'no') return ipvs.skipped;
    const own = ownAddresses(facts);
    if (own === null) return { outcome: 'skipped', missing: 'the addresses of the node' };
    const served = new Map<string, { places: Place[]; refs: LineRef[] }>();
    for (const { fileId, value } of ipvs.dumps.slice(0, 1)) {
      for (const service of value.services) {
        const place = placeOf(service);
        if (place?.address == null) continue;
        const each = served.get(place.address) ?? { places: [], refs: [] };
        served.set(place.address, each);
        each.places.push(place);
        each.refs.push({ fileId, line: service.line, endLine: service.line });
      }
    }
    const unbound = [...served]
      .filter(([address]) => own.families.has(address.includes(':')) && !own.has(address))
      .map(([address, each]) => ({ address, ...each }));
    const all = unbound.length === served.size && unbound.length > 1;
    return outcomeOf(
      all
        ? [finding(facts, unbound, own.refs)]
        : gathered(
            unbound.map((each) => finding(facts, [each], own.refs)),
            `${unbound.length} addresses of virtual servers are not on the node`,
          ),
      `${countText(served.size, 'address of virtual servers is', 'addresses of virtual servers are')} on the node`,
    );
  },
};

interface Own {
  has(address: string): boolean;
  /** Families of which addresses were captured; true stands for IPv6. */
  readonly families: ReadonlySet<boolean>;
  readonly refs: readonly LineRef[];
}

/** Addresses by `ip addr` and by the local routes. @returns null when neither was captured whole. */
function ownAddresses(facts: NodeFacts): Own | null {
  const interfaces = facts.network.interfaces;
  const local = facts.routes.flatMap((fact) =>
    fact.routes.filter((route) => route.type === 'local').map((route) => ({ fact, route })),
  );
  const whole = interfaces.some((fact) => fact.cut !== true) || local.some(({ fact }) => fact.cut !== true);
  if (!whole) return null;
  const addresses = new Set([
    ...interfaces.flatMap(({ value }) =>
      value.flatMap((each) => each.addresses.map(({ address }) => addressText(address))),
    ),
    ...local.map(({ route }) => addressText(route.prefix)),
  ]);
  // `local 10.96.0.0/12 dev lo` makes a whole range local.
  const ranges = local.map(({ route }) => route.prefix).filter((prefix) => prefix.includes('/'));
  const device = interfaces.flatMap(({ fileId, value }) =>
    value
      .filter((each) => each.name === KUBE_IPVS)
      .map((each) => ({ fileId, line: each.line, endLine: each.line, note: `${each.addresses.length} addresses` })),
  );
  return {
    has: (address) => addresses.has(address) || ranges.some((prefix) => prefixHolds(prefix, address)),
    families: new Set([...addresses].map((address) => address.includes(':'))),
    refs: device,
  };
}

function finding(facts: NodeFacts, unbound: readonly Unbound[], device: readonly LineRef[]): FindingDraft {
  const namer = serviceNamer(facts);
  const places = unbound.flatMap((each) => each.places);
  const names = [...new Set(places.map((place) => namer(place) ?? placeText(place)))];
  const [first, ...rest] = unbound.flatMap((each) => each.refs);
  const many = unbound.length > 1;
  const gone = device.length === 0 && facts.network.interfaces.length > 0;
  const addresses = listed(
    unbound.map((each) => each.address),
    5,
  );
  return chainFinding(first as LineRef, {
    rule: 'ipvs-address-missing',
    title: many
      ? 'No address of a virtual server is on this node'
      : `${listed(names, 1)}: the address ${addresses} is not on this node`,
    claim: `${many ? `${unbound.length} addresses (${addresses}) have virtual servers, but none of them is` : `${addresses} has ${places.length === 1 ? 'a virtual server' : `${places.length} virtual servers`}, but it is not`} among the addresses of this node${
      gone ? `, which has no ${KUBE_IPVS}` : ''
    }: packets to ${many ? 'them' : 'it'} are routed on and meet no virtual server.`,
    severity: many ? 'critical' : 'high',
    confidence: likely(
      'kube-proxy binds an address before it makes its virtual servers; the two were listed one after the other',
    ),
    owner: 'node OS',
    count: unbound.length,
    entities: names.slice(0, 50).map((name) => ({ kind: 'service', name })),
    userNotices: `Connections to ${many ? 'service addresses' : listed(names)} through this node hang or are answered by something outside of the node.`,
    now: [RESTART_KUBE_PROXY, `See which addresses are there: \`ip addr show ${KUBE_IPVS}\``],
    longTerm: [
      `Keep NetworkManager and systemd-networkd away from ${KUBE_IPVS}: both may remove addresses they did not set`,
    ],
    check: [`\`ip addr show ${KUBE_IPVS}\` lists ${unbound[0]?.address}`],
    evidence: [...device.slice(0, 1), ...rest.slice(0, 7)],
  });
}
