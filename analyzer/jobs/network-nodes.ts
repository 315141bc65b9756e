/**
 * What the network worker remembers: the facts and the executable programs of the last few bundles. Parsing the dumps
 * of a large node takes a second and a few hundred megabytes; a question about it should take neither twice.
 */
import type { BundleReader } from '../core/case-reader.ts';
import type { Family } from '../core/packet-rule.ts';
import { buildNodeFacts, type NodeFacts } from '../facts/node-facts.ts';
import { nodeProgram } from '../facts/node-program.ts';
import type { NodeProgram } from '../netfilter/program.ts';
import { type BundleRef, openRef, refKey } from './bundle-ref.ts';

/** Bundles whose facts are kept. Comparing two nodes of one case needs two, a third is where one came from. */
const NODES_KEPT = 3;
/** Dump text that is kept parsed, over all kept bundles: parsed it takes about ten times as much memory. */
const DUMP_BYTES_KEPT = 64 * 1024 * 1024;
/** Files that become facts; logs are not kept. */
const DUMPS = /^(?:ip6?tables-|nft-ruleset$|ip-|ipset$|ipvsadm$|cluster-resources$)/;

/** One bundle, opened and understood. */
export interface LoadedNode {
  readonly reader: BundleReader;
  readonly facts: NodeFacts;
  program(family: Family): NodeProgram;
  /** @returns what `make` made the first time it was asked for under this key. */
  kept<T>(key: string, make: () => T): T;
}

interface Entry {
  readonly node: LoadedNode;
  readonly dumpBytes: number;
  /** Questions that are being answered from it. */
  users: number;
  dropped: boolean;
}

export class NetworkNodes {
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  /**
   * Lends the bundle's node to `work`; it stays open until `work` has ended.
   * @throws FailureError when the bundle cannot be opened.
   */
  async with<T>(ref: BundleRef, work: (node: LoadedNode) => T | Promise<T>): Promise<T> {
    const key = refKey(ref);
    const entry = this.#entries.get(key) ?? this.#load(ref);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users += 1;
    try {
      return await work(entry.node);
    } finally {
      entry.users -= 1;
      if (entry.dropped && entry.users === 0) entry.node.reader.close();
    }
  }

  #load(ref: BundleRef): Entry {
    const reader = openRef(ref);
    try {
      const dumps = reader.files().filter((file) => file.aliasOf === null && DUMPS.test(file.role));
      const dumpBytes = dumps.reduce((sum, file) => sum + file.bytes, 0);
      // Room is made before the next one is parsed: memory is highest while parsing.
      this.#makeRoom(dumpBytes);
      return { node: loadedNode(reader), dumpBytes, users: 0, dropped: false };
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  /** @param more bytes of dump text that will be added; a node larger than the limit is kept alone. */
  #makeRoom(more: number): void {
    let bytes = more;
    for (const entry of this.#entries.values()) bytes += entry.dumpBytes;
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size < NODES_KEPT && bytes <= DUMP_BYTES_KEPT) return;
      this.#entries.delete(key);
      bytes -= entry.dumpBytes;
      entry.dropped = true;
      if (entry.users === 0) entry.node.reader.close();
    }
  }
}

/** @returns the node of an open bundle; programs and other costly views are made on first use. */
export function loadedNode(reader: BundleReader): LoadedNode {
  const facts = buildNodeFacts(reader);
  const views = new Map<string, unknown>();
  const kept = <T>(key: string, make: () => T): T => {
    if (!views.has(key)) views.set(key, make());
    return views.get(key) as T;
  };
  return { reader, facts, program: (family) => nodeProgram(facts, family), kept };
}
