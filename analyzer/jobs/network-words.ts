/** The words people give a tracer: addresses with ports, names of services, protocols. */
import { FailureError, fail } from '../core/failure.ts';
import { didYouMean } from '../core/nearest.ts';
import { PROTOCOL_NUMBERS, protocolNamed } from '../core/protocols.ts';
import { someOf } from '../core/some-of.ts';
import { canonicalAddress, endpointText } from '../netfilter/address.ts';
import type { NodeService } from '../netfilter/node-service.ts';

const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite']);

/** What `to` says. */
export interface Destination {
  /** RFC 5952. */
  readonly address: string;
  readonly port: number | null;
  readonly protocol: string;
  /** The service that was named, `ns/name:port`. */
  readonly service: string | null;
}

/** Ends the question with the command line's exit 2. */
export function wrongUsage(message: string, where: string | null = null, advice: string | null = null): never {
  throw new FailureError(fail('wrong-usage', message, where, advice).failure);
}

/** @returns the protocol's name in lower case; an unlisted number as it is. Throws `wrong-usage` for other words. */
export function protocolName(word: string, where: string | null = null): string {
  const lower = word.trim().toLowerCase();
  if (/^\d{1,3}$/.test(lower) && Number(lower) <= 255) {
    return protocolNamed(String(Number(lower)));
  }
  const name = protocolNamed(lower);
  if (Object.hasOwn(PROTOCOL_NUMBERS, name)) return name;
  const near = didYouMean(lower, Object.keys(PROTOCOL_NUMBERS));
  return wrongUsage(
    where === null ? 'this is no protocol Coldcase knows' : `${quoted(word)} is no protocol Coldcase knows`,
    where ?? word,
    near ?? 'Give tcp, udp, sctp or icmp, or a number from 0 to 255.',
  );
}

/** @returns whether packets of this protocol carry port numbers. */
export function hasPorts(protocol: string): boolean {
  return WITH_PORTS.has(protocol);
}

/** @returns the protocol as packets of this address's family carry it: ping is another protocol in IPv6. */
export function protocolFor(protocol: string, address: string): string {
  const six = address.includes(':');
  if (protocol === 'icmp' && six) return 'ipv6-icmp';
  return protocol === 'ipv6-icmp' && !six ? 'icmp' : protocol;
}

/** @returns a word of any length as a sentence may quote it. */
export function quoted(word: string): string {
  return JSON.stringify(word.slice(0, 60));
}

/**
 * @returns the address in RFC 5952 form, or null; a zone (`%eth0`) makes it no address of a packet. An IPv4-mapped one
 * (`::ffff:10.0.0.1`) is how programs write an IPv4 address on an IPv6 socket: the packet carries the IPv4 address.
 */
export function plainAddress(word: string): string | null {
  if (word.includes('%')) return null;
  const bare = /^\[([^\]]*)\]$/.exec(word)?.[1] ?? word;
  const address = canonicalAddress(bare);
  const mapped = address === null ? null : /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped === null) return address;
  const high = Number.parseInt(mapped[1] ?? '', 16);
  const low = Number.parseInt(mapped[2] ?? '', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** @returns the port, or null when the word is none. */
function portOf(word: string): number | null {
  const port = /^\d{1,5}$/.test(word) ? Number(word) : Number.NaN;
  return port <= 65535 ? port : null;
}

/** @returns address and port of `ip`, `ip:port`, `[v6]` or `[v6]:port`; null when it has none of these forms. */
export function addressAndPort(word: string): { readonly address: string; readonly port: number | null } | null {
  const alone = plainAddress(word);
  if (alone !== null) return { address: alone, port: null };
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+)):([^:]*)$/.exec(word);
  if (parts === null) return null;
  const address = plainAddress(parts[1] ?? parts[2] ?? '');
  // Brackets are for IPv6 alone.
  if (address === null || (parts[1] !== undefined) !== (parts[1] ?? address).includes(':')) return null;
  const port = portOf(parts[3] ?? '');
  if (port === null)
    return wrongUsage('this is no port', word, 'A port is a whole number from 0 to 65535, as in 10.96.0.10:53.');
  return { address, port };
}

/**
 * @param to `ip`, `ip:port`, `[v6]:port`, `namespace/name` or `namespace/name:port` (name or number of the port).
 * @param services what `namespace/name` may mean; only looked at when a name is given or a port is missing.
 * @returns where packets go. Throws `wrong-usage` with the nearest names when it is not one place.
 */
export function destinationOf(
  to: string,
  protocol: string,
  family: 'IPv4' | 'IPv6' | null,
  services: () => readonly NodeService[],
): Destination {
  const word = to.trim();
  const place = addressAndPort(word);
  if (place !== null) {
    const proto = protocolFor(protocol, place.address);
    if (!hasPorts(proto)) return { address: place.address, port: null, protocol: proto, service: null };
    if (place.port === null) return portMissing(word, place.address, proto, services());
    return { address: place.address, port: place.port, protocol: proto, service: null };
  }
  if (!/^[^/:\s]+\/[^/:\s]+(:[^/:\s]+)?$/.test(word)) {
    return wrongUsage(
      'this is neither an address nor the name of a service',
      to,
      `Give an address and port (10.96.0.10:53, [fd00::10]:53), or namespace/name:port. ${nearWords(word, services())}`.trim(),
    );
  }
  return serviceDestination(word, protocol, family, services());
}

