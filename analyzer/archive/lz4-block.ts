/** One block of lz4. Source: "LZ4 Block Format Description" (lz4, doc/lz4_Block_format.md). */

const MATCH_MIN = 4;

export interface Lz4End {
  /** False when the block ended early or could not be right; what came before it was unpacked. */
  readonly whole: boolean;
  /** Where the unpacked bytes end in the target. */
  readonly to: number;
  /** Where in the block reading ended. */
  readonly at: number;
}

/**
 * Unpacks `block[at..end]` to `target[to..targetEnd]`. Matches may refer to all of the target before `to`.
 * @param target up to `targetEnd` it may be written to.
 */
export function unpackLz4Block(
  block: Uint8Array,
  at: number,
  end: number,
  target: Uint8Array,
  to: number,
  targetEnd: number,
): Lz4End {
  let from = at;
  let out = to;
  while (from < end) {
    const token = block[from++] as number;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && from < end) {
        more = block[from++] as number;
        literals += more;
      }
    }
    const there = Math.min(literals, end - from, targetEnd - out);
    if (there < 16) for (let index = 0; index < there; index++) target[out + index] = block[from + index] as number;
    else target.set(block.subarray(from, from + there), out);
    out += there;
    from += there;
    if (there < literals) return { whole: false, to: out, at: from };
    // The last sequence of a block has literals only.
    if (from === end) return { whole: true, to: out, at: from };
    if (from + 2 > end) return { whole: false, to: out, at: from };
    const distance = (block[from] as number) | ((block[from + 1] as number) << 8);
    from += 2;
    let length = (token & 15) + MATCH_MIN;
    if (length === 15 + MATCH_MIN) {
      let more = 255;
      while (more === 255) {
        if (from >= end) return { whole: false, to: out, at: from };
        more = block[from++] as number;
        length += more;
      }
    }
    if (distance === 0 || distance > out || length > targetEnd - out) return { whole: false, to: out, at: from };
    if (distance >= length && length > 32) {
      target.copyWithin(out, out - distance, out - distance + length);
      out += length;
    } else {
      for (let left = length; left > 0; left--, out++) target[out] = target[out - distance] as number;
    }
  }
  return { whole: false, to: out, at: from };
}
