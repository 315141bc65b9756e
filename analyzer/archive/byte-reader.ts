/** Bytes of a stream by number: what formats with headers between their content are read with. */

export class ByteReader {
  readonly #input: AsyncIterator<Uint8Array>;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #ended = false;
  /** Bytes of the stream that were taken so far. */
  offset = 0;

  /** The input is not closed when reading ends early. */
  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input[Symbol.asyncIterator]();
  }

  /** @returns the next `count` bytes without taking them, fewer only where the stream ends. */
  async peek(count: number): Promise<Buffer> {
    while (this.#queued < count && (await this.#pull()));
    const first = this.#queue[0];
    if (first === undefined) return Buffer.alloc(0);
    if (first.length < count && this.#queue.length > 1) {
      const joined = Buffer.concat(this.#queue);
      this.#queue = [joined];
      return joined.subarray(0, count);
    }
    return Buffer.from(first.buffer, first.byteOffset, Math.min(count, first.length));
  }

  /** Takes the next `count` bytes, fewer only where the stream ends, in the pieces in which they come. */
  async *take(count: number): AsyncGenerator<Uint8Array, void> {
    for (let left = count; left > 0; ) {
      const piece = await this.#piece(left);
      if (piece === null) return;
      left -= piece.length;
      yield piece;
    }
  }

  async skip(count: number): Promise<void> {
    for await (const _ of this.take(count));
  }

  /**
   * Lends pieces to a reader that knows itself where its content ends. @returns the pieces, and `settle`, which takes
   * only the first `used` bytes of them and puts the others back; `used` lies in the last two pieces.
   */
  lend(): { readonly pieces: AsyncGenerator<Uint8Array, void>; readonly settle: (used: number) => void } {
    const from = this.offset;
    let recent: Uint8Array[] = [];
    const lending = async function* (reader: ByteReader): AsyncGenerator<Uint8Array, void> {
      for (;;) {
        const piece = await reader.#piece(Number.MAX_SAFE_INTEGER);
        if (piece === null) return;
        recent = [...recent.slice(-1), piece];
        yield piece;
      }
    };
    const settle = (used: number) => {
      let back = this.offset - from - used;
      this.offset -= back;
      for (const piece of recent.reverse()) {
        const part = piece.subarray(Math.max(0, piece.length - back));
        back -= part.length;
        if (part.length === 0) continue;
        this.#queue.unshift(part);
        this.#queued += part.length;
      }
      recent = [];
    };
    return { pieces: lending(this), settle };
  }

  async #piece(most: number): Promise<Uint8Array | null> {
    if (this.#queued === 0 && !(await this.#pull())) return null;
    const first = this.#queue[0] as Uint8Array;
    const piece = first.subarray(0, most);
    if (piece.length === first.length) this.#queue.shift();
    else this.#queue[0] = first.subarray(piece.length);
    this.#queued -= piece.length;
    this.offset += piece.length;
    return piece;
  }

  async #pull(): Promise<boolean> {
    if (this.#ended) return false;
    const step = await this.#input.next();
    if (step.done) {
      this.#ended = true;
      return false;
    }
    if (step.value.length > 0) {
      this.#queue.push(step.value);
      this.#queued += step.value.length;
    }
    return true;
  }
}
