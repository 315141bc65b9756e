/**
 * The route by which the node leaves its subnet. Several with different metrics are usual (ec2-net-utils and
 * systemd-networkd give one to each network interface); two of the same metric on two interfaces are not: the kernel
 * takes the first it was given.
 */
import type { RouteEntry } from '../core/node-network.ts';
import type { FindingDraft } from '../core/vocabulary.ts';
import type { RouteFact } from '../facts/node-facts.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, likely, listed, outcomeOf } from './outcome.ts';
import { stateFinding } from './state-finding.ts';

export const defaultRoute: Analyzer = {
  id: 'default-route',
  title: 'The node has one default route',
  area: 'network',
  run(facts) {
    const dumps = facts.routes.filter(({ routes }) => routes.some(isMain));
    if (dumps.length === 0) return { outcome: 'skipped', missing: 'the main route table: ip route' };
    const defaults = dumps.flatMap((fact) => fact.routes.filter(isDefault));
    const whole = dumps.find((fact) => fact.cut === undefined);
    if (defaults.length === 0 && whole !== undefined) return outcomeOf([missing(whole)], '');
    if (defaults.length === 0) return { outcome: 'skipped', missing: 'the end of the route table' };
    return outcomeOf(
      dumps.flatMap(twice),
      `the default route leaves by ${listed([...new Set(defaults.map(({ device }) => device ?? 'several hops'))])}`,
    );
  },
};

function isMain(route: RouteEntry): boolean {
  return route.table === 'main' && (route.type === 'unicast' || route.type === '');
}

function isDefault(route: RouteEntry): boolean {
  return isMain(route) && (route.prefix === '0.0.0.0/0' || route.prefix === '::/0') && route.dead === undefined;
}

function missing(fact: RouteFact): FindingDraft {
  const first = fact.routes.find(isMain) as RouteEntry;
  return stateFinding(refAt(fact, first.line), {
    rule: 'default-route',
    area: 'network',
    title: 'The node has no default route',
    claim: 'The main route table has routes and no default one, in neither family.',
    severity: 'medium',
    confidence: likely('a closed network may be meant to have none'),
    owner: 'node OS',
    entities: [],
    userNotices:
      'The node reaches nothing outside its subnet: it cannot pull images, and the API server only if that is in the same subnet.',
    now: [
      'See what the network gave it: `networkctl status`, or `journalctl -u systemd-networkd -u NetworkManager --since -1h`',
      'Ask for it again: `sudo networkctl renew IFACE`',
    ],
    check: ['`ip route get 1.1.1.1` names a gateway'],
    evidence: [],
  });
}

function twice(fact: RouteFact): readonly FindingDraft[] {
  const groups = Map.groupBy(fact.routes.filter(isDefault), (route) => `${route.prefix} ${route.metric}`);
  return [...groups.values()].flatMap((same) => {
    const devices = new Set(same.map(({ device }) => device));
    const [first, second] = same;
    if (first === undefined || second === undefined || devices.size < 2) return [];
    return [
      stateFinding(refAt(fact, second.line), {
        rule: 'default-route',
        area: 'network',
        title: `${same.length} default routes have the same metric`,
        claim: `Default routes by ${listed([...devices].map((device) => device ?? '?'))} have the same metric (${first.metric}): which one packets take depends on the order in which they were made.`,
        severity: 'low',
        confidence: certain('both stand in the main table'),
        owner: 'node OS',
        entities: [...devices].slice(0, 10).map((device) => ({ kind: 'interface', name: device ?? '?' })),
        userNotices:
          'After a restart of the network the node may send by another interface, with another address: answers are then dropped.',
        now: [`Remove the one that is not meant: \`sudo ip route del default dev ${second.device}\``],
        longTerm: [
          'Keep systemd-networkd or NetworkManager away from network interfaces of the CNI, or give theirs a higher metric',
        ],
        check: ['`ip route show default` lists one route, or different metrics'],
        evidence: same.map(({ line }) => refAt(fact, line)),
      }),
    ];
  });
}
