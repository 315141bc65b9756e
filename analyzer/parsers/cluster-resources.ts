/**
 * Services, Endpoints, EndpointSlices, Pods and Nodes as `kubectl get ... -o json|yaml` and the collectors save them
 * (troubleshoot: cluster-resources/KIND/NAMESPACE.json; must-gather: namespaces/NS/core/KIND.yaml):
 *
 *   {"kind":"EndpointSliceList","items":[{"kind":"EndpointSlice","metadata":{"name":"web-x7x2f","namespace":"shop",
 *     "labels":{"kubernetes.io/service-name":"web"}},"endpoints":[{"addresses":["10.244.1.11"],
 *     "conditions":{"ready":true,"serving":true,"terminating":false}}],"ports":[{"name":"http","protocol":"TCP","port":8080}]}]}
 *
 * Shapes: k8s.io/api core/v1 and discovery/v1. What a cluster holds besides these kinds is counted.
 */
import { parseDocument } from 'yaml';
import type {
  KubeConfigMap,
  KubeEndpointAddress,
  KubeEndpoints,
  KubeNode,
  KubePod,
  KubeResource,
  KubeService,
  ResourceDump,
} from '../core/node-state.ts';
import { field, type Json, listOf, textOf, textsOf, truth, wholeNumber } from './kube-values.ts';
import { LineFinder, nameLine } from './object-lines.ts';
import { type ObjectText, objectTexts } from './object-texts.ts';
import { trimYaml } from './yaml-trim.ts';

/** etcd takes 1.5 MiB an object; indented JSON of it is a few times larger. */
const OBJECT_CHARS_MAX = 8 * 1024 * 1024;
/** The YAML reader is slower by far, and nothing that is asked of here is near this size. */
const YAML_CHARS_MAX = 1024 * 1024;
/** Half a minute of reading; the services and endpoints of the largest clusters are smaller. */
const YAML_CHARS_TOTAL = 16 * 1024 * 1024;
/** kubectl writes no aliases; a few by hand do no harm. */
const ALIASES_MAX = 20;
const UNREADABLE_LISTED_MAX = 20;
const KINDS_MAX = 1_000;
const WANTED = new Set(['Service', 'Endpoints', 'EndpointSlice', 'Pod', 'Node', 'ConfigMap']);
/** Settings of a proxy are a few kilobytes. */
const CONFIG_CHARS_MAX = 256 * 1024;

/** @param text a file of Kubernetes objects, JSON or YAML. @returns what it holds; objects that cannot be read are counted. Never throws. */
export function parseClusterResources(text: string): ResourceDump {
  const cut = objectTexts(text);
  const resources: KubeResource[] = [];
  const otherKinds = new Map<string, number>();
  const unreadable: { line: number; why: string }[] = [];
  let unreadableCount = 0;
  let yamlChars = 0;
  const broken = (line: number, why: string): void => {
    unreadableCount += 1;
    if (unreadable.length < UNREADABLE_LISTED_MAX) unreadable.push({ line, why });
  };
  // Items of some collectors lack their kind: then the list's tells.
  const [onlyList] = cut.lists.length === 1 ? cut.lists : [];
  const listed = onlyList === undefined || onlyList === 'List' ? null : onlyList.replace(/List$/, '');
  for (const object of cut.objects) {
    const kind = object.format === 'yaml' ? yamlKind(object.text) : null;
    if (kind !== null && !WANTED.has(kind)) {
      count(otherKinds, kind);
      continue;
    }
    const trimmed = object.format === 'yaml' && object.text.length <= OBJECT_CHARS_MAX;
    const text = trimmed ? trimYaml(object.text) : object.text;
    if (object.format === 'yaml') yamlChars += text.length;
    if (yamlChars > YAML_CHARS_TOTAL) {
      broken(object.line, 'the file holds more YAML than is read: JSON of the same objects is');
      continue;
    }
    const value = read({ ...object, text });
    if (!value.ok) {
      broken(object.line, value.why);
      continue;
    }
    const named = textOf(field(value.value, 'kind')) ?? listed;
    // `"items": null` is how a list without objects is often printed.
    if (named?.endsWith('List') === true && cut.lists.includes(named)) continue;
    const found = named === null ? [] : resourcesOf(named, value.value, object);
    if (found === null) broken(object.line, 'it has no name');
    else if (found.length > 0) resources.push(...found);
    else count(otherKinds, named ?? 'no kind');
  }
  if (cut.cut !== null) broken(Math.max(1, lineCount(text)), cut.cut);
  return { resources, lists: new Set(cut.lists), otherKinds, unreadable, unreadableCount, leftOut: cut.leftOut };
}