function portMissing(word: string, address: string, protocol: string, services: readonly NodeService[]): never {
  const there = services.filter((service) => service.clusterIP === address && service.servicePort !== null);
  const forms = there.map((service) => `${endpointText(address, service.servicePort)} (${wordsOf(service)})`);
  return wrongUsage(
    `${protocol} needs a port`,
    word,
    forms.length === 0
      ? `Give it as ${endpointText(address, 80)}, for example.`
      : `Services at this address: ${someOf(forms, LISTED_MAX)}.`,
  );
}

function serviceDestination(
  word: string,
  protocol: string,
  family: 'IPv4' | 'IPv6' | null,
  services: readonly NodeService[],
): Destination {
  const [name = '', portWord = null] = word.split(':') as [string, string | undefined];
  const named = services.filter((service) => `${service.namespace}/${service.name}` === name);
  if (named.length === 0) {
    return wrongUsage(
      services.length === 0
        ? 'no service is known by the captured rules of this node'
        : 'no service of this name is in the captured rules of this node',
      word,
      nearWords(name, services) || addressesAdvice(services),
    );
  }
  const port = portWord === null ? null : portOf(portWord);
  const asked = named.filter(
    (service) => portWord === null || service.port === portWord || (port !== null && service.servicePort === port),
  );
  if (asked.length === 0) return wrongUsage('this service has no such port', word, portsAdvice(named));
  const reachable = asked.filter((service) => service.clusterIP !== null && service.servicePort !== null);
  if (reachable.length === 0) {
    return wrongUsage(
      'the cluster IP of this service is not in the captured rules',
      word,
      'Give an address and port instead.',
    );
  }
  const sameFamily = reachable.filter((service) => family === null || service.family === family);
  if (sameFamily.length === 0) {
    return wrongUsage(
      `the source is ${family}, and this service has no ${family} address`,
      word,
      `It has ${someOf(
        reachable.map((service) => endpointText(service.clusterIP ?? '', service.servicePort)),
        LISTED_MAX,
      )}.`,
    );
  }
  // The protocol decides between ports of one number (dns and dns-tcp); a name that is another protocol's wins over it.
  const sameProtocol = sameFamily.filter((service) => service.protocol === protocol);
  const chosen = sameProtocol.length > 0 ? sameProtocol : sameFamily;
  const first = chosen[0] as NodeService;
  const same = chosen.filter((service) => service.family === first.family);
  if (same.length > 1)
    return wrongUsage('this service has several ports: say which one', word, portsAdvice(sameFamily));
  return {
    address: first.clusterIP ?? '',
    port: first.servicePort,
    protocol: first.protocol,
    service: first.id,
  };
}

/** Rules of IPVS, and dumps that lost their comments, hold addresses only. */
function addressesAdvice(services: readonly NodeService[]): string | null {
  if (services.length === 0 || services.some(({ name }) => name !== null)) return null;
  const known = services.flatMap(({ clusterIP, servicePort }) =>
    clusterIP === null ? [] : [endpointText(clusterIP, servicePort)],
  );
  return `The dumps of this node hold no service names: give an address and port${known.length === 0 ? '' : `, such as ${known.slice(0, 3).join(', ')}`}.`;
}

function portsAdvice(services: readonly NodeService[]): string {
  return `Ports: ${someOf([...new Set(services.map(wordsOf))], LISTED_MAX)}.`;
}

/** @returns `kube-system/kube-dns:dns, 53/udp`. */
function wordsOf(service: NodeService): string {
  return `${service.id} ${service.servicePort ?? '?'}/${service.protocol}`;
}

function namesOf(services: readonly NodeService[]): readonly string[] {
  return [
    ...new Set(
      services.flatMap((one) => (one.namespace === null || one.name === null ? [] : [`${one.namespace}/${one.name}`])),
    ),
  ];
}

/** @returns the nearest names, else the first ones there are; empty when there are none. */
function nearWords(word: string, services: readonly NodeService[]): string {
  const names = namesOf(services);
  const inDns = /^([^./:]+)\.([^./:]+)(?:\.svc(?:\.[^/:]*)?)?(?::[^/:]*)?$/.exec(word);
  const named = inDns === null ? '' : `${inDns[2]}/${inDns[1]}`;
  if (names.includes(named)) return `Did you mean ${named}?`;
  return didYouMean(word, names) ?? (names.length === 0 ? '' : `Services here: ${someOf(names, LISTED_MAX)}.`);
}

const LISTED_MAX = 8;
