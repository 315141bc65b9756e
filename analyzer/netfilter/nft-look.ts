/**
 * What an nft rule looks at, as a value of the packet. Kernel: nft_payload.c, nft_meta.c, nft_ct.c, nft_fib.c. A
 * value that the packet does not have (a port of ICMP) ends the rule, also for `!=`.
 */
import type { NftExpression } from '../core/nft-ruleset.ts';
import type { Family } from '../core/packet-rule.ts';
import { isUnsure, unsure, type Value, type ValueKind } from './nft-values.ts';
import type { Packet, Surroundings, Unsure } from './program.ts';

export interface Look {
  readonly kind: ValueKind;
  /** @returns null: the packet has no such value. */
  get(packet: Packet, around: Surroundings): Value | Unsure | null;
}

const PORT_PROTOCOLS = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite']);

/** @param text how the expression is printed, for reasons. @returns always a look; an unknown one is never sure. */
export function compileLook(expression: NftExpression, family: Family, text: string): Look {
  switch (expression.kind) {
    case 'payload':
      return payload(expression.protocol, expression.field, family, text);
    case 'meta':
      return meta(expression.key, family, text);
    case 'ct':
      return ct(expression.key, expression.direction, text);
    case 'fib':
      return fib(expression.flags, expression.result, text);
    case 'binary':
      return number((packet) => evaluate(expression, packet));
    default:
      return unknownLook(text);
  }
}

function unknownLook(text: string): Look {
  return { kind: 'word', get: () => unsure(`${text} is not known of the packet`) };
}

function number(get: (packet: Packet) => number | null): Look {
  return {
    kind: 'number',
    get: (packet) => {
      const value = get(packet);
      return value === null ? unsure('a computed value that is not modelled') : value;
    },
  };
}

function payload(protocol: string, field: string, family: Family, text: string): Look {
  if (protocol === 'ip' || protocol === 'ip6') {
    const own = (protocol === 'ip6') === (family === 'IPv6');
    if (field === 'saddr') return { kind: 'address', get: (packet) => (own ? packet.source : null) };
    if (field === 'daddr') return { kind: 'address', get: (packet) => (own ? packet.destination : null) };
    if (field === 'protocol' || field === 'nexthdr')
      return { kind: 'protocol', get: (packet) => (own ? packet.protocol : null) };
    return own ? unknownLook(text) : { kind: 'word', get: () => null };
  }
  if (field === 'dport' || field === 'sport') {
    return {
      kind: 'port',
      get(packet) {
        const has = protocol === 'th' ? PORT_PROTOCOLS.has(packet.protocol) : packet.protocol === protocol;
        if (!has) return null;
        const port = field === 'dport' ? packet.destinationPort : packet.sourcePort;
        return port ?? unsure(`${text} of the packet is not known`);
      },
    };
  }
  const carried = protocol === 'icmpv6' ? 'ipv6-icmp' : protocol;
  if (PORT_PROTOCOLS.has(carried) || carried === 'icmp' || carried === 'ipv6-icmp' || carried === 'igmp') {
    return {
      kind: 'word',
      get: (packet) => (packet.protocol === carried ? unsure(`${text} of the packet is not known`) : null),
    };
  }
  return unknownLook(text);
}

function meta(key: string, family: Family, text: string): Look {
  switch (key) {
    case 'l4proto':
      return { kind: 'protocol', get: (packet) => packet.protocol };
    case 'nfproto':
      return { kind: 'word', get: () => (family === 'IPv6' ? 'ipv6' : 'ipv4') };
    case 'protocol':
      return { kind: 'word', get: () => (family === 'IPv6' ? 'ip6' : 'ip') };
    case 'iifname':
    case 'iif':
      return device((packet) => packet.inInterface, text);
    case 'oifname':
    case 'oif':
      return device((packet) => packet.outInterface, text);
    case 'mark':
      return { kind: 'number', get: (packet) => packet.mark >>> 0 };
    case 'skuid':
    case 'skgid':
    case 'cgroup':
      // Only a packet made on the node has a socket.
      return {
        kind: 'word',
        get: (packet) => (packet.inInterface === null ? unsure(`${text} of the sender is not known`) : null),
      };
    default:
      return unknownLook(text);
  }
}

