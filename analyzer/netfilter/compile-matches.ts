/** Matches of an iptables rule as instructions. Whatever cannot be decided from the dump is unsure, with its reason. */
import type { MarkBits, PacketRule, RuleMatch } from '../core/packet-rule.ts';
import { addressFamily, addressNumber, canonicalAddress } from './address.ts';
import { setHolds } from './ip-set.ts';
import type { Instruction, Packet, Surroundings, Truth } from './program.ts';
import { portTaken, prefixHolds } from './rule-match.ts';
import { tcpFlagsHold } from './tcp-flags.ts';

type Decide = (packet: Packet, around: Surroundings) => Truth;

const PORT_PROTOCOLS = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite']);

/** @returns the matches of a rule, cheapest first, chance last. */
export function compileMatches(rule: PacketRule): readonly Instruction[] {
  const tests: Decide[] = [];
  const { protocol, source, destination, inInterface, outInterface, ctstate } = rule;
  if (protocol !== null) tests.push(({ protocol: carried }) => (carried === protocol.value) !== protocol.not);
  if (destination !== null) tests.push((packet) => addressTest(destination, packet.destination));
  if (source !== null) tests.push((packet) => addressTest(source, packet.source));
  if (rule.destinationPorts !== null) tests.push(portTest(rule.destinationPorts, 'destination'));
  if (rule.sourcePorts !== null) tests.push(portTest(rule.sourcePorts, 'source'));
  if (inInterface !== null) tests.push((packet) => interfaceTest(inInterface, packet.inInterface, 'came in by'));
  if (outInterface !== null) tests.push((packet) => interfaceTest(outInterface, packet.outInterface, 'leaves by'));
  const { mark, connmark } = rule;
  if (mark !== null) tests.push((packet) => markTest(mark, packet.mark));
  if (connmark !== null) tests.push((packet) => markTest(connmark, packet.connectionMark));
  if (ctstate !== null) tests.push((packet) => stateTest(ctstate, packet));
  const limitIn = rule.otherMatches.includes('--limit-iface-in');
  if (rule.sourceType !== null) tests.push(typeTest(rule.sourceType, 'source', false));
  if (rule.destinationType !== null) tests.push(typeTest(rule.destinationType, 'destination', limitIn));
  for (const set of rule.sets) {
    const flags = set.flags.split(',').map((flag) => (flag === 'src' ? ('src' as const) : ('dst' as const)));
    tests.push((packet, around) => {
      const found = around.ipset(set.name);
      if (found === null) return { unsure: `ipset ${set.name} was not captured` };
      return negated(
        setHolds(found, packet, flags, (name) => around.ipset(name)),
        set.not,
      );
    });
  }
  const instructions: Instruction[] = [];
  const wayBack = rule.otherMatches.filter((printed) => WAY_BACK.has(printed));
  if (wayBack.length > 0) tests.push(wayBackTest(wayBack));
  for (const printed of rule.otherMatches) {
    if (WAY_BACK.has(printed)) continue;
    const compiled = otherMatch(printed);
    if (typeof compiled === 'function') tests.push(compiled);
    else if (compiled !== null) instructions.push(compiled);
  }
  const before: Instruction[] = tests.map((decide) => ({ do: 'test', decide }));
  if (rule.recent !== null && rule.recent.action !== 'set') {
    // The traced connection is the first of its client: there is no entry yet.
    before.push({ do: 'sticky' }, { do: 'test', decide: () => false });
  }
  if (rule.probability !== null && rule.probability < 1)
    instructions.push({ do: 'random', probability: rule.probability });
  return [...before, ...instructions];
}

/** @returns the opposite where `not` stands before the match; what is unsure stays so. */
export function negated(truth: Truth, not: boolean): Truth {
  return typeof truth === 'boolean' ? truth !== not : truth;
}

function addressTest(match: RuleMatch, address: string): Truth {
  if (addressFamily(match.value) === null) return { unsure: `${match.value} is a name, printed instead of an address` };
  return prefixHolds(match.value, address) !== match.not;
}

