/** Several outputs of ipvsadm about the same virtual servers, joined into one. */
import type { IpvsDump, IpvsRealServer, IpvsService } from '../core/node-network.ts';

export interface SectionServer {
  readonly line: number;
  readonly address: string;
  readonly port: number;
  /** Every port the printed name may stand for; null when a number was printed. */
  readonly candidates: readonly number[] | null;
  /** As printed. */
  readonly text: string;
  readonly forward: IpvsRealServer['forward'];
  readonly weight: number | null;
  readonly active: number | null;
  readonly inactive: number | null;
  readonly connections: number | null;
}

/** A virtual server of one output while it is read. */
export interface SectionService {
  line: number;
  protocol: string;
  address: string | null;
  port: number | null;
  mark: number | null;
  candidates: readonly number[] | null;
  text: string;
  /** Real servers of it whose names could not be turned into numbers. */
  unread: number;
  scheduler: string | null;
  persistent: number | null;
  connections: number | null;
  servers: SectionServer[];
}

export interface Section {
  readonly kind: 'save' | 'list' | 'stats' | 'rate';
  readonly services: SectionService[];
}

/** Best first: numeric outputs before the one that prints names. */
const ORDER: readonly Section['kind'][] = ['list', 'stats', 'rate', 'save'];

interface Joined {
  readonly services: readonly IpvsService[];
  /** A port name that may stand for several ports, or for none that a numeric output shows. */
  readonly doubtful: IpvsDump['unresolved'];
}

interface Named {
  readonly port: number | null;
  readonly candidates: readonly number[] | null;
}

/**
 * The key of a thing whose port may be a name. Port names differ between distributions (http-alt is 8080 on one, 8008
 * on another): what a numeric output shows decides; without one only a name with one meaning is taken.
 */
function keyOf<Value>(
  prefix: string,
  one: Named,
  known: ReadonlyMap<string, Value>,
  numeric: boolean,
): string | undefined {
  const { candidates } = one;
  if (candidates === null) return `${prefix} ${one.port ?? ''}`;
  const shown = candidates.map((port) => `${prefix} ${port}`).filter((key) => known.has(key));
  if (shown.length > 0) return shown.length === 1 ? shown[0] : undefined;
  return numeric || candidates.length > 1 ? undefined : `${prefix} ${candidates[0]}`;
}

/**
 * @param sections in the order of the text. A virtual server that one of them shows is there: the outputs were taken
 * one after the other, and their order is not known.
 */
export function joinSections(sections: readonly Section[]): Joined {
  const sorted = [...sections].sort((one, two) => ORDER.indexOf(one.kind) - ORDER.indexOf(two.kind));
  const numeric = sorted.some((section) => section.kind !== 'save');
  const services = new Map<string, SectionService[]>();
  const doubtful: { line: number; text: string }[] = [];
  for (const section of sorted) {
    for (const service of section.services) {
      const key = keyOf(`${service.protocol} ${service.address ?? service.mark}`, service, services, numeric);
      if (key === undefined) doubtful.push({ line: service.line, text: service.text });
      else gather(services, key, service);
    }
  }
  return { services: [...services.values()].map((same) => joined(same, doubtful)), doubtful };
}

function joined(same: readonly SectionService[], doubtful: { line: number; text: string }[]): IpvsService {
  const [first] = same as readonly [SectionService, ...SectionService[]];
  const servers = new Map<string, SectionServer[]>();
  let unread = first.unread;
  for (const service of same) {
    for (const server of service.servers) {
      const key = keyOf(server.address, server, servers, service !== first);
      if (key === undefined) {
        doubtful.push({ line: server.line, text: server.text });
        if (service === first) unread += 1;
      } else gather(servers, key, server);
    }
  }
  return {
    line: first.line,
    protocol: first.protocol,
    address: first.address,
    port: first.port,
    mark: first.mark,
    scheduler: pick(same, (one) => one.scheduler),
    persistent: pick(same, (one) => one.persistent),
    connections: pick(same, (one) => one.connections),
    realServers: [...servers.values()].map((each) => realServer(each)),
    ...(unread > 0 ? { unreadServers: unread } : {}),
  };
}

function gather<Value>(into: Map<string, Value[]>, key: string, value: Value): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [value]);
  else known.push(value);
}

function realServer(same: readonly SectionServer[]): IpvsRealServer {
  const [first] = same as readonly [SectionServer, ...SectionServer[]];
  return {
    line: first.line,
    address: first.address,
    port: first.port,
    forward: same.find((one) => one.forward !== 'unknown')?.forward ?? 'unknown',
    weight: pick(same, (one) => one.weight),
    activeConnections: pick(same, (one) => one.active),
    inactiveConnections: pick(same, (one) => one.inactive),
    connections: pick(same, (one) => one.connections),
  };
}

function pick<One, Value>(same: readonly One[], of: (one: One) => Value | null): Value | null {
  for (const one of same) {
    const value = of(one);
    if (value !== null) return value;
  }
  return null;
}
