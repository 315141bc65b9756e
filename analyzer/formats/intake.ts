/** What is done with a file when it arrives, by its first bytes: kept as text, as a journal, or as bytes. */
import { isAscii } from 'node:buffer';
import { type DetectedEncoding, detectEncoding, unicodeOf } from './encoding.ts';
import { hasSignature, JOURNAL_SIGNATURE, signatureOf } from './signatures.ts';
import { Transcoder } from './transcoder.ts';

export interface Intake {
  /** `journal`: a file of systemd-journald, to be read by its own reader. */
  readonly kind: 'text' | 'binary' | 'journal';
  /** See detectEncoding; `binary` when it is no text. Text that is not `utf-8` goes through a Transcoder. */
  readonly encoding: string;
  readonly because: string;
}

/** Tab, line feed, form feed, carriage return, escape (colours of terminals). */
const TEXT_CONTROLS = [9, 10, 12, 13, 27];
/** 1 for a byte that text does not have; zeros are counted apart. */
const NO_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte > 0 && byte < 32 && !TEXT_CONTROLS.includes(byte)) || byte === 127 ? 1 : 0,
);
/** The same, and zeros. */
const CONTROL = NO_TEXT.map((count, byte) => (byte === 0 ? 1 : count));
/** Compressed and executable bytes hold a tenth of control characters, logs next to none. */
const CONTROLS_IN_TEXT_MAX = 0.02;
/** A few records of utmp have less; a node that crashed leaves runs of NULs of any length in its logs. */
const TEXT_AMONG_ZEROS_MIN = 0.05;

/** Bytes of a first line that is no chance among zeros: shorter than any stamp. */
const FIRST_LINE_BYTES_MIN = 8;

/** @param head first bytes of the file, SNIFF_BYTES at most. Never throws; an empty file is text. */
export function intakeOf(head: Uint8Array): Intake {
  if (hasSignature(head, JOURNAL_SIGNATURE)) {
    return { kind: 'journal', encoding: 'binary', because: `signature of a ${JOURNAL_SIGNATURE.name}` };
  }
  const signature = signatureOf(head);
  if (signature !== null) return binary(`signature of ${signature}`);
  if (isAscii(head) && !holdsControls(head)) return PLAIN;
  const wide = unicodeOf(head);
  const reason = wide === null ? whyBytesAreNoText(head) : whyNotText(head, wide);
  if (reason !== null) return binary(reason);
  const { encoding, because } = wide ?? detectEncoding(head);
  return { kind: 'text', encoding, because };
}

/** What nearly every file of an archive is, and there may be 200,000: told without counting anything. */
const PLAIN: Intake = { kind: 'text', encoding: 'utf-8', because: 'ASCII' };

function holdsControls(bytes: Uint8Array): boolean {
  const end = bytes.length;
  let found = 0;
  for (let at = 0; at < end; at++) found |= CONTROL[bytes[at] as number] as number;
  return found !== 0;
}

function binary(because: string): Intake {
  return { kind: 'binary', encoding: 'binary', because };
}

/** Wide text is judged by its characters: half of its bytes are zeros. */
function whyNotText(head: Uint8Array, { encoding }: DetectedEncoding): string | null {
  if (encoding === 'utf-8') return whyBytesAreNoText(head);
  const transcoder = new Transcoder(encoding);
  const bytes = Buffer.concat(transcoder.write(head));
  const malformed = transcoder.replaced;
  if (malformed > CONTROLS_IN_TEXT_MAX * bytes.length) return `not the ${encoding} that its first bytes say`;
  return whyBytesAreNoText(bytes);
}

function whyBytesAreNoText(bytes: Uint8Array): string | null {
  let zeros = 0;
  let controls = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === 0) zeros += 1;
    controls += NO_TEXT[byte] as number;
  }
  const written = bytes.length - zeros;
  if (written < TEXT_AMONG_ZEROS_MIN * bytes.length && !beginsWithLine(bytes)) return 'next to nothing but zeros';
  return controls > CONTROLS_IN_TEXT_MAX * written ? 'control characters, which text does not have' : null;
}

/** A log of a few lines before its node crashed: the run of zeros is behind them, and the log goes on behind it. */
function beginsWithLine(bytes: Uint8Array): boolean {
  const newline = bytes.indexOf(10);
  return newline >= FIRST_LINE_BYTES_MIN && !bytes.subarray(0, newline).includes(0);
}