function count(kinds: Map<string, number>, kind: string): void {
  if (kinds.has(kind) || kinds.size < KINDS_MAX) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}

function lineCount(text: string): number {
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** The kind of an object in block style, without reading it whole: most objects of a dump are of no interest. */
function yamlKind(text: string): string | null {
  const indent = /^( {0,40})[^\s#-]/m.exec(text)?.[1];
  return indent === undefined ? null : (new RegExp(`^${indent}kind: *(\\w{1,80}) *$`, 'm').exec(text)?.[1] ?? null);
}

type Value = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly why: string };

function read({ format, text }: ObjectText): Value {
  if (text.length > (format === 'json' ? OBJECT_CHARS_MAX : YAML_CHARS_MAX))
    return { ok: false, why: 'it is larger than any object of Kubernetes' };
  try {
    if (format === 'json') return { ok: true, value: JSON.parse(text) as Json };
    const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) return { ok: false, why: error.message.slice(0, 200) };
    return { ok: true, value: document.toJS({ maxAliasCount: ALIASES_MAX }) as Json };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message.slice(0, 200) : 'it is neither JSON nor YAML' };
  }
}

/** @returns the object in our words, empty when its kind is of no interest, null when it has no name. */
function resourcesOf(kind: string, value: Json, object: ObjectText): readonly KubeResource[] | null {
  if (!WANTED.has(kind)) return [];
  const name = textOf(field(value, 'metadata', 'name'));
  if (name === null) return null;
  const base = {
    namespace: textOf(field(value, 'metadata', 'namespace')) ?? '',
    name,
    line: nameLine(object.format, object.text, object.line),
  };
  if (kind === 'Service') return [service(base, value)];
  if (kind === 'Endpoints') return endpoints(base, value, new LineFinder(object.text, object.line));
  if (kind === 'EndpointSlice') return [endpointSlice(base, value, new LineFinder(object.text, object.line))];
  if (kind === 'Pod') return [pod(base, value)];
  if (kind === 'Node') return [node(base, value)];
  return configMap(base, value);
}

interface Base {
  readonly namespace: string;
  readonly name: string;
  readonly line: number;
}

/** An absent protocol means TCP. */
function protocolOf(value: Json): string {
  return (textOf(value) ?? 'TCP').toLowerCase();
}

function service(base: Base, value: Json): KubeService {
  const spec = field(value, 'spec');
  const single = textOf(field(spec, 'clusterIP'));
  const clusterIps = new Set([...(single === null ? [] : [single]), ...textsOf(field(spec, 'clusterIPs') ?? [])]);
  return {
    kind: 'Service',
    ...base,
    type: textOf(field(spec, 'type')) ?? 'ClusterIP',
    clusterIps: [...clusterIps].filter((address) => address !== 'None'),
    headless: clusterIps.has('None'),
    externalIps: textsOf(field(spec, 'externalIPs') ?? []),
    loadBalancerIps: listOf(field(value, 'status', 'loadBalancer', 'ingress')).flatMap((each) =>
      textsOf(field(each, 'ip')),
    ),
    ports: listOf(field(spec, 'ports')).flatMap((each) => {
      const port = wholeNumber(field(each, 'port'), 65_535);
      if (port === null) return [];
      return [
        {
          name: textOf(field(each, 'name')) ?? '',
          protocol: protocolOf(field(each, 'protocol')),
          port,
          targetPort: textOf(field(each, 'targetPort')),
          nodePort: wholeNumber(field(each, 'nodePort'), 65_535),
        },
      ];
    }),
    internalTrafficPolicy: textOf(field(spec, 'internalTrafficPolicy')),
    externalTrafficPolicy: textOf(field(spec, 'externalTrafficPolicy')),
    sessionAffinity: textOf(field(spec, 'sessionAffinity')),
    publishNotReady: truth(field(spec, 'publishNotReadyAddresses')) ?? false,
    otherProxy: textOf(field(value, 'metadata', 'labels', 'service.kubernetes.io/service-proxy-name')),
  };
}

