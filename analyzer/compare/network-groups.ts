/** Facts of a node's network: chains, routes, policy rules, interfaces, sets. Services have a file of their own. */
import type { NodeInterface, PolicyRule, RouteEntry } from '../core/node-network.ts';
import type { Family } from '../core/packet-rule.ts';
import { refAt } from '../facts/node-state.ts';
import { CHAIN_GROUPS } from './chain-groups.ts';
import type { FactGroup, NodeToRead } from './fact-group.ts';
import { isPodDevice } from './own-by-nature.ts';
import { notKnown, reading, type Said, said, wholeList } from './reading.ts';

/** Listed apart by most collectors: what is missing of one is known only where some of it was captured. */
const FAMILIES = ['IPv4', 'IPv6'] as const;

export const NETWORK_GROUPS: readonly FactGroup[] = [
  ...CHAIN_GROUPS,
  ...FAMILIES.flatMap((family): readonly FactGroup[] => [
    { id: `route ${family}`, area: 'routes', title: `${family} routes`, read: (node) => routes(node, family) },
    {
      id: `policy rule ${family}`,
      area: 'routes',
      title: `${family} policy rules`,
      read: (node) => policyRules(node, family),
    },
  ]),
  { id: 'interface', area: 'interfaces', title: 'interfaces', read: interfaces },
  { id: 'ipset', area: 'chains', title: 'sets of addresses', read: ipsets },
];

/** Tables with a number of their own are made for single interfaces (VPC CNI) or pods. */
const SHARED_TABLES: readonly string[] = ['main', 'default'];
/** Routes to smaller networks by way of a gateway lead to the pods of another node: every node has those of the others. */
const NODE_PREFIX_BITS = 20;

interface ShapedRoute {
  readonly subject: string;
  readonly value: string;
}

/** @returns where a route leads without what only this node has; null for routes that only this node has. */
export function routeShape(route: RouteEntry): ShapedRoute | null {
  if (!SHARED_TABLES.includes(route.table) || ['local', 'broadcast', 'multicast', 'anycast'].includes(route.type))
    return null;
  const [address = '', bits] = route.prefix.split('/');
  const device = route.device ?? '';
  if (isPodDevice(device) || route.type === 'blackhole') return null;
  if (bits === '0') {
    const dead = route.dead === true ? ', dead' : '';
    return { subject: 'default', value: `${route.via === null ? 'direct' : 'by a gateway'}, ${device}${dead}` };
  }
  if (address.toLowerCase().startsWith('fe80') || route.source !== null || route.scope === 'link') {
    // The link's own network differs between subnets; a well-known address behind it does not.
    if (address.startsWith('169.254.')) return { subject: route.prefix, value: device };
    return null;
  }
  if (bits === undefined || Number(bits) >= NODE_PREFIX_BITS) return null;
  return { subject: route.prefix, value: `${route.type === 'unicast' ? '' : `${route.type} `}${device}`.trim() };
}

/** How the interface is called that the node's packets leave by depends on the system: eth0, ens5, enp0s3. */
const MAIN_INTERFACE = 'of the default route';

function mainDevice({ facts }: NodeToRead): string | null {
  const routes = facts.routes.flatMap((fact) => fact.routes);
  const ways = routes.filter((route) => route.table === 'main' && route.prefix.endsWith('/0') && route.device !== null);
  return (ways.find((route) => !route.prefix.includes(':')) ?? ways[0])?.device ?? null;
}

function routes(node: NodeToRead, family: Family) {
  const main = mainDevice(node);
  const lists = node.facts.routes
    .map((fact) => ({ ...fact, routes: fact.routes.filter(({ prefix }) => familyOf(prefix) === family) }))
    .filter((fact) => fact.routes.length > 0);
  const [first] = lists;
  if (first === undefined) return notKnown(`no ${family} routes were captured`);
  const found = new Map<string, Said>();
  for (const fact of lists) {
    for (const route of fact.routes) {
      const shape = routeShape(route);
      if (shape === null) continue;
      const before = found.get(shape.subject);
      const values = new Set([...(before?.value.split('; ') ?? []), shape.value]);
      const value = [...values].sort().join('; ');
      const meaning = main === null ? value : value.replaceAll(main, MAIN_INTERFACE);
      found.set(shape.subject, { value, meaning, refs: [...(before?.refs ?? []), refAt(fact, route.line)] });
    }
  }
  if (lists.some((fact) => fact.cut === true)) {
    return reading(found, { known: 'nothing', because: 'the end of the list of routes was not captured' });
  }
  const lines = first.routes.map(({ line }) => line);
  return reading(found, wholeList('no such route', first.fileId, lines, `all ${family} routes`));
}

function familyOf(prefix: string): Family {
  return prefix.includes(':') ? 'IPv6' : 'IPv4';
}

/** @returns what a policy rule does, without its priority; null for one that is for a single address. */
export function policyRuleShape(rule: PolicyRule): string | null {
  const single = (prefix: string | null): boolean => prefix !== null && !prefix.includes('/');
  if (single(rule.from) || single(rule.to)) return null;
  if (rule.inInterface !== null && isPodDevice(rule.inInterface)) return null;
  return rule.raw
    .replace(/^\s*\d+:\s*/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function policyRules({ facts }: NodeToRead, family: Family) {
  const list = facts.network.policyRules.find((fact) => fact.family === family);
  if (list === undefined) return notKnown(`no ${family} policy rules were captured`);
  const entries = list.value.flatMap((rule) => {
    const shape = policyRuleShape(rule);
    return shape === null ? [] : [[shape, said(`priority ${rule.priority}`, [refAt(list, rule.line)])] as const];
  });
  const lines = list.value.map(({ line }) => line);
  return reading(entries, wholeList('no such rule', list.fileId, lines, `all ${family} policy rules`));
}

function interfaces(node: NodeToRead) {
  const { facts } = node;
  const main = mainDevice(node);
  const [list] = facts.network.interfaces;
  if (list === undefined) return notKnown('no interfaces were captured');
  const seen = list.value.map((one): readonly [string, Said] => {
    const name = one.name.split('@', 1)[0] ?? one.name;
    return [name === main ? MAIN_INTERFACE : name, said(interfaceText(one), [refAt(list, one.line)])];
  });
  const lines = list.value.map(({ line }) => line);
  return reading(
    seen,
    list.cut === true
      ? { known: 'nothing', because: 'the end of the list of interfaces was not captured' }
      : wholeList('not there', list.fileId, lines, 'all interfaces'),
  );
}

function interfaceText({ flags, mtu }: NodeInterface): string {
  const state = flags.length === 0 ? [] : [flags.includes('UP') ? 'up' : 'down'];
  return [...(mtu === null ? [] : [`mtu ${mtu}`]), ...state].join(', ');
}

function ipsets({ facts }: NodeToRead) {
  const [list] = facts.network.ipsets;
  if (list === undefined) return notKnown('no sets of addresses were captured');
  const kube = list.value.filter((set) => /^KUBE-/.test(set.name));
  const entries = kube.flatMap((set) =>
    set.complete ? [[set.name, said(entriesText(set.entries.length), [refAt(list, set.line)])] as const] : [],
  );
  return reading(
    entries,
    list.value.every((set) => set.complete)
      ? wholeList(
          'no such set',
          list.fileId,
          list.value.map(({ line }) => line),
          'all sets',
        )
      : { known: 'nothing', because: 'the list of sets was cut' },
  );
}

function entriesText(count: number): string {
  return `${count} ${count === 1 ? 'entry' : 'entries'}`;
}
