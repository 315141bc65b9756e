/** What every decompressor of this room is: packed bytes in, unpacked bytes out, damage as a value. */

export interface UnpackEnd {
  /**
   * null when the stream was whole. `trailing`: what was packed is whole, and something else follows.
   * `byte`: offset in the packed input where it ends, or where the damage shows: wrong bits may unpack to something,
   * and then only a checksum behind them tells.
   */
  readonly damage: { readonly kind: 'truncated' | 'corrupt' | 'trailing'; readonly byte: number } | null;
}

/** Never throws for bad data; hands out everything that can be unpacked, in order, with bounded memory. */
export type Unpacked = AsyncGenerator<Uint8Array, UnpackEnd>;
export type Unpacker = (input: AsyncIterable<Uint8Array>) => Unpacked;
