/** Where addresses are, by the node's routes; each address is looked up once, since services share endpoints. */
import type { ServiceEndpoint } from '../contract/network.ts';
import type { Family } from '../core/packet-rule.ts';
import { routerOf } from '../netfilter/trace.ts';
import type { LoadedNode } from './network-nodes.ts';

export interface Place {
  readonly place: ServiceEndpoint['place'];
  /** Interface by which it is reached; null when the node itself has it, or when none is known. */
  readonly device: string | null;
}

/** @param address in RFC 5952 form. */
export function placeOf(node: LoadedNode, address: string): Place {
  const known = node.kept('places', () => new Map<string, Place>());
  const before = known.get(address);
  if (before !== undefined) return before;
  const routes = routerOf(node.program(familyOf(address)));
  const answer = routes.route({ destination: address, source: null, mark: 0, inInterface: null });
  const place: Place =
    answer.kind === 'local'
      ? { place: 'here', device: null }
      : answer.kind === 'forward'
        ? { place: routes.isPodDevice(answer.device) ? 'here' : 'elsewhere', device: answer.device }
        : { place: answer.kind === 'refused' ? 'no route' : 'not known', device: null };
  known.set(address, place);
  return place;
}

/** @returns the family of an address in RFC 5952 form. */
export function familyOf(address: string): Family {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}
