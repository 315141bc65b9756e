/**
 * Text of any encoding to UTF-8, chunk by chunk. UTF-8 itself never comes here: its bytes are kept as they are.
 * The decoders are those of the Encoding Standard (Node's and Electron's ICU have all of them), and an own one for
 * UTF-32, which the standard leaves out.
 */

/** Decoded at once: a chunk of an archive is a megabyte, its strings would be three more. */
const PIECE_BYTES = 64 * 1024;

const REPLACEMENT = 0xfffd;
const UTF8 = new TextEncoder();

interface StreamDecoder {
  decode(piece: Uint8Array): string;
  end(): string;
}

/** One file's way to UTF-8: `write` its bytes in order, `end` once. */
export class Transcoder {
  readonly encoding: string;
  readonly #decoder: StreamDecoder;
  #replaced = 0;

  /** @param encoding a name of detectEncoding; a name that is not known is read as windows-1252. */
  constructor(encoding: string) {
    this.encoding = encoding;
    this.#decoder = decoderOf(encoding);
  }

  /** U+FFFD written so far: what could not be decoded, and the few that stood in the text. */
  get replaced(): number {
    return this.#replaced;
  }

  /** @returns the text that is complete now, as UTF-8 without a byte order mark. */
  write(chunk: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      this.#encode(this.#decoder.decode(chunk.subarray(at, at + PIECE_BYTES)), pieces);
    }
    return pieces;
  }

  /** @returns U+FFFD when the last character is not complete, else nothing. */
  end(): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    this.#encode(this.#decoder.end(), pieces);
    return pieces;
  }

  #encode(text: string, pieces: Uint8Array[]): void {
    if (text === '') return;
    for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) this.#replaced += 1;
    // Memory of its own, not Buffer's pool: pieces may be handed over to another thread.
    pieces.push(UTF8.encode(text));
  }
}

function decoderOf(encoding: string): StreamDecoder {
  if (encoding === 'utf-32le' || encoding === 'utf-32be') return new Utf32Decoder(encoding);
  const decoder = textDecoder(encoding);
  return { decode: (piece) => decoder.decode(piece, { stream: true }), end: () => decoder.decode() };
}

function textDecoder(encoding: string) {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder('windows-1252');
  }
}

/** Four bytes a character (ISO 10646 UCS-4); surrogates and what is beyond U+10FFFF are malformed. */
class Utf32Decoder implements StreamDecoder {
  readonly #bigEndian: boolean;
  readonly #rest = new Uint8Array(4);
  #held = 0;
  #atStart = true;

  constructor(encoding: 'utf-32le' | 'utf-32be') {
    this.#bigEndian = encoding === 'utf-32be';
  }

  decode(piece: Uint8Array): string {
    const parts: string[] = [];
    for (const byte of piece) {
      this.#rest[this.#held] = byte;
      this.#held += 1;
      if (this.#held < 4) continue;
      this.#held = 0;
      const code = this.#codePoint();
      if (!this.#atStart || code !== 0xfeff) parts.push(String.fromCodePoint(code));
      this.#atStart = false;
    }
    return parts.join('');
  }

  end(): string {
    const cut = this.#held > 0;
    this.#held = 0;
    return cut ? String.fromCodePoint(REPLACEMENT) : '';
  }

  #codePoint(): number {
    const [a, b, c, d] = this.#rest as unknown as [number, number, number, number];
    const [first, second, third, last] = this.#bigEndian ? [a, b, c, d] : [d, c, b, a];
    const code = first * 0x1000000 + (second << 16) + (third << 8) + last;
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? REPLACEMENT : code;
  }
}
