/**
 * Networks that a case names, for the tree of addresses. Raw samples:
 *   -A AWS-SNAT-CHAIN-0 ! -d 10.0.0.0/16 -j AWS-SNAT-CHAIN-1
 *   inet 192.168.10.5/24 scope global eth0
 *   inet 10.0.1.2  netmask 255.255.240.0  broadcast 10.0.15.255
 *   10.0.0.0        0.0.0.0         255.255.240.0   U     0      0        0 eth0
 *   {"prefix": {"addr": "10.244.0.0", "len": 16}}
 *   -A KUBE-SERVICES -d 172.20.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" ...
 */
import { masked, netmaskLength, printNetwork, readAddress, readIPv4, readNetwork } from './address-text.ts';

/** Bounds what a hostile file can make us keep. */
const NETWORKS_MAX = 20_000;
const LINE_CHARS_MAX = 20_000;

const SLASHED = /(?<![\w:.])([0-9a-fA-F:.]{3,45})\/(\d{1,3}(?:\.\d{1,3}){3}|\d{1,3})(?![\d.])/g;
const OF_JSON = /"addr": ?"([0-9a-fA-F:.]{2,45})", ?"len": ?(\d{1,3})/g;
const DOTTED = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;

/** @param lines of dumps and logs. @returns CIDRs, each once, in the order met: networks, not single addresses. */
export function learnNetworks(lines: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  const add = (text: string): void => {
    const network = readNetwork(text);
    if (network === null || network.length === 0 || network.length >= network.bytes.length * 8 - 1) return;
    if (found.size < NETWORKS_MAX) found.add(printNetwork(network));
  };
  for (const whole of lines) {
    const line = whole.length > LINE_CHARS_MAX ? whole.slice(0, LINE_CHARS_MAX) : whole;
    if (line.includes('/')) {
      for (const [, address = '', length = ''] of line.matchAll(SLASHED)) add(slashed(address, length));
    }
    if (line.includes('"len"')) {
      for (const [, address = '', length = ''] of line.matchAll(OF_JSON)) add(`${address}/${length}`);
    }
    if (line.includes('255.')) for (const cidr of withNetmask(line)) add(cidr);
  }
  return [...found];
}

function slashed(address: string, length: string): string {
  if (!length.includes('.')) return `${address}/${length}`;
  const mask = readIPv4(length);
  return `${address}/${mask === null ? '' : (netmaskLength(mask) ?? '')}`;
}

/** A netmask belongs to the addresses of its line that end where it ends, and to the one of an interface. */
function withNetmask(line: string): readonly string[] {
  const addresses = [...line.matchAll(DOTTED)].flatMap(([text]) => readIPv4(text) ?? []);
  const length = addresses.map(netmaskLength).find((one) => one !== null && one < 31);
  if (length === undefined || length === null) return [];
  const interfaceLine = /\b(?:inet|netmask|Mask)\b/.test(line);
  return addresses
    .filter((bytes) => netmaskLength(bytes) === null && bytes.some((byte) => byte !== 0))
    .filter((bytes) => interfaceLine || Buffer.compare(masked(bytes, length), bytes) === 0)
    .map((bytes) => printNetwork({ bytes: masked(bytes, length), length }));
}

/** Service networks of EKS when the customer chooses none (EKS user guide, "kubernetesNetworkConfig"). */
const EKS_SERVICES = ['172.20.0.0/16', '10.100.0.0/16'];

/** Words that are only said of addresses of services. */
const OF_SERVICES =
  /cluster-?dns|clusterDNS|DNS_CLUSTER_IP|service-?(?:cluster-ip-range|cidr|ipv4-cidr)|KUBERNETES_SERVICE_HOST|default\/kubernetes:https/i;

/**
 * @returns which of the EKS defaults are the service network of the case. They are the same for every customer, so they say nothing of
 * this one: put into `keep`, service addresses stay as everybody knows them.
 */
export function learnServiceNetworks(lines: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  for (const line of lines) {
    if (found.size === EKS_SERVICES.length) break;
    const at = line.search(OF_SERVICES);
    if (at < 0) continue;
    for (const cidr of EKS_SERVICES) {
      const start = cidr.slice(0, cidr.indexOf('0.0/'));
      const first = readAddress(line.match(serviceAddress(start))?.[0] ?? '');
      if (first !== null) found.add(cidr);
    }
  }
  return EKS_SERVICES.filter((cidr) => found.has(cidr));
}

/** The network itself, its first address (the API) or its tenth (DNS). */
function serviceAddress(start: string): RegExp {
  return new RegExp(`(?<![\\d.])${start.replaceAll('.', '\\.')}0\\.(?:0|1|10)(?![\\d.])`);
}