function portsOf(value: Json): KubeEndpoints['ports'] {
  return listOf(value).map((each) => ({
    name: textOf(field(each, 'name')) ?? '',
    protocol: protocolOf(field(each, 'protocol')),
    port: wholeNumber(field(each, 'port'), 65_535),
  }));
}

/** One record a subset; an object without subsets is one record without addresses. */
function endpoints(base: Base, value: Json, lines: LineFinder): readonly KubeEndpoints[] {
  const address = (each: Json, ready: boolean): readonly KubeEndpointAddress[] => {
    const ip = textOf(field(each, 'ip'));
    if (ip === null) return [];
    return [
      {
        address: ip,
        line: lines.next(ip) ?? base.line,
        ready,
        serving: ready,
        terminating: false,
        hinted: false,
        node: textOf(field(each, 'nodeName')),
        pod: podName(field(each, 'targetRef')),
      },
    ];
  };
  const subsets = listOf(field(value, 'subsets'));
  const record = (subset: Json): KubeEndpoints => ({
    kind: 'Endpoints',
    ...base,
    service: base.name,
    addresses: [
      ...listOf(field(subset, 'addresses')).flatMap((each) => address(each, true)),
      ...listOf(field(subset, 'notReadyAddresses')).flatMap((each) => address(each, false)),
    ],
    ports: portsOf(field(subset, 'ports')),
  });
  return subsets.length === 0 ? [record(null)] : subsets.map(record);
}

function podName(reference: Json): string | null {
  return textOf(field(reference, 'kind')) === 'Pod' ? textOf(field(reference, 'name')) : null;
}

function endpointSlice(base: Base, value: Json, lines: LineFinder): KubeEndpoints {
  const addresses = listOf(field(value, 'endpoints')).flatMap((each) => {
    const conditions = field(each, 'conditions');
    const ready = truth(field(conditions, 'ready')) ?? true;
    return textsOf(field(each, 'addresses') ?? []).map((address) => ({
      address,
      line: lines.next(address) ?? base.line,
      ready,
      serving: truth(field(conditions, 'serving')) ?? ready,
      terminating: truth(field(conditions, 'terminating')) ?? false,
      hinted: [...listOf(field(each, 'hints', 'forZones')), ...listOf(field(each, 'hints', 'forNodes'))].length > 0,
      node: textOf(field(each, 'nodeName')),
      pod: podName(field(each, 'targetRef')),
    }));
  });
  return {
    kind: 'EndpointSlice',
    ...base,
    service: textOf(field(value, 'metadata', 'labels', 'kubernetes.io/service-name')),
    addresses,
    ports: portsOf(field(value, 'ports')),
  };
}

function pod(base: Base, value: Json): KubePod {
  const several = listOf(field(value, 'status', 'podIPs')).flatMap((each) => textsOf(field(each, 'ip')));
  return {
    kind: 'Pod',
    ...base,
    phase: textOf(field(value, 'status', 'phase')),
    node: textOf(field(value, 'spec', 'nodeName')),
    ips: several.length > 0 ? several : textsOf(field(value, 'status', 'podIP')),
    hostNetwork: truth(field(value, 'spec', 'hostNetwork')) ?? false,
    deleting: field(value, 'metadata', 'deletionTimestamp') !== undefined,
  };
}

function node(base: Base, value: Json): KubeNode {
  const info = field(value, 'status', 'nodeInfo');
  return {
    kind: 'Node',
    ...base,
    addresses: listOf(field(value, 'status', 'addresses')).flatMap((each) => textsOf(field(each, 'address'))),
    podCidrs: [
      ...new Set([...textsOf(field(value, 'spec', 'podCIDR')), ...textsOf(field(value, 'spec', 'podCIDRs') ?? [])]),
    ],
    kubeletVersion: textOf(field(info, 'kubeletVersion')),
    kubeProxyVersion: textOf(field(info, 'kubeProxyVersion')),
  };
}

/** Only kube-proxy's own; any other ConfigMap may hold anything. */
function configMap(base: Base, value: Json): readonly KubeConfigMap[] {
  if (!/^kube-proxy/.test(base.name)) return [];
  const data = field(value, 'data');
  const entries = typeof data === 'object' && data !== null ? Object.entries(data).slice(0, 50) : [];
  const texts = entries.filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].length <= CONFIG_CHARS_MAX,
  );
  return [{ kind: 'ConfigMap', ...base, data: new Map(texts) }];
}
