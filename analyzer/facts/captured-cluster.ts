/**
 * Service ports and their endpoints as captured Kubernetes objects say, joined the way kube-proxy joins them: endpoints
 * belong to a service port by namespace, service name, port name and protocol. EndpointSlices win over Endpoints, as
 * they do for kube-proxy; an Endpoints object holds 1,000 addresses at most.
 */
import type { KubeEndpoints, KubeService } from '../core/node-state.ts';
import type { LineRef } from '../core/vocabulary.ts';
import {
  addressText,
  type KnownService,
  normalEndpoint,
  type ServiceProtocol,
  serviceProtocol,
} from '../netfilter/node-service.ts';
import { type InFile, type NodeState, type Placed, refAt, resourcesOf } from './node-state.ts';

export interface CapturedEndpoint {
  /** `a.b.c.d:port` or `[v6]:port`, RFC 5952. */
  readonly endpoint: string;
  readonly address: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly hinted: boolean;
  readonly pod: string | null;
  readonly node: string | null;
  readonly file: string;
  readonly ref: LineRef;
}

export interface CapturedPort {
  /** `ns/name:port` or `ns/name`. */
  readonly service: string;
  readonly protocol: ServiceProtocol;
  /** Null when only its endpoints were captured. */
  readonly object: (Placed<KubeService> & { readonly ref: LineRef }) | null;
  readonly clusterIps: readonly string[];
  readonly port: number | null;
  readonly nodePort: number | null;
  /** Null: no Endpoints or EndpointSlice of the service was captured. */
  readonly endpoints: readonly CapturedEndpoint[] | null;
  /** Which kind of object its endpoints come from. */
  readonly endpointKind: 'Endpoints' | 'EndpointSlice';
  /** The lines that name the Endpoints or EndpointSlices. */
  readonly endpointObjects: readonly { readonly file: string; readonly ref: LineRef }[];
  /** All endpoints of the service were captured, so that one that is not among them is none. */
  readonly whole: boolean;
}

export interface CapturedCluster {
  readonly ports: readonly CapturedPort[];
  /** Address of a captured pod -> the pod; pods that ended are left out. */
  readonly pods: ReadonlyMap<string, { readonly name: string; readonly file: string; readonly ref: LineRef }>;
  /** Namespaces of which pods were captured. */
  readonly podNamespaces: ReadonlySet<string>;
  readonly files: readonly string[];
}

/** The limit of an Endpoints object (endpoints controller, since 1.22). */
const ENDPOINTS_ADDRESSES_MAX = 1_000;

const known = new WeakMap<NodeState, CapturedCluster>();

/** @returns what the captured objects say; empty lists when none were captured. The same for the same state. */
export function capturedCluster(state: NodeState): CapturedCluster {
  const before = known.get(state);
  if (before !== undefined) return before;
  const built = build(state);
  known.set(state, built);
  return built;
}

function build(state: NodeState): CapturedCluster {
  const services = new Map<string, Placed<KubeService>>();
  for (const each of resourcesOf(state, 'Service')) {
    const id = `${each.namespace}/${each.name}`;
    if (!services.has(id)) services.set(id, each);
  }
  const slices = Map.groupBy(
    resourcesOf(state, 'EndpointSlice').filter((each) => each.service !== null),
    (each) => `${each.namespace}/${each.service}`,
  );
  const objects = Map.groupBy(resourcesOf(state, 'Endpoints'), (each) => `${each.namespace}/${each.name}`);
  // A slice that was saved alone may be one of several.
  const lists = new Set(state.resources.filter((fact) => fact.dump.lists.size > 0).map((fact) => fact.fileId));
  const ports: CapturedPort[] = [];
  for (const id of new Set([...services.keys(), ...slices.keys(), ...objects.keys()])) {
    const sliced = slices.get(id) ?? [];
    const records = distinct(sliced.length > 0 ? sliced : (objects.get(id) ?? []));
    const whole =
      records.every((each) => !each.cut) &&
      (sliced.length > 0
        ? sliced.every((each) => lists.has(each.fileId))
        : records.every((each) => each.addresses.length < ENDPOINTS_ADDRESSES_MAX));
    ports.push(...portsOf(id, services.get(id) ?? null, records, whole));
  }
  const pods = new Map<string, { name: string; file: string; ref: LineRef }>();
  const podNamespaces = new Set<string>();
  for (const pod of resourcesOf(state, 'Pod')) {
    if (!pod.cut) podNamespaces.add(pod.namespace);
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    for (const ip of pod.ips)
      pods.set(addressText(ip), { name: `${pod.namespace}/${pod.name}`, file: pod.file, ref: refAt(pod, pod.line) });
  }
  return { ports, pods, podNamespaces, files: [...new Set(state.resources.map((fact) => fact.file))] };
}

/** The same object may be in two files; the first one is used, with all of its subsets. */
function distinct(records: readonly Placed<KubeEndpoints>[]): readonly Placed<KubeEndpoints>[] {
  const first = new Map<string, InFile['fileId']>();
  return records.filter((each) => {
    const file = first.get(each.name) ?? each.fileId;
    first.set(each.name, file);
    return file === each.fileId;
  });
}

function portsOf(
  id: string,
  service: Placed<KubeService> | null,
  records: readonly Placed<KubeEndpoints>[],
  whole: boolean,
): readonly CapturedPort[] {
  const wanted =
    service?.ports ?? records.flatMap((each) => each.ports.map((port) => ({ ...port, port: null, nodePort: null })));
  const seen = new Set<string>();
  return wanted.flatMap((port): readonly CapturedPort[] => {
    const protocol = serviceProtocol(port.protocol);
    const key = `${port.name}/${port.protocol}`;
    if (protocol === null || seen.has(key)) return [];
    seen.add(key);
    return [
      {
        service: port.name === '' ? id : `${id}:${port.name}`,
        protocol,
        object: service === null ? null : { ...service, ref: refAt(service, service.line) },
        clusterIps: (service?.clusterIps ?? []).map(addressText),
        port: port.port,
        nodePort: port.nodePort,
        endpoints: records.length === 0 ? null : records.flatMap((each) => endpointsOf(each, port.name, protocol)),
        endpointKind: records[0]?.kind ?? 'EndpointSlice',
        endpointObjects: records.map((each) => ({ file: each.file, ref: refAt(each, each.line) })),
        whole,
      },
    ];
  });
}

function endpointsOf(record: Placed<KubeEndpoints>, name: string, protocol: string): readonly CapturedEndpoint[] {
  const ports = record.ports.filter((port) => port.name === name && port.protocol === protocol && port.port !== null);
  return ports.flatMap(({ port }) =>
    record.addresses.map((each) => {
      const address = addressText(each.address);
      return {
        endpoint: normalEndpoint(address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`),
        address,
        ready: each.ready,
        serving: each.serving,
        terminating: each.terminating,
        hinted: each.hinted,
        pod: each.pod,
        node: each.node,
        file: record.file,
        ref: refAt(record, each.line),
      };
    }),
  );
}

/** @returns the captured service ports as names for rules that carry none. */
export function knownServices(cluster: CapturedCluster): readonly KnownService[] {
  return cluster.ports.flatMap(({ object, service, protocol, clusterIps, port, nodePort }) =>
    object === null
      ? []
      : [
          {
            service,
            protocol,
            addresses: [...clusterIps, ...[...object.externalIps, ...object.loadBalancerIps].map(addressText)],
            port,
            nodePort,
          },
        ],
  );
}