/** Without a device the kernel compares with an empty name (nft_meta_store_ifname): `==` fails, `!=` holds. */
function device(nameOf: (packet: Packet) => string | null, text: string): Look {
  return {
    kind: 'interface',
    get(packet) {
      const name = nameOf(packet);
      return name === '?' ? unsure(`the interface that ${text} asks for is not known`) : (name ?? '');
    },
  };
}

function ct(key: string, direction: string | null, text: string): Look {
  const original = direction === 'original';
  switch (key) {
    case 'mark':
      return { kind: 'number', get: (packet) => packet.connectionMark >>> 0 };
    case 'direction':
      return { kind: 'word', get: (packet) => packet.direction };
    case 'l4proto':
    case 'protocol':
      return { kind: 'protocol', get: (packet) => packet.protocol };
    case 'daddr':
    case 'ip daddr':
    case 'ip6 daddr':
      return original ? { kind: 'address', get: (packet) => packet.originalDestination } : unknownLook(text);
    case 'proto-dst':
      return original ? { kind: 'port', get: (packet) => packet.originalDestinationPort } : unknownLook(text);
    case 'saddr':
    case 'ip saddr':
    case 'ip6 saddr':
      return original
        ? {
            kind: 'address',
            get: (packet) =>
              packet.direction === 'original' && !packet.sourceChanged
                ? packet.source
                : unsure(`${text} is not known behind source NAT`),
          }
        : unknownLook(text);
    default:
      return unknownLook(text);
  }
}

/** Broadcast, anycast and the types of routes that reject are not told from unicast. */
function fib(flags: readonly string[], result: string, text: string): Look {
  const side = flags.includes('daddr') ? 'daddr' : flags.includes('saddr') ? 'saddr' : null;
  if (result !== 'type' || side === null || flags.some((flag) => !['daddr', 'saddr', 'iif', 'oif'].includes(flag)))
    return unknownLook(text);
  return {
    kind: 'word',
    get(packet, around) {
      const address = side === 'daddr' ? packet.destination : packet.source;
      const on = flags.includes('iif') ? packet.inInterface : flags.includes('oif') ? packet.outInterface : null;
      if (on === '?') return unsure(`the interface that ${text} asks for is not known`);
      const local = on === null ? around.isLocal(address) : around.isLocalOn(address, on);
      if (isUnsure(local)) return local;
      if (local) return 'local';
      return /^(?:2(?:2[4-9]|3\d)\.|ff[0-9a-f]{2}:)/.test(address) ? 'multicast' : 'unicast';
    },
  };
}

/** @returns a mark expression as a number, or null when a part of it is not modelled. */
export function evaluate(expression: NftExpression, packet: Packet): number | null {
  switch (expression.kind) {
    case 'value':
      return /^(?:0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(expression.value) ? Number(expression.value) >>> 0 : null;
    case 'meta':
      return expression.key === 'mark' ? packet.mark >>> 0 : null;
    case 'ct':
      return expression.key === 'mark' ? packet.connectionMark >>> 0 : null;
    case 'binary': {
      const left = evaluate(expression.left, packet);
      const right = evaluate(expression.right, packet);
      return left === null || right === null ? null : combine(expression.operator, left, right);
    }
    default:
      return null;
  }
}

function combine(operator: '&' | '|' | '^' | '<<' | '>>', left: number, right: number): number {
  switch (operator) {
    case '&':
      return (left & right) >>> 0;
    case '|':
      return (left | right) >>> 0;
    case '^':
      return (left ^ right) >>> 0;
    case '<<':
      return right > 31 ? 0 : (left << right) >>> 0;
    default:
      return right > 31 ? 0 : left >>> right;
  }
}