function portTest(match: RuleMatch, side: 'source' | 'destination'): Decide {
  const numeric = match.value.split(',').every((part) => /^\d{1,5}([:-]\d{0,5})?$|^[:-]\d{1,5}$/.test(part));
  return (packet) => {
    if (!PORT_PROTOCOLS.has(packet.protocol)) return false;
    if (!numeric) return { unsure: `port ${match.value} is printed by name` };
    const port = side === 'source' ? packet.sourcePort : packet.destinationPort;
    if (port === null) return { unsure: `the ${side} port is not known, a rule asks for ${match.value}` };
    return portTaken({ not: match.not, value: match.value.replace(/^[:-]/, '0:') }, port);
  };
}

/** `eni+` stands for every name that begins so. A packet made on the node has no in-interface, which equals no name. */
function interfaceTest(match: RuleMatch, name: string | null, how: string): Truth {
  if (name === '?') return { unsure: `the interface it ${how} is not known, a rule asks for ${match.value}` };
  const same =
    name !== null && (match.value.endsWith('+') ? name.startsWith(match.value.slice(0, -1)) : name === match.value);
  return same !== match.not;
}

function markTest(match: MarkBits, mark: number): boolean {
  return ((mark & match.mask) >>> 0 === match.value >>> 0) !== match.not;
}

function stateTest(match: RuleMatch, packet: Packet): Truth {
  const states = match.value.toUpperCase().split(',');
  const taken =
    states.includes(packet.state) ||
    (states.includes('DNAT') && packet.destinationChanged) ||
    (states.includes('SNAT') && packet.sourceChanged);
  return taken !== match.not;
}

function typeTest(match: RuleMatch, side: 'source' | 'destination', onInterface: boolean): Decide {
  const types = match.value.toUpperCase().split(',');
  return (packet, around) => {
    const address = side === 'source' ? packet.source : packet.destination;
    const local =
      onInterface && packet.inInterface !== null
        ? around.isLocalOn(address, packet.inInterface)
        : around.isLocal(address);
    if (typeof local !== 'boolean') return local;
    const type = local ? 'LOCAL' : isMulticast(address) ? 'MULTICAST' : 'UNICAST';
    if (types.includes(type)) return !match.not;
    // BROADCAST, ANYCAST, PROHIBIT ... depend on routes of other kinds; local and unicast never are these.
    return match.not;
  };
}

function isMulticast(address: string): boolean {
  return address.includes(':') ? address.startsWith('ff') : /^2(?:2[4-9]|3\d)\./.test(address);
}

/** Options whose answer is the same for every packet that is traced. */
const ALWAYS: Readonly<Record<string, boolean>> = {
  // Bridged packets are not traced.
  '--physdev-is-in': false,
  '--physdev-is-out': false,
  '--physdev-is-bridged': false,
  '-f': false,
  // Counts bytes, matches always.
  '--nfacct-name': true,
  '--limit-iface-in': true,
  '--packet': true,
  '--mode': true,
  // IPsec is not traced.
  '--dir': true,
};

function otherMatch(printed: string): Decide | Instruction | null {
  const not = printed.startsWith('! ');
  const [option = '', value = ''] = printed.slice(not ? 2 : 0).split(' ');
  const always = ALWAYS[option];
  if (always !== undefined) return always !== not ? null : () => false;
  switch (option) {
    case '--every': {
      const every = Number(value);
      return every >= 1 && !not ? { do: 'random', probability: 1 / every } : () => unread(printed);
    }
    case '--physdev-in':
    case '--physdev-out':
      return () => not;
    case '--ports':
      return portsTest({ not, value });
    case '--pkt-type':
      // Packets from one host to another are traced.
      return () => (value === 'unicast') !== not;
    case '--pol':
      return () => (value === 'none') !== not;
    case '--src-range':
    case '--dst-range':
      return (packet) => rangeTest(value, option === '--src-range' ? packet.source : packet.destination, not);
    case '--syn':
    case '--tcp-flags':
      return (packet) => flagsTest(printed, packet, not);
    case '--ctorigdst':
      return (packet) => prefixHolds(value, packet.originalDestination) !== not;
    case '--ctorigdstport':
      return (packet) => portTaken({ not, value }, packet.originalDestinationPort);
    case '--ctdir':
      return (packet) => (packet.direction === value.toLowerCase()) !== not;
    case '--ctstatus':
      return (packet) => statusTest(printed, value, packet, not);
    case '--vaddr':
      return (packet) => (packet.viaIpvs && prefixHolds(value, packet.originalDestination)) !== not;
    case '--vport':
      return (packet) => (packet.viaIpvs && packet.originalDestinationPort === Number(value)) !== not;
    case '--ipvs':
      return (packet) => packet.viaIpvs !== not;
    case '--uid-owner':
    case '--gid-owner':
    case '--socket-exists':
      // Only a packet made on the node has a socket that owns it.
      return (packet) => (packet.inInterface === null ? { unsure: `${printed}: the sender is not known` } : not);
    default:
      return () => unread(printed);
  }
}

