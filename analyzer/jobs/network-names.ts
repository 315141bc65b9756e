/** What a tracer may offer: services to send to, and the node and its pods to send from. */
import type { TraceNames } from '../contract/network.ts';
import { nodeServices } from '../facts/services.ts';
import { canonicalAddress, endpointText, isLoopback } from '../netfilter/address.ts';
import { splitEndpoint } from '../netfilter/rule-match.ts';
import { routerOf } from '../netfilter/trace.ts';
import type { LoadedNode } from './network-nodes.ts';
import { placeOf } from './network-places.ts';

type Source = TraceNames['sources'][number];

/** More than a person scrolls through; the field takes any address. */
const SOURCES_MAX = 2_000;

/** @returns names of one node; the node itself is the first source. */
export function namesOf(node: LoadedNode): TraceNames {
  const { bundle } = node.reader;
  const here = { bundle: bundle.id, node: bundle.node };
  return {
    services: nodeServices(node.facts)
      .filter((service) => service.clusterIP !== null && service.namespace !== null)
      .map((service) => ({
        id: service.id,
        detail: `${endpointText(service.clusterIP ?? '', service.servicePort)} ${service.protocol}`,
        ...here,
      })),
    sources: sourcesOf(node, here),
  };
}

function sourcesOf(node: LoadedNode, here: Pick<Source, 'bundle' | 'node'>): readonly Source[] {
  const sources = new Map<string, Source>();
  const add = (value: string, detail: string, device: string | null): void => {
    if (sources.size < SOURCES_MAX && !sources.has(value))
      sources.set(value, { value, detail, interface: device, ...here });
  };
  add('node', 'the node itself', null);
  const names = podNames(node);
  const served = endpointNames(node);
  for (const [address, device] of podAddresses(node)) {
    add(address, names.get(address) ?? served.get(address) ?? 'pod of this node', device);
  }
  const { podIp } = node.facts;
  const captured = podIp === null ? null : canonicalAddress(podIp.address);
  if (captured !== null) add(captured, 'the pod that this capture is about', placeOf(node, captured).device);
  // Pods behind a bridge have no route of their own; endpoints and captured objects name some of them.
  for (const [address, detail] of [...names, ...served]) {
    const { place, device } = placeOf(node, address);
    if (place === 'here' && device !== null) add(address, detail, device);
  }
  for (const [address, device] of nodeAddresses(node)) add(address, `address of the node on ${device}`, null);
  return [...sources.values()];
}

/** @returns addresses that have a route of their own to a device of this node, with the device. */
function podAddresses(node: LoadedNode): readonly (readonly [string, string])[] {
  return (['IPv4', 'IPv6'] as const).flatMap((family) => {
    const program = node.program(family);
    const routes = routerOf(program);
    return (program.routes ?? []).flatMap((route) => {
      const address = canonicalAddress(route.prefix);
      if (address === null || route.type !== 'unicast' || route.via !== null || route.device === null) return [];
      return routes.isPodDevice(route.device) ? [[address, route.device] as const] : [];
    });
  });
}

function nodeAddresses(node: LoadedNode): readonly (readonly [string, string])[] {
  return node.facts.network.interfaces.flatMap(({ value }) =>
    value
      .filter((one) => one.name !== 'kube-ipvs0')
      .flatMap((one) =>
        one.addresses.flatMap(({ address, scope }) => {
          const plain = canonicalAddress(address);
          return plain === null || scope === 'link' || isLoopback(plain) ? [] : [[plain, one.name] as const];
        }),
      ),
  );
}

/** @returns address -> `pod namespace/name`, of captured pods with an address of their own. */
function podNames(node: LoadedNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { dump } of node.facts.state.resources) {
    for (const resource of dump.resources) {
      if (resource.kind !== 'Pod' || resource.hostNetwork) continue;
      for (const ip of resource.ips) {
        const address = canonicalAddress(ip);
        if (address !== null) names.set(address, `pod ${resource.namespace}/${resource.name}`);
      }
    }
  }
  return names;
}

/** @returns address -> `endpoint of namespace/name`. */
function endpointNames(node: LoadedNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const service of nodeServices(node.facts)) {
    for (const { address } of service.endpoints) {
      const plain = canonicalAddress(splitEndpoint(address)?.address ?? '');
      if (plain !== null && !names.has(plain)) names.set(plain, `endpoint of ${service.id}`);
    }
  }
  return names;
}
