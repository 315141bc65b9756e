/** Names of IP protocols, as iptables and /etc/protocols spell them, with the numbers that IANA gives them. */
export const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  vrrp: 112,
  sctp: 132,
  udplite: 136,
};

const NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [String(number), name] as const),
  ['icmpv6', 'ipv6-icmp'],
  ['icmp6', 'ipv6-icmp'],
  ['ipv4-icmp', 'icmp'],
  ['ipip', 'ipencap'],
]);

/** @param printed a name in any case, another name of it, or a number. @returns the one name; an unknown word in lower case. */
export function protocolNamed(printed: string): string {
  const word = printed.toLowerCase();
  return NAMES.get(word) ?? word;
}
