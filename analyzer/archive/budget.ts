/** What one source may unpack to, counted over all archives in it together. */

import { grouped } from '../core/grouped.ts';
import {
  ARCHIVE_BYTES_FREE,
  EXPANDED_BYTES_FREE,
  EXPANSION_MAX,
  MEMBERS_MAX,
  NAMES_CHARS_MAX,
  UNPACKED_BYTES_MAX,
} from '../core/limits.ts';
import type { Gap } from '../core/vocabulary.ts';
import type { BeforeRead } from './file-bytes.ts';
import type { UnpackEnd, Unpacked } from './unpacker.ts';

export interface ArchiveLimits {
  readonly members: number;
  readonly nameChars: number;
  readonly unpackedBytes: number;
  readonly expansion: number;
  readonly expandedBytesFree: number;
  readonly archiveBytesFree: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  members: MEMBERS_MAX,
  nameChars: NAMES_CHARS_MAX,
  unpackedBytes: UNPACKED_BYTES_MAX,
  expansion: EXPANSION_MAX,
  expandedBytesFree: EXPANDED_BYTES_FREE,
  archiveBytesFree: ARCHIVE_BYTES_FREE,
};

export class Budget {
  readonly limits: ArchiveLimits;
  /** Bytes of the archive as it was given; null for a folder. */
  readonly #given: number | null;
  #members = 0;
  #nameChars = 0;
  #unpacked = 0;
  /** The limit that ended the reading, or null. Whoever opened the source tells it, once. */
  reached: Gap | null = null;
  /** Asked by every layer: a few packed bytes can keep the layers in them busy for hours without giving anything. */
  readonly beforeRead: BeforeRead;

  constructor(
    limits: ArchiveLimits = ARCHIVE_LIMITS,
    given: number | null = null,
    beforeRead: BeforeRead = () => undefined,
  ) {
    this.beforeRead = beforeRead;
    this.limits = limits;
    this.#given = given;
  }

  /** @param path as it will be kept. @returns `no` when this member and all behind it are not read. */
  admit(path: string): 'yes' | 'no' {
    if (this.reached !== null) return 'no';
    this.#members += 1;
    this.#nameChars += path.length;
    if (this.#members > this.limits.members) {
      this.#end(`more than ${grouped(this.limits.members)} members; this one and the following are not read`, path);
    } else if (this.#nameChars > this.limits.nameChars) {
      const most = grouped(this.limits.nameChars);
      this.#end(
        `the names of all members are longer than ${most} characters; this one and the following are not read`,
        path,
      );
    }
    return this.reached === null ? 'yes' : 'no';
  }

  /** Counts bytes that were unpacked. @returns `no` when they and all behind them are not read. */
  spend(bytes: number): 'yes' | 'no' {
    if (this.reached !== null) return 'no';
    this.#unpacked += bytes;
    const { unpackedBytes, archiveBytesFree, expansion } = this.limits;
    if (this.#unpacked > unpackedBytes) {
      this.#end(`the archive unpacks to more than ${grouped(unpackedBytes)} bytes; the rest is not read`, null);
    } else if (this.#given !== null && this.#unpacked > Math.max(archiveBytesFree, expansion * this.#given)) {
      this.#end(`the archive unpacks to more than ${grouped(expansion)} times its size; the rest is not read`, null);
    }
    return this.reached === null ? 'yes' : 'no';
  }

  #end(message: string, path: string | null): void {
    const file = path === null ? null : path.slice(0, 200);
    this.reached = { kind: 'limit', weight: 'major', message, file, byte: null };
  }
}

/** How unpacking of one packed file ended. */
export type MeteredEnd = UnpackEnd | { readonly damage: { readonly kind: 'limit'; readonly message: string } };

/** Counts the bytes that go into a decompressor. */
export class PackedBytes {
  count = 0;
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  async *through(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of input) {
      this.#budget.beforeRead();
      this.count += chunk.length;
      yield chunk;
    }
  }
}

/** Unpacks within the limits. Ends with `limit` where one of them is reached. Closes `unpacked`. */
export async function* metered(
  unpacked: Unpacked,
  packed: PackedBytes,
  budget: Budget,
): AsyncGenerator<Uint8Array, MeteredEnd> {
  const { expansion, expandedBytesFree } = budget.limits;
  let given = 0;
  try {
    for (;;) {
      const step = await unpacked.next();
      if (step.done) return step.value;
      given += step.value.length;
      if (budget.spend(step.value.length) === 'no')
        return { damage: { kind: 'limit', message: 'limit of the archive' } };
      if (given > expandedBytesFree && given > expansion * packed.count) {
        const message = `unpacks to more than ${grouped(expansion)} times its size: stopped after ${grouped(given)} bytes`;
        return { damage: { kind: 'limit', message } };
      }
      yield step.value;
    }
  } finally {
    await unpacked.return({ damage: null });
  }
}
