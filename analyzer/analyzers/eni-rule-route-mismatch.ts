/**
 * The AWS VPC CNI keeps three things for a pod in step: a rule `from POD lookup N`, routes in table N of the network
 * interface the address belongs to, and a host route to the pod's veth in the main table. One without the others leaves
 * the pod without way out or in. Only looked at where the CNI's rules are.
 */
import type { RouteEntry } from '../core/node-network.ts';
import type { FindingDraft, LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import { refAt } from '../facts/node-state.ts';
import type { Analyzer } from './analyzer.ts';
import { certain, chainFinding, gathered, likely, listed, outcomeOf } from './outcome.ts';
import { type PlacedRule, vpcTraces } from './vpc-cni.ts';

interface PlacedRoute {
  readonly route: RouteEntry;
  readonly ref: LineRef;
}

const AWS_NODE =
  'Restart the VPC CNI on this node, which sets up its rules and routes again: `kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=NODE`';
const LOG = 'Look in /var/log/aws-routed-eni/ipamd.log and plugin.log for the address';

export const eniRuleRouteMismatch: Analyzer = {
  id: 'eni-rule-route-mismatch',
  title: 'Rules and routes of the VPC CNI fit together',
  area: 'network',
  run(facts) {
    const vpc = vpcTraces(facts);
    if (vpc.fromPod.length + vpc.toPod.length === 0) {
      return facts.network.policyRules.length === 0
        ? { outcome: 'skipped', missing: 'ip rules of the node' }
        : { outcome: 'pass', because: 'no ip rule of the VPC CNI was captured' };
    }
    const routes = facts.routes.flatMap((fact) =>
      fact.routes.map((route) => ({ route, ref: refAt(fact, route.line) })),
    );
    if (routes.length === 0) return { outcome: 'skipped', missing: 'the routes of the node' };
    const tables = tablesWithoutWay(vpc.fromPod, routes);
    const pods = podsWithoutRoute(vpc.toPod, routes);
    const devices = routesWithoutDevice(facts, vpc.toPod, routes);
    return outcomeOf(
      [
        ...gathered(tables, `${tables.length} routing tables of network interfaces have no default route`),
        ...gathered(pods, `${pods.length} pod addresses have an ip rule but no route`),
        ...gathered(devices, `${devices.length} pod routes name interfaces that do not exist`),
      ],
      'every rule of the VPC CNI has its routes, and every pod route its interface',
    );
  },
};

/** `ip route` without `table all` shows the main table alone: then nothing is known of the others. */
function tablesWithoutWay(rules: readonly PlacedRule[], routes: readonly PlacedRoute[]): readonly FindingDraft[] {
  if (!routes.some(({ route }) => route.table !== 'main')) return [];
  const byTable = Map.groupBy(rules, ({ rule }) => rule.table ?? '');
  return [...byTable].flatMap(([table, same]) => {
    const its = routes.filter(({ route }) => route.table === table);
    if (its.some(({ route }) => route.prefix === '0.0.0.0/0')) return [];
    const pods = same.map(({ rule }) => rule.from ?? '');
    const [first, ...rest] = same;
    if (first === undefined) return [];
    return [
      chainFinding(first.ref, {
        rule: 'eni-rule-route-mismatch',
        area: 'network',
        title: `Table ${table} has no default route, but ${listed(pods, 2)} use it`,
        claim: `${same.length} ip ${same.length === 1 ? 'rule sends' : 'rules send'} packets of ${listed(pods)} to table ${table}, which holds ${its.length === 0 ? 'no route at all' : 'no default route'}; the kernel goes on to the main table and sends them out of the wrong interface.`,
        severity: 'high',
        confidence: certain('rules and the routes of all tables were captured'),
        owner: 'VPC CNI',
        count: same.length,
        entities: pods.slice(0, 20).map((name) => ({ kind: 'ip' as const, name })),
        userNotices: `${listed(pods)} get no answers from outside the node: the VPC drops packets whose source address does not belong to the interface they leave by.`,
        now: [AWS_NODE, LOG],
        check: [`\`ip route show table ${table}\` shows a default route`],
        evidence: [...its.slice(0, 3).map(({ ref }) => ref), ...rest.slice(0, 6).map(({ ref }) => ref)],
      }),
    ];
  });
}

function podsWithoutRoute(rules: readonly PlacedRule[], routes: readonly PlacedRoute[]): readonly FindingDraft[] {
  const hosts = new Set(
    routes.filter(({ route }) => route.table === 'main' && route.device !== null).map(({ route }) => route.prefix),
  );
  return rules.flatMap(({ rule, ref }) => {
    const pod = rule.to ?? '';
    if (hosts.has(pod)) return [];
    return [
      chainFinding(ref, {
        rule: 'eni-rule-route-mismatch',
        area: 'network',
        title: `${pod} has an ip rule but no route to a pod`,
        claim: `"${rule.raw.trim().slice(0, 120)}" sends packets for ${pod} to the main table, which holds no route to it: the pod is gone and its rule was left behind, or its route was lost.`,
        severity: 'low',
        confidence: likely(
          'rules and routes were captured seconds apart, and a pod that is being set up or removed looks the same',
        ),
        owner: 'VPC CNI',
        entities: [{ kind: 'ip', name: pod }],
        userNotices: `Nothing when the pod is gone, unless the address is given to a new pod. A running pod with ${pod} is not reached.`,
        now: [`See whether a pod has the address: \`kubectl get pods -A -o wide | grep -w ${pod}\``, LOG],
        check: [`\`ip route get ${pod}\` names a veth (eni...), or \`ip rule\` no longer names ${pod}`],
        evidence: [],
      }),
    ];
  });
}

/** Only where interfaces were captured whole: `ip addr` lists all, ifconfig without -a those that are up. */
function routesWithoutDevice(
  facts: NodeFacts,
  rules: readonly PlacedRule[],
  routes: readonly PlacedRoute[],
): readonly FindingDraft[] {
  const list = facts.network.interfaces.find((fact) => fact.value.some((each) => each.index !== null));
  if (list === undefined) return [];
  const names = new Set(list.value.map((each) => each.name));
  const pods = new Set(rules.map(({ rule }) => rule.to));
  return routes.flatMap(({ route, ref }) => {
    if (route.table !== 'main' || route.device === null || !pods.has(route.prefix) || names.has(route.device))
      return [];
    const rule = rules.find((each) => each.rule.to === route.prefix);
    return [
      chainFinding(ref, {
        rule: 'eni-rule-route-mismatch',
        area: 'network',
        title: `The route to ${route.prefix} names ${route.device}, which does not exist`,
        claim: `Packets to ${route.prefix} are to leave by ${route.device}, which is not among the ${names.size} interfaces of ${list.file}.`,
        severity: 'low',
        confidence: likely(
          'routes and interfaces were captured seconds apart, and the kernel removes routes with their interface',
        ),
        owner: 'VPC CNI',
        entities: [
          { kind: 'ip', name: route.prefix },
          { kind: 'veth', name: route.device },
        ],
        userNotices: `A pod with the address ${route.prefix} is not reached.`,
        now: [AWS_NODE, LOG],
        check: [`\`ip link show ${route.device}\` shows the interface, or the route is gone`],
        evidence: rule === undefined ? [] : [rule.ref],
      }),
    ];
  });
}
