/** Kubernetes objects of a kube-proxy case: what `kubectl get svc,endpointslices -A` would have shown beside its rules. */
import { type CaseService, caseModels } from '../../fixtures/lib/cases.ts';

export interface ObjectChoice {
  /** Endpoints (`ip:port`) whose pods are gone: kube-proxy's rules still have them, the cluster does not. */
  readonly gone?: readonly string[];
  /** Endpoints objects instead of EndpointSlices. */
  readonly endpoints?: boolean;
}

/** @returns the objects of a case as one List; add to them or print them as JSON or YAML. */
export function objectsOfCase(name: string, choice: ObjectChoice = {}): readonly Record<string, unknown>[] {
  const services = caseModels(name).flatMap((model) =>
    model.services.map((service) => ({ service, family: model.family })),
  );
  const byName = Map.groupBy(services, ({ service }) => `${service.ns}/${service.name}`);
  return [...byName.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return [
      serviceObject(same.map((each) => each.service)),
      ...same.flatMap(({ service, family }) =>
        choice.endpoints === true ? [endpointsObject(service, choice)] : slices(service, family, choice),
      ),
    ];
  });
}

/** @returns JSON as `kubectl get ... -o json` prints it. */
export function asList(items: readonly Record<string, unknown>[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }, null, 4)}\n`;
}

function serviceObject(same: readonly CaseService[]): Record<string, unknown> {
  const service = same[0] as CaseService;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service.name, namespace: service.ns },
    spec: {
      clusterIP: service.clusterIP,
      clusterIPs: same.map((each) => each.clusterIP),
      externalIPs: service.externalIPs ?? [],
      internalTrafficPolicy: service.internalTrafficPolicy ?? 'Cluster',
      externalTrafficPolicy: service.externalTrafficPolicy ?? 'Cluster',
      ports: service.ports,
      type: service.type,
    },
    status: { loadBalancer: { ingress: (service.lbIPs ?? []).map((ip) => ({ ip })) } },
  };
}

const present = (service: CaseService, port: CaseService['ports'][number], choice: ObjectChoice) =>
  service.endpoints.filter((each) => !(choice.gone ?? []).includes(`${each.ip}:${port.targetPort ?? port.port}`));

function slices(service: CaseService, family: string, choice: ObjectChoice): readonly Record<string, unknown>[] {
  // Ports with the same number share a slice in a cluster; one slice a port says the same.
  return service.ports.map((port, at) => ({
    addressType: family === 'ipv6' ? 'IPv6' : 'IPv4',
    apiVersion: 'discovery.k8s.io/v1',
    endpoints: present(service, port, choice).map((each) => ({
      addresses: [each.ip],
      conditions: { ready: each.ready ?? true, serving: each.serving ?? true, terminating: each.terminating ?? false },
    })),
    kind: 'EndpointSlice',
    metadata: {
      labels: { 'kubernetes.io/service-name': service.name },
      name: `${service.name}-${family}${at}`,
      namespace: service.ns,
    },
    ports: [{ name: port.name, port: port.targetPort ?? port.port, protocol: port.protocol }],
  }));
}

function endpointsObject(service: CaseService, choice: ObjectChoice): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: service.name, namespace: service.ns },
    subsets: service.ports.map((port) => ({
      addresses: present(service, port, choice)
        .filter((each) => each.ready ?? true)
        .map(({ ip }) => ({ ip })),
      notReadyAddresses: present(service, port, choice)
        .filter((each) => !(each.ready ?? true))
        .map(({ ip }) => ({ ip })),
      ports: [{ name: port.name, port: port.targetPort ?? port.port, protocol: port.protocol }],
    })),
  };
}
