/**
 * The services of one node as its captured rules make them: every port once a family, in all modes. What the rules do
 * not decide is null with a note, never a guess.
 */

import type { NodeService, ServiceInput } from './node-service.ts';
import { iptablesServices } from './service-list-iptables.ts';
import { ipvsServices } from './service-list-ipvs.ts';
import { nftServices } from './service-list-nft.ts';

/** @returns services sorted by mode, family and name; linear in the rules. */
export function listServices(input: ServiceInput): readonly NodeService[] {
  const services = input.modes.flatMap((mode): readonly NodeService[] => {
    if (mode === 'iptables') return iptablesServices(input.tables, input.others, input.resources);
    if (mode === 'nftables') return nftServices(input.nft);
    return ipvsServices(input);
  });
  return [...services].sort(
    (left, right) =>
      input.modes.indexOf(left.mode) - input.modes.indexOf(right.mode) ||
      (left.family === right.family ? 0 : left.family === 'IPv4' ? -1 : 1) ||
      // Named ones first; plain code-unit order, the same on every machine.
      Number(left.name === null) - Number(right.name === null) ||
      (left.id < right.id ? -1 : left.id > right.id ? 1 : 0),
  );
}
