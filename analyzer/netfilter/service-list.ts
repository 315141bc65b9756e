/**
 * The services of one node as its captured rules make them: every port once a family, in all modes. What the rules do
 * not decide is null with a note, never a guess.
 */

import type { FileId } from '../core/ids.ts';
import type { NftTable } from '../core/nft-ruleset.ts';
import type { IpSet, IpvsDump } from '../core/node-network.ts';
import type { KnownService, NodeService, Placed, RulesMode } from './node-service.ts';
import type { RuleTable } from './rule-table.ts';
import { iptablesServices } from './service-list-iptables.ts';
import { ipvsServices } from './service-list-ipvs.ts';
import { nftServices } from './service-list-nft.ts';

/** One nft table with its file. */
export interface NftSource {
  readonly fileId: FileId;
  readonly file: string;
  readonly table: NftTable;
}

export interface ServiceInput {
  /** Modes whose rules packets meet, the one that decides first. */
  readonly modes: readonly RulesMode[];
  /** The dump of every iptables table that is believed. */
  readonly tables: readonly RuleTable[];
  /** Other dumps of the same tables: counters are taken from them when the believed one has none. */
  readonly others: readonly RuleTable[];
  /** Captured nft tables: kube-proxy's own, and those that hold translated iptables rules. */
  readonly nft: readonly NftSource[];
  /** Best output first. */
  readonly ipvs: readonly Placed<IpvsDump>[];
  readonly ipsets: readonly Placed<readonly IpSet[]>[];
  /** Services of captured cluster resources; names only, never a source of rules. */
  readonly resources: readonly KnownService[];
}

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
