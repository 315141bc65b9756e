/** Whether the routes of a node throw packets to an address away: the longest prefix that holds it is a blackhole. */
import type { RouteEntry } from '../core/node-network.ts';
import type { Confidence, LineRef } from '../core/vocabulary.ts';
import type { NodeFacts, RouteFact } from '../facts/node-facts.ts';
import { otherTableRules } from '../facts/node-network.ts';
import { prefixHolds, prefixLength } from '../netfilter/rule-match.ts';
import { certain, likely } from './outcome.ts';

const DEAD = new Set(['blackhole', 'unreachable', 'prohibit']);

export interface DeadRoute {
  readonly entry: RouteEntry;
  readonly ref: LineRef;
}

interface Placed {
  readonly entry: RouteEntry;
  readonly fact: RouteFact;
}

export type UsableRoutes =
  | { readonly usable: 'yes'; deadRoute(address: string): DeadRoute | null }
  | { readonly usable: 'no'; readonly skipped: { readonly outcome: 'skipped'; readonly missing: string } };

/** @returns what finds the dead route of an address. Routes whose end is missing prove no absence of a better one. */
export function usableRoutes(facts: NodeFacts): UsableRoutes {
  const skip = (missing: string): UsableRoutes => ({ usable: 'no', skipped: { outcome: 'skipped', missing } });
  if (!facts.routes.some((fact) => fact.routes.length > 0)) return skip('the routes of the node');
  const cut = facts.routes.find((fact) => fact.cut === true);
  if (cut !== undefined) return skip(`the routes of the node: ${cut.file} ends inside a line`);
  const routes = facts.routes.flatMap((fact) =>
    fact.routes
      .filter((entry) => (entry.table === 'main' || entry.table === 'local') && entry.dead !== true)
      .map((entry) => ({ entry, fact })),
  );
  const dead = routes.filter((each) => DEAD.has(each.entry.type));
  return {
    usable: 'yes',
    deadRoute: (address) =>
      dead.some((each) => prefixHolds(each.entry.prefix, address)) ? longestPrefix(routes, address) : null,
  };
}

/** @returns the route that decides, when it is a dead one. */
function longestPrefix(routes: readonly Placed[], address: string): DeadRoute | null {
  let best: Placed | null = null;
  for (const each of routes) {
    if (!prefixHolds(each.entry.prefix, address)) continue;
    if (best === null || prefixLength(each.entry.prefix) > prefixLength(best.entry.prefix)) best = each;
  }
  if (best === null || !DEAD.has(best.entry.type)) return null;
  return {
    entry: best.entry,
    ref: {
      fileId: best.fact.fileId,
      line: best.entry.line,
      endLine: best.entry.line,
      note: 'the longest prefix that holds the endpoint',
    },
  };
}

/** Routes show what is gone from this node alone: the rest has to be asked. */
export const COMPARE_ENDPOINTS =
  'Compare with the cluster: `kubectl get endpointslices -A -o wide`. Old endpoints on other nodes do not show in the routes of this one';

/** @returns how sure it is that the dead route is the one the kernel takes. */
export function routeConfidence(facts: NodeFacts): Confidence {
  return otherTableRules(facts.network) === 0
    ? certain('no ip rule selects another table, and the longest matching prefix drops the packet')
    : likely(
        'the longest matching prefix of the main table drops the packet; ip rules that select another table were not followed',
      );
}
