/** Bundles that a search worker holds open: opening one costs more than most searches of it. */
import type { BundleReader } from '../core/case-reader.ts';
import type { FileId } from '../core/ids.ts';
import type { SourceFile } from '../core/vocabulary.ts';
import { type BundleRef, openRef, refKey } from './bundle-ref.ts';

/** Bundles kept open that no search uses: each holds some blocks of text and pages of its file. */
const IDLE_BUNDLES_MAX = 16;

/** A bundle with what a search asks of its files. */
export class OpenBundle {
  readonly reader: BundleReader;
  #aliases: ReadonlyMap<string, readonly string[]> | null = null;

  constructor(reader: BundleReader) {
    this.reader = reader;
  }

  /** @returns paths of copies that are folded into this file. */
  aliasesOf(file: SourceFile): readonly string[] {
    this.#aliases ??= aliasesByPath(this.reader.files());
    return this.#aliases.get(file.path) ?? [];
  }

  /** @returns the file that holds the text of this one: itself, or what it is folded into. */
  originalOf(id: FileId): SourceFile | null {
    const file = this.reader.file(id);
    return file === null || file.aliasOf === null ? file : this.reader.fileByPath(file.aliasOf);
  }
}

function aliasesByPath(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  for (const { path, aliasOf } of files) {
    if (aliasOf === null) continue;
    const known = aliases.get(aliasOf);
    if (known === undefined) aliases.set(aliasOf, [path]);
    else known.push(path);
  }
  return aliases;
}

interface Held {
  readonly bundle: OpenBundle;
  users: number;
}

export class OpenBundles {
  readonly #open: (ref: BundleRef) => BundleReader;
  /** Least recently used first. */
  readonly #held = new Map<string, Held>();

  constructor(open: (ref: BundleRef) => BundleReader = openRef) {
    this.#open = open;
  }

  /** Opens a bundle ahead of its first search, unless enough are open. One that cannot be opened fails its search. */
  prepare(ref: BundleRef): void {
    if (this.#held.size >= IDLE_BUNDLES_MAX) return;
    try {
      this.take(ref).reader.files();
      this.release(ref);
    } catch {}
  }

  /** Throws the failure of a bundle that cannot be opened. `release` it as often. */
  take(ref: BundleRef): OpenBundle {
    const key = refKey(ref);
    const held = this.#held.get(key) ?? { bundle: new OpenBundle(this.#open(ref)), users: 0 };
    held.users += 1;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held.bundle;
  }

  release(ref: BundleRef): void {
    const held = this.#held.get(refKey(ref));
    if (held !== undefined) held.users -= 1;
    const idle = [...this.#held].filter(([, { users }]) => users === 0);
    for (const [key, { bundle }] of idle.slice(0, Math.max(0, idle.length - IDLE_BUNDLES_MAX))) {
      this.#held.delete(key);
      bundle.reader.close();
    }
  }
}
