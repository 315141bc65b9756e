/**
 * Text of which the first bytes are ASCII: what comes behind them tells its encoding. A log of a service that has a
 * German user may be ASCII for megabytes. What was written until then is the same in all encodings that are told here,
 * so nothing has to be read again.
 */
import { isAscii } from 'node:buffer';
import { SNIFF_BYTES } from '../core/limits.ts';
import { intakeOf } from './intake.ts';
import { Transcoder } from './transcoder.ts';

/** One file's way to UTF-8, as Transcoder: `write` its bytes in order, `end` once. */
export class LateEncoding {
  /** `utf-8` as long as nothing speaks against it; see detectEncoding. */
  encoding = 'utf-8';
  #transcoder: Transcoder | null = null;
  /** From the first byte beyond ASCII on; held back until there are enough to tell, however the text is cut. */
  #held: Uint8Array = NOTHING;
  #decided = false;

  /** See Transcoder. */
  get replaced(): number {
    return this.#transcoder?.replaced ?? 0;
  }

  /** @returns the text that can be told now, as UTF-8 or as it is; it may share the memory of `chunk`. */
  write(chunk: Uint8Array): readonly Uint8Array[] {
    if (this.#decided) return this.#transcoder?.write(chunk) ?? [chunk];
    if (this.#held.length > 0) return this.#hold(NOTHING, chunk);
    if (isAscii(chunk)) return [chunk];
    const at = firstBeyondAscii(chunk);
    return this.#hold(chunk.subarray(0, at), chunk.subarray(at));
  }

  /** @returns what was held back. */
  end(): readonly Uint8Array[] {
    const rest = this.#held.length > 0 ? this.#decide(this.#held) : [];
    return [...rest, ...(this.#transcoder?.end() ?? [])];
  }

  #hold(plain: Uint8Array, chunk: Uint8Array): readonly Uint8Array[] {
    const before = plain.length === 0 ? [] : [plain];
    const held = Buffer.concat([this.#held, chunk]);
    if (held.length >= SNIFF_BYTES) return [...before, ...this.#decide(held)];
    this.#held = held;
    return before;
  }

  #decide(bytes: Uint8Array): readonly Uint8Array[] {
    this.#decided = true;
    this.#held = NOTHING;
    const { kind, encoding } = intakeOf(bytes.subarray(0, SNIFF_BYTES));
    if (kind !== 'text' || /^utf-/.test(encoding)) return [bytes];
    this.encoding = encoding;
    this.#transcoder = new Transcoder(encoding);
    return this.#transcoder.write(bytes);
  }
}

/** By halves: looking at each byte of a megabyte takes 40 ms. @param chunk holds one. */
function firstBeyondAscii(chunk: Uint8Array): number {
  let from = 0;
  for (let to = chunk.length; to - from > 1; ) {
    const middle = (from + to) >>> 1;
    if (isAscii(chunk.subarray(from, middle))) from = middle;
    else to = middle;
  }
  return from;
}

const NOTHING = new Uint8Array(0);
