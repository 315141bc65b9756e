/**
 * A service address that the node takes packets for, without a virtual server that sends them on. kube-proxy binds
 * service addresses to kube-ipvs0 and writes them into its sets; the virtual server is what makes them work.
 */
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import type { Analyzer } from './analyzer.ts';
import {
  type Bound,
  boundAddresses,
  capturedSets,
  KUBE_IPVS,
  placeText,
  type ServiceAddress,
  serviceAddresses,
  serviceNamer,
  usableIpvs,
  virtualServers,
} from './ipvs-view.ts';
import { certain, chainFinding, gathered, likely, listed, outcomeOf, RESTART_KUBE_PROXY } from './outcome.ts';

export const ipvsVsMissing: Analyzer = {
  id: 'ipvs-vs-missing',
  title: 'Every service address of the node has a virtual server',
  area: 'chains',
  onlyIn: 'ipvs',
  run(facts) {
    const ipvs = usableIpvs(facts);
    if (ipvs.usable === 'no') return ipvs.skipped;
    const wanted = serviceAddresses(facts);
    const bound = boundAddresses(facts);
    if (wanted.length === 0 && (bound === null || bound.length === 0))
      return {
        outcome: 'skipped',
        missing: `the service addresses: no set of kube-proxy and no address of ${KUBE_IPVS} was collected`,
      };
    const servers = virtualServers(ipvs.dumps);
    const missing = wanted.filter((each) => servers.serves(each) === 'no');
    const notRead = wanted.filter((each) => servers.serves(each) === 'unknown').length;
    const told = new Set(wanted.map((each) => each.address));
    const alone = (bound ?? []).filter((each) => !told.has(each.address) && servers.has(each.address) === 'no');
    const findings = [
      ...(missing.length > 1 && missing.length === wanted.length
        ? [noneAtAll(facts, missing)]
        : gathered(
            missing.map((each) => one(facts, each, bound)),
            `${missing.length} service addresses have no virtual server`,
          )),
      ...(alone.length > 0 ? [boundOnly(facts, alone)] : []),
    ];
    return outcomeOf(
      findings,
      `${wanted.length > 0 ? wanted.length - notRead : (bound ?? []).length} service addresses have a virtual server${
        notRead > 0 ? `; ${notRead} could not be looked up, because ipvsadm printed names` : ''
      }`,
    );
  },
};

/** The line on which the captured virtual servers begin: the one that is missing has none. */
function outputRef(facts: NodeFacts, what: string): readonly LineRef[] {
  return facts.network.ipvs.slice(0, 2).map(({ fileId, value }) => ({
    fileId,
    line: 1,
    endLine: 1,
    note: `${value.services.length} virtual servers, ${what}`,
  }));
}

const NOW = [
  RESTART_KUBE_PROXY,
  'Look in the log of kube-proxy: `kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=500 --prefix | grep -E "IPVS|ipvs|virtualServer"`',
] as const;
const LONG_TERM = [
  'Find what removed it: another program that uses IPVS (keepalived, `ipvsadm -C`), or a kernel without the modules ip_vs, ip_vs_rr',
] as const;

