/** Addresses, routes, policy rules, ipsets and virtual servers of a node, with the files they were read from. */
import type { BundleReader } from '../core/case-reader.ts';
import type { IpSet, IpvsDump, NodeInterface, PolicyRule } from '../core/node-network.ts';
import type { SourceFile } from '../core/vocabulary.ts';

/** A value with the file it was read from. */
export interface FromFile<T> {
  readonly fileId: SourceFile['id'];
  readonly file: string;
  readonly value: T;
}

export interface NodeNetwork {
  /** Empty: not captured. */
  readonly policyRules: readonly FromFile<readonly PolicyRule[]>[];
  readonly interfaces: readonly FromFile<readonly NodeInterface[]>[];
  readonly ipsets: readonly FromFile<readonly IpSet[]>[];
  /** Best output first: numeric ones tell more than `--save`, which prints names. */
  readonly ipvs: readonly FromFile<IpvsDump>[];
}

/** @param reader one sealed bundle. @returns what its dumps say; empty lists for what was not captured. */
export function nodeNetwork(_reader: BundleReader): NodeNetwork {
  return { policyRules: [], interfaces: [], ipsets: [], ipvs: [] };
}
