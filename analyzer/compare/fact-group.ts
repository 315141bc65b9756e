/** A kind of fact that bundles are compared by: where it belongs, and how it is read from what is known of a node. */
import type { BundleReader } from '../core/case-reader.ts';
import type { LineRef } from '../core/vocabulary.ts';
import type { NodeFacts } from '../facts/node-facts.ts';
import type { OwnNames } from './own-names.ts';
import type { GroupReading, Said } from './reading.ts';

export interface NodeToRead {
  readonly facts: NodeFacts;
  /** The bundle itself, for the few values that no fact holds. */
  readonly reader: BundleReader;
  readonly own: OwnNames;
}

export interface FactGroup {
  readonly id: string;
  /** Shown over its differences. */
  readonly area: string;
  /** What a subject of the group is, for counts: `kernel settings`. */
  readonly title: string;
  readonly read: (node: NodeToRead) => GroupReading;
}

/** @returns a value as it stands in one line; what is the node's own in it does not count. */
export function masked(own: OwnNames, value: string, ref: LineRef): Said {
  return { value, meaning: own.mask(value), refs: [ref] };
}
