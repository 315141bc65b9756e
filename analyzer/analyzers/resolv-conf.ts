/**
 * The node's own /etc/resolv.conf. It is not the DNS of pods: most pods have one that kubelet writes for them. The node
 * uses it (pulling images, finding the API server), and pods with dnsPolicy Default get a copy, CoreDNS among them,
 * unless `resolvConf` of kubelet names another file. glibc asks three name servers (MAXNS of resolv.h) and kubelet
 * hands on as many; kubelet before 1.28 hands on six search domains.
 */
import type { Resolver } from '../core/host-state.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import { kubeletSetting } from '../facts/agent-state.ts';
import type { Captured } from '../facts/host-state.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { refAt, type StateValue } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, listed, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

const NAMESERVERS_MAX = 3;
const SEARCH_MAX = 6;
const SEARCH_CHARS_MAX = 256;
const CONCERNS =
  'It concerns programs of the node, and pods with dnsPolicy Default such as CoreDNS; other pods do not use this file.';

export const resolvConf: Analyzer = {
  id: 'resolv-conf',
  title: "The node's own resolv.conf can be used",
  area: 'node',
  run(facts) {
    const [resolver] = facts.host.resolvers;
    if (resolver === undefined) return { outcome: 'skipped', missing: "the node's /etc/resolv.conf" };
    const servers = resolver.value.nameservers;
    return outcomeOf(
      [...tooMany(resolver), ...longSearch(resolver), ...noServer(resolver), ...loopback(facts, resolver)],
      `the node asks ${listed(servers.map(({ value }) => value))} for names`,
    );
  },
};

function tooMany(resolver: Captured<Resolver>): readonly FindingDraft[] {
  const servers = resolver.value.nameservers;
  const beyond = servers.slice(NAMESERVERS_MAX);
  const [first] = beyond;
  if (first === undefined) return [];
  return [
    stateFinding(refAt(resolver, first.line), {
      rule: 'resolv-conf',
      area: 'dns',
      title: `The node lists ${servers.length} name servers, three are asked`,
      claim: `The node's resolv.conf lists ${servers.length} name servers; ${listed(beyond.map(({ value }) => value))} is never asked. ${CONCERNS}`,
      severity: 'low',
      confidence: certain('glibc and kubelet take the first three'),
      owner: 'node OS',
      entities: beyond.slice(0, 10).map(({ value }) => ({ kind: 'ip', name: value })),
      userNotices: 'Nothing, as long as the first three answer; events of pods say "Nameserver limits were exceeded".',
      now: ['Leave three `nameserver` lines, the ones that should be asked'],
      longTerm: ['Change what writes the file: DHCP options of the VPC, NetworkManager or cloud-init'],
      check: ['`grep -c ^nameserver /etc/resolv.conf` prints 3 or less'],
      evidence: servers.map(({ line }) => refAt(resolver, line)),
    }),
  ];
}

function longSearch(resolver: Captured<Resolver>): readonly FindingDraft[] {
  const search = resolver.value.search;
  if (search === null) return [];
  const chars = search.value.join(' ').length;
  if (search.value.length <= SEARCH_MAX && chars <= SEARCH_CHARS_MAX) return [];
  return [
    stateFinding(refAt(resolver, search.line), {
      rule: 'resolv-conf',
      area: 'dns',
      title: `The node lists ${search.value.length} search domains`,
      claim: `The node's resolv.conf lists ${search.value.length} search domains (${chars} characters). kubelet appends them to those of pods; before 1.28 it leaves out what is beyond ${SEARCH_MAX} domains or ${SEARCH_CHARS_MAX} characters.`,
      severity: 'low',
      confidence: certain('the line was counted'),
      owner: 'node OS',
      entities: [],
      userNotices:
        'Each name with few dots is asked for with every domain in turn: lookups of outside names are slow and load CoreDNS.',
      now: ['Shorten the `search` line to the domains that are needed'],
      longTerm: ['Change what writes the file: DHCP options of the VPC, NetworkManager or cloud-init'],
      check: ['`grep ^search /etc/resolv.conf` lists six domains or fewer'],
      evidence: [],
    }),
  ];
}

function noServer(resolver: Captured<Resolver>): readonly FindingDraft[] {
  const line = resolver.value.search?.line ?? resolver.value.options[0]?.line;
  if (resolver.value.nameservers.length > 0 || line === undefined) return [];
  return [
    stateFinding(refAt(resolver, line), {
      rule: 'resolv-conf',
      area: 'dns',
      title: 'No name server is listed for the node',
      claim: `The node's resolv.conf names no name server. ${CONCERNS}`,
      severity: 'medium',
      confidence: likely('a program of the node then asks 127.0.0.1, which may be a name server of its own'),
      owner: 'node OS',
      entities: [],
      userNotices:
        'The node cannot find registries or the API server by name; CoreDNS on this node answers no outside name.',
      now: [
        'Ask a name of the outside: `getent hosts amazonaws.com`',
        'Restart what writes the file: `sudo systemctl restart systemd-resolved` or `systemd-networkd`',
      ],
      check: ['`grep ^nameserver /etc/resolv.conf` prints a line'],
      evidence: [],
    }),
  ];
}

function loopback(facts: NodeFacts, resolver: Captured<Resolver>): readonly FindingDraft[] {
  const servers = resolver.value.nameservers;
  const [first] = servers;
  if (first === undefined || !servers.every(({ value }) => /^127\.|^::1$/.test(value))) return [];
  const used = kubeletSetting(facts.agents, 'resolvConf');
  if (used !== null && used.value !== '/etc/resolv.conf') return [];
  const known = facts.agents.kubelet.length > 0;
  return [
    stateFinding(refAt(resolver, first.line), {
      rule: 'resolv-conf',
      area: 'dns',
      title: 'CoreDNS on this node is told to ask itself',
      claim: `The only name server of the node's resolv.conf is ${first.value}, ${fileOfKubelet(used, known)}. In a pod that address is the pod itself.`,
      severity: known ? 'medium' : 'info',
      confidence: likely('it matters for pods with dnsPolicy Default; CoreDNS is one unless it was changed'),
      owner: 'kubelet',
      entities: [{ kind: 'ip', name: first.value }],
      userNotices: 'CoreDNS stops with "Loop ... detected" or answers no outside name; names of the cluster work.',
      now: [
        'See which name servers the stub asks: `resolvectl dns`, `cat /run/systemd/resolve/resolv.conf`',
        'Let kubelet hand on the real ones: `resolvConf: /run/systemd/resolve/resolv.conf` in its configuration, then `sudo systemctl restart kubelet` and restart CoreDNS',
      ],
      check: ['`kubectl -n kube-system exec COREDNS-POD -- cat /etc/resolv.conf` names no 127 address'],
      evidence: used === null ? [] : [used.ref],
    }),
  ];
}

function fileOfKubelet(used: StateValue | null, known: boolean): string {
  if (used !== null) return `and kubelet hands that file (${used.value}) on to pods with dnsPolicy Default`;
  return known
    ? "and kubelet's captured settings name no other file for pods with dnsPolicy Default"
    : "and kubelet's settings, which may name another file for pods, were not captured";
}
