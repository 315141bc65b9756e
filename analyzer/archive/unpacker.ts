/** What every decompressor of this room is: packed bytes in, unpacked bytes out, damage as a value. */

/**
 * `mismatch`: all of it could be unpacked, but the checksum at `byte` is that of other bytes.
 * `trailing`: what was packed is whole, and something else follows. `unsupported`: it may be sound, but needs something
 * that is not unpacked here; `why` is a clause that names it, e.g. `it needs filter x86`.
 * `byte`: offset in the packed input where it ends, or where the damage shows: wrong bits may unpack to something, and
 * then only a checksum behind them tells.
 */
export type UnpackDamage =
  | { readonly kind: 'truncated' | 'corrupt' | 'mismatch' | 'trailing'; readonly byte: number }
  | { readonly kind: 'unsupported'; readonly byte: number; readonly why: string };

export interface UnpackEnd {
  /** null when the stream was whole. */
  readonly damage: UnpackDamage | null;
}

/** Never throws for bad data; hands out everything that can be unpacked, in order, with bounded memory. */
export type Unpacked = AsyncGenerator<Uint8Array, UnpackEnd>;
export type Unpacker = (input: AsyncIterable<Uint8Array>) => Unpacked;
