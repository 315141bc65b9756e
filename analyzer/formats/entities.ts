/**
 * What a line names: pods, containers, addresses, interfaces, services, units, volumes, nodes. Samples:
 *
 *   "SyncLoop (PLEG)" pod="kube-system/coredns-5d78c9869d-abcde" event={"Data":"<64 hex>"}        klog, logr
 *   Error syncing pod 1f0c..., skipping: ... for pod "web-0_default(1f0c3c2e-...)"                kubelet before 1.21
 *   RunPodSandbox for &PodSandboxMetadata{Name:web-0,Uid:1f0c,Namespace:default,Attempt:0,}       containerd
 *   /var/log/pods/kube-system_aws-node-x7k2p_1f0c3c2e-.../aws-node/0.log                           paths of the kubelet
 *   Adding 10.141.86.239/32 to DS for eni-09ab12cd34ef56ab7                                        ipamd
 *   "Adding new service port" portName="kube-system/kube-dns:dns" servicePort="172.20.0.10:53/UDP" kube-proxy
 *
 * Every expression is bounded and begins with something rare, so that the time grows with the line only.
 */
import ipaddr from 'ipaddr.js';
import type { Entity } from '../core/vocabulary.ts';

export interface FoundEntity extends Entity {
  /** Range of what names it in the line: UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Marked in one line; more is a list, not a message. */
export const LINE_ENTITIES_MAX = 64;

/** A viewer marks what it shows, and nothing beyond this is a log line. */
const LINE_CHARS_MAX = 64 * 1024;

type Kind = Entity['kind'];

interface Finder {
  readonly kind: Kind;
  /** Global; the group `name` is what names the entity, else the whole match is. */
  readonly find: RegExp;
  /** @returns the name, or null when it is none after all. */
  readonly name?: (found: RegExpExecArray, line: string) => string | null;
}

/** DNS-1123 names of Kubernetes. */
const NAME = '[a-z0-9](?:[-a-z0-9.]{0,252})';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Between a key and its value: `=`, `="`, `=\"`, `":"`, `": "`. */
const IS = String.raw`\\?"?[=:] ?\\?"?`;

const both: NonNullable<Finder['name']> = ({ groups }) => `${groups?.namespace}/${groups?.pod}`;

/** Earlier ones win where two overlap. */
const FINDERS: readonly Finder[] = [
  { kind: 'pod', find: new RegExp(String.raw`\bpod${IS}(?<name>${NAME}/${NAME})(?![\w/])`, 'dg') },
  {
    kind: 'pod',
    find: new RegExp(
      String.raw`(?<=[\s"'=\[(])(?<name>(?<pod>${NAME})_(?<namespace>[a-z0-9][-a-z0-9]{0,62})\((?:${UUID}|[0-9a-f]{32})\))`,
      'dg',
    ),
    name: both,
  },
  {
    kind: 'pod',
    find: new RegExp(
      `/var/log/pods/(?<name>(?<namespace>[a-z0-9][-a-z0-9]{0,62})_(?<pod>${NAME})_(?:${UUID}|[0-9a-f]{32}))`,
      'dg',
    ),
    name: both,
  },
  {
    kind: 'pod',
    find: new RegExp(
      `/var/log/containers/(?<name>(?<pod>${NAME})_(?<namespace>[a-z0-9][-a-z0-9]{0,62}))_[-a-z0-9.]{1,63}-[0-9a-f]{64}`,
      'dg',
    ),
    name: both,
  },
  {
    kind: 'pod',
    find: new RegExp(
      String.raw`PodSandboxMetadata\{(?<name>Name:(?<pod>${NAME}),Uid:[-\w]{1,64},Namespace:(?<namespace>[a-z0-9][-a-z0-9]{0,62}))`,
      'dg',
    ),
    name: both,
  },
  // CNI_ARGS of a plugin, and the request that the VPC CNI's plugin sends to ipamd.
  {
    kind: 'pod',
    find: /K8S_POD_NAMESPACE[=:]"?(?<name>(?<namespace>[a-z0-9][-a-z0-9]{0,62})"?[;, ]{1,2}K8S_POD_NAME[=:]"?(?<pod>[a-z0-9][-a-z0-9.]{0,252}))/dg,
    name: both,
  },
  {
    kind: 'pod',
    find: /K8S_POD_NAME[=:]"?(?<name>(?<pod>[a-z0-9][-a-z0-9.]{0,252})"?[;, ]{1,2}K8S_POD_NAMESPACE[=:]"?(?<namespace>[a-z0-9][-a-z0-9]{0,62}))/dg,
    name: both,
  },
  {
    kind: 'service',
    find: new RegExp(
      String.raw`\b(?:service|svc|portName|servicePortName|serviceName)${IS}(?<name>${NAME}/${NAME}(?::[-a-z0-9]{1,63})?)(?![\w/])`,
      'dg',
    ),
  },
  // The comments of kube-proxy's rules: `default/web:http cluster IP`, `default/web has no endpoints`.
  {
    kind: 'service',
    find: new RegExp(
      String.raw`(?<=[\s"])(?<name>${NAME}/${NAME}(?::[-a-z0-9]{1,63})?) (?=cluster IP|has no |external IP|loadbalancer IP|->)`,
      'dg',
    ),
  },
  { kind: 'service', find: new RegExp(String.raw`--comment \\?"(?<name>${NAME}/${NAME}:[-a-z0-9]{1,63})\\?"`, 'dg') },
  { kind: 'container', find: /(?<![0-9a-zA-Z]|sha256:)[0-9a-f]{64}(?![0-9a-zA-Z])/dg },
  {
    kind: 'container',
    find: new RegExp(String.raw`\b(?:containerID|containerId|ContainerID)${IS}(?<name>[0-9a-f]{12})(?![0-9a-z])`, 'dg'),
  },
  { kind: 'eni', find: /\beni-[0-9a-f]{8,17}\b/dg },
  { kind: 'volume', find: /\bvol-[0-9a-f]{8,17}\b/dg },
  { kind: 'volume', find: new RegExp(String.raw`\bpvc-${UUID}(?![-\w])`, 'dg') },
  {
    kind: 'volume',
    find: /\b(?:volume|volumeName|outerVolumeSpecName|volumes)(?: |=|\\?":? ?)\\?"(?<name>[^\s"\\]{1,253})\\?"/dg,
  },
  {
    kind: 'veth',
    find: /\b(?:eni[0-9a-f]{11}|vlan\.eth\.\d{1,4}|veth[0-9a-f]{6,11}|cali[0-9a-f]{11}|lxc[0-9a-f]{12})\b/dg,
  },
  {
    kind: 'interface',
    find: /(?<![\w.-])(?:eth\d{1,3}|ens\d{1,4}|enp\d{1,3}s\d{1,3}(?:f\d{1,2})?|cni0|docker0|cbr0|kube-ipvs0|nodelocaldns|dummy\d|pod-id-link0|br-[0-9a-f]{12}|flannel\.\d|vxlan\.calico|cilium_(?:host|net|vxlan))(?![\w-])/dg,
  },
  { kind: 'node', find: /(?<![\w-])i-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![\w-])/dg },
  { kind: 'node', find: /(?<![\w-])ip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}(?:\.[a-z0-9-]{1,63}){0,4}(?![\w-])/dg },
  {
    kind: 'node',
    find: new RegExp(String.raw`\b(?:node|nodeName|hostname)${IS}(?<name>[a-z0-9][-a-z0-9.]{2,252})(?=\\?")`, 'dg'),
  },
  { kind: 'chain', find: /(?<![\w-])KUBE-[A-Z0-9][A-Z0-9-]{2,40}(?![\w-])/dg },
  { kind: 'unit', find: /\.(?:service|socket|timer|mount|scope|slice)(?![\w.-])/dg },
  {
    kind: 'ip',
    find: /(?<![\w.:])(?=[0-9A-Fa-f:]{0,7}:)[0-9A-Fa-f:]{2,39}(?:\d\.\d{1,3}\.\d{1,3}\.\d{1,3})?(?![\w.:]{0,64}\w)/dg,
    name: ipv6,
  },
  // Behind an escape of JSON (a line feed, Docker's \u003e) the letter before is none of a word.
  {
    kind: 'ip',
    find: /(?:(?<![\w.])(?<!(?:^|[^\d>])-)|(?<=\\[ntr]|\\u00[0-9a-f]{2}))\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\d|\.\d|\.?[A-Za-z_]|-[A-Za-z])/dg,
    name: ipv4,
  },
];

/** @returns what the line names, from left to right, without overlaps; LINE_ENTITIES_MAX at most. Never throws. */
export function entitiesOf(line: string): readonly FoundEntity[] {
  const text = line.length > LINE_CHARS_MAX ? line.slice(0, LINE_CHARS_MAX) : line;
  const found: FoundEntity[] = [];
  for (const finder of FINDERS) {
    let kept = 0;
    for (const match of text.matchAll(finder.find)) {
      const entity = entityOf(finder, match, text);
      if (entity === null || found.some((other) => entity.start < other.end && other.start < entity.end)) continue;
      found.push(entity);
      kept += 1;
      if (kept === LINE_ENTITIES_MAX) break;
    }
  }
  return found.sort((one, two) => one.start - two.start).slice(0, LINE_ENTITIES_MAX);
}

function entityOf(finder: Finder, match: RegExpExecArray, text: string): FoundEntity | null {
  if (finder.kind === 'unit') return unitOf(match, text);
  const [start, end] = match.indices?.groups?.name ?? [match.index, match.index + match[0].length];
  const name = finder.name === undefined ? text.slice(start, end) : finder.name(match, text);
  return name === null ? null : { kind: finder.kind, name, start, end };
}

/** systemd.unit(5): the longest a unit name may be. */
const UNIT_NAME_MAX = 255;
const UNIT_CHARACTER = /[\w:.@\\-]/;

/** A unit is found by its ending; its name is read backwards from there, once. */
function unitOf(match: RegExpExecArray, text: string): FoundEntity | null {
  let start = match.index;
  while (start > 0 && match.index - start < UNIT_NAME_MAX && UNIT_CHARACTER.test(text[start - 1] as string)) start -= 1;
  // A path names a file, and "x.y.service" of a domain or of code is no unit either.
  const before = text[start - 1];
  const name = text.slice(start, match.index);
  if (before === '/' || name === '' || !/^[A-Za-z0-9]/.test(name) || /(?:^|\.)(?:svc|default)$/.test(name)) return null;
  return { kind: 'unit', name: name + match[0], start, end: match.index + match[0].length };
}

/** In these places four numbers with dots are a version: `version 1.2.3.4`, `tool/1.2.3.4`, `/opt/tool/1.2.3.4/bin`. */
const VERSION_BEFORE = /(?:\b(?:version|release|build|ver|rev)["']?[:= ]{1,2}["']?|[A-Za-z0-9_-]\/)$/i;
const HOST_BEFORE = /(?:\.[a-z]{2,24}|\blocalhost|\bip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})\/$/;
const LOOK_BACK = 40;

function ipv4(match: RegExpExecArray, text: string): string | null {
  const [address] = match;
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) || /(?:^|\.)0\d/.test(address)) return null;
  const before = text.slice(Math.max(0, match.index - LOOK_BACK), match.index);
  return VERSION_BEFORE.test(before) && !HOST_BEFORE.test(before) ? null : address;
}

function ipv6(match: RegExpExecArray): string | null {
  const [address] = match;
  // Times and MAC addresses have colons too; `::` in code stands between words, and says nothing by itself.
  if (!/\d/.test(address) || /^(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}$/.test(address)) return null;
  return address.split(':').length > 2 && ipaddr.IPv6.isValid(address) ? address : null;
}
