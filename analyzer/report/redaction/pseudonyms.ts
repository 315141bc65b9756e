/** Gives each value its pseudonym, once: the same value of a kind always gets the same one, and no two values share one. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { masked } from './address-text.ts';
import { addressTree } from './address-tree.ts';
import { MAC_BYTES, macLike, readSpelled } from './find-addresses.ts';
import type { PseudonymShape } from './profiles.ts';

export interface RedactionEntry {
  /** Id of the kind: `address`, `password`, `word`. */
  readonly kind: string;
  readonly original: string;
  readonly pseudonym: string;
  /** Occurrences replaced so far. */
  readonly count: number;
}

/** What is needed of a kind to name its values. */
export interface NamedKind {
  readonly id: string;
  readonly title: string;
  readonly pseudonym: PseudonymShape | { readonly name: 'word' };
}

export interface PseudonymPlan {
  readonly key: Uint8Array;
  readonly networks: readonly string[];
  readonly keep: readonly string[];
  /** Of an earlier export of the case: they stay as they were. */
  readonly known: readonly RedactionEntry[];
}

type Counted = { -readonly [Key in keyof RedactionEntry]: RedactionEntry[Key] };

/** Attempts at a pseudonym that is nobody's: with digests the second one is already as good as sure. */
const TRIES_MAX = 1000;

export class Pseudonyms {
  readonly #key: KeyObject;
  readonly #tree: ReturnType<typeof addressTree>;
  /** Kind -> original -> entry; null: the value stays. */
  readonly #byKind = new Map<string, Map<string, Counted | null>>();
  readonly #entries: Counted[] = [];
  readonly #taken = new Set<string>();
  readonly #originals = new Set<string>();
  readonly #counters = new Map<string, number>();
  readonly #domains = new Map<string, string>();

  constructor(plan: PseudonymPlan) {
    this.#key = createSecretKey(plan.key);
    this.#tree = addressTree(plan.key, plan.networks, plan.keep);
    for (const { kind, original, pseudonym } of plan.known) {
      const entry = { kind, original, pseudonym, count: 0 };
      this.#valuesOf(kind).set(original, entry);
      this.#entries.push(entry);
      this.#taken.add(pseudonym);
      this.#originals.add(original);
    }
  }

  /** @returns what stands for the value from now on, the value itself when it stays. Counts the occurrence. */
  replace(kind: NamedKind, original: string): string {
    const values = this.#valuesOf(kind.id);
    let entry = values.get(original);
    if (entry === undefined) {
      entry = this.#make(kind, original);
      values.set(original, entry);
      if (entry !== null) this.#entries.push(entry);
    }
    if (entry === null) return original;
    entry.count += 1;
    return entry.pseudonym;
  }

  /** @returns what was met, in the order in which it was met first. */
  entries(): readonly RedactionEntry[] {
    return this.#entries.filter(({ count }) => count > 0).map((entry) => ({ ...entry }));
  }

  #valuesOf(kind: string): Map<string, Counted | null> {
    let values = this.#byKind.get(kind);
    if (values === undefined) {
      values = new Map();
      this.#byKind.set(kind, values);
    }
    return values;
  }

  #make(kind: NamedKind, original: string): Counted | null {
    this.#originals.add(original);
    const pseudonym = this.#shaped(kind, original);
    if (pseudonym === original) return null;
    this.#taken.add(pseudonym);
    return { kind: kind.id, original, pseudonym, count: 0 };
  }

  #shaped(kind: NamedKind, original: string): string {
    const shape = kind.pseudonym;
    if (typeof shape === 'object') return this.#next(shape.name, (nth) => `${shape.name}-${nth}`);
    if (shape === 'secret') return this.#next('secret', (nth) => `[secret ${nth}: ${kind.title}]`);
    if (shape === 'address') return this.#address(original);
    if (shape === 'email') return this.#email(original);
    if (shape === 'domain') return this.#domainName(original);
    return this.#digested(shape, kind.id, original);
  }

  #next(counter: string, made: (nth: number) => string): string {
    for (let nth = (this.#counters.get(counter) ?? 0) + 1; ; nth++) {
      const pseudonym = made(nth);
      this.#counters.set(counter, nth);
      if (!this.#taken.has(pseudonym) && !this.#originals.has(pseudonym)) return pseudonym;
    }
  }

  #address(original: string): string {
    const spelled = readSpelled(original);
    if (spelled === null || this.#tree.kept(spelled.bytes)) return original;
    const { length } = spelled;
    const network = length !== null && Buffer.compare(masked(spelled.bytes, length), spelled.bytes) === 0;
    let mapped = spelled.bytes;
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      mapped = this.#tree.map(mapped);
      const written = spelled.write(network ? masked(mapped, length) : mapped);
      // A case that knows more networks than at its last export has another tree, in which two addresses may meet.
      if (!this.#taken.has(written)) return written;
    }
    return this.#next('address', (nth) => `address-${nth}`);
  }

  #email(original: string): string {
    const domain = original.slice(original.lastIndexOf('@') + 1);
    return this.#next('email', (nth) => `user${nth}@${this.#domainOf(domain)}`);
  }

  #domainName(original: string): string {
    const labels = original.split('.');
    const own = this.#domainOf(labels.slice(-2).join('.'));
    if (labels.length > 2) return this.#next('host', (nth) => `host-${nth}.${own}`);
    // `A.com` and `a.com` are one domain, and two texts.
    return this.#taken.has(own) ? this.#next('domain', (nth) => `domain${nth}.example`) : own;
  }

  /** @returns the pseudonym that all names of a domain end with. */
  #domainOf(domain: string): string {
    const key = domain.toLowerCase();
    const known = this.#domains.get(key);
    if (known !== undefined) return known;
    const made = this.#next('domain', (nth) => `domain${nth}.example`);
    this.#domains.set(key, made);
    return made;
  }

  #digested(shape: 'hex' | 'digits' | 'mac', kind: string, original: string): string {
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      const digest = createHmac('sha256', this.#key)
        .update(`${kind} ${attempt} ${plainForm(shape, original)}`)
        .digest();
      const pseudonym = digestShaped(shape, digest, original);
      if (!this.#taken.has(pseudonym) && !this.#originals.has(pseudonym)) return pseudonym;
    }
    return this.#next(kind, (nth) => `${kind}-${nth}`);
  }
}

function plainForm(shape: 'hex' | 'digits' | 'mac', original: string): string {
  const lower = original.toLowerCase();
  if (shape !== 'mac' || lower.includes(':')) return lower;
  return lower.replace(/[.-]/g, '').replace(/..(?=.)/g, '$&:');
}

function digestShaped(shape: 'hex' | 'digits' | 'mac', digest: Buffer, original: string): string {
  if (shape === 'digits') {
    const number = BigInt(`0x${digest.toString('hex')}`)
      .toString()
      .padStart(original.length, '1');
    return number.slice(-original.length).replace(/^0/, '1');
  }
  if (shape === 'hex') {
    const first = original.startsWith('0') ? '0' : '';
    const hex = (first + digest.toString('hex')).slice(0, original.length);
    return /[A-F]/.test(original) ? hex.toUpperCase() : hex;
  }
  const bytes = digest.subarray(0, MAC_BYTES);
  // Locally administered, of one station: IEEE 802c.
  bytes[0] = ((bytes[0] as number) & 0xfc) | 0x02;
  return macLike(original, bytes);
}