/** Bits of the connection; the others than these are not known. */
function statusTest(printed: string, value: string, packet: Packet, not: boolean): Truth {
  const bits = value.toUpperCase().split(',');
  if ((bits.includes('DNAT') && packet.destinationChanged) || (bits.includes('SNAT') && packet.sourceChanged))
    return !not;
  return bits.every((bit) => bit === 'DNAT' || bit === 'SNAT') ? not : unread(printed);
}

const RATES = /^--(?:limit|hashlimit|connlimit|quota|quota2|connbytes|rateest)\b/;

function unread(printed: string): Truth {
  if (RATES.test(printed.replace(/^! /, '')))
    return { unsure: `what ${printed} had counted at that time is not known` };
  return { unsure: `the match ${printed} is not modelled` };
}

function rangeTest(range: string, address: string, not: boolean): Truth {
  const [from = '', to = ''] = range.split('-');
  const low = addressNumber(from);
  const high = addressNumber(to === '' ? from : to);
  const value = addressNumber(address);
  if (low === null || high === null || value === null) return { unsure: `the range ${range} is not readable` };
  const inside = canonicalAddress(from)?.includes(':') === address.includes(':') && low <= value && value <= high;
  return inside !== not;
}

function flagsTest(printed: string, packet: Packet, not: boolean): Truth {
  if (packet.protocol !== 'tcp') return false;
  const [, mask, wanted] = /--tcp-flags (\S+) (\S+)$/.exec(printed) ?? ['', 'FIN,SYN,RST,ACK', 'SYN'];
  const truth = tcpFlagsHold(mask as string, wanted as string, packet);
  return truth === null ? { unsure: `${printed}: the TCP flags of the packet are not known` } : truth !== not;
}

/** Either port of the packet. */
function portsTest(match: RuleMatch): Decide {
  const asked = { not: false, value: match.value };
  const sides = [portTest(asked, 'destination'), portTest(asked, 'source')];
  return (packet, around) => {
    if (!PORT_PROTOCOLS.has(packet.protocol)) return false;
    const truths = sides.map((decide) => decide(packet, around));
    return negated(truths.includes(true) || (truths.find((truth) => truth !== false) ?? false), match.not);
  };
}

/** The match rpfilter and its options. */
const WAY_BACK = new Set(['-m rpfilter', '--loose', '--validmark', '--accept-local', '--invert']);

/** Whether an answer would leave by the interface the packet came in by: net/ipv4/netfilter/ipt_rpfilter.c. */
function wayBackTest(options: readonly string[]): Decide {
  const not = options.includes('--invert');
  return (packet, around) => {
    if (packet.inInterface === 'lo') return !not;
    const back = around.wayBack(packet, options.includes('--validmark') ? packet.mark : 0);
    if ('unsure' in back) return back;
    const isLoose = options.includes('--loose');
    if (back.kind === 'device') return (isLoose || back.device === packet.inInterface) !== not;
    if (back.kind === 'nowhere' || !options.includes('--accept-local')) return not;
    return isLoose ? !not : negated(around.isLocalOn(packet.source, packet.inInterface ?? 'lo'), not);
  };
}