function one(facts: NodeFacts, place: ServiceAddress, bound: readonly Bound[] | null): FindingDraft {
  const text = placeText(place);
  const name = serviceNamer(facts)(place);
  const subject = name === null ? text : `${name} (${text})`;
  const address = bound?.find((each) => each.address === place.address);
  const here = address === undefined ? '' : ` and its address is bound to ${KUBE_IPVS}`;
  return chainFinding(
    { ...place.ref, note: `${text} is in ${place.set}` },
    {
      rule: 'ipvs-vs-missing',
      title: `${subject} has no virtual server`,
      claim: `${text} is in the set ${place.set}${here}, but no captured output of ipvsadm has a virtual server for it: the node takes its packets for its own, and nothing sends them to an endpoint.`,
      severity: 'high',
      confidence:
        address !== undefined || facts.network.ipvs.length > 1
          ? certain('kube-proxy makes a virtual server for every service port, with or without endpoints')
          : likely(
              'kube-proxy makes a virtual server for every service port; sets and virtual servers were listed one after the other',
            ),
      owner: 'kube-proxy',
      entities: [name === null ? { kind: 'service', name: text } : { kind: 'service', name }],
      userNotices: `Connections to ${subject} are refused by the node itself, or meet whatever listens on that port of the node.`,
      now: NOW,
      longTerm: LONG_TERM,
      check: [`\`ipvsadm -Ln\` lists ${place.address === null ? `a virtual server on port ${place.port}` : text}`],
      evidence: [
        ...(address === undefined ? [] : [{ ...address.ref, note: `bound to ${KUBE_IPVS}` }]),
        ...outputRef(facts, `none for ${text}`),
      ],
      explains: ['missing-endpoint', 'missing-service'],
    },
  );
}

function noneAtAll(facts: NodeFacts, missing: readonly ServiceAddress[]): FindingDraft {
  const namer = serviceNamer(facts);
  const [first] = missing as readonly [ServiceAddress, ...ServiceAddress[]];
  return chainFinding(first.ref, {
    rule: 'ipvs-vs-missing',
    title: 'No service address of this node has a virtual server',
    claim: `kube-proxy's sets hold ${missing.length} service addresses (${listed(missing.map(placeText))}), and not one of them has a virtual server: the node takes their packets for its own.`,
    severity: 'critical',
    confidence: certain('kube-proxy makes a virtual server for every service port, with or without endpoints'),
    owner: 'kube-proxy',
    count: missing.length,
    entities: missing.slice(0, 50).map((each) => ({ kind: 'service', name: namer(each) ?? placeText(each) })),
    userNotices: 'No ClusterIP, NodePort or load balancer address answers on this node; pod addresses still work.',
    now: NOW,
    longTerm: LONG_TERM,
    check: ['`ipvsadm -Ln` lists one virtual server a service address'],
    evidence: [...outputRef(facts, 'none for these addresses'), ...missing.slice(1, 6).map((each) => each.ref)],
    explains: ['missing-endpoint', 'missing-service'],
  });
}

function boundOnly(facts: NodeFacts, alone: readonly Bound[]): FindingDraft {
  const [first] = alone as readonly [Bound, ...Bound[]];
  const names = alone.map((each) => each.address);
  const many = alone.length > 1;
  const inSets = capturedSets(facts).some(({ value }) => /^KUBE-(?:6-)?CLUSTER-IP$/.test(value.name));
  return chainFinding(
    { ...first.ref, note: `bound to ${KUBE_IPVS}` },
    {
      rule: 'ipvs-vs-missing',
      title: `${many ? `${alone.length} addresses are` : `${names[0]} is`} bound to ${KUBE_IPVS} without a virtual server`,
      claim: `${listed(names, 5)} ${many ? 'are' : 'is'} bound to ${KUBE_IPVS}, and no virtual server has ${many ? 'any of these addresses' : 'this address'}${
        inSets ? '; no set of kube-proxy names it as a service either, so it may be left of a deleted service' : ''
      }.`,
      // Of a deleted service nobody notices; without the sets it may be one in use.
      severity: inSets ? 'low' : 'medium',
      confidence: likely(
        'kube-proxy binds an address for its virtual servers, and takes it away with the last of them',
      ),
      owner: 'kube-proxy',
      count: alone.length,
      entities: names.slice(0, 50).map((name) => ({ kind: 'service', name })),
      userNotices: 'Connections to such an address from this node and its pods end at the node itself.',
      now: NOW,
      longTerm: LONG_TERM,
      check: [`\`ip addr show ${KUBE_IPVS}\` and \`ipvsadm -Ln\` name the same addresses`],
      evidence: [...alone.slice(1, 8).map((each) => each.ref), ...outputRef(facts, 'none of this address')],
    },
  );
}
