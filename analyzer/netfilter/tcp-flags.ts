/** What is known of the TCP flags of a traced packet. */
import type { Packet } from './program.ts';

const FLAG_NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];
const ALL_FLAGS = 0x3f;
const [SYN, RST, ACK, URG] = [0x02, 0x04, 0x10, 0x20];

/** @param text `SYN,ACK`, `ALL`, `NONE` or a number. @returns null for other words. */
function flagBits(text: string): number | null {
  if (/^(?:0|0x[0-9a-f]{1,2})$/i.test(text)) return Number(text);
  const names = text.toUpperCase();
  if (names === 'ALL') return ALL_FLAGS;
  if (names === 'NONE') return 0;
  const bits = names.split(',').map((name) => FLAG_NAMES.indexOf(name));
  return bits.includes(-1) ? null : bits.reduce((sum, bit) => sum | (1 << bit), 0);
}

/** @returns which flags of the packet are known, and which of these it carries. */
function knownFlags(packet: Packet): readonly [known: number, carried: number] {
  // The first packet of a connection carries SYN alone. Without connection tracking nothing tells that one.
  if (packet.state === 'NEW') return [ALL_FLAGS, SYN];
  if (packet.state === 'UNTRACKED') return [0, 0];
  // The first answer carries SYN too.
  return [ACK | RST | URG | (packet.direction === 'original' ? SYN : 0), ACK];
}

/**
 * @param mask the flags that are looked at. @param wanted those of them that must be set, and no others.
 * @returns null when that is not known.
 */
export function tcpFlagsHold(mask: string, wanted: string, packet: Packet): boolean | null {
  const looked = flagBits(mask);
  const asked = flagBits(wanted);
  if (looked === null || asked === null) return null;
  const [known, carried] = knownFlags(packet);
  if ((asked & ~looked) !== 0 || ((asked ^ carried) & looked & known) !== 0) return false;
  return (looked & ~known) === 0 ? true : null;
}
